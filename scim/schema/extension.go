package schema

import (
	"maps"
	"slices"
	"strings"

	"ws1bridge/scim/filter"
)

// Extension is a schema in addition to the core schema.
type Extension struct {
	URN        string
	Attributes Attributes
	// Open says that any other name is an attribute too, a text, spelled as it comes.
	Open bool
}

// Find finds an attribute of the extension by its name in any case.
func (e Extension) Find(name string) (Attribute, bool) {
	a, ok := e.Attributes.Find(name)
	if !ok && e.Open && isAttributeName(name) {
		return Attribute{Name: name, Type: String, CaseExact: true}, true
	}
	return a, ok
}

// isAttributeName reports whether a name is one of an attribute (RFC 7643 section 2.1).
func isAttributeName(name string) bool {
	path, err := filter.ParsePath(name)
	return err == nil && path.Filter == nil && path.Attribute == filter.Attribute{Name: name}
}

// Nothing is the extension with null for each attribute, which is what null for
// the extension means.
func (e Extension) Nothing() map[string]any {
	block := make(map[string]any, len(e.Attributes))
	for name := range e.Attributes {
		block[name] = nil
	}
	return block
}

// canonicalInto puts the attributes of the extension into a resource. A value that is
// no object is left for the translation to refuse.
func (e Extension) canonicalInto(r Resource, value any) (unknown []string) {
	block, ok := value.(map[string]any)
	switch {
	case value == nil && !e.Open:
		block = e.Nothing()
	case !ok:
		r[e.URN] = value
		return nil
	}
	block, strange := e.canonical(block)
	if have, ok := r[e.URN].(map[string]any); ok {
		maps.Copy(have, block)
	} else {
		r[e.URN] = block
	}
	return e.named(strange)
}

// named are names of the extension behind its URN.
func (e Extension) named(names []string) []string {
	for i, name := range names {
		names[i] = e.URN + ":" + name
	}
	return names
}

// canonical is a block of attributes with their names as the schema spells them, which it
// takes over. Those of an open extension are as they come.
func (e Extension) canonical(raw map[string]any) (clean map[string]any, unknown []string) {
	if !e.Open {
		return e.Attributes.canonical(raw)
	}
	all := Attributes{}
	maps.Copy(all, e.Attributes)
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		if a, ok := e.Find(name); ok {
			all[strings.ToLower(name)] = a
		}
	}
	return all.canonical(raw)
}

// IsTenant reports whether a URN is of the extension with a tenant's own attributes:
// urn:scim:schemas:extension:workspace:tenant:TENANT:1.0, in any case (Access's guide
// "Custom attributes", and the users of a real tenant).
func IsTenant(urn string) bool {
	const prefix, version = Tenant, ":1.0"
	middle := len(urn) - len(version)
	return middle > len(prefix) && strings.EqualFold(urn[:len(prefix)], prefix) && urn[middle:] == version
}
