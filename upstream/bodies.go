package upstream

import (
	"fmt"
	"slices"
)

// body is a JSON object on its way to Access.
type body map[string]any

// newBody holds attributes as Access reads them: extensions in blocks of their
// own, and each block's URN in schemas, without which Access calls the resource
// malformed.
func newBody(a Attributes) body {
	b := body{"schemas": []string{CoreSchema}}
	for _, p := range sortedPaths(a) {
		b.put(p, a[p])
	}
	return b
}

func (b body) put(p Path, v Value) {
	block := map[string]any(b)
	if p.Schema != "" {
		block = b.block(p.Schema)
	}
	if p == emailsPath {
		v = []Element{{"value": v}}
	}
	if p.Sub == "" {
		block[p.Name] = v
		return
	}
	parent, ok := block[p.Name].(map[string]any)
	if !ok {
		parent = map[string]any{}
		block[p.Name] = parent
	}
	parent[p.Sub] = v
}

// block returns the extension block of a URN and declares it.
func (b body) block(urn string) map[string]any {
	block, ok := b[urn].(map[string]any)
	if !ok {
		block = map[string]any{}
		b[urn] = block
		b.declare(urn)
	}
	return block
}

func (b body) declare(urn string) {
	schemas, _ := b["schemas"].([]string)
	if !slices.Contains(schemas, urn) {
		b["schemas"] = append(schemas, urn)
	}
}

// patchBody is the SCIM 1.1 partial resource (section 3.3.2) that makes the
// difference: cleared attributes are in meta.attributes, values to leave a
// multi-valued attribute are marked, the rest replaces.
func patchBody(current Attributes, d difference) body {
	set := Attributes{}
	cleared := slices.Clone(d.clear)
	for p, v := range d.set {
		list, ok := v.([]Element)
		if !ok {
			set[p] = v
			continue
		}
		have, _ := current[p].([]Element)
		if len(have) > 0 && !haveValues(have) {
			// SCIM 1.1: what has no value sub-attribute cannot be matched and
			// must be deleted and added again.
			cleared = append(cleared, p)
			have = nil
		}
		set[p] = withDeletions(list, have)
	}
	b := newBody(set)
	if len(cleared) > 0 {
		slices.SortFunc(cleared, comparePaths)
		names := make([]string, len(cleared))
		for i, p := range cleared {
			names[i] = p.String()
			if p.Schema != "" {
				b.declare(p.Schema)
			}
		}
		b["meta"] = map[string]any{"attributes": names}
	}
	return b
}

// withDeletions lists want and, marked for deletion, what have holds beside it.
// It is right whether Access merges the list, as SCIM 1.1 says, or replaces it.
func withDeletions(want, have []Element) []Element {
	keep := byValue(want)
	surplus, out := []Element{}, slices.Clone(want)
	several := byValue(have)
	for _, e := range have {
		value, key := e["value"], valueKey(e)
		switch {
		case keep[key] == nil:
			out = append(out, Element{"value": value, "operation": "delete"})
		case len(several[key]) > 1 && !madeOf(e, keep[key]):
			// One of two entries of a value goes; the type says which, and it goes
			// first, so that the other one is there in any case.
			surplus = append(surplus, Element{"value": value, "type": e["type"], "operation": "delete"})
		}
	}
	return append(surplus, out...)
}

// byValue are the entries of a list by their value.
func byValue(list []Element) map[string][]Element {
	entries := map[string][]Element{}
	for _, e := range list {
		entries[valueKey(e)] = append(entries[valueKey(e)], e)
	}
	return entries
}

func valueKey(e Element) string { return fmt.Sprint(e["value"]) }

func haveValues(list []Element) bool {
	return !slices.ContainsFunc(list, func(e Element) bool { _, ok := e["value"].(string); return !ok })
}

// emptyBody clears paths in the other way that Access may understand: with
// empty strings, and with every value of a list marked for deletion.
func emptyBody(current Attributes, paths []Path) body {
	set := Attributes{}
	for _, p := range paths {
		if have, ok := current[p].([]Element); ok {
			set[p] = withDeletions(nil, have)
		} else {
			set[p] = ""
		}
	}
	return newBody(set)
}
