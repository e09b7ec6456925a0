package scim

import (
	"errors"
	"slices"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/filter"
)

// selection is a filter that was read, once, for everything that needs it.
type selection struct {
	expression filter.Expression
	matches    condition
}

// parseFilter reads a filter on resources with the attributes of the scope.
func parseFilter(raw string, in scope) (*selection, error) {
	expression, err := filter.Parse(raw)
	if err != nil {
		return nil, invalidFilter("The filter cannot be read: " + syntaxDetail(err) + `. A filter looks like: userName eq "jane@example.com".`)
	}
	matches, err := conditionOf(expression, in)
	if err != nil {
		return nil, err
	}
	return &selection{expression, matches}, nil
}

// syntaxDetail says where a text left the grammar.
func syntaxDetail(err error) string {
	if syntax, ok := errors.AsType[*filter.SyntaxError](err); ok {
		return syntax.Error()
	}
	return "it is not as RFC 7644 section 3.4.2.2 describes"
}

// demands are the comparisons that a resource must satisfy, whatever else the
// filter says: each can narrow down where to look. Those that select least come
// first.
func (s *selection) demands() []filter.Comparison {
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

// mentions reports whether the filter reads that attribute of the core schema.
func (s *selection) mentions(name string) bool {
	return s != nil && mentions(s.expression, name)
}

func mentions(e filter.Expression, name string) bool {
	switch e := e.(type) {
	case filter.Comparison:
		return strings.EqualFold(e.Attribute.Name, name)
	case filter.Values:
		return strings.EqualFold(e.Attribute.Name, name)
	case filter.Not:
		return mentions(e.Expression, name)
	case filter.And:
		return mentionsAny(e, name)
	case filter.Or:
		return mentionsAny(e, name)
	}
	return false
}

func mentionsAny(terms []filter.Expression, name string) bool {
	for _, term := range terms {
		if mentions(term, name) {
			return true
		}
	}
	return false
}

func invalidFilter(detail string) scimerrors.ScimError {
	return badRequest(scimerrors.ScimTypeInvalidFilter, detail)
}
