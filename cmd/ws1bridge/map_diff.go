package main

import (
	"fmt"
	"strings"

	"ws1bridge/scim/translate"
)

// compared is what changes for one user.
type compared struct {
	User    string             `json:"user"`
	Changes []translate.Change `json:"changes"`
	// Lost is what the new configuration loses on the way back.
	Lost    []string `json:"lost,omitempty"`
	Refused string   `json:"refused,omitempty"`
}

// compare prints what changes for each resource from one translation to another.
func (m mapper) compare(before, after *translate.Translator, resources []map[string]any) error {
	differ, loses := 0, 0
	for i, r := range resources {
		a, err := m.flags.trace(before, r)
		if err != nil {
			return err
		}
		b, err := m.flags.trace(after, r)
		if err != nil {
			return err
		}
		one := compared{User: nameOf(r, i), Changes: translate.Compare(a, b), Lost: b.Lost(), Refused: b.Refused}
		if len(one.Changes) > 0 {
			differ++
		}
		if len(one.Lost) > 0 || b.Refused != "" {
			loses++
		}
		if err := m.printCompared(one); err != nil {
			return err
		}
	}
	if !m.flags.json {
		if _, err := fmt.Fprintf(m.out, "%d of %d user(s) change, %d would be refused or lose a value.\n", differ, len(resources), loses); err != nil {
			return err
		}
	}
	if loses > 0 {
		return errLoses
	}
	return nil
}

func (m mapper) printCompared(one compared) error {
	if m.flags.json {
		return m.printJSON(one)
	}
	if len(one.Changes) == 0 && len(one.Lost) == 0 {
		return nil
	}
	var out strings.Builder
	_, _ = fmt.Fprintf(&out, "%s\n", m.paint.bold(one.User))
	for _, c := range one.Changes {
		what := c.What
		if c.Attribute != "" {
			what += " " + short(c.Attribute)
		}
		_, _ = fmt.Fprintf(&out, "  %s\n    %s\n    %s\n", what, m.paint.red("- "+shown(c.Before)), m.paint.green("+ "+shown(c.After)))
	}
	if len(one.Lost) > 0 {
		_, _ = fmt.Fprintf(&out, "  %s %s\n", m.paint.red("lost on the way back:"), strings.Join(one.Lost, ", "))
	}
	_, err := fmt.Fprintln(m.out, out.String())
	return err
}

// shown is a value as a line.
func shown(v any) string {
	if v == nil {
		return "(nothing)"
	}
	if s, ok := v.(string); ok {
		return s
	}
	return compact(v)
}
