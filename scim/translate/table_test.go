package translate_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

const (
	tenantURN = "urn:scim:schemas:extension:workspace:tenant:acme:1.0"
	oktaURN   = "urn:okta:acme_scim_1:1.0:user:custom"
)

// TestCustomPairs checks what becomes of an attribute of the administrator's,
// and that it comes back as it was.
func TestCustomPairs(t *testing.T) {
	tests := []struct {
		name   string
		pairs  []translate.Attribute
		in     string
		access string // the attribute that holds it
		want   any
		back   string // what is shown; "" for in
	}{
		{"a top-level attribute to a tenant's", []translate.Attribute{{SCIM: "badge", Access: tenantURN + ":badgeNumber"}},
			`{"badge":"B7"}`, tenantURN + ":badgeNumber", "B7", ""},
		{"an attribute of Okta's own schema",
			[]translate.Attribute{{SCIM: oktaURN + ":objectGUID", Access: tenantURN + ":objectGUID"}},
			`{"` + oktaURN + `":{"objectGUID":"0f"}}`, tenantURN + ":objectGUID", "0f", ""},
		{"a schema of Access on both sides",
			[]translate.Attribute{{SCIM: tenantURN + ":sourceAnchor", Access: tenantURN + ":sourceAnchor"}},
			`{"` + tenantURN + `":{"sourceAnchor":"x"}}`, tenantURN + ":sourceAnchor", "x", ""},
		{"one more of the enterprise extension",
			[]translate.Attribute{{SCIM: schema.Enterprise + ":floor", Access: tenantURN + ":floor"}},
			`{` + enterprise + `:{"floor":"3","department":"d"}}`, tenantURN + ":floor", "3", ""},
		{"a part of a complex attribute", []translate.Attribute{{SCIM: oktaURN + ":desk.room", Access: tenantURN + ":room"}},
			`{"` + oktaURN + `":{"desk":{"room":"3.1"}}}`, tenantURN + ":room", "3.1", ""},
		{"a value of a list, beside the list",
			[]translate.Attribute{{SCIM: `phoneNumbers[type eq "mobile"].value`, Access: tenantURN + ":mobile"}},
			`{"phoneNumbers":[{"type":"work","value":"1"},{"type":"Mobile","value":"2","display":"two"}]}`,
			tenantURN + ":mobile", "2", ""},
		{"a value of a list without the list",
			[]translate.Attribute{{SCIM: `phoneNumbers[type eq "mobile"]`, Access: tenantURN + ":mobile"},
				{SCIM: "phoneNumbers", Off: true}},
			`{"phoneNumbers":[{"type":"work","value":"1"},{"type":"mobile","value":"2"}]}`, tenantURN + ":mobile", "2",
			`{"phoneNumbers":[{"type":"mobile","value":"2"}]}`},
		{"two parts of one value",
			[]translate.Attribute{{SCIM: `phoneNumbers[type eq "mobile"].value`, Access: tenantURN + ":mobile"},
				{SCIM: `phoneNumbers[type eq "mobile"].display`, Access: tenantURN + ":mobileName"},
				{SCIM: "phoneNumbers", Off: true}},
			`{"phoneNumbers":[{"type":"mobile","value":"2","display":"two"}]}`, tenantURN + ":mobileName", "two", ""},
		{"the second e-mail",
			[]translate.Attribute{{SCIM: `emails[primary eq false].value`, Access: tenantURN + ":secondEmail"}},
			`{"emails":[{"value":"a@x","type":"work","primary":true},{"value":"b@x","primary":false}]}`,
			tenantURN + ":secondEmail", "b@x", ""},
		{"a list of texts", []translate.Attribute{{SCIM: "skills", Access: tenantURN + ":skills", Type: "strings"}},
			`{"skills":["go","rust"]}`, tenantURN + ":skills", []upstream.Element{{"value": "go"}, {"value": "rust"}}, ""},
		{"a list of objects", []translate.Attribute{{SCIM: "lockers", Access: tenantURN + ":lockers", Type: "list"}},
			`{"lockers":[{"value":"7","type":"gym","primary":true}]}`, tenantURN + ":lockers",
			[]upstream.Element{{"value": "7", "type": "gym", "primary": true}}, ""},
		{"true or false", []translate.Attribute{{SCIM: "remote", Access: tenantURN + ":remote", Type: "boolean"}},
			`{"remote":false}`, tenantURN + ":remote", false, ""},
		{"what Access knows to be true or false",
			[]translate.Attribute{{SCIM: "disabled", Access: upstreamWorkspace + ":externalUserDisabled"}},
			`{"disabled":"True"}`, upstreamWorkspace + ":externalUserDisabled", true, `{"disabled":true}`},
		{"a list that is off by default", []translate.Attribute{{SCIM: "ims", Access: "ims"}},
			`{"ims":[{"value":"x","type":"irc"}]}`, "ims", []upstream.Element{{"value": "x", "type": "irc"}}, ""},
		{"a default for what is missing", []translate.Attribute{{SCIM: "userType", Default: "Employee"}}, `{}`, "userType",
			"Employee", `{"userType":"Employee"}`},
		{"a default gives way", []translate.Attribute{{SCIM: "userType", Default: "Employee"}}, `{"userType":"Guest"}`,
			"userType", "Guest", ""},
		{"another default pair in its place",
			[]translate.Attribute{{SCIM: "title", Off: true}, {SCIM: "title", Access: tenantURN + ":title"}}, `{"title":"Dr"}`,
			tenantURN + ":title", "Dr", ""},
		{"externalId from elsewhere",
			[]translate.Attribute{{SCIM: "externalId", Off: true},
				{SCIM: oktaURN + ":guid", Access: "externalId", On: "create"}},
			`{"` + oktaURN + `":{"guid":"g1"}}`, "externalId", "g1", ""},
		{"nothing where it is off", []translate.Attribute{{SCIM: "nickName", Off: true}}, `{"nickName":"x"}`, "nickName",
			nil, `{}`},
		{"the core schema by its URN", []translate.Attribute{{SCIM: schema.User + ":badge", Access: tenantURN + ":badge"}},
			`{"badge":"1"}`, tenantURN + ":badge", "1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := made(t, translate.Config{Attributes: tt.pairs})
			in := person("jane@acme.com")
			maps.Copy(in, resource(t, tt.in))
			c, err := tr.NewUser(in)
			if err != nil {
				t.Fatal(err)
			}
			a := c.Attributes
			if got := a[path(t, tt.access)]; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("%s is %#v, want %#v", tt.access, got, tt.want)
			}
			back := tr.UserToSCIM(upstream.User{Attributes: a})
			for name, want := range resource(t, orSame(tt.back, tt.in)) {
				if !reflect.DeepEqual(generic(t, back[name]), want) {
					t.Errorf("%s came back as %v, want %v", name, back[name], want)
				}
			}
			again, err := tr.UserChange(upstream.User{Attributes: a}, back)
			if err != nil {
				t.Fatal(err)
			}
			delete(a, path(t, "externalId"))
			if !reflect.DeepEqual(set(again), set(a)) {
				t.Errorf("writing back what was read makes %v of %v", set(again), set(a))
			}
		})
	}
}

