package trace

import (
	"fmt"
	"strings"

	"ws1bridge/scim/translate"
)

// difference is what changes for one user.
type difference struct {
	User    string             `json:"user"`
	Changes []translate.Change `json:"changes"`
	// Lost is what the new configuration loses on the way back.
	Lost    []string `json:"lost,omitempty"`
	Refused string   `json:"refused,omitempty"`
}

// Changes prints what changes for each user from one translation to another. It
// is ErrLoses if the new one loses something.
func (p Printer) Changes(before, after *translate.Translator, users []User) error {
	differ, loses := 0, 0
	for _, u := range users {
		a, b := u.follow(before), u.follow(after)
		d := difference{User: u.name, Changes: translate.Compare(a, b), Lost: b.Lost(), Refused: b.Refused}
		if len(d.Changes) > 0 {
			differ++
		}
		if len(d.Lost) > 0 || d.Refused != "" {
			loses++
		}
		if err := p.difference(d); err != nil {
			return err
		}
	}
	if !p.JSON {
		const sum = "%d of %d user(s) change, %d would be refused or lose a value.\n"
		if _, err := fmt.Fprintf(p.Out, sum, differ, len(users), loses); err != nil {
			return err
		}
	}
	if loses > 0 {
		return ErrLoses
	}
	return nil
}

func (p Printer) difference(d difference) error {
	if p.JSON {
		return p.json(d)
	}
	if len(d.Changes) == 0 && len(d.Lost) == 0 {
		return nil
	}
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n", p.Paint.Bold(d.User))
	for _, c := range d.Changes {
		what := c.What
		if c.Attribute != "" {
			what += " " + short(c.Attribute)
		}
		before, after := "- "+oneLine(c.Before, "(nothing)"), "+ "+oneLine(c.After, "(nothing)")
		fmt.Fprintf(&out, "  %s\n    %s\n    %s\n", what, p.Paint.Red(before), p.Paint.Green(after))
	}
	p.lost(&out, d.Lost)
	_, err := fmt.Fprintln(p.Out, out.String())
	return err
}
