package patch

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// applyToList changes a multi-valued attribute.
func (o Operation) applyToList(list []any) ([]any, error) {
	if o.target.values == nil {
		return o.applyToAll(list), nil
	}
	if o.op == opRemove {
		return o.removeMatches(list), nil
	}
	matched := false
	for i, item := range list {
		element, ok := item.(map[string]any)
		if !ok || !o.target.values.matches(element) {
			continue
		}
		matched = true
		o.applyToElement(list, i)
	}
	switch {
	case matched:
		return list, nil
	case o.op == opReplace:
		return nil, problem.NoMatch(o.target.attribute.Name)
	}
	// An add that selects nothing adds what its filter describes.
	element := o.target.values.describe()
	if element == nil {
		return nil, problem.NoMatchToAdd(o.target.attribute.Name)
	}
	list = append(list, element)
	o.applyToElement(list, len(list)-1)
	return list, nil
}

// applyToAll changes the list as a whole.
func (o Operation) applyToAll(list []any) []any {
	switch {
	case o.target.sub != "":
		if len(list) == 0 && o.op != opRemove { // there is no value yet that could have it
			list = []any{map[string]any{}}
		}
		for i := range list {
			o.applyToElement(list, i)
		}
		return list
	case o.op == opReplace:
		return unite(nil, schema.List(o.value))
	case o.op == opAdd:
		return unite(list, schema.List(o.value))
	case o.value != nil:
		// Some clients name the values to remove instead of a filter.
		gone := keysOf(schema.List(o.value))
		return slices.DeleteFunc(list, func(item any) bool { return gone[elementKey(item)] })
	}
	return []any{}
}

// removeMatches removes the matching values, or their sub-attribute. Where
// nothing matches, what was asked for is so already.
func (o Operation) removeMatches(list []any) []any {
	return slices.DeleteFunc(list, func(item any) bool {
		element, ok := item.(map[string]any)
		if !ok || !o.target.values.matches(element) {
			return false
		}
		if o.target.sub != "" {
			delete(element, o.target.sub)
			return false
		}
		return true
	})
}

// applyToElement changes the i-th value of the list.
func (o Operation) applyToElement(list []any, i int) {
	element, ok := list[i].(map[string]any)
	switch {
	case !ok:
	case o.target.sub != "" && o.op == opRemove:
		delete(element, o.target.sub)
	case o.target.sub != "":
		element[o.target.sub] = o.value
	default:
		part, _ := o.value.(map[string]any)
		if o.op == opReplace {
			clear(element)
		}
		maps.Copy(element, part)
	}
	if element["primary"] == true {
		onlyPrimary(list, i)
	}
}

// onlyPrimary takes primary from every value but the i-th (RFC 7644 section 3.5.2).
func onlyPrimary(list []any, i int) {
	for j, item := range list {
		if other, ok := item.(map[string]any); ok && other["primary"] == true && j != i {
			other["primary"] = false
		}
	}
}

// unite appends those of more that list does not hold yet. The last value that
// is to be primary is, also where it was there before.
func unite(list, more []any) []any {
	have := make(map[string]int, 2*(len(list)+len(more)))
	note := func(item any, i int) {
		have[typedKey(item)] = i
		if _, ok := have[elementKey(item)]; !ok {
			have[elementKey(item)] = i // for who names the value without its type
		}
	}
	for i, item := range list {
		note(item, i)
	}
	out, primary := append(make([]any, 0, len(list)+len(more)), list...), -1
	for _, item := range more {
		i, ok := have[typedKey(item)]
		if !ok {
			i = len(out)
			note(item, i)
			out = append(out, item)
		}
		if element, ok := item.(map[string]any); ok && element["primary"] == true {
			primary = i
		}
	}
	if primary >= 0 {
		if element, ok := out[primary].(map[string]any); ok {
			element["primary"] = true
			onlyPrimary(out, primary)
		}
	}
	return out
}

// typedKey tells values apart as elementKey does, and by their type: one number
// may be that of the desk and of the pocket (RFC 7643 section 2.4). Members are
// users, whatever type is told.
func typedKey(item any) string {
	element, ok := item.(map[string]any)
	kind, _ := element["type"].(string)
	if !ok || kind == "" || strings.EqualFold(kind, "User") {
		return elementKey(item)
	}
	return elementKey(item) + "\x00" + strings.ToLower(kind)
}

func keysOf(list []any) map[string]bool {
	keys := make(map[string]bool, len(list))
	for _, item := range list {
		keys[elementKey(item)] = true
	}
	return keys
}

// elementKey identifies a value of a multi-valued attribute: by its value
// sub-attribute, or by all of it where it has none.
func elementKey(item any) string {
	element, ok := item.(map[string]any)
	if !ok {
		s, _ := schema.Text(item)
		return s
	}
	if value, ok := schema.Text(element["value"]); ok {
		return value
	}
	b, _ := json.Marshal(element) // was decoded from JSON
	return string(b)
}
