package translate

import (
	"cmp"
	"slices"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// Only a tenant knows which attributes it has of its own (schema.Tenant). So they pass by
// name, spelled as they come, without a line in the table; one that a line reads or
// writes is that line's alone.

// byName is what such pairs are said to be by.
const byName = "a tenant's attribute, by name"

// sentByName are pairs for the attributes of a tenant that a user names.
func (t *Translator) sentByName(r schema.Resource) (pairs []*pair) {
	for urn, value := range r {
		if !schema.IsTenant(urn) {
			continue
		}
		block, _ := value.(map[string]any)
		for name := range block {
			pairs = t.appendByName(pairs, urn, name)
		}
	}
	return inOrder(pairs)
}

// heldByName are pairs for the attributes of a tenant that Access has of a user.
func (t *Translator) heldByName(held upstream.Attributes) (pairs []*pair) {
	for path := range held {
		if path.Sub() == "" && schema.IsTenant(path.Schema()) {
			pairs = t.appendByName(pairs, path.Schema(), path.Name())
		}
	}
	return inOrder(pairs)
}

// changedByName are those of either.
func (t *Translator) changedByName(held upstream.Attributes, r schema.Resource) []*pair {
	pairs := append(t.heldByName(held), t.sentByName(r)...)
	return slices.CompactFunc(inOrder(pairs), func(a, b *pair) bool { return a.scim == b.scim })
}

// appendByName appends the pair of an attribute, unless the table or the domain has it.
func (t *Translator) appendByName(pairs []*pair, urn, name string) []*pair {
	from, to := attributePath(strings.ToLower(urn), name), upstream.PathOf(urn, name, "")
	if t.isTaken(from, to) {
		return pairs
	}
	// Who does not map an attribute need not write it back: it is echoed.
	return append(pairs, &pair{scim: from, access: to, form: text{}, kind: noKind, echoed: true, setting: byName})
}

// isTaken reports whether the configuration says what becomes of an attribute.
func (t *Translator) isTaken(from scimPath, to upstream.Path) bool {
	return t.computesFrom(from) || slices.ContainsFunc(t.domainPaths, from.sameAttribute) ||
		slices.ContainsFunc(t.pairs, func(p *pair) bool {
			return overlapAccess(p.access, to) || p.scim.sameAttribute(from)
		})
}

// with are the pairs of a table and more.
func with(table, more []*pair) []*pair {
	if len(more) == 0 {
		return table
	}
	return slices.Concat(table, more)
}

// inOrder sorts pairs by their paths, so that one user is translated in one way.
func inOrder(pairs []*pair) []*pair {
	slices.SortStableFunc(pairs, func(a, b *pair) int {
		return cmp.Or(strings.Compare(a.scim.URN, b.scim.URN), strings.Compare(a.scim.Name, b.scim.Name))
	})
	return pairs
}
