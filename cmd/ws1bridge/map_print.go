package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// mapper prints traces.
type mapper struct {
	flags mapFlags
	out   io.Writer
	paint painter
}

// mapped is a trace with whom it is about.
type mapped struct {
	User string `json:"user"`
	Side string `json:"side"` // where the resource is from: okta or access
	translate.Trace
	Lost []string `json:"lost,omitempty"`
}

// show prints the trace of each resource.
func (m mapper) show(t *translate.Translator, resources []map[string]any) error {
	loses := false
	for i, r := range resources {
		trace, err := m.flags.trace(t, r)
		if err != nil {
			return err
		}
		one := mapped{User: nameOf(r, i), Side: "okta", Trace: trace, Lost: trace.Lost()}
		if m.flags.isAccess(r) {
			one.Side = "access"
		}
		loses = loses || len(one.Lost) > 0 || trace.Refused != ""
		if err := m.print(one); err != nil {
			return err
		}
	}
	if loses {
		return errLoses
	}
	return nil
}

// nameOf is what to call a resource: its userName, else its place.
func nameOf(r map[string]any, i int) string {
	for name, v := range r {
		if s, ok := v.(string); ok && strings.EqualFold(name, "userName") {
			return s
		}
	}
	return fmt.Sprintf("resource %d", i+1)
}

func (m mapper) print(one mapped) error {
	if m.flags.json {
		return m.printJSON(one)
	}
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, "%s\n", m.paint.bold(one.User))
	if one.Refused != "" {
		_, _ = fmt.Fprintf(&out, "  %s Okta would be answered 400: %s\n", m.paint.red("refused"), one.Refused)
	} else {
		_, _ = fmt.Fprintf(&out, "  directory of %s, %s%s\n\n", m.paint.bold(one.Domain.Name), chosenBy(one), because(one.Domain.Rule))
		m.table(&out, one)
	}
	for _, d := range one.Dropped {
		_, _ = fmt.Fprintf(&out, "  %s %s: %s\n", m.paint.dim("dropped"), short(d.Attribute), d.Reason)
	}
	if len(one.Lost) > 0 {
		_, _ = fmt.Fprintf(&out, "  %s %s\n", m.paint.red("lost on the way back:"), strings.Join(one.Lost, ", "))
	}
	_, err := fmt.Fprintln(m.out, strings.TrimRight(out.String(), "\n")+"\n")
	return err
}

func chosenBy(one mapped) string {
	if one.Side == "access" {
		return "where the user is"
	}
	return "chosen by " + one.Domain.Source
}

func because(rule string) string {
	if rule == "" {
		return ""
	}
	return " and " + rule
}

func (m mapper) printJSON(v any) error {
	encoder := json.NewEncoder(m.out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// table prints the values of all attributes side by side.
func (m mapper) table(out *strings.Builder, one mapped) {
	rows := [][]string{{"ATTRIBUTE", "OKTA SENDS", "ACCESS IS SENT", "OKTA READS BACK", "WHY"}}
	if one.Side == "access" {
		rows = [][]string{{"ATTRIBUTE", "ACCESS HOLDS", "OKTA READS", "ACCESS IS SENT", "WHY"}}
	}
	for _, a := range one.Attributes {
		name, first, second, third := short(a.SCIM), a.Okta, a.Sent, a.Read
		if one.Side == "access" {
			first, second, third = a.Read, a.Okta, a.Sent
		}
		if a.SCIM == "" {
			name = short(a.Access)
		} else if other := short(a.Access); other != name {
			name += " = " + other
		}
		rows = append(rows, []string{name, cell(first), cell(second), cell(third), why(a)})
	}
	m.columns(out, rows, func(i int) func(string) string {
		switch {
		case one.Attributes[i].Lost:
			return m.paint.red
		case one.Attributes[i].Rule != "":
			return m.paint.yellow
		}
		return m.paint.plain
	})
	out.WriteString("\n")
}

// columns prints rows under a heading, with the color of each.
func (m mapper) columns(out *strings.Builder, rows [][]string, color func(row int) func(string) string) {
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
		paint := m.paint.bold
		if i > 0 {
			paint = color(i - 1)
		}
		out.WriteString(paint(strings.TrimRight(line.String(), " ")) + "\n")
	}
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

// maxCell bounds the width of a column of values; --json shows them whole.
const maxCell = 40

// cell is a value in a table.
func cell(v any) string {
	text, ok := v.(string)
	if !ok && v != nil {
		text = compact(v)
	}
	if values := valuesOf(v); len(values) > 0 {
		text = strings.Join(values, ", ")
	}
	if runes := []rune(text); len(runes) > maxCell {
		return string(runes[:maxCell-1]) + "…"
	}
	return text
}

// valuesOf are the values of a list with their types, nil where v is none.
func valuesOf(v any) []string {
	var elements []map[string]any
	switch v := v.(type) {
	case []upstream.Element:
		elements = v
	case []any:
		for _, item := range v {
			element, _ := item.(map[string]any)
			elements = append(elements, element)
		}
	}
	var values []string
	for _, e := range elements {
		value, _ := e["value"].(string)
		if value == "" {
			return nil
		}
		if kind, _ := e["type"].(string); kind != "" {
			value += " (" + kind + ")"
		}
		values = append(values, value)
	}
	return values
}

// compact is a value as JSON in one line.
func compact(v any) string {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return "?"
	}
	return strings.TrimSuffix(out.String(), "\n")
}

// short is a path with the well-known schemas named by a word.
func short(path string) string {
	for _, s := range []struct{ urn, word string }{
		{translate.EnterpriseSchema, "enterprise"}, {upstream.EnterpriseSchema, "enterprise"}, {upstream.WorkspaceSchema, "workspace"},
		{"urn:scim:schemas:extension:workspace:tenant", "tenant"},
	} {
		if rest, ok := strings.CutPrefix(path, s.urn+":"); ok {
			return s.word + ":" + rest
		}
	}
	return path
}
