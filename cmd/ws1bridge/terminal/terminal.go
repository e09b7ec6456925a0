// Package terminal writes for people who watch a terminal: in colors, and with a
// line that says what takes long. What goes to a file or a pipe has neither.
package terminal

import (
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// isTerminal reports whether somebody watches what is written to w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// Painter colors text where Colors says so.
type Painter struct{ Colors bool }

// NewPainter colors what goes to a terminal, unless the environment has NO_COLOR
// with any value (no-color.org) or says that the terminal has none; and everything where
// it has FORCE_COLOR (force-color.org).
func NewPainter(w io.Writer, environ []string) Painter {
	forced := slices.ContainsFunc(environ, func(e string) bool {
		return strings.HasPrefix(e, "FORCE_COLOR=") && e != "FORCE_COLOR="
	})
	return Painter{Colors: (isTerminal(w) || forced) && wantsColors(environ)}
}

func wantsColors(environ []string) bool {
	return !slices.ContainsFunc(environ, func(e string) bool {
		return e == "TERM=dumb" || strings.HasPrefix(e, "NO_COLOR=") && e != "NO_COLOR="
	})
}

func (p Painter) paint(code, s string) string {
	if !p.Colors {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

// Plain leaves s as it is.
func (Painter) Plain(s string) string { return s }

// Bold prints s in bold.
func (p Painter) Bold(s string) string { return p.paint("1", s) }

// Dim prints s dimmed.
func (p Painter) Dim(s string) string { return p.paint("2", s) }

// Red prints s in red.
func (p Painter) Red(s string) string { return p.paint("31", s) }

// Green prints s in green.
func (p Painter) Green(s string) string { return p.paint("32", s) }

// Yellow prints s in yellow.
func (p Painter) Yellow(s string) string { return p.paint("33", s) }

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
