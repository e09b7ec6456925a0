package query

import (
	"slices"
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/match"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// Selection is a filter that was read once, for everything that needs it.
type Selection struct {
	expression filter.Expression
	matches    match.Condition
}

// Select reads a filter on resources with the attributes of the scope. The error
// is a *problem.Error.
func Select(raw string, in match.Scope) (*Selection, error) {
	expression, err := filter.Parse(raw)
	if err != nil {
		return nil, problem.FilterSyntax(err.Error())
	}
	matches, err := match.New(expression, in)
	if err != nil {
		return nil, err
	}
	return &Selection{expression, matches}, nil
}

// Matches reports whether the filter selects a resource.
func (s *Selection) Matches(r schema.Resource) bool { return s.matches(r) }

// demands are the comparisons that a resource must satisfy, whatever else the
// filter says: each can narrow down where to look. Those that select least come
// first.
func (s *Selection) demands() []filter.Comparison {
	if s == nil {
		return nil
	}
	all := demandsOf(s.expression)
	slices.SortStableFunc(all, func(a, b filter.Comparison) int { return breadth(a) - breadth(b) })
	return all
}

// breadth orders comparisons by how much they are likely to select.
func breadth(c filter.Comparison) int {
	switch {
	case c.Operator == filter.Equal && strings.EqualFold(c.Attribute.Name, "id"):
		return 0
	case c.Operator == filter.Equal:
		return 1
	case c.Operator == filter.StartsWith:
		return 2
	}
	return 3
}

func demandsOf(e filter.Expression) []filter.Comparison {
	switch e := e.(type) {
	case filter.Comparison:
		return []filter.Comparison{e}
	case filter.Values:
		// members[value eq "x"] demands members.value eq "x".
		var out []filter.Comparison
		for _, inner := range demandsOf(e.Filter) {
			inner.Attribute = filter.Attribute{URN: e.Attribute.URN, Name: e.Attribute.Name, Sub: inner.Attribute.Name}
			out = append(out, inner)
		}
		return out
	case filter.And:
		var out []filter.Comparison
		for _, term := range e {
			out = append(out, demandsOf(term)...)
		}
		return out
	}
	return nil
}

// demandsValue reports whether only a resource with a value can satisfy c.
func demandsValue(c filter.Comparison) bool {
	return c.Operator != filter.NotEqual && (c.Value != nil || c.Operator == filter.Present)
}

// mentions reports whether the filter reads that attribute of the core schema.
func (s *Selection) mentions(name string) bool {
	return s != nil && slices.ContainsFunc(s.expression.Attributes(), func(a filter.Attribute) bool {
		return strings.EqualFold(a.Name, name)
	})
}
