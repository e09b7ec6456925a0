package schema_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
)

func TestTidy(t *testing.T) {
	tests := []struct {
		name, in, want string
		unknown        []string
	}{
		{"names as the schemas spell them", `{"userName":"a","name":{"givenName":"G"}}`,
			`{"userName":"a","name":{"givenName":"G"}}`, nil},
		{"names in any case", `{"USERNAME":"a","Name":{"GIVENNAME":"G"},"eMails":[{"VALUE":"a@x","Primary":true}]}`,
			`{"userName":"a","name":{"givenName":"G"},"emails":[{"value":"a@x","primary":true}]}`, nil},
		{"values keep their case", `{"title":"TITLE"}`, `{"title":"TITLE"}`, nil},
		{"a URN in any case", `{"URN:SCIM:Schemas:extension:workspace:1.0":{"UserPrincipalName":"p"}}`,
			`{"$WORKSPACE":{"userPrincipalName":"p"}}`, nil},
		{"two spellings of a URN",
			`{"$ENTERPRISE":{"department":"d"},"URN:IETF:params:scim:schemas:extension:enterprise:2.0:user":{"division":"v"}}`,
			`{"$ENTERPRISE":{"department":"d","division":"v"}}`, nil},
		{"the last of two spellings",
			`{"userName":"last","USERNAME":"first","name":{"GivenName":"first","givenname":"last"}}`,
			`{"userName":"last","name":{"givenName":"last"}}`, nil},
		{"what must go no further",
			`{"password":"p","id":"1","meta":{},"groups":[{"value":"g"}],"schemas":["$USER"],"title":"t"}`,
			`{"title":"t"}`, nil},
		{"what no schema knows", `{"shoeSize":7,"title":"t","$ref":"x","":1}`, `{"title":"t"}`,
			[]string{"", "$ref", "shoeSize"}},
		{"what an extension does not know", `{"$ENTERPRISE":{"floor":"7","department":"d"}}`,
			`{"$ENTERPRISE":{"department":"d"}}`, []string{"$ENTERPRISE:floor"}},
		{"an extension that nobody knows", `{"urn:okta:acme_1:1.0:user:custom":{"a":"b"}}`, `{}`,
			[]string{"urn:okta:acme_1:1.0:user:custom"}},
		{"a sub-attribute that no schema knows", `{"name":{"givenName":"G","nom":"N"}}`, `{"name":{"givenName":"G"}}`,
			[]string{"name.nom"}},
		{"one in each value of a list is named once", `{"emails":[{"value":"a@x","x":1},{"value":"b@x","x":2}]}`,
			`{"emails":[{"value":"a@x"},{"value":"b@x"}]}`, []string{"emails.x"}},
		{"roles, which nobody is shown", `{"roles":[{"value":"r"}],"title":"t"}`, `{"title":"t"}`, []string{"roles"}},
		{"a path for a name", `{"name.givenName":"G","name":{"familyName":"F"}}`,
			`{"name":{"familyName":"F","givenName":"G"}}`, nil},
		{"a path for a name of an extension", `{"$ENTERPRISE:manager.value":"m","$USER:title":"t"}`,
			`{"$ENTERPRISE":{"manager":{"value":"m"}},"title":"t"}`, nil},
		{"a path into a list", `{"emails.value":"a@x","$USER:password":"p"}`, `{}`, []string{"emails.value"}},
		{"the core schema as if it were an extension", `{"$USER":{"title":"t","password":"p","x":1},"userName":"u"}`,
			`{"title":"t","userName":"u"}`, []string{"x"}},
		{"an extension that is null", `{"$WORKSPACE":null}`,
			`{"$WORKSPACE":{"userPrincipalName":null,"distinguishedName":null,"domain":null}}`, nil},
		{"an extension that is a string", `{"$ENTERPRISE":"d"}`, `{"$ENTERPRISE":"d"}`, nil},
		{"a bare string in a list", `{"emails":["a@x",null,7]}`, `{"emails":["a@x",null,7]}`, nil},
		{"a complex attribute that is a string", `{"name":"Ada"}`, `{"name":"Ada"}`, nil},
		{"an object for a simple attribute", `{"title":{"A":1}}`, `{"title":{"A":1}}`, nil},
		{"an object without a name", `{"":{"x":1},"title":"t"}`, `{"title":"t"}`, []string{""}},
		{"what goes no further in any case", `{"Meta":{"x":1},"GROUPS":[{"x":1}],"title":"t"}`, `{"title":"t"}`, nil},
		{"null", `{"title":null,"emails":null}`, `{"title":null,"emails":null}`, nil},
	}
	users, _ := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw := schematest.Resource(t, tt.in)
			clean, unknown := users.Canonical(raw)
			if want := schematest.Resource(t, tt.want); !reflect.DeepEqual(clean, want) {
				t.Errorf("got  %v\nwant %v", clean, want)
			}
			for i, name := range tt.unknown {
				tt.unknown[i] = schematest.URNs(name)
			}
			if !slices.Equal(unknown, tt.unknown) {
				t.Errorf("got %q as unknown, want %q", unknown, tt.unknown)
			}
		})
	}
}

// TestTidyInPlace checks that a resource comes out the same where it is put in order in
// place, and where a name that is spelled otherwise has all names sorted.
func TestTidyInPlace(t *testing.T) {
	users, _ := schematest.Indexes(t)
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.SampledFrom([]string{"userName", "title", "TITLE", "emails", "name", "roles", "id", "groups", "x", "",
			"Meta", "meta", "GROUPS", schema.Enterprise, schema.Workspace, schema.Tenant + "acme:1.0",
			schema.User, "name.givenName"})
		inner := rapid.SampledFrom([]string{"value", "givenName", "familyName", "department", "DEPARTMENT", "x", "manager"})
		var value *rapid.Generator[any]
		value = rapid.OneOf(rapid.SampledFrom([]any{nil, "a", true, []any{}}),
			rapid.Map(rapid.MapOfN(inner, rapid.SampledFrom([]any{nil, "b"}), 0, 3), func(m map[string]any) any { return m }),
			rapid.Map(rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return value }), 1, 2),
				func(l []any) any { return l }))
		raw := rapid.MapOfN(name, value, 0, 6).Draw(rt, "resource")
		other := schema.Copy(raw).(map[string]any)
		other["PASSWORD"] = "p" // is ignored, and not spelled so
		clean, unknown := users.Canonical(raw)
		want, wantUnknown := users.Canonical(other)
		if !reflect.DeepEqual(clean, want) || !slices.Equal(unknown, wantUnknown) {
			rt.Fatalf("got %v without %q, want %v without %q", clean, unknown, want, wantUnknown)
		}
	})
}

// TestIndexIsComplete checks that every attribute that the translation maps has a
// place in the index.
func TestIndexIsComplete(t *testing.T) {
	users, groups := schematest.Indexes(t)
	find := func(x schema.Index, paths ...string) {
		t.Helper()
		for _, path := range paths {
			parsed, err := filter.ParsePath(path)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := x.Operand(parsed.Attribute); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	find(users, schematest.Translator(t).Attributes()...)
	find(groups, "displayName", "members.value", "members.display", "externalId")
}
