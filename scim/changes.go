package scim

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// namedAttribute is an attribute of a resource, with its path.
type namedAttribute struct {
	path filter.Attribute
	schema.Operand
}

// named reads paths of attributes, as far as the attributes of a resource show
// them.
func (t *resourceType) named(paths []string) (out []namedAttribute) {
	for _, path := range paths {
		parsed, err := filter.ParsePath(path)
		if err != nil || parsed.Filter != nil {
			continue
		}
		if o, err := t.Index.Operand(parsed.Attribute); err == nil {
			out = append(out, namedAttribute{parsed.Attribute, o})
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
	for i, a := range slices.Concat(t.required, t.fixed) {
		isFixed, gone := i >= len(t.required), a.Seen(before) && !a.Seen(after)
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

// notKept names the attributes that a write asked for, and that the resource does
// not have afterwards as they were sent: Access has no place for them, or keeps
// less, or they were overruled. Members that are left out are told on their own.
func (t *resourceType) notKept(asked, kept schema.Resource, overruled ...string) []string {
	names := slices.Clone(overruled)
	for name, v := range asked {
		e, isExtension := t.Index.Extension(name)
		block, isBlock := v.(map[string]any)
		a, _ := t.Index.Core(name)
		switch {
		case name == "members":
			names = append(names, nestedGroups(v)...)
		case isExtension && isBlock:
			within, _ := kept[name].(map[string]any)
			for name, v := range block {
				path := filter.Attribute{URN: e.URN, Name: name}.String()
				a, _ := e.Attributes.Find(name)
				names = append(names, t.notKeptOf(path, a, v, within[name])...)
			}
		default:
			names = append(names, t.notKeptOf(name, a, v, kept[name])...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// notKeptOf is notKept for the value of one attribute.
func (t *resourceType) notKeptOf(path string, a schema.Attribute, asked, kept any) (names []string) {
	if t.silent[path] || schema.Ignored(path) {
		return nil
	}
	for _, v := range schema.List(asked) {
		if !schema.HasValue(v) {
			continue
		}
		lost := a.Lost(v, schema.List(kept))
		for _, sub := range lost {
			if sub != "" {
				sub = "." + sub
			}
			names = append(names, path+sub)
		}
	}
	return names
}

// nestedGroups names members that are groups, which are left out.
func nestedGroups(members any) []string {
	for _, m := range schema.List(members) {
		member, _ := m.(map[string]any)
		if kind, _ := member["type"].(string); strings.EqualFold(kind, "Group") {
			return []string{"members.type"}
		}
	}
	return nil
}
