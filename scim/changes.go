package scim

import (
	"fmt"
	"reflect"
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// namedAttribute is an attribute of a resource, with its path.
type namedAttribute struct {
	path filter.Attribute
	schema.Operand
	isFixed bool // never changes
}

// named reads paths of attributes, as far as the attributes of a resource show
// them.
func (t *resourceType) named(paths []string, areFixed bool) (out []namedAttribute) {
	for _, path := range paths {
		parsed, err := filter.ParsePath(path)
		if err != nil || parsed.Filter != nil {
			continue
		}
		if o, err := t.Index.Operand(parsed.Attribute); err == nil {
			out = append(out, namedAttribute{parsed.Attribute, o, areFixed})
		}
	}
	return out
}

// isNull reports whether the resource says null for the attribute, or for it in
// each of several values.
func (a namedAttribute) isNull(r schema.Resource) bool {
	if a.path.URN != "" {
		r, _ = r[a.path.URN].(map[string]any)
	}
	v, ok := r[a.Whole.Name]
	for _, one := range schema.List(v) {
		object, isObject := one.(map[string]any)
		sub, named := object[a.Leaf.Name]
		if !isObject || a.path.Sub == "" || !named || sub != nil {
			return false
		}
	}
	return ok && (v == nil || len(schema.List(v)) > 0)
}

// checkChange refuses a PATCH that takes away what a resource can't be without, or
// that changes what never changes (RFC 7644 section 3.5.2). A PUT means no harm:
// Okta's hold what it read, or what it knows of the person. null says nothing of
// such an attribute, in both. A person who leaves is shut out in any case: then
// kept names what was to be taken away.
func (t *resourceType) checkChange(before, after schema.Resource) (kept []string, _ error) {
	leaves := isInactive(after) && !isInactive(before)
	for _, a := range t.guarded {
		isFixed, gone := a.isFixed, a.Seen(before) && !a.Seen(after)
		changed := isFixed && !reflect.DeepEqual(texts(a.Values(before)), texts(a.Values(after)))
		switch {
		case !gone && !changed, a.isNull(after):
		case leaves && gone:
			kept = append(kept, a.path.String())
		case leaves: // the log names it, because it is not as it was asked for
		case isFixed:
			return nil, problem.Fixed(a.path.String())
		default:
			return nil, problem.Required(a.path.String())
		}
	}
	return kept, nil
}

func isInactive(user schema.Resource) bool {
	return strings.EqualFold(fmt.Sprint(user["active"]), "false")
}

// texts are values as they are compared: a number is its digits.
func texts(values []any) (out []any) {
	for _, v := range values {
		if s, ok := schema.Text(v); ok {
			v = s
		}
		out = append(out, v)
	}
	return out
}
