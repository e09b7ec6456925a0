package translate

import (
	"maps"
	"reflect"
	"slices"

	"ws1bridge/scim/schema"
)

// Change is one thing that differs between two traces of a user.
type Change struct {
	// What is domain, refused, sent or read.
	What string `json:"what"`
	// Attribute is the path, "" for the domain and a refusal.
	Attribute string `json:"attribute,omitempty"`
	Before    any    `json:"before,omitempty"`
	After     any    `json:"after,omitempty"`
}

// Compare lists what differs in the second trace of a user from the first.
func Compare(before, after Trace) []Change {
	var changes []Change
	note := func(what, attribute string, a, b any) {
		if !reflect.DeepEqual(a, b) {
			changes = append(changes, Change{what, attribute, a, b})
		}
	}
	note("refused", "", orNil(before.Refused), orNil(after.Refused))
	note("domain", "", orNil(before.Domain.Name), orNil(after.Domain.Name))
	for _, path := range union(before.Sent, after.Sent) {
		note("sent", path, before.Sent[path], after.Sent[path])
	}
	a, b := leaves(before.Read), leaves(after.Read)
	for _, path := range union(a, b) {
		note("read", path, a[path], b[path])
	}
	return changes
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func union(a, b map[string]any) []string {
	all := map[string]any{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}

// leaves are the values of a resource by path.
func leaves(r schema.Resource) map[string]any {
	out := map[string]any{}
	for name, v := range r {
		inner, ok := v.(map[string]any)
		switch {
		case name == "schemas":
		case !ok:
			out[name] = v
		default:
			separator := "."
			if isURN(name) {
				separator = ":"
			}
			for sub, value := range leaves(inner) {
				out[name+separator+sub] = value
			}
		}
	}
	return out
}
