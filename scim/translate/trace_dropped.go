package translate

import (
	"fmt"
	"maps"
	"slices"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// dropped finds what of a resource no pair takes to Access.
func (t *Translator) dropped(r schema.Resource) []Dropped {
	var out []Dropped
	for _, name := range slices.Sorted(maps.Keys(r)) {
		block, isBlock := r[name].(map[string]any)
		switch {
		case name == "schemas":
		case isBlock && isURN(name):
			for _, inner := range slices.Sorted(maps.Keys(block)) {
				out = append(out, t.droppedOf(attributePath(name, inner), block[inner])...)
			}
		default:
			out = append(out, t.droppedOf(attributePath("", name), r[name])...)
		}
	}
	return out
}

// droppedOf finds what of one attribute goes nowhere.
func (t *Translator) droppedOf(at scimPath, v any) []Dropped {
	if slices.Contains(t.domainPaths, at) || isNothing(v) {
		return nil
	}
	pairs := t.pairsOf(at)
	parts, isObject := v.(map[string]any)
	switch {
	case len(pairs) == 0 && t.computesFrom(at):
		return nil
	case len(pairs) == 0:
		return []Dropped{{at.String(), "no pair maps it"}}
	case isObject && !slices.ContainsFunc(pairs, isWhole):
		return droppedParts(at, pairs, parts)
	}
	return droppedValues(at, pairs, v)
}

// pairsOf are the pairs that take something of the attribute to Access.
func (t *Translator) pairsOf(at scimPath) []*pair {
	var pairs []*pair
	for _, p := range t.mapped {
		if p.scim.attribute() == at {
			pairs = append(pairs, p)
		}
	}
	if schema.IsTenant(at.URN) {
		return t.appendByName(pairs, at.URN, at.Name)
	}
	return pairs
}

// droppedParts finds the sub-attributes of an object that go nowhere.
func droppedParts(at scimPath, pairs []*pair, parts map[string]any) []Dropped {
	var out []Dropped
	for _, sub := range slices.Sorted(maps.Keys(parts)) {
		mapped := slices.ContainsFunc(pairs, func(p *pair) bool { return p.scim.Sub == sub })
		if !mapped && !isNothing(parts[sub]) {
			at.Sub = sub
			out = append(out, Dropped{at.String(), "no pair maps it"})
		}
	}
	return out
}

// computesFrom reports whether a computed attribute looks at that one.
func (t *Translator) computesFrom(at scimPath) bool {
	return slices.ContainsFunc(t.computed, func(p *pair) bool { return slices.Contains(p.computed.reads, at) })
}

func isWhole(p *pair) bool { return p.scim.Sub == "" && !p.scim.values.some() }

// droppedValues finds the values of a list that go nowhere.
func droppedValues(at scimPath, pairs []*pair, v any) []Dropped {
	values, wrong := elementsOf(v)
	if _, isList := v.([]any); wrong != nil || !isList {
		return nil
	}
	reason := "it has no value that Access keeps"
	var out []Dropped
	for i, value := range values {
		taken := slices.ContainsFunc(pairs, func(p *pair) bool { return p.takes(value, v) })
		if taken || isNothing(value["value"]) && len(value) < 2 {
			continue
		}
		if slices.ContainsFunc(pairs, func(p *pair) bool { _, ok := p.form.(email); return ok && isWhole(p) }) {
			reason = "Access keeps one address: the primary, else the first"
		}
		out = append(out, Dropped{fmt.Sprintf("%s[%d]", at, i), reason})
	}
	return out
}

// takes reports whether the pair takes one value of a list to Access.
func (p *pair) takes(value map[string]any, whole any) bool {
	if p.scim.values.some() {
		return p.scim.values.matches(value)
	}
	switch f := p.form.(type) {
	case email:
		address, wrong := f.toAccess(whole)
		own, _ := text{}.toAccess(value["value"])
		return wrong == nil && address == own
	case list:
		element, wrong := f.element(value)
		return wrong == nil && element != nil
	}
	return true
}

func isNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// kept is what Access keeps of the attributes that it is sent.
func kept(sent upstream.Attributes) upstream.Attributes {
	out := make(upstream.Attributes, len(sent))
	for p, v := range sent {
		out[p] = merged(v)
	}
	return out
}

// merged is a list with one entry of each value, which has what all of them say, as
// Access makes it (SCIM 1.1 section 3.2). Addresses have no value.
func merged(v upstream.Value) upstream.Value {
	list, isList := v.([]upstream.Element)
	if !isList {
		return v
	}
	var out []upstream.Element
	for _, e := range list {
		same := func(other upstream.Element) bool { return e["value"] != nil && other["value"] == e["value"] }
		if i := slices.IndexFunc(out, same); i >= 0 {
			maps.Copy(out[i], e)
			continue
		}
		out = append(out, maps.Clone(e))
	}
	return out
}