// generic is a value as it comes off the wire.
func generic(t *testing.T, v any) any {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestRequiredPairs(t *testing.T) {
	tr := made(t,
		translate.Config{Attributes: []translate.Attribute{{SCIM: "title", Required: true},
			{SCIM: oktaURN + ":guid", Access: tenantURN + ":guid", Required: true}}})
	if _, err := tr.NewUser(person("jane@acme.com")); !isAbout(err, "title, "+oktaURN+":guid") {
		t.Errorf("got %v, want both to be missing", err)
	}
	a, err := tr.UserChange(upstream.User{}, person("jane@acme.com"))
	if _, cleared := a[path(t, "title")]; err != nil || cleared {
		t.Errorf("a required attribute would be cleared: %v, error %v", a, err)
	}
}

// TestPairsKeepWhatAccessDemands checks pairs of the administrator's that write
// attributes of which Access, or a rule, has something to say.
func TestPairsKeepWhatAccessDemands(t *testing.T) {
	const upn = upstream.WorkspaceSchema + ":userPrincipalName"
	tr := made(t, translate.Config{
		Rules: []translate.Rule{{Okta: "old.example", Access: domain,
			Rewrite: []string{"userName", "userPrincipalName", "emails"}}},
		Attributes: []translate.Attribute{
			{SCIM: "externalId", Off: true}, {SCIM: oktaURN + ":guid", Access: "externalId", Required: true},
			{SCIM: "name.givenName", Off: true}, {SCIM: "firstName", Access: "name.givenName"},
			{SCIM: "emails", Off: true}, {SCIM: "mail", Access: "emails"},
			{SCIM: upstreamWorkspace + ":userPrincipalName", Off: true}, {Access: upn, Value: "lower(user.userName)"},
		}})
	in := resource(t, `{"userName":"Jane@old.example","name":{"familyName":"F"}}`)
	if _, err := tr.NewUser(in); !isAbout(err, oktaURN+":guid, firstName, mail") {
		t.Errorf("got %v, want all that is missing", err)
	}
	in[oktaURN], in["firstName"], in["mail"] = map[string]any{"guid": "g"}, "Jane", "jane@old.example"
	c, err := tr.NewUser(in)
	if err != nil {
		t.Fatal(err)
	}
	a := c.Attributes
	for name, want := range map[string]any{"userName": "Jane@acme.com", upn: "jane@acme.com", "emails": "jane@acme.com",
		"externalId": "g"} {
		if a[path(t, name)] != want {
			t.Errorf("%s is %v, want %v", name, a[path(t, name)], want)
		}
	}
	u := upstream.User{Attributes: a}
	if back := tr.UserToSCIM(u); back["mail"] != "jane@old.example" {
		t.Errorf("Okta reads %v", back)
	}
	changed, err := tr.UserChange(u, schema.Resource{"userName": "Jane@old.example"})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"externalId", "name.givenName", "emails"} {
		if v, ok := changed[path(t, name)]; ok {
			t.Errorf("%s would become %v, want it to stay", name, v)
		}
	}
}

