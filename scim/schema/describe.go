package schema

import (
	"maps"
	"slices"

	elimityschema "github.com/elimity-com/scim/schema"
)

// ofGroups is what is different from RFC 7643 with the members of a group in
// Access: they are users, known by their ids, and have the names that Access
// gives them.
var ofGroups = map[string]map[string]any{
	"value":   {"required": true, "caseExact": true},
	"$ref":    {"referenceTypes": []string{"User"}, "mutability": "readOnly"},
	"type":    {"canonicalValues": []string{"User"}},
	"display": {"mutability": "readOnly"},
}

// Describe is a schema of the type as callers read it: what the bridge keeps, and
// how, and what no resource is created without.
func (t ResourceType) Describe(s elimityschema.Schema) map[string]any {
	body := s.ToMap()
	attributes, _ := body["attributes"].([]map[string]any)
	urn := s.ID
	if urn == User {
		urn = ""
	}
	for _, a := range attributes {
		name, _ := a["name"].(string)
		m, ok := find(t.mapped, urn, name)
		switch {
		case s.ID == Group && name == "members":
			correct(a, ofGroups)
		case s.ID == Group && name == "displayName":
			a["uniqueness"] = "server" // another group of that name is a 409
		case ok:
			m.describe(a)
		}
		if urn == "" && name == "groups" {
			correct(a, map[string]map[string]any{"$ref": {"referenceTypes": []string{"Group"}}})
		}
	}
	return body
}

// subsOf are the descriptions of the sub-attributes of an attribute.
func subsOf(a map[string]any) []map[string]any {
	subs, _ := a["subAttributes"].([]map[string]any)
	return subs
}

// correct changes what is said of sub-attributes.
func correct(a map[string]any, corrections map[string]map[string]any) {
	for _, sub := range subsOf(a) {
		name, _ := sub["name"].(string)
		maps.Copy(sub, corrections[name])
	}
}

// describe makes the description of an attribute say what the bridge keeps of it.
func (m Mapped) describe(a map[string]any) {
	if len(m.Sub) > 0 && a["subAttributes"] != nil {
		a["subAttributes"] = slices.DeleteFunc(subsOf(a), func(sub map[string]any) bool {
			return !slices.ContainsFunc(m.Sub, func(name string) bool { return name == sub["name"] })
		})
	}
	corrections := map[string]map[string]any{"": {}}
	say := func(names []string, characteristic string, value any) {
		for _, name := range names {
			if corrections[name] == nil {
				corrections[name] = map[string]any{}
			}
			corrections[name][characteristic] = value
		}
	}
	say(m.Fixed, "mutability", "immutable")
	if len(m.Required) > 0 {
		say(append([]string{""}, m.Required...), "required", true)
	}
	if len(m.Types) > 0 {
		say([]string{"type"}, "canonicalValues", m.Types)
	}
	if len(m.Types) == 1 {
		say([]string{"type"}, "mutability", "readOnly")
	}
	maps.Copy(a, corrections[""])
	correct(a, corrections)
}
