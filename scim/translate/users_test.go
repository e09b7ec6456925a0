package translate_test

import (
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestNewNeedsADomain(t *testing.T) {
	if _, err := translate.New(translate.Config{}); err == nil {
		t.Error("a translator without a default domain was made")
	}
}

// TestNewUserGolden shows all that Access gets of a user that has everything.
func TestNewUserGolden(t *testing.T) {
	const golden = "../../testdata/access/user_full.json"
	c, err := translator(t).NewUser(resource(t, readFile(t, "../../testdata/okta/user_full.json")))
	if err != nil {
		t.Fatal(err)
	}
	got := pretty(t, set(c.Attributes))
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := readFile(t, golden); got != want {
		t.Errorf("got %s\nwant %s\n(-update rewrites the file)", got, want)
	}
}

// minimal is the least that Access takes, without the closing brace.
const minimal = `{"userName":"ada","externalId":"00u1","name":{"givenName":"Ada","familyName":"L"},` +
	`"emails":[{"value":"a@x"}]`

func TestNewUser(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want []any // pairs of name and value
	}{
		{"the least that Access takes", minimal + `}`, nil},
		{"externalId may be missing", strings.Replace(minimal, `"externalId":"00u1",`, "", 1) + `}`,
			[]any{"externalId", nil}},
		{"externalId may be a number", strings.Replace(minimal, `"00u1"`, "7", 1) + `}`, []any{"externalId", "7"}},
		{"a user may be created inactive", minimal + `,"active":false}`, []any{"active", false}},
		{"what a client may not write is left out",
			minimal + `,"id":"1","password":"p","groups":[{"value":"g"}],"meta":{"version":"1"},"schemas":["x"],` +
				`"roles":[{"value":"r"}]}`, nil},
		{"a formatted name does not win",
			strings.Replace(minimal, `"name":{`, `"name":{"formatted":"Mona Octocat",`, 1) + `}`, nil},
		{"an unknown extension is left out", minimal + `,"urn:okta:app:1.0:user:custom":{"a":"b"}}`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := translator(t).NewUser(resource(t, tt.in))
			if err != nil {
				t.Fatal(err)
			}
			want := access(t, "userName", "ada", "externalId", "00u1", "name.givenName", "Ada", "name.familyName", "L",
				"emails", "a@x")
			maps.Copy(want, access(t, tt.want...))
			if !reflect.DeepEqual(set(c.Attributes), set(want)) {
				t.Errorf("got %v, want %v", set(c.Attributes), set(want))
			}
			if c.Domain != domain {
				t.Errorf("got the domain %q, want %q", c.Domain, domain)
			}
		})
	}
}

func TestNewUserRefuses(t *testing.T) {
	tests := []struct {
		name, in, attribute string
	}{
		{"all that is missing is named at once", `{}`, "userName, name.givenName, name.familyName, emails"},
		{"what is empty is missing", `{"userName":"","name":{"givenName":null,"familyName":"L"},"emails":[{"value":""}]}`,
			"userName, name.givenName, emails"},
		{"what nobody sees is missing", `{"userName":" ","name":{"givenName":"\u00a0","familyName":"\u200b"},"emails":[" "]}`,
			"userName, name.givenName, name.familyName, emails"},
		{"a formatted name is no name", `{"userName":"a","name":{"formatted":"Ada L"},"emails":["a@x"]}`,
			"name.givenName, name.familyName"},
		{"an externalId of a wrong type", strings.Replace(minimal, `"00u1"`, "true", 1) + `}`, "externalId"},
		{"a wrong type comes before what is missing", `{"title":true}`, "title"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := translator(t).NewUser(resource(t, tt.in))
			if c.Attributes != nil || !isAbout(err, tt.attribute) {
				t.Errorf("got %v and the error %v, want a problem with %q alone", c.Attributes, err, tt.attribute)
			}
		})
	}
}

// TestUserChangeKeepsAndClears checks what a change does to an attribute that
// it brings no value for.
func TestUserChangeKeepsAndClears(t *testing.T) {
	kept := []string{"userName", "externalId", "active", "name.givenName", "name.familyName", "emails"}
	bodies := map[string]string{
		"absent": `{}`,
		"null": `{"userName":null,"active":null,"emails":null,"name":null,"title":null,"phoneNumbers":null,` +
			`"addresses":null,` +
			enterprise + `:null,` + workspace + `:{"userPrincipalName":null,"distinguishedName":null}}`,
		"empty": `{"userName":"","active":"","emails":[],"name":{},"title":"","phoneNumbers":[],"addresses":[],` +
			enterprise + `:{"manager":{}},` + workspace + `:{"userPrincipalName":"","distinguishedName":""}}`,
	}
	all, err := translator(t).UserChange(upstream.User{}, resource(t, readFile(t, "../../testdata/okta/user_full.json")))
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) {
			a, err := translator(t).UserChange(upstream.User{}, resource(t, body))
			if err != nil {
				t.Fatal(err)
			}
			kept := kept
			if name == "absent" {
				// Only these two have to be named to be cleared.
				kept = slices.Concat(kept,
					[]string{upstream.WorkspaceSchema + ":userPrincipalName", upstream.WorkspaceSchema + ":distinguishedName"})
			}
			for _, attribute := range kept {
				if v, ok := a[path(t, attribute)]; ok {
					t.Errorf("%s would become %v, want it to stay", attribute, v)
				}
			}
			for p := range all {
				if v, ok := a[p]; !slices.Contains(kept, p.String()) && (!ok || v != nil) {
					t.Errorf("%s would become %v (named: %t), want it cleared", p, v, ok)
				}
			}
		})
	}
}

