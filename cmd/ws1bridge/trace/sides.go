package trace

import (
	"cmp"
	"fmt"
	"slices"
	"text/tabwriter"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// Row is an attribute on both sides: its name and what Access holds there, its name and what
// Okta sees. What a side does not have is "-".
type Row struct{ Access, Held, SCIM, Seen string }

// Held is what Access holds of a user that Okta does not see.
func Held(u upstream.User) []Row { return heldAlone(u, nil) }

// Sides is what Access holds of a user beside what Okta sees.
func Sides(t *translate.Translator, u upstream.User) []Row {
	pairs := t.TraceAccess(u).Attributes
	var rows []Row
	for _, a := range pairs {
		if a.Read != nil {
			rows = append(rows, Row{short(a.Access), whole(a.Read), short(cmp.Or(a.SCIM, "-")), whole(a.Okta)})
		}
	}
	rows = append(rows, heldAlone(u, pairs)...)
	slices.SortStableFunc(rows, func(a, b Row) int { return cmp.Compare(a.Access, b.Access) })
	return rows
}

// heldAlone are the attributes of Access that no pair takes to Okta.
func heldAlone(u upstream.User, pairs []translate.TracedAttribute) (rows []Row) {
	for path, held := range u.Attributes {
		name := path.String()
		if !slices.ContainsFunc(pairs, func(a translate.TracedAttribute) bool { return a.Access == name }) {
			rows = append(rows, Row{short(name), whole(held), "-", "-"})
		}
	}
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.Access, b.Access) })
	return rows
}

// Sides prints both sides of a user, whom Okta may not see.
func (p Printer) Sides(rows []Row, isSeen bool) {
	table := tabwriter.NewWriter(p.Out, 0, 0, 2, ' ', 0)
	okta := "OKTA SEES\t"
	if !isSeen {
		okta = "OKTA DOES NOT SEE THIS ACCOUNT"
	}
	fmt.Fprintln(table, "  ACCESS HOLDS\t\t"+okta)
	for _, r := range rows {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", r.Access, r.Held, r.SCIM, r.Seen)
	}
	_ = table.Flush() // as every other line, to whoever reads it
}
