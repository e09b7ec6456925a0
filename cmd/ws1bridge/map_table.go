package main

import (
	"fmt"
	"strings"

	"ws1bridge/scim/translate"
)

// pairs prints the table of attributes in force.
func (m mapper) pairs(t *translate.Translator) error {
	if m.flags.json {
		return m.printJSON(t.Pairs())
	}
	var out strings.Builder
	m.columns(&out, pairRows(t), func(int) func(string) string { return m.paint.plain })
	_, err := fmt.Fprint(m.out, out.String())
	return err
}

// pairRows are the pairs under a heading.
func pairRows(t *translate.Translator) [][]string {
	rows := [][]string{{"SCIM (OKTA)", "ACCESS", "PARTICULARS", "FROM"}}
	for _, p := range t.Pairs() {
		var notes []string
		if p.Required {
			notes = append(notes, "required")
		}
		if p.OnCreate {
			notes = append(notes, "set on creation only")
		}
		if p.Default != "" {
			notes = append(notes, "default "+p.Default)
		}
		scim := p.SCIM
		if p.Value != "" {
			scim = "= " + p.Value
		}
		rows = append(rows, []string{scim, p.Access, strings.Join(notes, ", "), p.By})
	}
	return rows
}
