package scim

import (
	"slices"
	"strings"

	"ws1bridge/scim/translate"
)

// projection is which top-level attributes an answer holds (RFC 7644 section
// 3.9). Names are lower case. The zero value is all of them.
type projection struct {
	only, without []string
}

// always are returned whatever the projection says.
var always = []string{"schemas", "id"}

// attributeNames reads a list of attributes. Those of the core schema lose
// their URN, so that one attribute has one name.
func attributeNames(list, coreURN string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		name = strings.ToLower(strings.TrimSpace(name))
		if name = strings.TrimPrefix(name, strings.ToLower(coreURN)+":"); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// wants reports whether the attribute, in lower case, is part of the answer.
func (p projection) wants(name string) bool {
	if slices.Contains(always, name) {
		return true
	}
	if len(p.only) > 0 {
		return slices.ContainsFunc(p.only, func(asked string) bool {
			return asked == name || strings.HasPrefix(asked, name+".") || strings.HasPrefix(asked, name+":")
		})
	}
	return !slices.Contains(p.without, name)
}

// apply removes what is not wanted from a resource.
func (p projection) apply(r translate.Resource) translate.Resource {
	if len(p.only) == 0 && len(p.without) == 0 {
		return r
	}
	for name := range r {
		if !p.wants(strings.ToLower(name)) {
			delete(r, name)
		}
	}
	return r
}
