package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// view is a user as Okta sees it: nil where Okta does not.
type view func(upstream.Attributes) map[string]string

// oktaView is the translation that Okta is answered with, nil for an account
// that Okta does not see.
func oktaView(translator *translate.Translator, a upstream.Account) view {
	if !a.Ours || translator == nil {
		return nil
	}
	return func(attributes upstream.Attributes) map[string]string {
		user := a.User
		user.Attributes = attributes
		return leaves(translator.UserToSCIM(user))
	}
}

// row is an attribute in both worlds.
type row struct{ access, held, scim, seen string }

// printSideBySide shows what Access holds beside what Okta sees.
func printSideBySide(w io.Writer, held upstream.Attributes, okta view) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if okta == nil {
		fmt.Fprintln(table, "  ACCESS HOLDS\t\tOKTA DOES NOT SEE THIS ACCOUNT")
	} else {
		fmt.Fprintln(table, "  ACCESS HOLDS\t\tOKTA SEES\t")
	}
	for _, r := range sideBySide(held, okta) {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", r.access, r.held, r.scim, r.seen)
	}
	_ = table.Flush() // as every other line, to whoever reads it
}

// sideBySide pairs the attributes. Which one becomes which is found out by
// translating each by itself, so that it is true whatever the table of
// attributes is.
func sideBySide(held upstream.Attributes, okta view) []row {
	var seen, always map[string]string
	if okta != nil {
		seen, always = okta(held), okta(nil) // some are there whatever Access holds
	}
	var rows []row
	for _, p := range slices.SortedFunc(maps.Keys(held), func(a, b upstream.Path) int { return strings.Compare(a.String(), b.String()) }) {
		r := row{access: shortPath(p.String()), held: oneLineOf(held[p]), scim: "-", seen: "-"}
		if okta != nil {
			alone := okta(upstream.Attributes{p: held[p]})
			for _, name := range slices.Sorted(maps.Keys(alone)) {
				if value, ok := seen[name]; ok && always[name] == "" {
					r.scim, r.seen = shortPath(name), value
					delete(seen, name)
				}
			}
		}
		rows = append(rows, r)
	}
	for _, name := range slices.Sorted(maps.Keys(seen)) {
		rows = append(rows, row{access: "-", held: "-", scim: shortPath(name), seen: seen[name]})
	}
	return rows
}

// leaves are the values of a resource by their path.
func leaves(resource map[string]any) map[string]string {
	out := map[string]string{}
	for name, value := range resource {
		block, isBlock := value.(map[string]any)
		switch {
		case name == "schemas":
		case isBlock && strings.HasPrefix(name, "urn:"):
			for sub, v := range leaves(block) {
				out[name+":"+sub] = v
			}
		case isBlock:
			for sub, v := range block {
				out[name+"."+sub] = oneLineOf(v)
			}
		default:
			out[name] = oneLineOf(value)
		}
	}
	return out
}

// oneLineOf writes a value on one line.
func oneLineOf(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// shortPath names the extensions of both worlds by a word.
func shortPath(path string) string {
	for urn, word := range map[string]string{
		upstream.EnterpriseSchema:  "enterprise",
		upstream.WorkspaceSchema:   "workspace",
		translate.EnterpriseSchema: "enterprise",
	} {
		if rest, ok := strings.CutPrefix(path, urn+":"); ok {
			return word + ":" + rest
		}
	}
	return path
}
