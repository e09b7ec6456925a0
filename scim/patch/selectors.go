package patch

import (
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/match"
	"ws1bridge/scim/schema"
)

// selector selects values of a multi-valued attribute, as the filter in the path
// of an operation says.
type selector struct {
	filter    filter.Expression
	condition match.Condition
	attribute schema.Attribute
	// ids are those that the value sub-attribute is one of; nil for any other
	// filter. Okta removes members so, a thousand in a PATCH, each in an operation
	// of its own.
	ids map[string]bool
}

func newSelector(e filter.Expression, a schema.Attribute) (*selector, error) {
	condition, err := match.New(e, a)
	if err != nil {
		return nil, err
	}
	s := &selector{filter: e, condition: condition, attribute: a}
	c, _ := e.(filter.Comparison)
	id, isText := schema.Text(c.Value)
	if isText && c.Operator == filter.Equal && strings.EqualFold(c.Attribute.Name, "value") && a.Sub["value"].CaseExact {
		s.ids = map[string]bool{id: true}
	}
	return s, nil
}

func (s *selector) matches(element map[string]any) bool {
	if s.ids == nil {
		return s.condition(element)
	}
	value, ok := schema.Text(element["value"])
	return ok && s.ids[value]
}

// byID reports whether the selector is for values by their ids.
func (s *selector) byID() bool { return s != nil && s.ids != nil }

// cost is how many comparisons one value takes.
func (s *selector) cost() int {
	if s == nil || s.byID() {
		return 0
	}
	return len(s.filter.Attributes())
}

// describe is a value that matches, nil where the filter does not say enough to
// make one.
func (s *selector) describe() map[string]any {
	element := map[string]any{}
	if !describe(s.filter, element) {
		return nil
	}
	canonical, _ := s.attribute.Canonical(element)
	tidied, _ := canonical.(map[string]any)
	if !s.matches(tidied) { // it contradicts itself
		return nil
	}
	return tidied
}

// describe collects what the equalities of a filter say, false where it has
// anything but equalities joined by and.
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