func TestPairsOnCreate(t *testing.T) {
	tr := made(t, translate.Config{Attributes: []translate.Attribute{
		{SCIM: oktaURN + ":immutableId", Access: tenantURN + ":aadMappingAttribute", On: "create"},
		{SCIM: "userType", On: "create"},
		{Access: tenantURN + ":origin", Value: `"okta"`, On: "create"},
	}})
	in := person("jane@acme.com")
	in[oktaURN], in["userType"] = map[string]any{"immutableId": "i1"}, "Employee"
	c, err := tr.NewUser(in)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := tr.UserChange(created(c), in)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{tenantURN + ":aadMappingAttribute": "i1", "userType": "Employee",
		tenantURN + ":origin": "okta"} {
		if got := c.Attributes[path(t, name)]; got != want {
			t.Errorf("%s is created as %v, want %v", name, got, want)
		}
		if v, ok := changed[path(t, name)]; ok {
			t.Errorf("%s would become %v, want it to stay", name, v)
		}
	}
}

// TestCustomPairsAreCleared checks what a change does to an attribute of the
// administrator's that it brings no value for.
func TestCustomPairsAreCleared(t *testing.T) {
	tr := made(t, translate.Config{Attributes: []translate.Attribute{
		{SCIM: oktaURN + ":badge", Access: tenantURN + ":badge"},
		{SCIM: upstreamWorkspace + ":disabled", Access: upstreamWorkspace + ":externalUserDisabled"},
		{SCIM: `phoneNumbers[type eq "mobile"].value`, Access: tenantURN + ":mobile"},
		{Access: tenantURN + ":nick", Value: "user.nickName"},
	}})
	for name, in := range map[string]string{
		"absent": `{}`,
		"null":   `{"` + oktaURN + `":{"badge":null},"phoneNumbers":null,"nickName":null}`,
		"empty":  `{"` + oktaURN + `":{"badge":""},"phoneNumbers":[],"nickName":""}`,
	} {
		t.Run(name, func(t *testing.T) {
			a, err := tr.UserChange(upstream.User{}, resource(t, in))
			if err != nil {
				t.Fatal(err)
			}
			for _, cleared := range []string{tenantURN + ":badge", tenantURN + ":mobile", tenantURN + ":nick"} {
				if v, ok := a[path(t, cleared)]; !ok || v != nil {
					t.Errorf("%s would become %v (named: %t), want it cleared", cleared, v, ok)
				}
			}
			if v, ok := a[path(t, upstreamWorkspace+":externalUserDisabled")]; ok {
				t.Errorf("an attribute of Access's own schema that Okta does not map would become %v", v)
			}
		})
	}
}

func TestSchemaAttributes(t *testing.T) {
	tr := made(t, translate.Config{DomainAttributes: []string{oktaURN + ":domain"}, Attributes: []translate.Attribute{
		{SCIM: oktaURN + ":skills", Access: tenantURN + ":skills", Type: "strings"},
		{SCIM: oktaURN + ":remote", Access: tenantURN + ":remote", Type: "boolean"},
		{SCIM: `` + oktaURN + `:desks[type eq "main"].room`, Access: tenantURN + ":room"},
		{Access: tenantURN + ":computed", Value: "email"},
	}})
	want := map[string]schema.Mapped{
		"domain": {Schema: oktaURN, Name: "domain", Address: true},
		"skills": {Schema: oktaURN, Name: "skills", Multi: true},
		"remote": {Schema: oktaURN, Name: "remote", Boolean: true},
		"desks":  {Schema: oktaURN, Name: "desks", Multi: true, Sub: []string{"type", "room"}},
	}
	for _, a := range tr.SchemaAttributes() {
		if a.Schema != oktaURN {
			continue
		}
		if !reflect.DeepEqual(a, want[a.Name]) {
			t.Errorf("got %+v, want %+v", a, want[a.Name])
		}
		delete(want, a.Name)
	}
	if len(want) > 0 {
		t.Errorf("%v are not announced", want)
	}
	if names := tr.Attributes(); !slices.Contains(names, oktaURN+":domain") || slices.ContainsFunc(names,
		func(s string) bool { return strings.Contains(s, "computed") || s == "domain" }) {
		t.Errorf("got %v", names)
	}
	silent := slices.DeleteFunc(translator(t).SchemaAttributes(), func(a schema.Mapped) bool { return !a.Silent })
	if len(silent) != 2 || silent[0].Name != "domain" || silent[1].Schema != schema.Workspace {
		t.Errorf("by itself, a domain is taken in %v", silent)
	}
}
