package patch

import (
	"reflect"
	"slices"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
)

func TestPatchNamesWhatIsUnknown(t *testing.T) {
	const (
		okta  = "urn:okta:acme_1:1.0:user:custom"
		title = `{"op":"replace","path":"title","value":"t"}]`
	)
	tests := []struct {
		name, operations string
		want             []string
	}{
		{"an attribute", `[{"op":"replace","value":{"shoeSize":7,"title":"t"}}]`, []string{"shoeSize"}},
		{"a path", `[{"op":"add","path":"shoeSize","value":7},` + title, []string{"shoeSize"}},
		{"a sub-attribute", `[{"op":"add","path":"name.nom","value":7},` + title, []string{"name.nom"}},
		{"a sub-attribute of a simple attribute", `[{"op":"add","path":"userName.x","value":7},` + title,
			[]string{"userName.x"}},
		{"a sub-attribute behind a filter", `[{"op":"add","path":"emails[type eq \"work\"].x","value":7},` + title,
			[]string{"emails"}},
		{"members of a user", `[{"op":"remove","path":"members[value eq \"a\"]"},` + title, []string{"members"}},
		{"an attribute of an extension", `[{"op":"add","value":{"$ENTERPRISE":{"floor":"7"},"title":"t"}}]`,
			[]string{schema.Enterprise + ":floor"}},
		{"an extension", `[{"op":"replace","value":{"` + okta + `":{"a":"b"},"title":"t"}}]`, []string{okta}},
		{"an extension whose URN ends in a version",
			`[{"op":"replace","value":{"urn:scim:schemas:extension:workspace:mfa:1.0":{"a":"b"},"title":"t"}}]`,
			[]string{"urn:scim:schemas:extension:workspace:mfa:1.0"}},
		{"a path in an extension", `[{"op":"replace","path":"` + okta + `:a","value":"b"},` + title, []string{okta + ":a"}},
		{"an empty name", `[{"op":"replace","value":{"":{"":7},"title":"t"}}]`, []string{"[not a name]"}},
		{"an invalid name", `[{"op":"replace","value":{"jane@example.com":7,"title":"t"}}]`, []string{"[not a name]"}},
	}
	users, _ := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			current := schematest.Resource(t, patchedUser)
			next, unknown, err := apply(t, users, current, tt.operations)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(unknown, tt.want) {
				t.Errorf("got %q as unknown, want %q", unknown, tt.want)
			}
			if got, want := changes(current, next), (map[string]any{"title": "t"}); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
