package scim

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/translate"
)

// condition reports whether a resource, or a value of a multi-valued attribute,
// satisfies a filter.
type condition func(map[string]any) bool

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

// conditionOf makes a filter executable. The error says which part of it makes
// no sense for the attributes of the scope.
func conditionOf(e filter.Expression, in scope) (condition, error) {
	switch e := e.(type) {
	case filter.And:
		terms, err := conditionsOf(e, in)
		return func(r map[string]any) bool { return !anyIs(terms, false, r) }, err
	case filter.Or:
		terms, err := conditionsOf(e, in)
		return func(r map[string]any) bool { return anyIs(terms, true, r) }, err
	case filter.Not:
		inner, err := conditionOf(e.Expression, in)
		return func(r map[string]any) bool { return !inner(r) }, err
	case filter.Values:
		return valuesCondition(e, in)
	case filter.Comparison:
		return comparisonCondition(e, in)
	}
	return nil, invalidFilter("The filter is of a kind that the bridge does not know.")
}

func conditionsOf(terms []filter.Expression, in scope) ([]condition, error) {
	out := make([]condition, len(terms))
	for i, term := range terms {
		var err error
		if out[i], err = conditionOf(term, in); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// anyIs reports whether one of the terms has that outcome.
func anyIs(terms []condition, outcome bool, r map[string]any) bool {
	for _, term := range terms {
		if term(r) == outcome {
			return true
		}
	}
	return false
}

// valuesCondition is true where one value of the attribute satisfies the filter.
func valuesCondition(e filter.Values, in scope) (condition, error) {
	o, err := in.operand(e.Attribute)
	if err != nil {
		return nil, err
	}
	if o.whole.sub == nil {
		return nil, invalidFilter("The attribute " + o.whole.name + " has no sub-attributes, so it takes no brackets.")
	}
	inner, err := conditionOf(e.Filter, o.whole)
	return func(r map[string]any) bool {
		for _, v := range o.values(r) {
			if element, ok := v.(map[string]any); ok && inner(element) {
				return true
			}
		}
		return false
	}, err
}

// comparisonCondition is true where one value of the attribute compares as
// asked. ne is the opposite of eq: no value is equal.
func comparisonCondition(e filter.Comparison, in scope) (condition, error) {
	o, err := in.operand(e.Attribute)
	switch {
	case err != nil:
		return nil, err
	case e.Operator == filter.Present:
		return o.present, nil
	case e.Value == nil:
		return absenceCondition(o, e.Operator)
	case o.leaf.kind == kindComplex:
		if o = o.value(); o.leaf.kind == kindComplex {
			return nil, invalidFilter("The attribute " + o.whole.name + " can only be compared by its sub-attributes, such as " + o.whole.name + "." + o.whole.anySub() + ".")
		}
	}
	test, err := o.leaf.test(e.Operator, e.Value)
	if err != nil {
		return nil, err
	}
	found := func(r map[string]any) bool { return slices.ContainsFunc(o.values(r), test) }
	if e.Operator == filter.NotEqual {
		return func(r map[string]any) bool { return !found(r) }, nil
	}
	return found, nil
}

// absenceCondition compares with null, which is what an attribute without a
// value equals (RFC 7643 section 2.5).
func absenceCondition(o operand, operator filter.Operator) (condition, error) {
	switch operator {
	case filter.Equal:
		return func(r map[string]any) bool { return !o.present(r) }, nil
	case filter.NotEqual:
		return o.present, nil
	}
	return nil, invalidFilter("Only eq and ne compare with null.")
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

// test is the comparison of one value of the attribute with want.
func (a attributeName) test(operator filter.Operator, want any) (func(any) bool, error) {
	mismatch := func(kind string) error {
		return invalidFilter("The attribute " + a.name + " can be compared by " + string(operator) + " with " + kind + " only.")
	}
	switch a.kind {
	case kindBoolean:
		w, ok := truth(want)
		if operator != filter.Equal && operator != filter.NotEqual {
			return nil, invalidFilter("The attribute " + a.name + " is true or false: only eq, ne and pr apply.")
		}
		if !ok {
			return nil, mismatch("true or false")
		}
		return func(v any) bool { have, ok := truth(v); return ok && have == w }, nil
	case kindInteger, kindDecimal:
		w, ok := number(want)
		if !ok || isTextual(operator) {
			return nil, mismatch("a number")
		}
		return func(v any) bool { have, ok := number(v); return ok && ordered(cmp.Compare(have, w), operator) }, nil
	case kindDateTime:
		w, ok := date(want)
		if !ok || isTextual(operator) {
			return nil, mismatch("a date such as 2026-01-31T12:00:00Z")
		}
		return func(v any) bool { have, ok := date(v); return ok && ordered(have.Compare(w), operator) }, nil
	case kindBinary:
		if operator != filter.Equal && operator != filter.NotEqual {
			return nil, invalidFilter("The attribute " + a.name + " is binary: only eq, ne and pr apply.")
		}
	}
	w, ok := words(want)
	if !ok {
		return nil, mismatch("a string in double quotes")
	}
	return func(v any) bool { have, ok := words(v); return ok && compareText(have, operator, w, a.exact) }, nil
}

// isTextual reports whether the operator compares pieces of text.
func isTextual(o filter.Operator) bool {
	return o == filter.Contains || o == filter.StartsWith || o == filter.EndsWith
}

// truth reads a boolean, also one that a client put in quotes.
func truth(v any) (value, ok bool) {
	switch v := v.(type) {
	case bool:
		return v, true
	case string:
		b, err := strconv.ParseBool(strings.ToLower(v))
		return b, err == nil
	}
	return false, false
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

// date reads an xsd:dateTime (RFC 7643 section 2.3.5).
func date(v any) (time.Time, bool) {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	return t, err == nil
}

// words reads text; a number counts as its digits, for an employeeNumber may
// have come without quotes.
func words(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

func compareText(have string, operator filter.Operator, want string, exact bool) bool {
	if !exact {
		if operator == filter.Equal || operator == filter.NotEqual {
			return translate.SameAddress(have, want)
		}
		have, want = strings.ToLower(have), strings.ToLower(want)
	}
	switch operator {
	case filter.Contains:
		return strings.Contains(have, want)
	case filter.StartsWith:
		return strings.HasPrefix(have, want)
	case filter.EndsWith:
		return strings.HasSuffix(have, want)
	}
	return ordered(strings.Compare(have, want), operator)
}

// ordered reads an operator as a condition on the outcome of a comparison. ne is
// tested as eq: who asks for it wants no value to be equal.
func ordered(outcome int, operator filter.Operator) bool {
	switch operator {
	case filter.Equal, filter.NotEqual:
		return outcome == 0
	case filter.Greater:
		return outcome > 0
	case filter.GreaterOrEqual:
		return outcome >= 0
	case filter.Less:
		return outcome < 0
	case filter.LessOrEqual:
		return outcome <= 0
	}
	return false
}
