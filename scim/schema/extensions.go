package schema

import (
	"slices"
	"strings"

	"github.com/elimity-com/scim/optional"
	elimityschema "github.com/elimity-com/scim/schema"
)

// extensionSchemas are the schemas that the bridge knows by itself, and those
// that administrators mapped attributes of.
func extensionSchemas(mapped []Mapped) []elimityschema.Schema {
	schemas := []elimityschema.Schema{enterpriseSchema(), workspaceSchema()}
	for _, a := range mapped {
		known := func(s elimityschema.Schema) bool { return s.ID == a.Schema }
		if a.Schema == "" || slices.ContainsFunc(schemas, known) {
			continue
		}
		schemas = append(schemas, elimityschema.Schema{ID: a.Schema, Name: optional.NewString("Custom User"),
			Description: optional.NewString("Attributes of a user that the bridge's configuration adds")})
	}
	return schemas
}

// mappedSchema is a schema with the attributes that are mapped, as the schema
// describes them, else as the table does.
func mappedSchema(s elimityschema.Schema, urn string, mapped []Mapped) elimityschema.Schema {
	s.Attributes = slices.DeleteFunc(slices.Clone(s.Attributes), func(a elimityschema.CoreAttribute) bool {
		m, ok := find(mapped, urn, a.Name())
		return !ok || !complete(a, m)
	})
	for _, m := range mapped {
		common := m.Name == "externalId" // to all resources (RFC 7643 section 3.1)
		if m.Schema == urn && !common && !has(s.Attributes, m.Name) {
			s.Attributes = append(s.Attributes, customAttribute(m))
		}
	}
	return s
}

func find(mapped []Mapped, urn, name string) (Mapped, bool) {
	for _, m := range mapped {
		if m.Schema == urn && strings.EqualFold(m.Name, name) {
			return m, true
		}
	}
	return Mapped{}, false
}

// complete reports whether the attribute of a schema has all sub-attributes that
// are mapped.
func complete(a elimityschema.CoreAttribute, m Mapped) bool {
	subs := a.SubAttributes()
	return !slices.ContainsFunc(m.Sub, func(sub string) bool { return !has(subs, sub) })
}

func has(attributes []elimityschema.CoreAttribute, name string) bool {
	return slices.ContainsFunc(attributes, func(a elimityschema.CoreAttribute) bool {
		return strings.EqualFold(a.Name(), name)
	})
}

// customAttribute is an attribute that no schema describes.
func customAttribute(m Mapped) elimityschema.CoreAttribute {
	description := optional.NewString("Kept in Workspace ONE Access as the bridge is configured.")
	if len(m.Sub) > 0 {
		params := elimityschema.ComplexParams{Name: m.Name, MultiValued: m.Multi, Description: description}
		for _, sub := range m.Sub {
			params.SubAttributes = append(params.SubAttributes, subAttribute(sub))
		}
		return elimityschema.ComplexCoreAttribute(params)
	}
	simple := elimityschema.SimpleStringParams(
		elimityschema.StringParams{Name: m.Name, MultiValued: m.Multi, Description: description})
	if m.Boolean {
		simple = elimityschema.SimpleBooleanParams(elimityschema.BooleanParams{Name: m.Name, Description: description})
	}
	return elimityschema.SimpleCoreAttribute(simple)
}

func subAttribute(name string) elimityschema.SimpleParams {
	if name == "primary" {
		return elimityschema.SimpleBooleanParams(elimityschema.BooleanParams{Name: name})
	}
	return text(name, "")
}

// enterpriseSchema is the enterprise extension. Okta writes the manager's
// displayName, which RFC 7643 makes read-only, and Access keeps it.
func enterpriseSchema() elimityschema.Schema {
	s := elimityschema.ExtensionEnterpriseUser()
	s.Attributes = slices.Clone(s.Attributes)
	manager := slices.IndexFunc(s.Attributes, func(a elimityschema.CoreAttribute) bool { return a.Name() == "manager" })
	s.Attributes[manager] = elimityschema.ComplexCoreAttribute(elimityschema.ComplexParams{
		Name:        "manager",
		Description: optional.NewString("The user's manager."),
		SubAttributes: []elimityschema.SimpleParams{
			text("value", "The id of the manager."),
			text("displayName", "The name of the manager."),
		},
	})
	return s
}

// workspaceSchema is what of Access's own extension Okta may set.
func workspaceSchema() elimityschema.Schema {
	attribute := func(name, description string) elimityschema.CoreAttribute {
		return elimityschema.SimpleCoreAttribute(text(name, description))
	}
	return elimityschema.Schema{
		ID:          Workspace,
		Name:        optional.NewString("Workspace ONE Access User"),
		Description: optional.NewString("Attributes of a user that only Workspace ONE Access has"),
		Attributes: []elimityschema.CoreAttribute{
			attribute("userPrincipalName", "The user principal name, such as jane@example.com."),
			attribute("distinguishedName", "The distinguished name in the source directory."),
			attribute("domain", "The domain of the directory that the user is in; never changed."),
		},
	}
}

func text(name, description string) elimityschema.SimpleParams {
	return elimityschema.SimpleStringParams(
		elimityschema.StringParams{Name: name, Description: optional.NewString(description)})
}
