package trace

import (
	"cmp"
	"fmt"
	"slices"
	"text/tabwriter"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// row is an attribute on both sides.
type row struct{ access, held, scim, seen string }

// Unseen prints what Access holds of a user that Okta does not see.
func (p Printer) Unseen(u upstream.User) {
	p.sides("OKTA DOES NOT SEE THIS ACCOUNT", heldAlone(u, nil))
}

// Sides prints what Access holds of a user beside what Okta sees.
func (p Printer) Sides(t *translate.Translator, u upstream.User) {
	pairs := t.TraceAccess(u).Attributes
	var rows []row
	for _, a := range pairs {
		if a.Read != nil {
			rows = append(rows, row{a.Access, oneLine(a.Read, "-"), cmp.Or(a.SCIM, "-"), oneLine(a.Okta, "-")})
		}
	}
	rows = append(rows, heldAlone(u, pairs)...)
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(a.access, b.access) })
	p.sides("OKTA SEES\t", rows)
}

// heldAlone are the attributes of Access that no pair takes to Okta.
func heldAlone(u upstream.User, pairs []translate.TracedAttribute) (rows []row) {
	for path, held := range u.Attributes {
		name := path.String()
		if !slices.ContainsFunc(pairs, func(a translate.TracedAttribute) bool { return a.Access == name }) {
			rows = append(rows, row{name, oneLine(held, "-"), "-", "-"})
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.access, b.access) })
	return rows
}

func (p Printer) sides(okta string, rows []row) {
	table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "  ACCESS HOLDS\t\t"+okta)
	for _, r := range rows {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", short(r.access), r.held, short(r.scim), r.seen)
	}
	_ = table.Flush() // as every other line, to whoever reads it
}
