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
	mapped := t.Attributes()
	return []elimity.ResourceType{
		{
			ID: optional.NewString("User"), Name: "User", Endpoint: "/Users",
			Description: optional.NewString("A user in Workspace ONE Access"),
			Schema:      only(schema.CoreUserSchema(), "", append(mapped, "groups")),
			SchemaExtensions: []elimity.SchemaExtension{
				{Schema: only(enterpriseSchema(), translate.EnterpriseSchema+":", mapped)},
				{Schema: only(workspaceSchema(), translate.WorkspaceSchema+":", mapped)},
			},
		},
		{
			ID: optional.NewString("Group"), Name: "Group", Endpoint: "/Groups",
			Description: optional.NewString("An internal group in Workspace ONE Access"),
			Schema:      schema.CoreGroupSchema(),
		},
	}
}

// only keeps those attributes of a schema whose prefixed name is mapped.
func only(s schema.Schema, prefix string, mapped []string) schema.Schema {
	s.Attributes = slices.DeleteFunc(slices.Clone(s.Attributes), func(a schema.CoreAttribute) bool {
		return !slices.ContainsFunc(mapped, func(m string) bool { return strings.EqualFold(m, prefix+a.Name()) })
	})
	return s
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
		},
	}
}

func text(name, description string) schema.SimpleParams {
	return schema.SimpleStringParams(schema.StringParams{Name: name, Description: optional.NewString(description)})
}
