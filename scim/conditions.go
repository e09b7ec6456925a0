package scim

import (
	"slices"

	"ws1bridge/scim/filter"
)

// condition reports whether a resource, or a value of a multi-valued attribute,
// satisfies a filter.
type condition func(map[string]any) bool

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
