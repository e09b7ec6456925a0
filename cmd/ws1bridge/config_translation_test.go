package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestTranslationMistakes(t *testing.T) {
	tests := []struct {
		name, yaml string
		env        []string
		want       []string // the beginnings of all problems
	}{
		{name: "nothing is wrong", yaml: "domains:\n  managed: [acme.com, beta.example]\n  rules: [{okta: \"*.a.com\", access: \"*.b.com\", rewrite: [userName]}]\ngroups:\n  domain: beta.example\n"},
		{name: "lists in variables", env: []string{"WS1BRIDGE_DOMAINS_MANAGED=acme.com, beta.example", "WS1BRIDGE_DOMAINS_SOURCE=userName,default", "WS1BRIDGE_DOMAINS_PRESETS=vmwareidentity.de", "WS1BRIDGE_GROUPS_DOMAIN=beta.example"}},
		{name: "a list in a text", yaml: "domains:\n  managed: acme.com, beta.example\ngroups:\n  domain: beta.example\n"},
		{name: "groups in a domain that is not managed", yaml: "groups:\n  domain: beta.example\n",
			want: []string{"groups.domain (WS1BRIDGE_GROUPS_DOMAIN): must be one of the managed domains: acme.com"}},
		{name: "a list of numbers", yaml: "domains:\n  managed: [acme.com, 7]\n", want: []string{"domains.managed (WS1BRIDGE_DOMAINS_MANAGED): must be text"}},
		{name: "a rule that is text", yaml: "domains:\n  rules: [a to b]\n", want: []string{"domains.rules[0]: must be a list, or settings", "domains.rules[0].okta: is empty", "domains.rules[0].access: is empty"}},
		{name: "rules that are no list", yaml: "domains:\n  rules: a to b\n", want: []string{"domains.rules: must be a list, or settings"}},
		{name: "a number as a domain", yaml: "domains:\n  rules: [{okta: 7, access: a.com}]\n", want: []string{"domains.rules[0].okta: must be text"}},
		{name: "a text for true or false", yaml: "attributes:\n  - {scim: title, off: \"yes\"}\n", want: []string{"attributes[0].off: must be true or false"}},
		{name: "an unknown key in a rule", yaml: "domains:\n  rules: [{okta: a.com, access: b.com, from: c.com}]\n", want: []string{"domains.rules[0].from: there is no such setting"}},
		{name: "an unknown key in a line", yaml: "attributes:\n  - {scim: title, of: true}\n", want: []string{"attributes[0].of: there is no such setting"}},
		{name: "several at once", yaml: "domains:\n  source: [upn]\n  presets: [none]\n  rules: [{okta: a b, access: c.com}]\nattributes:\n  - {scim: x, access: shoeSize}\n",
			want: []string{"domains.rules[0].okta: must be a domain alone", "domains.presets[0]: there is no such preset", "domains.source[0]: must be one of", "attributes[0].access: shoeSize: Access has no such attribute"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := loadConfig(writeFile(t, tt.yaml), environ(tt.env...))
			got := problems(err)
			if len(got) != len(tt.want) {
				t.Fatalf("got %d problems, want %d:\n  %s", len(got), len(tt.want), strings.Join(got, "\n  "))
			}
			for _, want := range tt.want {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
					t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), want)
				}
			}
		})
	}
}

