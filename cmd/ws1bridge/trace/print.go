// Package trace prints what becomes of users on the way between Okta and Access,
// as tables for people or as JSON for programs. It sends nothing.
package trace

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/scim/translate"
)

// ErrLoses is the outcome of a trace that loses something; what was printed says
// what.
var ErrLoses = errors.New("a value does not come back as it was, or the user is refused")

// Printer prints traces.
type Printer struct {
	Out   io.Writer
	Paint terminal.Painter
	// JSON prints for programs.
	JSON bool
	// Sums prints what becomes of all users together, after each of them, OnlySums instead.
	Sums, OnlySums bool
}

// followed is a trace with whom it is about.
type followed struct {
	User string `json:"user"`
	Side Side   `json:"side"`
	translate.Trace
	Lost []string `json:"lost,omitempty"`
}

// loses reports whether something does not come back.
func (f followed) loses() bool { return len(f.Lost) > 0 || f.Refused != "" }

// Users prints the trace of each user. It is ErrLoses if one loses something.
func (p Printer) Users(t *translate.Translator, users []User) error {
	var outcome error
	sum := newSummary()
	for _, u := range users {
		f := followed{User: u.name, Side: u.side, Trace: u.follow(t)}
		if f.Lost = f.Trace.Lost(); f.loses() {
			outcome = ErrLoses
		}
		sum.add(f)
		if p.OnlySums {
			continue
		}
		if err := p.user(f); err != nil {
			return err
		}
	}
	if p.OnlySums || p.Sums && !p.JSON {
		if err := p.summary(sum); err != nil {
			return err
		}
	}
	return outcome
}

func (p Printer) user(f followed) error {
	if p.JSON {
		return p.json(f)
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", p.Paint.Bold(f.User))
	if f.Refused != "" {
		fmt.Fprintf(&out, "  %s Okta would be answered 400: %s\n", p.Paint.Red("refused"), f.Refused)
	} else {
		fmt.Fprintf(&out, "  directory of %s, %s\n\n", p.Paint.Bold(f.Domain.Name), f.chosenBy())
		p.attributes(&out, f)
	}
	for _, d := range f.Dropped {
		fmt.Fprintf(&out, "  %s %s: %s\n", p.Paint.Dim("dropped"), short(d.Attribute), d.Reason)
	}
	p.lost(&out, f.Lost)
	_, err := fmt.Fprintln(p.Out, strings.TrimRight(out.String(), "\n")+"\n")
	return err
}

func (p Printer) lost(out *strings.Builder, names []string) {
	if len(names) > 0 {
		fmt.Fprintf(out, "  %s %s\n", p.Paint.Red("lost on the way back:"), strings.Join(names, ", "))
	}
}

// chosenBy says how the directory was found.
func (f followed) chosenBy() string {
	how := "chosen by " + f.Domain.Source
	if f.Side == Access {
		how = "where the user is"
	}
	if f.Domain.Rule != "" {
		how += " and " + f.Domain.Rule
	}
	return how
}

func (p Printer) json(v any) error {
	encoder := json.NewEncoder(p.Out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// attributes prints the values of all attributes side by side.
func (p Printer) attributes(out *strings.Builder, f followed) {
	rows := [][]string{{"ATTRIBUTE", "OKTA SENDS", "ACCESS IS SENT", "OKTA READS BACK", "WHY"}}
	if f.Side == Access {
		rows = [][]string{{"ATTRIBUTE", "ACCESS HOLDS", "OKTA READS", "ACCESS IS SENT", "WHY"}}
	}
	for _, a := range f.Attributes {
		first, second, third := a.Okta, a.Sent, a.Read
		if f.Side == Access {
			first, second, third = a.Read, a.Okta, a.Sent
		}
		rows = append(rows, []string{pairName(a), cell(first), cell(second), cell(third), why(a)})
	}
	p.columns(out, rows, func(i int) func(string) string {
		switch {
		case f.Attributes[i].Lost:
			return p.Paint.Red
		case f.Attributes[i].Rule != "":
			return p.Paint.Yellow
		}
		return p.Paint.Plain
	})
	out.WriteString("\n")
}

// pairName names an attribute by both sides, where they call it differently.
func pairName(a translate.TracedAttribute) string {
	okta, access := short(a.SCIM), short(a.Access)
	if okta == "" || okta == access {
		return access
	}
	return okta + " = " + access
}

// why says which pair and which rule made a value.
func why(a translate.TracedAttribute) string {
	parts := []string{a.By}
	for _, part := range []string{a.Rule, a.Note} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if a.Lost {
		parts = append(parts, "LOST")
	}
	return strings.Join(parts, "; ")
}

// columns prints rows under a heading, with the color of each.
func (p Printer) columns(out *strings.Builder, rows [][]string, color func(row int) func(string) string) {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, text := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(text))
		}
	}
	for i, row := range rows {
		var line strings.Builder
		for i, text := range row {
			line.WriteString("  " + text + strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)))
		}
		paint := p.Paint.Bold
		if i > 0 {
			paint = color(i - 1)
		}
		out.WriteString(paint(strings.TrimRight(line.String(), " ")) + "\n")
	}
}

// Pairs prints the table of attributes in force.
func (p Printer) Pairs(t *translate.Translator) error {
	if p.JSON {
		return p.json(t.Pairs())
	}
	rows := [][]string{{"SCIM (OKTA)", "ACCESS", "PARTICULARS", "FROM"}}
	for _, pair := range t.Pairs() {
		scim := pair.SCIM
		if pair.Value != "" {
			scim = "= " + pair.Value
		}
		rows = append(rows, []string{scim, pair.Access, Particulars(pair), pair.By})
	}
	var out strings.Builder
	p.columns(&out, rows, func(int) func(string) string { return p.Paint.Plain })
	_, err := fmt.Fprint(p.Out, out.String())
	return err
}

// Particulars say what is special about a pair.
func Particulars(pair translate.Pair) string {
	var notes []string
	if pair.Required {
		notes = append(notes, "required")
	}
	if pair.OnCreate {
		notes = append(notes, "set on creation only")
	}
	if pair.Default != "" {
		notes = append(notes, "default "+pair.Default)
	}
	return strings.Join(notes, ", ")
}
