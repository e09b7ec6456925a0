package scim

import (
	"strings"

	"ws1bridge/scim/filter"
)

// valueFilter selects values of a multi-valued attribute.
type valueFilter interface {
	matches(element map[string]any) bool
	// describe is a value that matches, nil where the filter does not say
	// enough to make one.
	describe() map[string]any
}

// newValueFilter makes a filter on the values of an attribute executable.
func newValueFilter(e filter.Expression, a attributeName) (valueFilter, error) {
	matches, err := conditionOf(e, a)
	if err != nil {
		return nil, err
	}
	c, ok := e.(filter.Comparison)
	if value, isText := c.Value.(string); ok && isText && c.Operator == filter.Equal && a.sub[strings.ToLower(c.Attribute.Name)].name == "value" && a.sub["value"].exact {
		return valueIs(value), nil
	}
	return expressionFilter{e, matches, a}, nil
}

// valueIs selects by an id in the value sub-attribute. Okta removes members so,
// a thousand in a PATCH.
type valueIs string

func (v valueIs) matches(element map[string]any) bool { return element["value"] == string(v) }
func (v valueIs) describe() map[string]any            { return map[string]any{"value": string(v)} }

// expressionFilter selects by any expression of RFC 7644 section 3.4.2.2 on the
// sub-attributes of a value.
type expressionFilter struct {
	expression filter.Expression
	condition  condition
	attribute  attributeName
}

func (f expressionFilter) matches(element map[string]any) bool { return f.condition(element) }

func (f expressionFilter) describe() map[string]any {
	element := map[string]any{}
	if !describe(f.expression, element) {
		return nil
	}
	tidied, _ := f.attribute.tidy(element).(map[string]any)
	if !f.matches(tidied) { // it contradicts itself
		return nil
	}
	return tidied
}

// comparisons counts those that an expression may take.
func comparisons(e filter.Expression) int {
	switch e := e.(type) {
	case filter.Not:
		return comparisons(e.Expression)
	case filter.And:
		return comparisonsIn(e)
	case filter.Or:
		return comparisonsIn(e)
	}
	return 1
}

func comparisonsIn(terms []filter.Expression) (n int) {
	for _, term := range terms {
		n += comparisons(term)
	}
	return n
}

// describe collects what the equalities of an expression say, false where it
// has anything but equalities joined by and.
func describe(e filter.Expression, element map[string]any) bool {
	switch e := e.(type) {
	case filter.Comparison:
		element[e.Attribute.Name] = e.Value
		return e.Operator == filter.Equal
	case filter.And:
		for _, term := range e {
			if !describe(term, element) {
				return false
			}
		}
		return true
	}
	return false
}
