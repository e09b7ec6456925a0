package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/terminal"
)

// sheet is where results are written down.
type sheet struct {
	w     io.Writer
	paint terminal.Painter
	width int  // of the names of checks
	quiet bool // until the end, and then JSON

	Checks  []doctor.Result `json:"checks"`
	OK      int             `json:"ok"`
	Failed  int             `json:"failed"`
	Unknown int             `json:"unknown"`
}

// mark stands for an outcome with and without color.
func (s *sheet) mark(outcome doctor.Outcome) string {
	switch outcome {
	case doctor.OK:
		return s.paint.Green("✓")
	case doctor.Failed:
		return s.paint.Red("✗")
	}
	return s.paint.Yellow("?")
}

// newSheet writes to standard output. The longest names of checks end in one of
// the domains.
func (p *program) newSheet(domains []string) *sheet {
	s := &sheet{w: p.stdout, paint: terminal.NewPainter(p.stdout, p.environ), width: len("other spelling of the host  ")}
	for _, domain := range domains {
		s.width = max(s.width, len("identity provider of   ")+utf8.RuneCountInString(domain))
	}
	return s
}

// add writes a result down: a line with its finding, and one with its fix.
func (s *sheet) add(r doctor.Result) {
	s.Checks = append(s.Checks, r)
	switch r.Outcome {
	case doctor.OK:
		s.OK++
	case doctor.Failed:
		s.Failed++
	case doctor.Unknown:
		s.Unknown++
	}
	if !s.quiet {
		s.print(r)
	}
}

// print writes a result for people.
func (s *sheet) print(r doctor.Result) {
	room := max(s.width-utf8.RuneCountInString(r.Name), 1)
	fmt.Fprintf(s.w, "%s %s%s%s\n", s.mark(r.Outcome), r.Name, strings.Repeat(" ", room), r.Finding)
	if r.Fix != "" {
		fmt.Fprintf(s.w, "%s→ %s\n", strings.Repeat(" ", s.width+2), r.Fix)
	}
}

// conclude writes the sum, or everything as JSON. It is an error when a check
// failed.
func (s *sheet) conclude() error {
	if s.quiet {
		encoder := json.NewEncoder(s.w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(s); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(s.w, "\n%d OK, %d to be fixed, %d not checked\n", s.OK, s.Failed, s.Unknown)
	}
	return s.failure()
}

// failure is an error when a check failed.
func (s *sheet) failure() error {
	if s.Failed > 0 {
		return fmt.Errorf("%d check(s) failed", s.Failed)
	}
	return nil
}