// TestConfigCheckTellsOfTheTranslation checks what an administrator sees before
// the start.
func TestConfigCheckTellsOfTheTranslation(t *testing.T) {
	file := writeFile(t, "domains:\n  managed: [acme.com, beta.example]\n  presets: [vmwareidentity.com]\nattributes:\n  - {scim: nickName, off: true}\n")
	r := start(t, environ(), "config", "check", "--config", file)
	if code := r.end(t); code != exitWell {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	for _, want := range []string{"Managed domains: acme.com, beta.example; groups go to acme.com.", "*.vmwareidentity.com -> *.workspaceoneaccess.com", "1 line(s) of your own"} {
		if !strings.Contains(r.stdout.String(), want) {
			t.Errorf("%q lacks %q", r.stdout, want)
		}
	}
}

// TestServeTranslates runs a configured bridge as a whole: two directories, a
// rule, and an attribute of the tenant's.
func TestServeTranslates(t *testing.T) {
	file := writeFile(t, `
domains:
  managed: [acme.com, beta.example]
  rules: [{okta: old.example, access: beta.example}]
groups:
  domain: beta.example
attributes:
  - {scim: "urn:okta:acme_1:1.0:user:custom:badge", access: "urn:scim:schemas:extension:workspace:tenant:acme:1.0:badge"}
`)
	s := serveArgs(t, accesstest.Config{Domains: []string{"acme.com", "beta.example"}}, []string{"serve", "--config", file})
	jane := object{"userName": "jane@old.example", "externalId": "00u1", "name": object{"givenName": "Jane", "familyName": "Doe"},
		"emails": []object{{"value": "jane@acme.com"}}, "urn:okta:acme_1:1.0:user:custom": object{"badge": "B7", "shoeSize": "44"}}
	id := s.push(t, http.StatusCreated, http.MethodPost, "/Users", jane).id()
	s.push(t, http.StatusCreated, http.MethodPost, "/Users", oktaUser("joan@acme.com", "Joan", "Roe", "00u2"))
	s.push(t, http.StatusCreated, http.MethodPost, "/Groups", object{"displayName": "Everybody", "members": []object{member(id, "x")}})
	found := s.push(t, http.StatusOK, http.MethodGet, filtered("/Users", "userName", "jane@old.example"), nil)
	if found.body["totalResults"] != 1.0 {
		t.Errorf("found %v", found.body)
	}
	const workspace = "urn:scim:schemas:extension:workspace:1.0"
	state := s.access.State()
	for _, record := range slices.Concat(state.Users, state.Groups) {
		block, _ := record[workspace].(map[string]any)
		name, _ := record["userName"].(string)
		if name == "" {
			name, _ = record["displayName"].(string)
		}
		want := map[string]string{"jane@beta.example": "beta.example", "joan@acme.com": "acme.com", "Everybody": "beta.example"}[name]
		if want != "" && block["domain"] != want {
			t.Errorf("%s is in %v, want %s", name, block["domain"], want)
		}
		if own, _ := record["urn:scim:schemas:extension:workspace:tenant:acme:1.0"].(map[string]any); name == "jane@beta.example" && own["badge"] != "B7" {
			t.Errorf("Jane has %v", own)
		}
	}
	if _, metrics := get(t, s.ops+"/metrics"); !strings.Contains(metrics, "ws1bridge_attributes_dropped_total 1") {
		t.Error("the dropped attribute is not counted")
	}
	if _, ready := get(t, s.ops+"/readyz"); !strings.Contains(ready, `"status":"ready"`) {
		t.Errorf("not ready: %s", ready)
	}
	s.stop(t)
	if !strings.Contains(s.stdout.String(), `"dropped_attributes":["urn:okta:acme_1:1.0:user:custom:shoeSize"]`) {
		t.Error("the dropped attribute is not named")
	}
}

// TestUserGetKnowsOktasName checks that an operator finds a person by the name
// that a rule hides from Access.
func TestUserGetKnowsOktasName(t *testing.T) {
	o := newOperator(t, accesstest.Config{Domains: []string{"acme.workspaceoneaccess.com"}},
		"WS1BRIDGE_DOMAIN=acme.workspaceoneaccess.com", "WS1BRIDGE_DOMAINS_PRESETS=vmwareidentity.com")
	seedUser(t, o.access, "jane@acme.workspaceoneaccess.com", "acme.workspaceoneaccess.com")
	for _, name := range []string{"jane@acme.vmwareidentity.com", "jane@acme.workspaceoneaccess.com"} {
		o.expect(t, exitWell, words("user get "+name), "jane@acme.workspaceoneaccess.com", "jane@acme.vmwareidentity.com", "OKTA SEES")
	}
}

// TestReadyLooksAtEveryDirectory checks that a domain without a directory shows
// before somebody is refused.
func TestReadyLooksAtEveryDirectory(t *testing.T) {
	s := serve(t, accesstest.Config{}, "WS1BRIDGE_DOMAINS_MANAGED=acme.com,beta.example")
	if status, body := get(t, s.ops+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "no directory has the domain beta.example") {
		t.Errorf("got %d %s", status, body)
	}
}

// TestExamplesOfMapLoad checks that the configurations of the golden files are
// whole ones, but for the tenant and the secrets.
func TestExamplesOfMapLoad(t *testing.T) {
	files, err := filepath.Glob(mapData + "*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("found %v, error %v", files, err)
	}
	for _, file := range files {
		if _, err := loadConfig(file, environ("WS1BRIDGE_DOMAIN=")); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
