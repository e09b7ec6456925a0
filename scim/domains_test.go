package scim_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"ws1bridge/auth"
	"ws1bridge/scim"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

const (
	oktaURN   = "urn:okta:acme_scim_1:1.0:user:custom"
	tenantURN = "urn:scim:schemas:extension:workspace:tenant:acme:1.0"
)

// renamedDomain shows a domain of Access under the name that Okta still knows.
var renamedDomain = []translate.Rule{{Okta: "old.example", Access: domain}}

// translated is a world whose translation is configured. The directories are
// those that the translation manages.
func translated(t *testing.T, cfg translate.Config) *world {
	t.Helper()
	translator, err := translate.New(cfg)
	must(t, err)
	w := newWorld(t, accesstest.Config{Domains: translator.ManagedDomains()})
	w.reconfigure(cfg)
	return w
}

// reconfigure puts another bridge in front of the same tenant.
func (w *world) reconfigure(cfg translate.Config) {
	w.T.Helper()
	translator, err := translate.New(cfg)
	must(w.T, err)
	tokens, err := auth.NewTokenSource(auth.Config{
		TokenURL: w.Access.URL + "/SAAS/auth/oauthtoken", ClientID: "bridge", ClientSecret: secret,
	})
	must(w.T, err)
	base := &http.Transport{}
	w.T.Cleanup(base.CloseIdleConnections)
	client, err := upstream.NewClient(upstream.Config{
		BaseURL: w.Access.URL, Domains: translator.ManagedDomains(), Timeout: 5 * time.Second,
		Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20},
		HTTPClient: &http.Client{Transport: &auth.Transport{
			Source: tokens, Base: base, Host: strings.TrimPrefix(w.Access.URL, "http://"),
		}},
	})
	must(w.T, err)
	handler, err := scim.NewHandler(scim.Config{
		Users: client, Groups: client, Translator: translator, GroupDomain: cfg.DefaultDomain,
		Authenticate: func(string) (string, error) { return "test", nil }, Log: zap.NewNop(),
	})
	must(w.T, err)
	w.Bridge = httptest.NewServer(handler)
	w.T.Cleanup(w.Bridge.Close)
}

// heldDomain is the domain of a user in Access.
func (w *world) heldDomain(id string) any {
	w.T.Helper()
	block, _ := w.HeldUser(id)[schema.Workspace].(map[string]any)
	return block["domain"]
}

// finds returns the ids that a filter on users finds.
func (w *world) finds(expression string) (ids []string) {
	w.T.Helper()
	for _, r := range resources(w.Want(http.StatusOK, http.MethodGet, filter("/scim/v2/Users", expression), nil)) {
		ids = append(ids, r["id"].(string))
	}
	return ids
}

// TestRenamedTenant is the life of a person whose tenant has moved: Okta knows
// her by the old name throughout, and Access by the new one.
func TestRenamedTenant(t *testing.T) {
	const (
		okta   = "jane@acme.vmwareidentity.com"
		access = "jane@acme.workspaceoneaccess.com"
	)
	w := translated(t, translate.Config{
		DefaultDomain: "acme.workspaceoneaccess.com", Presets: []string{"vmwareidentity.com"},
	})
	jane := user(okta, "00u1")
	jane[schema.Workspace] = map[string]any{"userPrincipalName": okta}
	created := w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", jane)
	id := created.ID()
	if held := w.HeldUser(id); held["userName"] != access || w.heldDomain(id) != "acme.workspaceoneaccess.com" ||
		held[schema.Workspace].(map[string]any)["userPrincipalName"] != access {
		t.Errorf("Access holds %v", held)
	}
	if created.Body["userName"] != okta {
		t.Errorf("Okta reads %v", created.Body["userName"])
	}
	for expression, want := range map[string][]string{
		`userName eq "jane@acme.vmwareidentity.com"`:                    {id},
		`userName eq "JANE@ACME.VMWAREIDENTITY.COM"`:                    {id},
		`userName eq "jane@acme.workspaceoneaccess.com"`:                nil, // which Okta was never told
		`userName eq "john@acme.vmwareidentity.com"`:                    nil,
		`externalId eq "00u1"`:                                          {id},
		`userName sw "jane"`:                                            {id},
		`userName sw "jane@acme.vmware"`:                                {id},
		`userName sw "jane@acme.work"`:                                  nil,
		`userName co "vmwareidentity"`:                                  {id},
		`userName co "workspaceone"`:                                    nil,
		`userName eq "jane@acme.vmwareidentity.com" and active eq true`: {id},
		`not (userName eq "jane@acme.vmwareidentity.com")`:              nil,
	} {
		if got := w.finds(expression); !slices.Equal(got, want) {
			t.Errorf("%s finds %v, want %v", expression, got, want)
		}
	}
	read := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Users/"+id, nil).Body
	w.Access.ClearRequests()
	w.Want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+id, read)
	if _, writes := w.UpstreamRequests(); writes != 0 {
		t.Errorf("writing back what was read took %d writes", writes)
	}
	read["userName"], read["title"] = "jane.doe@acme.vmwareidentity.com", "Dr"
	renamed := w.Want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+id, read)
	if got := renamed.Body["userName"]; got != "jane.doe@acme.vmwareidentity.com" {
		t.Errorf("renamed, she is shown as %v", got)
	}
	w.Want(http.StatusOK, http.MethodPatch, "/scim/v2/Users/"+id, operations(
		map[string]any{"op": "replace", "path": "userName", "value": okta},
		map[string]any{"op": "replace", "value": map[string]any{"active": false}}))
	if held := w.HeldUser(id); held["userName"] != access || held["title"] != "Dr" || held["active"] != false {
		t.Errorf("Access holds %v", held)
	}
	users := resources(w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Users", nil))
	if users[0]["userName"] != okta {
		t.Errorf("the list shows %v", users)
	}
	again := w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user(okta, "00u1"))
	if again.ID() != id {
		t.Errorf("the same person is created twice: %s and %s", id, again.ID())
	}
}

