package schema

import (
	"slices"
	"strings"

	"ws1bridge/scim/filter"
)

// NotKept names the attributes that a write asked for, and that the resource does
// not have afterwards as they were sent: Access has no place for them, or keeps
// less. Members that are left out are told on their own.
func (t ResourceType) NotKept(asked, kept Resource) (names []string) {
	for name, v := range asked {
		if isKept(v, kept[name]) {
			continue
		}
		e, isExtension := t.Index.Extension(name)
		block, isBlock := v.(map[string]any)
		a, _ := t.Index.Core(name)
		switch {
		case name == "members":
			names = append(names, nestedGroups(v)...)
		case isExtension && isBlock:
			within, _ := kept[name].(map[string]any)
			for name, v := range block {
				path := filter.Attribute{URN: e.URN, Name: name}.String()
				a, _ := e.Find(name)
				names = append(names, t.notKeptOf(path, a, v, within[name])...)
			}
		default:
			names = append(names, t.notKeptOf(name, a, v, kept[name])...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// isKept reports whether a value is surely kept as it was asked for: what most are, which
// is quick to see.
func isKept(asked, kept any) bool {
	switch asked := asked.(type) {
	case string, bool:
		return asked == kept
	case map[string]any:
		have, ok := kept.(map[string]any)
		for name, v := range asked {
			if !ok || !isKept(v, have[name]) {
				return false
			}
		}
		return ok
	case []any:
		have, ok := kept.([]any)
		if !ok || len(have) != len(asked) {
			return false
		}
		for i, v := range asked {
			if !isKept(v, have[i]) {
				return false
			}
		}
		return true
	}
	return false
}

// notKeptOf is NotKept for the value of one attribute.
func (t ResourceType) notKeptOf(path string, a Attribute, asked, kept any) (names []string) {
	if t.silent[path] || Ignored(path) {
		return nil
	}
	for _, v := range List(asked) {
		if !HasValue(v) {
			continue
		}
		lost := a.Lost(v, List(kept))
		for _, sub := range lost {
			if sub != "" {
				sub = "." + sub
			}
			names = append(names, path+sub)
		}
	}
	return names
}

// nestedGroups names members that are groups, which are left out.
func nestedGroups(members any) []string {
	if _, ok := members.(Members); ok {
		return nil
	}
	for _, m := range List(members) {
		member, _ := m.(map[string]any)
		if kind, _ := member["type"].(string); strings.EqualFold(kind, "Group") {
			return []string{"members.type"}
		}
	}
	return nil
}
