// Package terminal writes for people who watch a terminal: in colors, and with a
// line that says what takes long. What goes to a file or a pipe has neither.
package terminal

import (
	"io"
	"os"
	"slices"
	"strings"

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
// with any value (no-color.org) or says that the terminal has none.
func NewPainter(w io.Writer, environ []string) Painter {
	return Painter{Colors: isTerminal(w) && wantsColors(environ)}
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
