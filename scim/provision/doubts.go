package provision

import (
	"errors"
	"maps"
	"sync"
	"time"

	"ws1bridge/scim/problem"
	"ws1bridge/upstream"
)

// unlessFound is the failure of a change to a record that a search found: that it
// is not there to be read says that Access lags, or that it was deleted meanwhile.
func unlessFound(err error) error {
	if errors.Is(err, upstream.ErrNotFound) {
		return problem.NotShownYet()
	}
	return err
}

const (
	// doubtLasts is longer than Okta goes on repeating a push: ten times,
	// doubling from a minute.
	doubtLasts = 24 * time.Hour
	maxDoubts  = 10_000
	// shownWithin is how long Access may take to show what was written.
	shownWithin = 45 * time.Second
)

// doubts remembers a value for each write that may have been applied though it
// failed, where its repetition could not be told from another write otherwise.
// It is a help, not a guarantee: another copy of the bridge, or this one after a
// restart, knows nothing of them. The zero value is ready for use.
type doubts[K comparable, V any] struct {
	mu   sync.Mutex // guards kept
	kept map[K]doubt[V]
}

type doubt[V any] struct {
	value V
	since time.Time
}

func (d *doubts[K, V]) add(key K, value V) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kept == nil {
		d.kept = map[K]doubt[V]{}
	}
	if len(d.kept) >= maxDoubts {
		maps.DeleteFunc(d.kept, func(_ K, was doubt[V]) bool { return time.Since(was.since) > doubtLasts })
	}
	if len(d.kept) < maxDoubts {
		d.kept[key] = doubt[V]{value, time.Now()}
	}
}

func (d *doubts[K, V]) get(key K) (value V, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	was, ok := d.kept[key]
	return was.value, ok && time.Since(was.since) <= doubtLasts
}

// isNew reports whether Access may be yet to show what the key is about: it was asked
// for a moment ago for the first time. An earlier attempt, also that of another copy or
// of this one before a restart, may have made it.
func (d *doubts[K, V]) isNew(key K) bool {
	var none V
	d.mu.Lock()
	was, ok := d.kept[key]
	d.mu.Unlock()
	if !ok || time.Since(was.since) > doubtLasts {
		d.add(key, none)
		return true
	}
	return time.Since(was.since) < shownWithin
}

// takenBy is the problem where a key is taken by a stranger, or by nobody who is shown:
// that may pass while it is new. It takes what the search for a stranger gave.
func (d *doubts[K, V]) takenBy(stranger bool, err error, key K, taken *problem.Error) error {
	switch {
	case err != nil:
		return err
	case !stranger && d.isNew(key):
		return problem.NotShownYet()
	}
	return taken
}

// deletions are those in doubt, by id.
type deletions struct{ doubts[string, struct{}] }

// outcome is that of a deletion: one that finds nothing was done by an earlier
// attempt, where there was one of unknown outcome.
func (d *deletions) outcome(id string, err error) error {
	if upstream.InDoubt(err) {
		d.add(id, struct{}{})
	}
	if errors.Is(err, upstream.ErrNotFound) {
		if _, tried := d.get(id); tried {
			return nil
		}
	}
	return err
}
