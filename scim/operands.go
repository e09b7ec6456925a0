package scim

import (
	"slices"
	"strings"

	"ws1bridge/scim/filter"
)

// scope is where the attributes of a filter are looked up.
type scope interface {
	// operand finds an attribute. The error says that there is none.
	operand(a filter.Attribute) (operand, error)
}

// operand is an attribute as a filter or an order reads it from a resource.
type operand struct {
	leaf   attributeName // whose values are compared
	whole  attributeName // what leaf is a sub-attribute of; leaf itself where it is none
	values func(map[string]any) []any
}

// present reports whether the resource has a value for the attribute.
func (o operand) present(r map[string]any) bool {
	return slices.ContainsFunc(o.values(r), hasValue)
}

// hasValue reports whether v is more than null or empty, to the last
// sub-attribute (RFC 7644 section 3.4.2.2, pr).
func hasValue(v any) bool {
	switch v := v.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		for _, sub := range v {
			if hasValue(sub) {
				return true
			}
		}
		return false
	}
	return true
}

// value is the operand for a complex attribute that is compared as such: its
// value sub-attribute, as in: emails co "example.com".
func (o operand) value() operand {
	sub, ok := o.leaf.sub["value"]
	if !ok {
		return o
	}
	elements := o.values
	return operand{leaf: sub, whole: o.leaf, values: func(r map[string]any) []any { return subValues(elements(r), sub.name) }}
}

// subValues are the sub-attributes of that name in a list of objects.
func subValues(elements []any, name string) []any {
	var out []any
	for _, e := range elements {
		if object, ok := e.(map[string]any); ok && object[name] != nil {
			out = append(out, object[name])
		}
	}
	return out
}

// operand finds an attribute of a resource.
func (t nameTable) operand(a filter.Attribute) (operand, error) {
	if e, ok := t.extensions[strings.ToLower(filter.Attribute{URN: a.URN, Name: a.Name}.String())]; ok && a.Sub == "" {
		whole := attributeName{name: e.urn, kind: kindComplex, sub: e.names}
		return operand{whole, whole, func(r map[string]any) []any { return asList(r[e.urn]) }}, nil
	}
	table, urn, ok := t.tableOf(a.URN)
	whole, known := table[strings.ToLower(a.Name)]
	if !ok || !known {
		return operand{}, unknownAttribute(a)
	}
	o := operand{whole, whole, func(r map[string]any) []any {
		if urn != "" {
			r, _ = r[urn].(map[string]any)
		}
		return asList(r[whole.name])
	}}
	if a.Sub == "" {
		return o, nil
	}
	return o.sub(a)
}

// sub is the operand for a sub-attribute of o.
func (o operand) sub(a filter.Attribute) (operand, error) {
	leaf, ok := o.whole.sub[strings.ToLower(a.Sub)]
	if !ok {
		return operand{}, unknownAttribute(a)
	}
	elements := o.values
	return operand{leaf, o.whole, func(r map[string]any) []any { return subValues(elements(r), leaf.name) }}, nil
}

// operand finds a sub-attribute in a value of the attribute.
func (a attributeName) operand(sub filter.Attribute) (operand, error) {
	leaf, ok := a.sub[strings.ToLower(sub.Name)]
	if !ok || sub.URN != "" || sub.Sub != "" {
		return operand{}, unknownAttribute(sub)
	}
	return operand{leaf, leaf, func(element map[string]any) []any { return asList(element[leaf.name]) }}, nil
}

// anySub names a sub-attribute, for an example: always the same.
func (a attributeName) anySub() string {
	first := ""
	for _, sub := range a.sub {
		if first == "" || sub.name < first {
			first = sub.name
		}
	}
	return first
}

func unknownAttribute(a filter.Attribute) error {
	return invalidFilter("No schema here has the attribute " + clip(a.String()) + " (see /Schemas).")
}
