package main

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// slow is how long something takes before the operator is told what it is.
const slow = time.Second

// isTerminal reports whether somebody watches what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// colorful reports whether w shows colors and the operator wants them
// (no-color.org).
func (p *program) colorful(w io.Writer) bool { return isTerminal(w) && wantsColor(p.environ) }

func wantsColor(environ []string) bool {
	env := variables(environ)
	return env["NO_COLOR"] == "" && env["TERM"] != "dumb"
}

// newProgress tells on standard error what takes long, where that is a terminal.
func (p *program) newProgress() *progress {
	if !isTerminal(p.stderr) {
		return &progress{w: io.Discard}
	}
	return &progress{w: p.stderr}
}

// progress is a line that says what is under way, once that takes longer than a
// second. It is wiped out before anything else is written.
type progress struct {
	w io.Writer

	mu    sync.Mutex // guards what follows
	timer *time.Timer
	shown bool
	turn  int // which of the things that were under way
}

// wipe erases the line on which the cursor stands (ECMA-48, EL).
const wipe = "\r\x1b[2K"

// begin says that something else is under way from now on.
func (g *progress) begin(what string) {
	g.end()
	g.mu.Lock()
	defer g.mu.Unlock()
	turn := g.turn
	g.timer = time.AfterFunc(slow, func() { g.show(turn, what) })
}

func (g *progress) show(turn int, what string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if turn == g.turn {
		g.shown = true
		_, _ = io.WriteString(g.w, "… "+what)
	}
}

// end says that nothing is under way any more.
func (g *progress) end() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.turn++
	if g.timer != nil {
		g.timer.Stop()
	}
	if g.shown {
		g.shown = false
		_, _ = io.WriteString(g.w, wipe)
	}
}
