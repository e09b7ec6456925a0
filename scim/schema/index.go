package schema

import (
	"maps"
	"slices"
	"strings"

	elimity "github.com/elimity-com/scim"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/problem"
)

// Index finds the attributes of a resource type. Names and URNs have no case in
// requests (RFC 7643 section 2.1); inside the bridge each has one spelling.
type Index struct {
	// URN is that of the core schema.
	URN        string
	core       Attributes
	extensions map[string]Extension // by lower-case URN
	// takesTenant says that extensions of tenants are known, each with any attribute.
	takesTenant bool
}

func newIndex(t elimity.ResourceType) Index {
	x := Index{core: attributesOf(t.Schema), URN: t.Schema.ID, extensions: map[string]Extension{}}
	maps.Copy(x.core, commonAttributes())
	for _, e := range t.SchemaExtensions {
		x.extensions[strings.ToLower(e.Schema.ID)] = Extension{URN: e.Schema.ID, Attributes: attributesOf(e.Schema)}
	}
	return x
}

// accept takes over what the table of the translation says of attributes: callers
// may send some that the schemas do not announce, and some are addresses.
func (x Index) accept(mapped []Mapped) {
	for _, m := range mapped {
		table := x.core
		if m.Schema != "" {
			e, ok := x.Extension(m.Schema)
			if !ok {
				e = Extension{URN: m.Schema, Attributes: Attributes{}}
				x.extensions[strings.ToLower(m.Schema)] = e
			}
			table = e.Attributes
		}
		if m.Silent {
			table[strings.ToLower(m.Name)] = Attribute{Name: m.Name, Type: String}
		}
		if m.Address {
			table.markAddress(strings.ToLower(m.Name))
		}
	}
}

// markAddress notes that an attribute, or the value of one that has several, is an
// address.
func (t Attributes) markAddress(name string) {
	a, ok := t[name]
	switch {
	case !ok:
	case a.Multi && a.Sub != nil:
		a.Sub.markAddress("value")
	default:
		a.Address = true
		t[name] = a
	}
}

// Extension finds an extension by its URN in any case. That of a tenant holds attributes
// that only the tenant knows, so it is open.
func (x Index) Extension(urn string) (e Extension, ok bool) {
	e, ok = findFold(x.extensions, urn)
	if x.takesTenant && IsTenant(urn) {
		return Extension{URN: strings.ToLower(urn), Attributes: e.Attributes, Open: true}, true
	}
	return e, ok
}

// Core finds an attribute of the core schema.
func (x Index) Core(name string) (Attribute, bool) { return x.core.Find(name) }

// Find finds the attribute that a path names, and the URN of its extension, ""
// for the core schema.
func (x Index) Find(path filter.Attribute) (a Attribute, urn string, ok bool) {
	if path.URN == "" || strings.EqualFold(path.URN, x.URN) {
		a, ok = x.core.Find(path.Name)
		return a, "", ok
	}
	e, ok := x.Extension(path.URN)
	if !ok {
		return Attribute{}, "", false
	}
	a, ok = e.Find(path.Name)
	return a, e.URN, ok
}

// IsForeign reports whether a path begins with the URN of a schema that the
// resource type does not have.
func (x Index) IsForeign(path string) bool {
	lower := strings.ToLower(path)
	if !strings.HasPrefix(lower, "urn:") || strings.HasPrefix(lower, strings.ToLower(x.URN)+":") {
		return false
	}
	for urn := range x.extensions {
		if strings.HasPrefix(lower, urn+":") {
			return false
		}
	}
	return !x.takesTenant || !strings.HasPrefix(lower, Tenant)
}

// Spell is the path of an attribute of the core schema as the schema spells it,
// such as members.value. It is "" for others.
func (x Index) Spell(path filter.Attribute) string {
	a, urn, ok := x.Find(path)
	if !ok || urn != "" {
		return ""
	}
	sub, ok := a.Sub.Find(path.Sub)
	if path.Sub != "" && !ok {
		return ""
	}
	return filter.Attribute{Name: a.Name, Sub: sub.Name}.String()
}

