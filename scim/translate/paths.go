package translate

import (
	"errors"
	"fmt"
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
)

// scimPath names a value of a SCIM 2.0 user: a path of RFC 7644 section 3.5.2
// whose filter is one equality. The core schema has no URN.
type scimPath struct {
	filter.Attribute
	// values selects the value of a multi-valued attribute that Attribute.Sub
	// stands in; the zero one selects all.
	values selector
}

// attributePath is the path of a whole attribute.
func attributePath(urn, name string) scimPath {
	return scimPath{Attribute: filter.Attribute{URN: urn, Name: name}}
}

// String is the form that parsePath reads, "" for no path.
func (p scimPath) String() string {
	path := filter.Path{Attribute: p.Attribute}
	if p.values.some() {
		path.Filter = p.values.filter()
	}
	return path.String()
}

// attribute is the path of the whole attribute.
func (p scimPath) attribute() scimPath { return attributePath(p.URN, p.Name) }

// sameAttribute reports whether both paths lie in one attribute. Names and URNs
// have no case.
func (p scimPath) sameAttribute(other scimPath) bool {
	return strings.EqualFold(p.URN, other.URN) && strings.EqualFold(p.Name, other.Name)
}

// is reports whether the path is the attribute of the core schema.
func (p scimPath) is(name string) bool { return p == attributePath("", name) }

// maxPath bounds the length of a path.
const maxPath = 256

// parsePath reads a path that names one value: "title", "name.givenName",
// `phoneNumbers[type eq "mobile"].value`, and each after the URN of an extension
// and a colon. The sub-attribute of a selected value is "value" by default.
func parsePath(s string) (scimPath, error) {
	attribute, condition, err := parseAttribute(s)
	attribute.URN = spelledURN(attribute.URN)
	p := scimPath{Attribute: attribute}
	if err != nil || condition == nil {
		return p, err
	}
	if p.Sub == "" {
		p.Sub = "value"
	}
	p.values, err = selectorOf(condition)
	return p, err
}

var errPath = errors.New("a path looks like title, name.givenName, " +
	`phoneNumbers[type eq "mobile"].value or urn:example:1.0:attribute`)

// parseAttribute reads the name of an attribute, on either side, and the filter
// that is in it, if any.
func parseAttribute(s string) (filter.Attribute, filter.Expression, error) {
	if len(s) > maxPath {
		return filter.Attribute{}, nil, fmt.Errorf("a path has at most %d characters", maxPath)
	}
	p, err := filter.ParsePath(s)
	if err != nil {
		return filter.Attribute{}, nil, fmt.Errorf("%w (%w)", errPath, err)
	}
	if p.Attribute.Name == "" || strings.HasPrefix(p.Attribute.Name, "$") {
		return filter.Attribute{}, nil, errPath
	}
	return p.Attribute, p.Filter, nil
}

// spelledURN is the URN of a schema as the bridge spells it, "" for the core schema.
func spelledURN(urn string) string {
	if strings.EqualFold(urn, schema.User) {
		return ""
	}
	for _, known := range []string{schema.Enterprise, schema.Workspace} {
		if strings.EqualFold(urn, known) {
			return known
		}
	}
	return urn
}

// isURN reports whether a name of a resource is the URN of an extension.
func isURN(name string) bool { return len(name) > 4 && strings.EqualFold(name[:4], "urn:") }

// selector is the condition that picks a value of a multi-valued attribute: one
// of its sub-attributes equals a text, or is true or false.
type selector struct {
	sub   string
	value any // string or bool
}

func selectorOf(e filter.Expression) (selector, error) {
	c, ok := e.(filter.Comparison)
	if !ok || c.Operator != filter.Equal || c.Attribute.URN != "" || c.Attribute.Sub != "" {
		return selector{}, errors.New(`a filter in a path is one equality: phoneNumbers[type eq "mobile"]`)
	}
	switch c.Value.(type) {
	case string, bool:
		return selector{c.Attribute.Name, c.Value}, nil
	}
	return selector{}, errors.New("the value of a filter in a path is a text in double quotes, true or false")
}

func (s selector) some() bool { return s.sub != "" }

// filter is the selector as a path holds it.
func (s selector) filter() filter.Expression {
	return filter.Comparison{Attribute: filter.Attribute{Name: s.sub}, Operator: filter.Equal, Value: s.value}
}

// matches reports whether the value is one that the selector means. Texts are
// compared without regard to case, as types of phone numbers and the like are
// (RFC 7643 section 8.7.1).
func (s selector) matches(value map[string]any) bool {
	if want, ok := s.value.(bool); ok {
		flag, _ := value[s.sub].(bool)
		return flag == want
	}
	want, _ := s.value.(string)
	text, _ := value[s.sub].(string)
	return strings.EqualFold(text, want)
}

// same reports whether two selectors mean the same value.
func (s selector) same(other selector) bool {
	return strings.EqualFold(s.filter().String(), other.filter().String())
}

// example is a value that matches, with nothing else in it.
func (s selector) example() map[string]any { return map[string]any{s.sub: s.value} }
