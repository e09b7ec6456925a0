// Package match runs filters on resources: it compares values of attributes as
// RFC 7644 section 3.4.2.2 describes, for queries and for the paths of a PATCH.
package match

import (
	"slices"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// Condition reports whether a resource, or a value of a multi-valued attribute,
// satisfies a filter.
type Condition func(schema.Resource) bool

// Scope is where the attributes of a filter are looked up.
type Scope interface {
	// Operand finds an attribute. The error is a *problem.Error.
	Operand(filter.Attribute) (schema.Operand, error)
}

// New makes a filter executable. The error, a *problem.Error, says which part of
// it makes no sense for the attributes of the scope.
func New(e filter.Expression, in Scope) (Condition, error) {
	switch e := e.(type) {
	case filter.And:
		terms, err := conditions(e, in)
		return func(r schema.Resource) bool { return !anyIs(terms, false, r) }, err
	case filter.Or:
		terms, err := conditions(e, in)
		return func(r schema.Resource) bool { return anyIs(terms, true, r) }, err
	case filter.Not:
		inner, err := New(e.Expression, in)
		return func(r schema.Resource) bool { return !inner(r) }, err
	case filter.Values:
		return valuesCondition(e, in)
	}
	return comparisonCondition(e.(filter.Comparison), in) // there is no other expression
}

func conditions(terms []filter.Expression, in Scope) ([]Condition, error) {
	out := make([]Condition, len(terms))
	for i, term := range terms {
		var err error
		if out[i], err = New(term, in); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// anyIs reports whether one of the terms has that outcome.
func anyIs(terms []Condition, outcome bool, r schema.Resource) bool {
	return slices.ContainsFunc(terms, func(term Condition) bool { return term(r) == outcome })
}

// valuesCondition is true where one value of the attribute satisfies the filter.
func valuesCondition(e filter.Values, in Scope) (Condition, error) {
	o, err := in.Operand(e.Attribute)
	if err != nil {
		return nil, err
	}
	if o.Whole.Sub == nil {
		return nil, problem.NoSubAttributes(o.Whole.Name)
	}
	inner, err := New(e.Filter, o.Whole)
	return func(r schema.Resource) bool {
		return slices.ContainsFunc(o.Values(r), func(v any) bool {
			element, ok := v.(map[string]any)
			return ok && inner(element)
		})
	}, err
}

// comparisonCondition is true where one value of the attribute compares as
// asked. ne is the opposite of eq: no value is equal.
func comparisonCondition(e filter.Comparison, in Scope) (Condition, error) {
	o, err := in.Operand(e.Attribute)
	switch {
	case err != nil:
		return nil, err
	case e.Operator == filter.Present:
		return o.Present, nil
	case e.Value == nil:
		return absenceCondition(o, e.Operator)
	}
	o, ok := o.Simple()
	if !ok {
		return nil, problem.NeedsSubAttribute(o.Whole.Name, o.Whole.ExampleOfSub())
	}
	satisfies, err := comparison(o.Leaf, e.Operator, e.Value)
	if err != nil {
		return nil, err
	}
	found := func(r schema.Resource) bool { return slices.ContainsFunc(o.Values(r), satisfies) }
	if e.Operator == filter.NotEqual {
		return func(r schema.Resource) bool { return !found(r) }, nil
	}
	return found, nil
}

// absenceCondition compares with null, which is what an attribute without a
// value equals (RFC 7643 section 2.5).
func absenceCondition(o schema.Operand, operator filter.Operator) (Condition, error) {
	switch operator {
	case filter.Equal:
		return func(r schema.Resource) bool { return !o.Present(r) }, nil
	case filter.NotEqual:
		return o.Present, nil
	}
	return nil, problem.NullOperators()
}
