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
	// silent are the attributes that are taken and never shown.
	silent map[string]bool
}

// Users is the resource type User with the attributes that the translation maps:
// what the schemas announce is what the bridge keeps.
func Users(mapped []Mapped) ResourceType {
	shown := append(slices.Clone(mapped), Mapped{Name: "groups"})
	shown = slices.DeleteFunc(shown, func(a Mapped) bool { return a.Silent })
	t := ResourceType{mapped: shown, silent: map[string]bool{}, ResourceType: elimity.ResourceType{
		ID: optional.NewString("User"), Name: "User", Endpoint: "/Users",
		Description: optional.NewString("A user in Workspace ONE Access"),
		Schema:      mappedSchema(elimityschema.CoreUserSchema(), "", shown),
	}}
	for _, s := range extensionSchemas(shown) {
		t.SchemaExtensions = append(t.SchemaExtensions,
			elimity.SchemaExtension{Schema: mappedSchema(s, s.ID, shown)})
	}
	t.Index = newIndex(t.ResourceType)
	t.Index.takesTenant = true
	t.Index.accept(mapped)
	for _, a := range mapped {
		t.silent[filter.Attribute{URN: a.Schema, Name: a.Name}.String()] = a.Silent
	}
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
	name := t.Index.core["displayname"]
	name.Trimmed = true
	t.Index.core["displayname"] = name
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
