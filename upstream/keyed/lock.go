// Package keyed has locks that go by a key, such as the id of a record.
package keyed

import (
	"context"
	"sync"

	"golang.org/x/sync/semaphore"
)

// Lock is one lock for each key, taken in the order of the callers. The
// zero value is ready for use.
type Lock struct {
	mu   sync.Mutex // guards held
	held map[string]*heldKey
}

// heldKey is a lock that somebody holds or waits for.
type heldKey struct {
	turn    *semaphore.Weighted // of 1; it serves first come, first served
	callers int                 // guarded by Lock.mu
}

// Lock waits for the key's turn and returns how to give it back. It fails only
// when ctx ends first.
func (l *Lock) Lock(ctx context.Context, key string) (unlock func(), err error) {
	held := l.join(key)
	if held.turn.Acquire(ctx, 1) != nil {
		l.leave(key, held)
		return nil, context.Cause(ctx)
	}
	return func() {
		held.turn.Release(1)
		l.leave(key, held)
	}, nil
}

func (l *Lock) join(key string) *heldKey {
	l.mu.Lock()
	defer l.mu.Unlock()
	held, ok := l.held[key]
	if !ok {
		held = &heldKey{turn: semaphore.NewWeighted(1)}
		if l.held == nil {
			l.held = make(map[string]*heldKey)
		}
		l.held[key] = held
	}
	held.callers++
	return held
}

func (l *Lock) leave(key string, held *heldKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	held.callers--
	if held.callers == 0 {
		delete(l.held, key)
	}
}
