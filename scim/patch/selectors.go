package patch

import (
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/match"
	"ws1bridge/scim/schema"
)

// selector selects values of a multi-valued attribute, as the filter in the path
// of an operation says.
type selector interface {
	matches(element map[string]any) bool
	// describe is a value that matches, nil where the filter does not say enough
	// to make one.
	describe() map[string]any
}

func newSelector(e filter.Expression, a schema.Attribute) (selector, error) {
	matches, err := match.New(e, a)
	if err != nil {
		return nil, err
	}
	c, _ := e.(filter.Comparison)
	id, isText := c.Value.(string)
	if isText && c.Operator == filter.Equal && strings.EqualFold(c.Attribute.Name, "value") && a.Sub["value"].CaseExact {
		return ids{id: true}, nil
	}
	return expression{e, matches, a}, nil
}

// ids selects by the value sub-attribute being one of several ids. Okta removes
// members so, a thousand in a PATCH, each in an operation of its own.
type ids map[string]bool

func (s ids) matches(element map[string]any) bool {
	value, ok := element["value"].(string)
	return ok && s[value]
}

func (s ids) describe() map[string]any {
	if len(s) != 1 {
		return nil
	}
	for id := range s {
		return map[string]any{"value": id}
	}
	return nil
}

// expression selects by any filter on the sub-attributes of a value.
type expression struct {
	filter    filter.Expression
	condition match.Condition
	attribute schema.Attribute
}

func (s expression) matches(element map[string]any) bool { return s.condition(element) }

func (s expression) describe() map[string]any {
	element := map[string]any{}
	if !describe(s.filter, element) {
		return nil
	}
	tidied, _ := s.attribute.Canonical(element).(map[string]any)
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
