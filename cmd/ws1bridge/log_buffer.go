package main

import (
	"io"
	"sync"
	"time"
)

const (
	// maxPending bounds what of the log waits to be written, in bytes: some 4,000
	// lines.
	maxPending = 1 << 20
	// flushTimeout bounds how long the end of the program waits for a reader of the
	// log that is stuck.
	flushTimeout = 5 * time.Second
)

// logBuffer writes to a writer in the background, so that nobody who logs waits
// for who reads the log: a pipe that nobody empties holds 64 KiB. Lines that find
// no room are dropped and counted. What the writer does not take is lost.
type logBuffer struct {
	to io.Writer
	// tell writes to the writer how many lines were dropped, once there is room.
	tell func(lines int)
	wake chan struct{} // closed at the end
	done chan struct{} // closed when all is written

	mu      sync.Mutex // guards the fields below
	pending []byte
	dropped int
	closed  bool
}

// newLogBuffer returns a buffer that is written until it is closed.
func newLogBuffer(to io.Writer, tell func(lines int)) *logBuffer {
	b := &logBuffer{to: to, tell: tell, wake: make(chan struct{}, 1), done: make(chan struct{})}
	go b.run()
	return b
}

// Write keeps one line for the writer. It never waits and never fails.
func (b *logBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.pending)+len(line) > maxPending {
		b.dropped++
		return len(line), nil
	}
	b.pending = append(b.pending, line...)
	select {
	case b.wake <- struct{}{}:
	default: // the writer has yet to see an earlier line, and will see this one with it
	}
	return len(line), nil
}

func (b *logBuffer) run() {
	defer close(b.done)
	for range b.wake {
		for {
			lines, dropped := b.take()
			if len(lines) == 0 && dropped == 0 {
				break
			}
			_, _ = b.to.Write(lines) // a log that nobody reads any more is no reason to stop
			if dropped > 0 {
				b.tell(dropped)
			}
		}
	}
}

// take is what is to be written now, and how many lines found no room behind it.
func (b *logBuffer) take() (lines []byte, dropped int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	lines, dropped = b.pending, b.dropped
	b.pending, b.dropped = nil, 0
	return lines, dropped
}

// close writes all that is pending, unless the reader is stuck.
func (b *logBuffer) close() {
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		close(b.wake)
	}
	b.mu.Unlock()
	select {
	case <-b.done:
	case <-time.After(flushTimeout):
	}
}