// TestTwoNamesNeverBecomeOnePerson checks that a person whose name in Okta is
// what Access calls another is refused, and never taken for the other.
func TestTwoNamesNeverBecomeOnePerson(t *testing.T) {
	w := translated(t, translate.Config{DefaultDomain: domain, Rules: renamedDomain})
	first := w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("jane@old.example", "00u1")).ID()
	w.Want(http.StatusConflict, http.MethodPost, "/scim/v2/Users", user("jane@acme.com", "00u2"))
	if found := w.finds(`userName eq "jane@acme.com"`); found != nil {
		t.Errorf("the other Jane is found as %v", found)
	}
	if held := w.HeldUser(first); held["externalId"] != "00u1" {
		t.Errorf("Access holds %v", held)
	}
	// Without a namesake, such a name works; Okta is shown the one that the rule gives.
	john := w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("john@acme.com", "00u3"))
	if john.Body["userName"] != "john@old.example" || w.HeldUser(john.ID())["userName"] != "john@acme.com" {
		t.Errorf("John is shown as %v", john.Body["userName"])
	}
}

// TestDomainsOfOtherScripts checks that a domain is the same in both of its forms.
func TestDomainsOfOtherScripts(t *testing.T) {
	w := translated(t, translate.Config{
		DefaultDomain: domain, Managed: []string{domain, "bücher.example"},
		Rules: []translate.Rule{{Okta: "büro.example", Access: "bücher.example"}},
	})
	id := w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("jane@BÜRO.example", "00u1")).ID()
	if got := w.heldDomain(id); got != "bücher.example" || w.HeldUser(id)["userName"] != "jane@bücher.example" {
		t.Errorf("Access holds %v in %v", w.HeldUser(id)["userName"], got)
	}
	for _, name := range []string{"jane@büro.example", "jane@xn--bro-hoa.example", "JANE@XN--BRO-HOA.example"} {
		if got := w.finds(`userName eq "` + name + `"`); !slices.Equal(got, []string{id}) {
			t.Errorf("%s finds %v", name, got)
		}
	}
}

// TestConflictsNameWhatOktaKnows checks that a refusal names the other user as
// Okta knows it.
func TestConflictsNameWhatOktaKnows(t *testing.T) {
	w := translated(t, translate.Config{DefaultDomain: domain, Rules: renamedDomain})
	w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("jane@old.example", "00u1"))
	for name, u := range map[string]map[string]any{
		"the userName": user("Jane@old.example", "00u2"), "the externalId": user("joan@old.example", "00u1"),
	} {
		got := w.Want(http.StatusConflict, http.MethodPost, "/scim/v2/Users", u).Detail()
		if !strings.Contains(got, "jane@old.example") {
			t.Errorf("%s: the refusal says %s", name, got)
		}
	}
}

