package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/terminal"
)

// sheet is where results are written down.
type sheet struct {
	w     io.Writer
	paint terminal.Painter
	width int  // of the names of checks
	limit int  // of lines, 0 for none
	quiet bool // until the end, and then JSON
	// logIn is how the lines about log-ins begin, before the domain.
	logIn string

	Checks  []doctor.Result `json:"checks"`
	OK      int             `json:"ok"`
	Failed  int             `json:"failed"`
	Unknown int             `json:"unknown"`
	LogIns  []doctor.LogIn  `json:"login"`
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
	s := &sheet{w: p.stdout, paint: terminal.NewPainter(p.stdout, p.environ), width: len("other spelling of the host  "),
		logIn: "Log-in for ", limit: terminal.Width(p.stdout, p.environ), Checks: []doctor.Result{}, LogIns: []doctor.LogIn{}}
	for _, domain := range domains {
		s.width = max(s.width, len("identity provider of   ")+terminal.Columns(domain))
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

// print writes a result for people. Lines end at a word before the edge of the terminal;
// where there is little room, they begin near the other edge.
func (s *sheet) print(r doctor.Result) {
	indent := s.width + 2
	if s.limit > 0 && s.limit-indent < leastRoom {
		indent = 4
	}
	lines := terminal.Wrap(r.Finding, s.room(indent))
	if r.Fix != "" {
		for i, line := range terminal.Wrap(r.Fix, s.room(indent+2)) {
			lines = append(lines, []string{"→ ", "  "}[min(i, 1)]+line)
		}
	}
	head := s.mark(r.Outcome) + " " + r.Name
	used := 2 + terminal.Columns(r.Name)
	if s.limit > 0 && used >= indent {
		fmt.Fprintln(s.w, head)
		head, used = "", 0
	}
	for _, line := range lines {
		fmt.Fprintf(s.w, "%s%s%s\n", head, strings.Repeat(" ", max(indent-used, 1)), line)
		head, used = "", 0
	}
}

// leastRoom is how many columns findings have at least.
const leastRoom = 40

// room is what a line has beside an indentation, 0 for any number of columns.
func (s *sheet) room(indent int) int {
	if s.limit == 0 {
		return 0
	}
	return s.limit - indent
}

// conclude writes the sum and which log-ins are possible, or everything as JSON. It is an
// error when a check failed.
func (s *sheet) conclude() error { return s.concludeWith(s) }

// concludeWith is conclude for what has more to tell than checks: as JSON, all of it.
func (s *sheet) concludeWith(all any) error {
	s.LogIns = doctor.LogIns(s.Checks)
	if s.quiet {
		if err := printJSON(s.w, all); err != nil {
			return err
		}
		return s.failure()
	}
	fmt.Fprintf(s.w, "\n%d OK, %d to be fixed, %d not checked\n", s.OK, s.Failed, s.Unknown)
	s.tellLogIns()
	return s.failure()
}

// printJSON writes one value for programs.
func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// printJSONLine prints a value on one line.
func printJSONLine(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// tellLogIns says whether people can log in: that nothing failed does not. Domains of which
// the same is known share a line.
func (s *sheet) tellLogIns() {
	for rest := s.LogIns; len(rest) > 0; {
		first, domains := rest[0], []string{}
		rest = slices.DeleteFunc(slices.Clone(rest), func(l doctor.LogIn) bool {
			same := l.State == first.State && l.Why == first.Why
			if same {
				domains = append(domains, l.Domain)
			}
			return same
		})
		s.tellLogIn(strings.Join(domains, ", "), first)
	}
}

func (s *sheet) tellLogIn(domains string, l doctor.LogIn) {
	words := map[doctor.LogInState]string{
		doctor.Verified: s.paint.Green("verified"), doctor.Unverified: s.paint.Yellow("NOT verified"),
		doctor.Impossible: s.paint.Red("impossible"),
	}[l.State]
	text := s.logIn + domains + ": " + words
	if l.Why != "" {
		text += ": " + l.Why
	}
	for i, line := range terminal.Wrap(text, s.room(2)) {
		fmt.Fprintln(s.w, []string{"", "  "}[min(i, 1)]+line)
	}
}

// failure is an error when a check failed.
func (s *sheet) failure() error {
	if s.Failed > 0 {
		return fmt.Errorf("%d check(s) failed", s.Failed)
	}
	return nil
}
