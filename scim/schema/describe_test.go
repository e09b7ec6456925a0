package schema_test

import (
	"fmt"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

// TestSchemasTellTheTruth checks what is announced against what is done: what is
// demanded, what never changes, and which types and references there are.
func TestSchemasTellTheTruth(t *testing.T) {
	const custom, tenant = "urn:okta:acme_1:1.0:user:custom", "urn:scim:schemas:extension:workspace:tenant:acme:1.0"
	tr, err := translate.New(translate.Config{DefaultDomain: "acme.com", Attributes: []translate.Attribute{
		{SCIM: custom + ":badge", Access: tenant + ":badge", Required: true, On: "create"},
		{SCIM: custom + ":floor", Access: tenant + ":floor", Required: true, Default: "1"},
		{SCIM: `emails[type eq "home"].value`, Access: tenant + ":home"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := translate.New(translate.Config{DefaultDomain: "acme.com"})
	if err != nil {
		t.Fatal(err)
	}
	users, groups := schema.Users(plain.SchemaAttributes()), schema.Groups()
	customized := schema.Users(tr.SchemaAttributes())
	tests := []struct {
		name string
		of   schema.ResourceType
		path [3]string // schema, attribute, sub-attribute
		what string
		want any
	}{
		{"a userName is demanded", users, [3]string{schema.User, "userName"}, "required", true},
		{"an e-mail is demanded", users, [3]string{schema.User, "emails"}, "required", true},
		{"it is its value that is demanded", users, [3]string{schema.User, "emails", "value"}, "required", true},
		{"its primary is not", users, [3]string{schema.User, "emails", "primary"}, "required", false},
		{"its type is always work", users, [3]string{schema.User, "emails", "type"}, "canonicalValues", []string{"work"}},
		{"whichever was sent", users, [3]string{schema.User, "emails", "type"}, "mutability", "readOnly"},
		{"another type that is mapped is kept", customized, [3]string{schema.User, "emails", "type"}, "canonicalValues",
			[]string{"work", "home"}},
		{"and is for callers to send", customized, [3]string{schema.User, "emails", "type"}, "mutability", "readWrite"},
		{"a title is not demanded", users, [3]string{schema.User, "title"}, "required", false},
		{"what is set on creation may be demanded", customized, [3]string{custom, "badge"}, "required", true},
		{"and never changes", customized, [3]string{custom, "badge"}, "mutability", "immutable"},
		{"what has a default is not demanded", customized, [3]string{custom, "floor"}, "required", false},
		{"a user is in groups", users, [3]string{schema.User, "groups", "$ref"}, "referenceTypes", []string{"Group"}},
		{"a group needs a name", groups, [3]string{schema.Group, "displayName"}, "required", true},
		{"no two groups have one name", groups, [3]string{schema.Group, "displayName"}, "uniqueness", "server"},
		{"a member needs an id", groups, [3]string{schema.Group, "members", "value"}, "required", true},
		{"members are users", groups, [3]string{schema.Group, "members", "type"}, "canonicalValues", []string{"User"}},
		{"and refer to users", groups, [3]string{schema.Group, "members", "$ref"}, "referenceTypes", []string{"User"}},
		{"their names are those of Access", groups, [3]string{schema.Group, "members", "display"}, "mutability", "readOnly"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := announced(t, tt.of, tt.path)[tt.what]; fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("%v: %s is %v, want %v", tt.path, tt.what, got, tt.want)
			}
		})
	}
}

// announced is the description of an attribute, or of a sub-attribute.
func announced(t *testing.T, of schema.ResourceType, path [3]string) map[string]any {
	t.Helper()
	pick := func(list any, name string) map[string]any {
		all, _ := list.([]map[string]any)
		for _, one := range all {
			if one["name"] == name {
				return one
			}
		}
		t.Fatalf("%v is not announced", path)
		return nil
	}
	for _, s := range of.Schemas() {
		if s.ID != path[0] {
			continue
		}
		a := pick(of.Describe(s)["attributes"], path[1])
		if path[2] != "" {
			return pick(a["subAttributes"], path[2])
		}
		return a
	}
	t.Fatalf("there is no schema %s", path[0])
	return nil
}
