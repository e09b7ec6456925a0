package schema

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"ws1bridge/scim/domains"
)

// Lost names what of a value that was asked for is in none of the values that are
// kept: sub-attributes, or "" for all of it. nil where one of them is the same.
func (a Attribute) Lost(asked any, kept []any) []string {
	best := []string{""}
	for _, k := range kept {
		object, isObject := k.(map[string]any)
		lost := a.lostIn(asked, k)
		if isObject && a.Multi && !a.sameSub("value", asked, object) {
			continue // is another value
		}
		if len(lost) < len(best) || best[0] == "" {
			best = lost
		}
		if len(best) == 0 {
			return nil
		}
	}
	return best
}

// sameSub reports whether two values of an attribute have the same sub-attribute,
// or the value that is asked for has none.
func (a Attribute) sameSub(name string, asked any, kept map[string]any) bool {
	v := asked
	if object, ok := asked.(map[string]any); ok {
		v = object[name]
	}
	sub, _ := a.Sub.Find(name)
	return !HasValue(v) || sub.sameValue(v, kept[name])
}

// lostIn is Lost for one value that is kept.
func (a Attribute) lostIn(asked, kept any) (lost []string) {
	object, isObject := asked.(map[string]any)
	have, ok := kept.(map[string]any)
	switch {
	case !isObject && ok && a.Sub["value"].Name != "": // a bare value
		object = map[string]any{"value": asked}
	case !isObject || !ok:
		if !a.sameValue(asked, kept) {
			return []string{""}
		}
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !a.sameSub(name, object, have) {
			lost = append(lost, name)
		}
	}
	return lost
}

// sameValue reports whether two simple values are the same, in whatever form they
// came.
func (a Attribute) sameValue(x, y any) bool {
	s, t := plain(x), plain(y)
	if a.Trimmed {
		s, t = strings.TrimSpace(s), strings.TrimSpace(t)
	}
	return s == t || a.Address && domains.SameAddress(s, t) || !a.CaseExact && strings.EqualFold(s, t)
}

func plain(v any) string {
	if b, ok := v.(bool); ok {
		return strconv.FormatBool(b)
	}
	s, _ := Text(v)
	return s
}