// TestUserResource checks that a resource is read as a request's is.
func TestUserResource(t *testing.T) {
	tr, err := translate.New(translate.Config{
		DefaultDomain: domain, Attributes: []translate.Attribute{{Access: tenantURN + ":x", Value: "user.badge"}},
	})
	must(t, err)
	got, unknown := schema.Users(tr.SchemaAttributes()).Index.Canonical(map[string]any{
		"USERNAME": "jane", "Domain": domain, "badge": "7", "shoeSize": 44.0, "password": "p", "groups": []any{},
	})
	want := schema.Resource{"userName": "jane", "domain": domain, "badge": "7"}
	if !reflect.DeepEqual(got, want) || !slices.Equal(unknown, []string{"shoeSize"}) {
		t.Errorf("got %v, unknown %v", got, unknown)
	}
	if !schema.Ignored("Password") || schema.Ignored("userName") {
		t.Error("what goes nowhere by design is not told apart")
	}
}

// TestLegacyNameIsFound checks that a user who has the name from before the rule
// is found under it, and gets the new one with the next push.
func TestLegacyNameIsFound(t *testing.T) {
	const beta = "beta.example"
	w := translated(t, translate.Config{DefaultDomain: beta, Managed: []string{beta}, Sources: []string{"default"}})
	id := w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("jane@old.example", "00u1")).ID()
	w.reconfigure(translate.Config{DefaultDomain: beta, Rules: []translate.Rule{{Okta: "old.example", Access: beta}}})
	if got := w.finds(`userName eq "jane@old.example"`); !slices.Equal(got, []string{id}) {
		t.Fatalf("found %v, want %s", got, id)
	}
	read := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Users/"+id, nil).Body
	w.Want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+id, read)
	if got := w.HeldUser(id)["userName"]; got != "jane@beta.example" {
		t.Errorf("Access holds %v", got)
	}
	if got := w.finds(`userName eq "jane@old.example"`); !slices.Equal(got, []string{id}) {
		t.Errorf("then found %v, want %s", got, id)
	}
}

// TestSeveralDirectories checks that people land in the directory of their
// domain, that lists and filters cover all of them, and that nobody is moved.
func TestSeveralDirectories(t *testing.T) {
	const beta = "Beta.example"
	w := translated(t, translate.Config{
		DefaultDomain: domain, Managed: []string{domain, beta},
		DomainAttributes: []string{"domain", oktaURN + ":domain"},
	})
	ids := map[string]string{}
	for name, change := range map[string]map[string]any{
		"jane@beta.example":  {},
		"joan@other.example": {},
		"john@other.example": {oktaURN: map[string]any{"domain": "beta.EXAMPLE"}},
		"jack@beta.example":  {"Domain": domain},
	} {
		u := user(name, "ext-"+name)
		u["emails"] = []any{map[string]any{"value": strings.Split(name, "@")[0] + "@nowhere.example"}}
		maps.Copy(u, change)
		ids[name] = w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", u).ID()
	}
	for name, want := range map[string]string{
		"jane@beta.example": beta, "joan@other.example": domain,
		"john@other.example": beta, "jack@beta.example": domain,
	} {
		if got := w.heldDomain(ids[name]); got != want {
			t.Errorf("%s is in %v, want %s", name, got, want)
		}
		if got := w.finds(`userName eq "` + name + `"`); !slices.Equal(got, []string{ids[name]}) {
			t.Errorf("%s is found as %v", name, got)
		}
	}
	if total := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Users?count=2", nil).Body["totalResults"]; total != 4.0 {
		t.Errorf("the list has %v users", total)
	}
	jane := w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Users/"+ids["jane@beta.example"], nil).Body
	if block, _ := jane[oktaURN].(map[string]any); jane["domain"] != beta || block["domain"] != beta {
		t.Errorf("Jane is shown in %v and %v", jane["domain"], jane[oktaURN])
	}
	w.Want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+ids["jane@beta.example"], jane)
	jane["domain"] = domain
	refused := w.Want(http.StatusBadRequest, http.MethodPut, "/scim/v2/Users/"+ids["jane@beta.example"], jane)
	if !strings.Contains(refused.Detail(), "but the user is in "+beta) {
		// The two attributes that name her domain disagree, which is told first.
		if !strings.Contains(refused.Detail(), "names another domain") {
			t.Errorf("the refusal says %s", refused.Detail())
		}
	}
	stranger := user("x@gamma.example", "ext-x")
	stranger["domain"] = "gamma.example"
	refused = w.Want(http.StatusBadRequest, http.MethodPost, "/scim/v2/Users", stranger)
	if got := refused.Detail(); !strings.Contains(got, domain+", "+beta) {
		t.Errorf("the refusal says %s", got)
	}
	if n := len(w.Access.State().Users); n != 5 { // with the administrator
		t.Errorf("Access holds %d users", n)
	}
}
