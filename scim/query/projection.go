package query

import (
	"slices"
	"strings"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// Projection is which attributes an answer holds (RFC 7644 section 3.9). Names
// are lower case, those of extensions behind their URN. The zero value is all
// of them: the bridge knows none that is returned on request or never.
type Projection struct {
	only, without []string
}

// alwaysReturned are in every answer, whatever the Projection says (RFC 7643
// section 7, returned).
var alwaysReturned = []string{"schemas", "id"}

// Project reads the names of attributes to return, or to leave out. What no
// schema knows selects nothing. The error is a *problem.Error.
func (asked Request) Project(coreURNs ...string) (Projection, error) {
	p := Projection{
		only:    attributeNames(asked.Attributes, coreURNs),
		without: attributeNames(asked.ExcludedAttributes, coreURNs),
	}
	if len(p.only) > 0 && len(p.without) > 0 {
		return Projection{}, problem.AttributesOrExcluded()
	}
	return p, nil
}

// attributeNames tidies a list of names. Those of core schemas lose their URN,
// so that one attribute has one name.
func attributeNames(list, coreURNs []string) []string {
	var names []string
	for _, name := range list {
		name = strings.ToLower(strings.TrimSpace(name))
		for _, urn := range coreURNs {
			name = strings.TrimPrefix(name, strings.ToLower(urn)+":")
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return names
}

// IsAsked reports whether the caller said which attributes the answer should hold.
func (p Projection) IsAsked() bool { return len(p.only) > 0 || len(p.without) > 0 }

// Wants reports whether any of the top-level attribute, in lower case, is part
// of the answer.
func (p Projection) Wants(name string) bool {
	if slices.Contains(alwaysReturned, name) {
		return true
	}
	if len(p.only) > 0 {
		return slices.Contains(p.only, name) || reachesInto(p.only, name)
	}
	return !slices.Contains(p.without, name)
}

// reachesInto reports whether one of the names is a part of the attribute.
func reachesInto(names []string, attribute string) bool {
	return slices.ContainsFunc(names, func(n string) bool {
		rest, ok := strings.CutPrefix(n, attribute)
		return ok && rest != "" && (rest[0] == '.' || rest[0] == ':')
	})
}

// Apply takes what is not wanted out of a resource that nobody else holds.
func (p Projection) Apply(r schema.Resource) schema.Resource {
	if !p.IsAsked() {
		return r
	}
	for name, value := range r {
		lower := strings.ToLower(name)
		switch {
		case !p.Wants(lower):
			delete(r, name)
		case slices.Contains(alwaysReturned, lower) || slices.Contains(p.only, lower):
		case reachesInto(p.only, lower) || reachesInto(p.without, lower):
			between := "."
			if strings.HasPrefix(lower, "urn:") {
				between = ":"
			}
			r[name] = p.within(lower+between, value)
		}
	}
	return r
}

// within takes what is not wanted out of the value of a complex attribute whose
// parts have the prefix.
func (p Projection) within(prefix string, value any) any {
	switch v := value.(type) {
	case schema.Members:
		return p.within(prefix, schema.List(v))
	case []any:
		for i, element := range v {
			v[i] = p.within(prefix, element)
		}
	case map[string]any:
		for name, part := range v {
			full := prefix + strings.ToLower(name)
			switch {
			case slices.Contains(p.only, full): // all of it
			case len(p.only) > 0 && !reachesInto(p.only, full), slices.Contains(p.without, full):
				delete(v, name)
			default:
				v[name] = p.within(full+".", part)
			}
		}
	}
	return value
}
