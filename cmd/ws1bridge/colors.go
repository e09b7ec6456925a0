package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// painter colors text where that is wanted.
type painter struct{ colors bool }

// painterFor colors what goes to a terminal, unless NO_COLOR is set to anything
// (no-color.org) or the terminal is a dumb one.
func painterFor(out io.Writer, environ []string) painter {
	file, ok := out.(*os.File)
	env := variables(environ)
	return painter{colors: ok && env["NO_COLOR"] == "" && env["TERM"] != "dumb" && term.IsTerminal(int(file.Fd()))}
}

func (p painter) paint(code, s string) string {
	if !p.colors {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (painter) plain(s string) string    { return s }
func (p painter) bold(s string) string   { return p.paint("1", s) }
func (p painter) dim(s string) string    { return p.paint("2", s) }
func (p painter) red(s string) string    { return p.paint("31", s) }
func (p painter) green(s string) string  { return p.paint("32", s) }
func (p painter) yellow(s string) string { return p.paint("33", s) }
