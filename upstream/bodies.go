package upstream

import (
	"fmt"
	"slices"
)

// body is a user or a group on its way to Access, or what of it changes.
type body struct {
	set     Attributes
	cleared []Path
	members []Member // who come, or who go
	leaving bool
	// owner are type and domain of what is created.
	owner []entry
}

// newBody holds attributes.
func newBody(a Attributes) body { return body{set: a} }

// creationBody holds a user or a group that is to be created in a domain. kindName is what
// its type is called.
func creationBody(a Attributes, kindName, kind, domain string) body {
	return body{set: a, owner: []entry{
		{PathOf(WorkspaceSchema, "domain", ""), domain}, {PathOf(WorkspaceSchema, kindName, ""), kind},
	}}
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
	slices.SortFunc(cleared, comparePaths)
	return body{set: set, cleared: cleared}
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
