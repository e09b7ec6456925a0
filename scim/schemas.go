package scim

import (
	"slices"
	"strings"

	elimity "github.com/elimity-com/scim"
	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"

	"ws1bridge/scim/translate"
)

// resourceTypes are User and Group with the attributes that the translation
// maps: what the schemas announce is what the bridge keeps.
func resourceTypes(t *translate.Translator) []elimity.ResourceType {
	mapped := append(t.SchemaAttributes(), translate.SchemaAttribute{Name: "groups"})
	mapped = slices.DeleteFunc(mapped, func(a translate.SchemaAttribute) bool { return a.Silent })
	user := elimity.ResourceType{
		ID: optional.NewString("User"), Name: "User", Endpoint: "/Users",
		Description: optional.NewString("A user in Workspace ONE Access"),
		Schema:      mappedSchema(schema.CoreUserSchema(), "", mapped),
	}
	for _, s := range extensionSchemas(mapped) {
		user.SchemaExtensions = append(user.SchemaExtensions, elimity.SchemaExtension{Schema: mappedSchema(s, s.ID, mapped)})
	}
	return []elimity.ResourceType{
		user,
		{
			ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups",
			Description: optional.NewString("An internal group in Workspace ONE Access"),
			Schema:      schema.CoreGroupSchema(),
		},
	}
}

// extensionSchemas are the schemas that the bridge knows by itself, and those
// that administrators mapped attributes of.
func extensionSchemas(mapped []translate.SchemaAttribute) []schema.Schema {
	schemas := []schema.Schema{enterpriseSchema(), workspaceSchema()}
	for _, a := range mapped {
		if a.Schema == "" || slices.ContainsFunc(schemas, func(s schema.Schema) bool { return s.ID == a.Schema }) {
			continue
		}
		schemas = append(schemas, schema.Schema{ID: a.Schema, Name: optional.NewString("Custom User"),
			Description: optional.NewString("Attributes of a user that the bridge's configuration adds")})
	}
	return schemas
}

// mappedSchema is a schema with the attributes that are mapped, as the schema
// describes them, else as the table does.
func mappedSchema(s schema.Schema, urn string, mapped []translate.SchemaAttribute) schema.Schema {
	known := s.Attributes
	s.Attributes = nil
	for _, a := range known {
		m, ok := find(mapped, urn, a.Name())
		if ok && complete(a, m) {
			s.Attributes = append(s.Attributes, a)
		}
	}
	for _, m := range mapped {
		if m.Schema == urn && !slices.ContainsFunc(s.Attributes, func(a schema.CoreAttribute) bool { return strings.EqualFold(a.Name(), m.Name) }) &&
			m.Name != "externalId" { // common to all resources (RFC 7643 section 3.1)
			s.Attributes = append(s.Attributes, customAttribute(m))
		}
	}
	return s
}

func find(mapped []translate.SchemaAttribute, urn, name string) (translate.SchemaAttribute, bool) {
	for _, m := range mapped {
		if m.Schema == urn && strings.EqualFold(m.Name, name) {
			return m, true
		}
	}
	return translate.SchemaAttribute{}, false
}

// complete reports whether the attribute of a schema has all sub-attributes that
// are mapped.
func complete(a schema.CoreAttribute, m translate.SchemaAttribute) bool {
	return !slices.ContainsFunc(m.Sub, func(sub string) bool {
		return !slices.ContainsFunc(a.SubAttributes(), func(have schema.CoreAttribute) bool { return strings.EqualFold(have.Name(), sub) })
	})
}

// customAttribute is an attribute that no schema describes.
func customAttribute(m translate.SchemaAttribute) schema.CoreAttribute {
	description := optional.NewString("Kept in Workspace ONE Access as the bridge is configured.")
	if len(m.Sub) > 0 {
		params := schema.ComplexParams{Name: m.Name, MultiValued: m.Multi, Description: description}
		for _, sub := range m.Sub {
			params.SubAttributes = append(params.SubAttributes, subAttribute(sub))
		}
		return schema.ComplexCoreAttribute(params)
	}
	if m.Boolean {
		return schema.SimpleCoreAttribute(schema.SimpleBooleanParams(schema.BooleanParams{Name: m.Name, Description: description}))
	}
	return schema.SimpleCoreAttribute(schema.SimpleStringParams(schema.StringParams{Name: m.Name, MultiValued: m.Multi, Description: description}))
}

func subAttribute(name string) schema.SimpleParams {
	if name == "primary" {
		return schema.SimpleBooleanParams(schema.BooleanParams{Name: name})
	}
	return text(name, "")
}

// enterpriseSchema is the enterprise extension. Okta writes the manager's
// displayName, which RFC 7643 makes read-only, and Access keeps it.
func enterpriseSchema() schema.Schema {
	s := schema.ExtensionEnterpriseUser()
	s.Attributes = slices.Clone(s.Attributes)
	for i, a := range s.Attributes {
		if a.Name() != "manager" {
			continue
		}
		s.Attributes[i] = schema.ComplexCoreAttribute(schema.ComplexParams{
			Name:        "manager",
			Description: optional.NewString("The user's manager."),
			SubAttributes: []schema.SimpleParams{
				text("value", "The id of the manager."),
				text("displayName", "The name of the manager."),
			},
		})
	}
	return s
}

// workspaceSchema is what of Access's own extension Okta may set.
func workspaceSchema() schema.Schema {
	return schema.Schema{
		ID:          translate.WorkspaceSchema,
		Name:        optional.NewString("Workspace ONE Access User"),
		Description: optional.NewString("Attributes of a user that only Workspace ONE Access has"),
		Attributes: []schema.CoreAttribute{
			schema.SimpleCoreAttribute(text("userPrincipalName", "The user principal name, such as jane@example.com.")),
			schema.SimpleCoreAttribute(text("distinguishedName", "The distinguished name in the source directory.")),
			schema.SimpleCoreAttribute(text("domain", "The domain of the directory that the user is in; never changed.")),
		},
	}
}

func text(name, description string) schema.SimpleParams {
	return schema.SimpleStringParams(schema.StringParams{Name: name, Description: optional.NewString(description)})
}
