package schema

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	elimityschema "github.com/elimity-com/scim/schema"
)

// Attribute is an attribute: its spelling, and what of its characteristics
// (RFC 7643 section 2.2) decides how it is compared.
type Attribute struct {
	Name  string
	Type  Type
	Multi bool
	// CaseExact says that text is compared with regard to case.
	CaseExact bool
	// Address says that it is a name or an address that may end in a domain: the
	// form of the domain does not count, nor does white space around it.
	Address bool
	// Trimmed says that white space around it does not count.
	Trimmed bool
	Sub     Attributes // nil for simple attributes
}

// Type is the data type of an attribute (RFC 7643 section 2.3).
type Type string

// The data types that are told apart.
const (
	String   Type = "string"
	Boolean  Type = "boolean"
	DateTime Type = "dateTime"
	Integer  Type = "integer"
	Decimal  Type = "decimal"
	Binary   Type = "binary"
	Complex  Type = "complex"
)

// Attributes holds attributes by lower-case name.
type Attributes map[string]Attribute

// Find finds an attribute by its name in any case.
func (t Attributes) Find(name string) (Attribute, bool) { return findFold(t, name) }

// findFold finds what a map has under the lower-case form of a name. It makes no string of
// that, which requests ask for many times.
func findFold[V any](m map[string]V, name string) (V, bool) {
	var lower [96]byte
	if len(name) > len(lower) {
		v, ok := m[strings.ToLower(name)]
		return v, ok
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= utf8.RuneSelf:
			v, ok := m[strings.ToLower(name)]
			return v, ok
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		lower[i] = c
	}
	v, ok := m[string(lower[:len(name)])]
	return v, ok
}

// ExampleOfSub is a sub-attribute with its attribute, such as name.familyName,
// for a message: always the same.
func (a Attribute) ExampleOfSub() string {
	for _, name := range slices.Sorted(maps.Keys(a.Sub)) {
		return a.Name + "." + a.Sub[name].Name
	}
	return a.Name
}

// commonAttributes are those of every resource (RFC 7643 section 3.1).
func commonAttributes() Attributes {
	text := func(name string) Attribute { return Attribute{Name: name, Type: String, CaseExact: true} }
	date := func(name string) Attribute { return Attribute{Name: name, Type: DateTime} }
	return tableOf(
		Attribute{Name: "schemas", Type: String, Multi: true, CaseExact: true},
		text("id"), text("externalId"),
		Attribute{Name: "meta", Type: Complex, Sub: tableOf(
			text("resourceType"), date("created"), date("lastModified"), text("location"), text("version"))},
	)
}

func tableOf(attributes ...Attribute) Attributes {
	table := Attributes{}
	for _, a := range attributes {
		table[strings.ToLower(a.Name)] = a
	}
	return table
}

func attributesOf(s elimityschema.Schema) Attributes {
	table := Attributes{}
	for _, a := range s.Attributes {
		entry := attributeOf(a)
		if a.HasSubAttributes() {
			entry.Sub = Attributes{}
			for _, sub := range a.SubAttributes() {
				entry.Sub[strings.ToLower(sub.Name())] = attributeOf(sub)
			}
			entry.Sub.exactIDs()
		}
		table[strings.ToLower(a.Name())] = entry
	}
	return table
}

func attributeOf(a elimityschema.CoreAttribute) Attribute {
	return Attribute{Name: a.Name(), Type: Type(a.AttributeType()), Multi: a.MultiValued(), CaseExact: a.CaseExact()}
}

// exactIDs makes the value of a reference to another resource what it is: an
// id, which is case-exact (RFC 7643 section 3.1).
func (t Attributes) exactIDs() {
	if value, ok := t["value"]; ok && t["$ref"].Name != "" {
		value.CaseExact = true
		t["value"] = value
	}
}

// spells reports whether each name of a block is one that the schema spells so.
func (t Attributes) spells(raw map[string]any) bool {
	for key := range raw {
		if a, ok := t.Find(key); !ok || a.Name != key {
			return false
		}
	}
	return true
}

// canonical is a block of attributes with their names as the schema spells them. It takes
// the block over.
func (t Attributes) canonical(raw map[string]any) (clean map[string]any, unknown []string) {
	if t.spells(raw) {
		for key, value := range raw {
			switch value.(type) {
			case map[string]any, []any:
				var within []string
				a, _ := t.Find(key)
				raw[key], within = a.Canonical(value)
				unknown = append(unknown, within...)
			}
		}
		return raw, unknown
	}
	clean = make(map[string]any, len(raw))
	for _, key := range slices.Sorted(maps.Keys(raw)) {
		a, ok := t.Find(key)
		if !ok {
			if raw[key] != nil {
				unknown = append(unknown, key)
			}
			continue
		}
		var within []string
		clean[a.Name], within = a.Canonical(raw[key])
		unknown = append(unknown, within...)
	}
	return clean, unknown
}

// Canonical is a value of the attribute with the names of sub-attributes as the
// schema spells them, which it takes over, and without those that it does not have, which are named
// once in unknown, such as name.initials.
func (a Attribute) Canonical(value any) (_ any, unknown []string) {
	switch v := value.(type) {
	case map[string]any:
		if a.Sub == nil {
			return v, nil
		}
		out, unknown := a.Sub.canonical(v)
		for i := range unknown {
			unknown[i] = a.Name + "." + unknown[i]
		}
		return out, unknown
	case []any:
		for i, item := range v {
			var within []string
			v[i], within = a.Canonical(item)
			for _, name := range within {
				if !slices.Contains(unknown, name) && len(unknown) < MaxValues {
					unknown = append(unknown, name)
				}
			}
		}
		return v, unknown
	}
	return value, nil
}