func TestUserChangeNeverChangesExternalID(t *testing.T) {
	a, err := translator(t).UserChange(upstream.User{}, resource(t, minimal+`}`))
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := a[upstream.CorePath("externalId")]; ok {
		t.Errorf("externalId would become %v", v)
	}
}

func TestManager(t *testing.T) {
	const enterprise1 = "urn:scim:schemas:extension:enterprise:1.0:"
	tests := []struct {
		name, in  string
		id, shown any
	}{
		{"both parts", `{"manager":{"value":"00uboss","displayName":"The Boss"}}`, "00uboss", "The Boss"},
		{"the id alone", `{"manager":{"value":"00uboss"}}`, "00uboss", nil},
		{"the name alone", `{"manager":{"displayName":"The Boss"}}`, nil, "The Boss"},
		{"a bare string is the id", `{"manager":"00uboss"}`, "00uboss", nil},
		{"a link is left out", `{"manager":{"$ref":"../Users/1"}}`, nil, nil},
		{"no manager", `{"department":"d"}`, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := translator(t).UserChange(upstream.User{}, resource(t, `{`+enterprise+`:`+tt.in+`}`))
			if err != nil {
				t.Fatal(err)
			}
			id, shown := a[path(t, enterprise1+"manager.managerId")], a[path(t, enterprise1+"manager.displayName")]
			if id != tt.id || shown != tt.shown {
				t.Errorf("got the manager %v (%v), want %v (%v)", id, shown, tt.id, tt.shown)
			}
			block, _ := translator(t).UserToSCIM(upstream.User{Attributes: a})[schema.Enterprise].(map[string]any)
			manager, _ := block["manager"].(map[string]any)
			if manager["value"] != tt.id || manager["displayName"] != tt.shown {
				t.Errorf("got %v back, want %v (%v)", manager, tt.id, tt.shown)
			}
		})
	}
}

func TestUserToSCIM(t *testing.T) {
	const (
		schemas    = `"schemas":["` + schema.User + `"`
		department = "urn:scim:schemas:extension:enterprise:1.0:department"
		principal  = "urn:scim:schemas:extension:workspace:1.0:userPrincipalName"
	)
	tests := []struct {
		name string
		in   []any
		want string
	}{
		{"nothing but schemas", nil, `{` + schemas + `]}`},
		{"the core schema alone", []any{"userName", "ada", "active", false, "emails", "a@x", "name.givenName", "Ada"},
			`{` + schemas + `],"userName":"ada","active":false,"name":{"givenName":"Ada"},` +
				`"emails":[{"value":"a@x","type":"work","primary":true}]}`},
		{"an extension is listed where it has a value", []any{department, "d"},
			`{` + schemas + `,` + enterprise + `],` + enterprise + `:{"department":"d"}}`},
		{"an extension without a value is not listed", []any{department, "", principal, "p"},
			`{` + schemas + `,` + workspace + `],` + workspace + `:{"userPrincipalName":"p"}}`},
		{"what the table does not know is not shown",
			[]any{"ims", "x", "name.formatted", "x", "password", "x", "userName", "ada"},
			`{` + schemas + `],"userName":"ada"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := upstream.User{ID: "1", Groups: []upstream.Reference{{ID: "g"}}, Attributes: access(t, tt.in...)}
			got := translator(t).UserToSCIM(u)
			if want := resource(t, tt.want); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// TestUserToSCIMIsACopy checks that who changes the resource does not change
// the user.
func TestUserToSCIMIsACopy(t *testing.T) {
	phones := []upstream.Element{{"value": "1"}}
	r := translator(t).UserToSCIM(upstream.User{Attributes: access(t, "phoneNumbers", phones)})
	r["phoneNumbers"].([]any)[0].(map[string]any)["value"] = "2"
	if phones[0]["value"] != "1" {
		t.Errorf("the user's number became %v", phones[0]["value"])
	}
}

func TestAttributes(t *testing.T) {
	got := translator(t).Attributes()
	for _, want := range []string{"userName", "name", "emails", schema.Enterprise + ":manager",
		schema.Workspace + ":distinguishedName"} {
		if n := len(slices.DeleteFunc(slices.Clone(got), func(s string) bool { return s != want })); n != 1 {
			t.Errorf("got %s %d times, want it once", want, n)
		}
	}
	for _, never := range []string{"id", "meta", "groups", "password", "schemas", "roles"} {
		if slices.Contains(got, never) {
			t.Errorf("got %s, which is not Okta's to write", never)
		}
	}
	// Every attribute of a full user is either here or never written.
	for name := range resource(t, readFile(t, "../../testdata/okta/user_full.json")) {
		known := slices.ContainsFunc(got, func(s string) bool { return s == name || strings.HasPrefix(s, name+":") })
		if !known && !slices.Contains([]string{"schemas", "groups", "password"}, name) {
			t.Errorf("%s of Okta's user has no place in Access", name)
		}
	}
}
