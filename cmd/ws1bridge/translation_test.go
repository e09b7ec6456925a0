package main

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// TestConfigCheckTellsOfTheTranslation checks what an administrator sees before
// the start.
func TestConfigCheckTellsOfTheTranslation(t *testing.T) {
	file := cmdtest.WriteFile(t, "domains:\n  managed: [acme.com, beta.example]\n  presets: "+
		"[vmwareidentity.com]\nattributes:\n  - {scim: nickName, off: true}\n")
	r := start(t, cmdtest.Environ(), "config", "check", "--config", file)
	if code := r.end(t); code != exitOK {
		t.Fatalf("exit %d: %s", code, r.stderr)
	}
	for _, want := range []string{"Managed domains: acme.com, beta.example; groups go to acme.com.",
		"*.vmwareidentity.com -> *.workspaceoneaccess.com", "1 line(s) of your own"} {
		if !strings.Contains(r.stdout.String(), want) {
			t.Errorf("%q lacks %q", r.stdout, want)
		}
	}
}

// TestServeTranslates runs a configured bridge as a whole: two directories, a
// rule, and an attribute of the tenant's.
func TestServeTranslates(t *testing.T) {
	file := cmdtest.WriteFile(t, `
domains:
  managed: [acme.com, beta.example]
  rules: [{okta: old.example, access: beta.example}]
groups:
  domain: beta.example
attributes:
  - scim: urn:okta:acme_1:1.0:user:custom:badge
    access: urn:scim:schemas:extension:workspace:tenant:acme:1.0:badge
`)
	s := serveArgs(t, accesstest.Config{Domains: []string{"acme.com", "beta.example"}},
		[]string{"serve", "--config", file})
	jane := okta.Object{"userName": "jane@old.example", "externalId": "00u1",
		"name":   okta.Object{"givenName": "Jane", "familyName": "Doe"},
		"emails": []okta.Object{{"value": "jane@acme.com"}}, "urn:okta:acme_1:1.0:user:custom": okta.Object{"badge": "B7",
			"shoeSize": "44"}}
	id := s.push(t, http.StatusCreated, http.MethodPost, "/Users", jane).ID()
	s.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("joan@acme.com", "Joan", "Roe", "00u2"))
	s.push(t, http.StatusCreated, http.MethodPost, "/Groups", okta.Object{"displayName": "Everybody",
		"members": []okta.Object{okta.Member(id, "x")}})
	found := s.push(t, http.StatusOK, http.MethodGet, okta.Filtered("/Users", "userName", "jane@old.example"), nil)
	if found.Body["totalResults"] != 1.0 {
		t.Errorf("found %v", found.Body)
	}
	const workspace = "urn:scim:schemas:extension:workspace:1.0"
	state := s.access.State()
	for _, record := range slices.Concat(state.Users, state.Groups) {
		block, _ := record[workspace].(map[string]any)
		name, _ := record["userName"].(string)
		if name == "" {
			name, _ = record["displayName"].(string)
		}
		want := map[string]string{"jane@beta.example": "beta.example", "joan@acme.com": "acme.com",
			"Everybody": "beta.example"}[name]
		if want != "" && block["domain"] != want {
			t.Errorf("%s is in %v, want %s", name, block["domain"], want)
		}
		own, _ := record["urn:scim:schemas:extension:workspace:tenant:acme:1.0"].(map[string]any)
		if name == "jane@beta.example" && own["badge"] != "B7" {
			t.Errorf("Jane has %v", own)
		}
	}
	if _, metrics := cmdtest.Get(t, s.ops+"/metrics"); !strings.Contains(metrics, "ws1bridge_attributes_dropped_total 1") {
		t.Error("the dropped attribute is not counted")
	}
	s.awaitStatus(t, http.StatusOK)
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
		o.expect(t, exitOK, words("user get "+name), "jane@acme.workspaceoneaccess.com", "jane@acme.vmwareidentity.com",
			"OKTA SEES")
	}
}

// TestStatusLooksAtEveryDirectory checks that a domain without a directory shows
// before somebody is refused.
func TestStatusLooksAtEveryDirectory(t *testing.T) {
	s := serve(t, accesstest.Config{}, "WS1BRIDGE_DOMAINS_MANAGED=acme.com,beta.example")
	page := s.awaitStatus(t, http.StatusServiceUnavailable)
	if got := page.Components["directory"].Detail; !strings.Contains(got, "no directory has the domain beta.example") {
		t.Errorf("got %s", got)
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
		if _, err := config.Load(file, cmdtest.Environ("WS1BRIDGE_DOMAIN=")); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}
