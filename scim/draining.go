package scim

import (
	"context"
	"sync"
)

// Drain makes the endpoint refuse new requests with 429 and returns when those
// under way are answered, or with the error of ctx when that ends first. It can
// not be undone.
func (h *Handler) Drain(ctx context.Context) error {
	select {
	case <-h.work.stop():
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// work counts the requests under way. The zero value is ready for use.
type work struct {
	mu       sync.Mutex // guards what follows
	requests int
	idle     chan struct{} // made by stop, closed when nothing is under way
}

// begin counts a request, unless work has been stopped.
func (w *work) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.idle != nil {
		return false
	}
	w.requests++
	return true
}

func (w *work) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests--
	if w.requests == 0 && w.idle != nil {
		close(w.idle) // begin counts no more once it is there, so this happens once
	}
}

// stop refuses what comes from now on. The channel is closed when what is under
// way is done.
func (w *work) stop() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.idle == nil {
		w.idle = make(chan struct{})
		if w.requests == 0 {
			close(w.idle)
		}
	}
	return w.idle
}
