package schema

import (
	"slices"
	"strings"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/filter"
	"ws1bridge/scim/problem"
)

// Operand is an attribute as a filter or an order reads it from a resource.
type Operand struct {
	// Leaf is the attribute whose values are compared.
	Leaf Attribute
	// Whole is what Leaf is a sub-attribute of; Leaf itself where it is none.
	Whole Attribute
	// Values are those that a resource has.
	Values func(Resource) []any
}

// Present reports whether the resource has a value for the attribute.
func (o Operand) Present(r Resource) bool { return slices.ContainsFunc(o.Values(r), HasValue) }

// Seen is Present for a value of which somebody sees something.
func (o Operand) Seen(r Resource) bool {
	return slices.ContainsFunc(o.Values(r), func(v any) bool {
		s, isText := Text(v)
		return HasValue(v) && (!isText || !domains.IsBlank(s))
	})
}

// Simple is the operand for a complex attribute that is compared as such: its
// value sub-attribute, as in: emails co "example.com". It is not ok where the
// attribute has none.
func (o Operand) Simple() (_ Operand, ok bool) {
	if o.Leaf.Type != Complex {
		return o, true
	}
	sub, ok := o.Leaf.Sub["value"]
	if !ok {
		return o, false
	}
	simple := Operand{sub, o.Leaf, subValues(o.Values, sub.Name)}
	return simple, sub.Type != Complex
}

// subValues reads the sub-attributes of that name in the elements that are read.
func subValues(elements func(Resource) []any, name string) func(Resource) []any {
	return func(r Resource) []any {
		var out []any
		for _, e := range elements(r) {
			if object, ok := e.(map[string]any); ok && object[name] != nil {
				out = append(out, object[name])
			}
		}
		return out
	}
}

// Operand finds an attribute of a resource. The error is a *problem.Error.
func (x Index) Operand(path filter.Attribute) (Operand, error) {
	if e, ok := x.Extension(filter.Attribute{URN: path.URN, Name: path.Name}.String()); ok && path.Sub == "" {
		whole := Attribute{Name: e.URN, Type: Complex, Sub: e.Attributes}
		return Operand{whole, whole, func(r Resource) []any { return List(r[e.URN]) }}, nil
	}
	whole, urn, ok := x.Find(path)
	if !ok {
		return Operand{}, unknown(path)
	}
	o := Operand{whole, whole, func(r Resource) []any {
		if urn != "" {
			r, _ = r[urn].(map[string]any)
		}
		return List(r[whole.Name])
	}}
	if path.Sub == "" {
		return o, nil
	}
	return o.SubOperand(path)
}

// SubOperand is the operand for the sub-attribute that a path of o names.
func (o Operand) SubOperand(path filter.Attribute) (Operand, error) {
	leaf, ok := o.Whole.Sub.Find(path.Sub)
	if !ok {
		return Operand{}, unknown(path)
	}
	return Operand{leaf, o.Whole, subValues(o.Values, leaf.Name)}, nil
}

// Operand finds a sub-attribute in a value of the attribute.
func (a Attribute) Operand(sub filter.Attribute) (Operand, error) {
	leaf, ok := a.Sub.Find(sub.Name)
	if !ok || sub.URN != "" || sub.Sub != "" {
		return Operand{}, unknown(sub)
	}
	return Operand{leaf, leaf, func(element Resource) []any { return List(element[leaf.Name]) }}, nil
}

func unknown(path filter.Attribute) error {
	return problem.UnknownAttribute(problem.Clip(path.String()))
}

// Several is the attributes of several types of resources together.
type Several []Index

// Operand finds an attribute of any type. One that is named with the URN of a
// type has values in resources of that type only.
func (all Several) Operand(path filter.Attribute) (o Operand, err error) {
	for _, x := range all {
		if o, err = x.Operand(path); err != nil {
			continue
		}
		if strings.EqualFold(path.URN, x.URN) {
			values := o.Values
			o.Values = func(r Resource) []any {
				if !slices.Contains(List(r["schemas"]), any(x.URN)) {
					return nil
				}
				return values(r)
			}
		}
		return o, nil
	}
	return o, err
}
