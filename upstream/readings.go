package upstream

import (
	"sync"
	"time"
)

// This file is a memory of what was read a moment ago. Okta reads a record right before
// it changes it, and the change need not read it once more. Nobody who reads is answered
// from it. What a search found is not remembered: reads by id may lag behind lists, and a
// change of somebody who is found so must not be done before they show them.

const (
	// DefaultReuseReads is how long a reading serves a change: as long as Okta takes between
	// its two requests, and much less than it takes to come again.
	DefaultReuseReads = 5 * time.Second
	// maxReadings bounds what is remembered of each kind: users, or groups with the members
	// in them.
	maxReadings = 5000
)

// readings are records of one kind that were read a moment ago, by id. The zero value
// remembers nothing.
type readings[T any] struct {
	size func(T) int // nil for 1 each

	mu    sync.Mutex // guards the fields below
	keep  time.Duration
	heir  *readings[T] // that takes over, nil for none
	byID  map[string]reading[T]
	total int       // of all sizes
	since time.Time // when writes were last forgotten to make room
}

// reading is a record, or nothing where it was written since it was read, or is too large.
type reading[T any] struct {
	at     time.Time // when it was asked for, or when the write was done
	record T
	size   int
	stale  bool
}

// put remembers what was asked for at a time, unless it was written since.
func (r *readings[T]) put(id string, record T, asked time.Time) {
	size := 1
	if r.size != nil {
		size = r.size(record)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch before, ok := r.byID[id]; {
	case r.keep <= 0:
	case ok && !before.at.Before(asked), asked.Before(r.since):
	case size > maxReadings/2:
		r.set(id, reading[T]{at: asked, size: 1, stale: true})
	default:
		r.set(id, reading[T]{at: asked, record: record, size: size})
	}
}

// drop forgets a record that is written, and what is read of it until now.
func (r *readings[T]) drop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keep > 0 {
		r.set(id, reading[T]{at: time.Now(), size: 1, stale: true})
	}
	if r.heir != nil {
		r.heir.drop(id)
	}
}

// take is a record that was read a moment ago. It is given once: the next change looks
// again.
func (r *readings[T]) take(id string) (record T, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	record, ok = r.fresh(id)
	if ok {
		r.set(id, reading[T]{at: r.byID[id].at, size: 1, stale: true})
	}
	return record, ok
}

// peek is a record that was read a moment ago, and may be given again.
func (r *readings[T]) peek(id string) (record T, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fresh(id)
}

// fresh needs mu.
func (r *readings[T]) fresh(id string) (record T, ok bool) {
	found, ok := r.byID[id]
	if !ok || found.stale || time.Since(found.at) >= r.keep {
		return record, false
	}
	return found.record, true
}

// set needs mu.
func (r *readings[T]) set(id string, now reading[T]) {
	if r.total += now.size - r.byID[id].size; r.byID == nil || r.total > maxReadings {
		r.byID, r.total, r.since = map[string]reading[T]{}, now.size, time.Now()
	}
	r.byID[id] = now
}

// keepFor changes how long a reading serves; 0 or less is not at all, and forgets all.
func (r *readings[T]) keepFor(keep time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.keep = keep; keep <= 0 {
		r.byID, r.total, r.since = nil, 0, time.Now()
	}
}

// succeed is an empty memory that takes over from r: r keeps nothing any more, and what
// is dropped there is dropped here.
func (r *readings[T]) succeed() *readings[T] {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heir = &readings[T]{size: r.size, keep: r.keep}
	r.keep, r.byID, r.total = 0, nil, 0
	return r.heir
}