// Canonical is a resource with every name as its schema spells it, which it takes over.
// What no schema knows is left out and named in unknown; what is ignored is left out. Of
// two spellings of one name the last in byte order counts, always the same.
func (x Index) Canonical(raw map[string]any) (clean Resource, unknown []string) {
	isTidy := true
	for key, value := range raw {
		within, ok := x.tidyValue(raw, key, value)
		unknown, isTidy = append(unknown, within...), isTidy && ok
	}
	if clean = raw; !isTidy {
		clean = make(Resource, len(raw))
		for _, key := range slices.Sorted(maps.Keys(raw)) {
			if e, ok := x.Extension(key); ok {
				unknown = append(unknown, e.canonicalInto(clean, raw[key])...)
				continue
			}
			unknown = append(unknown, x.canonicalInto(clean, key, raw[key])...)
		}
	}
	slices.Sort(unknown)
	return clean, slices.Compact(unknown)
}

// tidyValue puts the value of a name in order where it is, or takes it out where it is
// ignored. It is not ok with a name that is not as its schema spells it, as few are, and
// with what is no value of it.
func (x Index) tidyValue(raw map[string]any, key string, value any) (unknown []string, ok bool) {
	if ignored[key] && key != "roles" {
		delete(raw, key)
		return nil, true
	}
	block, isBlock := value.(map[string]any)
	_, isList := value.([]any)
	if a, ok := x.Core(key); ok && a.Name == key {
		if isBlock || isList {
			raw[key], unknown = a.Canonical(value)
		}
		return unknown, true
	}
	if e, ok := x.Extension(key); ok && e.URN == key && isBlock {
		raw[key], unknown = e.canonical(block)
		return e.named(unknown), true
	}
	return nil, false
}

// canonicalInto puts a value into a resource under the name that it has in a
// request: an attribute of the core schema, the URN of that with its attributes
// in an object, or a path, as some clients write name.givenName.
func (x Index) canonicalInto(r Resource, key string, value any) (unknown []string) {
	block, isObject := value.(map[string]any)
	a, ok := x.Core(key)
	switch {
	case strings.EqualFold(key, x.URN) && isObject:
		for _, name := range slices.Sorted(maps.Keys(block)) {
			unknown = append(unknown, x.canonicalInto(r, name, block[name])...)
		}
		return unknown
	case strings.EqualFold(key, "roles") && HasValue(value): // which no client gets back, unlike what else is ignored
		return []string{key}
	case Ignored(key), !ok && value == nil: // as if it were absent (RFC 7643 section 2.5)
		return nil
	case !ok:
		return x.canonicalAt(r, key, value)
	}
	r[a.Name], unknown = a.Canonical(value)
	return unknown
}

// canonicalAt puts a value into a resource at a path that is its name.
func (x Index) canonicalAt(r Resource, key string, value any) (unknown []string) {
	path, err := filter.ParsePath(key)
	a, urn, ok := x.Find(path.Attribute)
	sub, hasSub := a.Sub.Find(path.Attribute.Sub)
	switch {
	case strings.EqualFold(path.Attribute.URN, x.URN) && Ignored(path.Attribute.Name):
		return nil
	case err != nil || !ok || path.Filter != nil || path.Attribute.Sub != "" && (!hasSub || a.Multi):
		return []string{key}
	case urn != "":
		r = Object(r, urn)
	}
	if hasSub {
		Object(r, a.Name)[sub.Name], unknown = sub.Canonical(value)
		return unknown
	}
	r[a.Name], unknown = a.Canonical(value)
	return unknown
}

// NotAName is in the log for what does not look like the name of an attribute.
const NotAName = "[not a name]"

// Label is the name of an attribute as it may be in the log. What a path holds
// in brackets may be a person's data, and what does not look like a name may be
// anything.
func Label(name string) string {
	name, _, _ = strings.Cut(name, "[")
	const known = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:$"
	if name == "" || strings.Trim(name, known) != "" {
		return NotAName
	}
	return problem.Clip(name)
}
