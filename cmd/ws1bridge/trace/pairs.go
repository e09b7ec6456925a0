package trace

import (
	"fmt"
	"strings"

	"ws1bridge/scim/translate"
)

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
