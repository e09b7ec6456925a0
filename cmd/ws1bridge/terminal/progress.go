package terminal

import (
	"io"
	"sync"
	"time"
)

// slow is how long something takes before the line says what it is.
const slow = time.Second

// Progress is a line that says what is under way, once that takes longer than a
// second. It is erased before anything else is written. It is safe for
// concurrent use.
type Progress struct {
	w io.Writer

	mu    sync.Mutex // guards what follows
	timer *time.Timer
	shown bool
	turn  int // which of the things that were under way
}

// NewProgress writes to w if that is a terminal, and else nothing.
func NewProgress(w io.Writer) *Progress {
	if !isTerminal(w) {
		w = io.Discard
	}
	return &Progress{w: w}
}

// erase clears the line of the cursor (ECMA-48, EL).
const erase = "\r\x1b[2K"

// Begin says that something else is under way from now on.
func (g *Progress) Begin(what string) {
	g.End()
	g.mu.Lock()
	defer g.mu.Unlock()
	turn := g.turn
	g.timer = time.AfterFunc(slow, func() { g.show(turn, what) })
}

func (g *Progress) show(turn int, what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if turn == g.turn {
		g.shown = true
		_, _ = io.WriteString(g.w, "… "+what)
	}
}

// End says that nothing is under way any more.
func (g *Progress) End() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn++
	if g.timer != nil {
		g.timer.Stop()
	}
	if g.shown {
		g.shown = false
		_, _ = io.WriteString(g.w, erase)
	}
}
