package cmdtest

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// Output is what a program printed so far. It is safe for concurrent use.
type Output struct {
	mu      sync.Mutex // guards the fields below
	text    bytes.Buffer
	ended   bool
	changed chan struct{}
}

// NewOutput returns an empty output.
func NewOutput() *Output { return &Output{changed: make(chan struct{})} }

// Write adds to the output. It never fails.
func (o *Output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(b)
}

// End says that nothing more comes.
func (o *Output) End() {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed, o.ended = make(chan struct{}), true
}

// String is all of the output so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Await waits until the output holds text, and returns all of it.
func (o *Output) Await(t *testing.T, text string) string {
	t.Helper()
	timeout := time.After(Patience)
	for {
		o.mu.Lock()
		got, changed, ended := o.text.String(), o.changed, o.ended
		o.mu.Unlock()
		if strings.Contains(got, text) {
			return got
		}
		if ended {
			t.Fatalf("the output ended without %q:\n%s", text, got)
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("the output never held %q:\n%s", text, got)
		}
	}
}
