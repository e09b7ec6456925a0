package schema

import (
	"slices"

	elimity "github.com/elimity-com/scim"
	"github.com/elimity-com/scim/optional"
	elimityschema "github.com/elimity-com/scim/schema"

	"ws1bridge/scim/filter"
)

// ResourceType is User or Group: what callers are told of it, and its index.
type ResourceType struct {
	elimity.ResourceType
	Index  Index
	mapped []Mapped
}

// Users is the resource type User with the attributes that the translation maps:
// what the schemas announce is what the bridge keeps.
func Users(mapped []Mapped) ResourceType {
	shown := append(slices.Clone(mapped), Mapped{Name: "groups"})
	shown = slices.DeleteFunc(shown, func(a Mapped) bool { return a.Silent })
	t := ResourceType{mapped: shown, ResourceType: elimity.ResourceType{
		ID: optional.NewString("User"), Name: "User", Endpoint: "/Users",
		Description: optional.NewString("A user in Workspace ONE Access"),
		Schema:      mappedSchema(elimityschema.CoreUserSchema(), "", shown),
	}}
	for _, s := range extensionSchemas(shown) {
		t.SchemaExtensions = append(t.SchemaExtensions,
			elimity.SchemaExtension{Schema: mappedSchema(s, s.ID, shown)})
	}
	t.Index = newIndex(t.ResourceType)
	t.Index.accept(mapped)
	return t
}

// Groups is the resource type Group.
func Groups() ResourceType {
	t := ResourceType{ResourceType: elimity.ResourceType{
		ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups",
		Description: optional.NewString("An internal group in Workspace ONE Access"),
		Schema:      elimityschema.CoreGroupSchema(),
	}}
	t.Index = newIndex(t.ResourceType)
	return t
}

// Schemas are the core schema and the extensions.
func (t ResourceType) Schemas() []elimityschema.Schema {
	all := []elimityschema.Schema{t.Schema}
	for _, e := range t.SchemaExtensions {
		all = append(all, e.Schema)
	}
	return all
}

// Describe is a schema of the type as callers read it: without sub-attributes
// that have no home in Access, and with what Access creates no user without.
// required are paths, such as name.givenName.
func (t ResourceType) Describe(s elimityschema.Schema, required []string) map[string]any {
	body := s.ToMap()
	attributes, ok := body["attributes"].([]map[string]any)
	if !ok || t.mapped == nil {
		return body
	}
	urn := s.ID
	if urn == User {
		urn = ""
	}
	for _, a := range attributes {
		name, _ := a["name"].(string)
		m, _ := find(t.mapped, urn, name)
		announce(a, m, filter.Attribute{URN: urn, Name: name}, required)
	}
	return body
}

// announce makes the description of an attribute say what the bridge keeps of it.
func announce(a map[string]any, m Mapped, path filter.Attribute, required []string) {
	if slices.Contains(required, path.String()) {
		a["required"] = true
	}
	subs, ok := a["subAttributes"].([]map[string]any)
	if !ok || len(m.Sub) == 0 {
		return
	}
	subs = slices.DeleteFunc(subs, func(sub map[string]any) bool {
		return !slices.ContainsFunc(m.Sub, func(n string) bool { return n == sub["name"] })
	})
	for _, sub := range subs {
		if path.Sub, _ = sub["name"].(string); slices.Contains(required, path.String()) {
			a["required"], sub["required"] = true, true
		}
	}
	a["subAttributes"] = subs
}
