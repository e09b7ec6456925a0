package translate

import (
	"slices"
	"strings"

	"ws1bridge/scim/domains"
	"ws1bridge/upstream/names"
)

// UserNames are the userNames of Access that Okta may mean by one, most likely
// first, and none where no user of Access can be shown under it. Whether a user
// that has one is meant is for the caller to see: translated, it must show the
// very userName that was asked for.
//
// That is one name, and a second where a rule leads away from the domain: a user
// may have it in Access still from before there was the rule. So may one whose
// name has white space around it from before the bridge took it away.
func (t *Translator) UserNames(okta string) []string {
	clean := domains.CleanAddress(okta)
	renamed, _ := t.rules.toAccess(kindUserName, clean)
	var all []string
	for _, name := range []string{renamed, clean, okta} {
		known := slices.ContainsFunc(all, func(other string) bool { return names.Same(other, name) })
		if shown, _ := t.rules.toOkta(kindUserName, name); !known && domains.SameAddress(shown, okta) {
			all = append(all, name)
		}
	}
	return all
}

// KeepsInUserName reports whether every userName that holds part, or that starts
// with it, holds it in Access too.
func (t *Translator) KeepsInUserName(part string, starts bool) bool {
	return !t.rules.rewrites(kindUserName) || starts && !strings.Contains(part, "@")
}

// KeepsExternalID reports whether the externalId that Okta sees is that of Access.
func (t *Translator) KeepsExternalID() bool {
	return slices.ContainsFunc(t.pairs, func(p *pair) bool {
		return p.access == externalIDPath && p.scim.is("externalId")
	})
}
