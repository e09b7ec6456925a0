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
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

const (
	oktaURN   = "urn:okta:acme_scim_1:1.0:user:custom"
	tenantURN = "urn:scim:schemas:extension:workspace:tenant:acme:1.0"
)

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
	w.t.Helper()
	translator, err := translate.New(cfg)
	must(w.t, err)
	tokens, err := auth.NewTokenSource(auth.Config{TokenURL: w.access.URL + "/SAAS/auth/oauthtoken", ClientID: "bridge", ClientSecret: secret})
	must(w.t, err)
	base := &http.Transport{}
	w.t.Cleanup(base.CloseIdleConnections)
	client, err := upstream.NewClient(upstream.Config{
		BaseURL: w.access.URL, Domains: translator.ManagedDomains(), Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20}, Timeout: 5 * time.Second,
		HTTPClient: &http.Client{Transport: &auth.Transport{Source: tokens, Base: base, Host: strings.TrimPrefix(w.access.URL, "http://")}},
	})
	must(w.t, err)
	handler, err := scim.NewHandler(scim.Config{
		Users: client, Groups: client, Translator: translator, GroupDomain: cfg.DefaultDomain,
		Authenticate: func(string) error { return nil }, Log: zap.NewNop(),
	})
	must(w.t, err)
	w.bridge = httptest.NewServer(handler)
	w.t.Cleanup(w.bridge.Close)
}

// heldDomain is the domain of a user in Access.
func (w *world) heldDomain(id string) any {
	w.t.Helper()
	block, _ := w.heldUser(id)[translate.WorkspaceSchema].(map[string]any)
	return block["domain"]
}

// finds returns the ids that a filter on users finds.
func (w *world) finds(expression string) (ids []string) {
	w.t.Helper()
	for _, r := range w.want(http.StatusOK, http.MethodGet, filter("/scim/v2/Users", expression), nil).body["Resources"].([]any) {
		ids = append(ids, r.(map[string]any)["id"].(string))
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
	w := translated(t, translate.Config{DefaultDomain: "acme.workspaceoneaccess.com", Presets: []string{"vmwareidentity.com"}})
	jane := user(okta, "00u1")
	jane[translate.WorkspaceSchema] = map[string]any{"userPrincipalName": okta}
	created := w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", jane)
	id := created.id()
	if held := w.heldUser(id); held["userName"] != access || w.heldDomain(id) != "acme.workspaceoneaccess.com" ||
		held[translate.WorkspaceSchema].(map[string]any)["userPrincipalName"] != access {
		t.Errorf("Access holds %v", held)
	}
	if created.body["userName"] != okta {
		t.Errorf("Okta reads %v", created.body["userName"])
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
	read := w.want(http.StatusOK, http.MethodGet, "/scim/v2/Users/"+id, nil).body
	w.access.ClearRequests()
	w.want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+id, read)
	if _, writes := w.upstreamRequests(); writes != 0 {
		t.Errorf("writing back what was read took %d writes", writes)
	}
	read["userName"], read["title"] = "jane.doe@acme.vmwareidentity.com", "Dr"
	if got := w.want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+id, read).body["userName"]; got != "jane.doe@acme.vmwareidentity.com" {
		t.Errorf("renamed, she is shown as %v", got)
	}
	w.want(http.StatusOK, http.MethodPatch, "/scim/v2/Users/"+id, operations(map[string]any{"op": "replace", "path": "userName", "value": okta},
		map[string]any{"op": "replace", "value": map[string]any{"active": false}}))
	if held := w.heldUser(id); held["userName"] != access || held["title"] != "Dr" || held["active"] != false {
		t.Errorf("Access holds %v", held)
	}
	if users := w.want(http.StatusOK, http.MethodGet, "/scim/v2/Users", nil).body["Resources"].([]any); users[0].(map[string]any)["userName"] != okta {
		t.Errorf("the list shows %v", users)
	}
	again := w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user(okta, "00u1"))
	if again.id() != id {
		t.Errorf("the same person is created twice: %s and %s", id, again.id())
	}
}

// TestTwoNamesNeverBecomeOnePerson checks that a person whose name in Okta is
// what Access calls another is refused, and never taken for the other.
func TestTwoNamesNeverBecomeOnePerson(t *testing.T) {
	w := translated(t, translate.Config{DefaultDomain: domain, Rules: []translate.Rule{{Okta: "old.example", Access: domain}}})
	first := w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("jane@old.example", "00u1")).id()
	w.want(http.StatusConflict, http.MethodPost, "/scim/v2/Users", user("jane@acme.com", "00u2"))
	if found := w.finds(`userName eq "jane@acme.com"`); found != nil {
		t.Errorf("the other Jane is found as %v", found)
	}
	if held := w.heldUser(first); held["externalId"] != "00u1" {
		t.Errorf("Access holds %v", held)
	}
	// Without a namesake, such a name works; Okta is shown the one that the rule gives.
	john := w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("john@acme.com", "00u3"))
	if john.body["userName"] != "john@old.example" || w.heldUser(john.id())["userName"] != "john@acme.com" {
		t.Errorf("John is shown as %v", john.body["userName"])
	}
}

// TestDomainsOfOtherScripts checks that a domain is the same in both of its forms.
func TestDomainsOfOtherScripts(t *testing.T) {
	w := translated(t, translate.Config{DefaultDomain: domain, Managed: []string{domain, "bücher.example"}, Rules: []translate.Rule{{Okta: "büro.example", Access: "bücher.example"}}})
	id := w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("jane@BÜRO.example", "00u1")).id()
	if got := w.heldDomain(id); got != "bücher.example" || w.heldUser(id)["userName"] != "jane@bücher.example" {
		t.Errorf("Access holds %v in %v", w.heldUser(id)["userName"], got)
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
	w := translated(t, translate.Config{DefaultDomain: domain, Rules: []translate.Rule{{Okta: "old.example", Access: domain}}})
	w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("jane@old.example", "00u1"))
	for name, u := range map[string]map[string]any{"the userName": user("Jane@old.example", "00u2"), "the externalId": user("joan@old.example", "00u1")} {
		if got := w.want(http.StatusConflict, http.MethodPost, "/scim/v2/Users", u).detail(); !strings.Contains(got, "jane@old.example") {
			t.Errorf("%s: the refusal says %s", name, got)
		}
	}
}

// TestUserResource checks that a resource is read as a request's is.
func TestUserResource(t *testing.T) {
	tr, err := translate.New(translate.Config{DefaultDomain: domain, Attributes: []translate.Attribute{{Access: tenantURN + ":x", Value: "user.badge"}}})
	must(t, err)
	got, unknown := scim.UserResource(tr, map[string]any{"USERNAME": "jane", "Domain": domain, "badge": "7", "shoeSize": 44.0, "password": "p", "groups": []any{}})
	if want := (translate.Resource{"userName": "jane", "domain": domain, "badge": "7"}); !reflect.DeepEqual(got, want) || !slices.Equal(unknown, []string{"shoeSize"}) {
		t.Errorf("got %v, unknown %v", got, unknown)
	}
	if !scim.Ignored("Password") || scim.Ignored("userName") {
		t.Error("what goes nowhere by design is not told apart")
	}
}

// TestLegacyNameIsFound checks that a user who has the name from before the rule
// is found under it, and gets the new one with the next push.
func TestLegacyNameIsFound(t *testing.T) {
	const beta = "beta.example"
	w := translated(t, translate.Config{DefaultDomain: beta, Managed: []string{beta}, Sources: []string{"default"}})
	id := w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user("jane@old.example", "00u1")).id()
	w.reconfigure(translate.Config{DefaultDomain: beta, Rules: []translate.Rule{{Okta: "old.example", Access: beta}}})
	if got := w.finds(`userName eq "jane@old.example"`); !slices.Equal(got, []string{id}) {
		t.Fatalf("found %v, want %s", got, id)
	}
	read := w.want(http.StatusOK, http.MethodGet, "/scim/v2/Users/"+id, nil).body
	w.want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+id, read)
	if got := w.heldUser(id)["userName"]; got != "jane@beta.example" {
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
	w := translated(t, translate.Config{DefaultDomain: domain, Managed: []string{domain, beta}, DomainAttributes: []string{"domain", oktaURN + ":domain"}})
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
		ids[name] = w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", u).id()
	}
	for name, want := range map[string]string{"jane@beta.example": beta, "joan@other.example": domain, "john@other.example": beta, "jack@beta.example": domain} {
		if got := w.heldDomain(ids[name]); got != want {
			t.Errorf("%s is in %v, want %s", name, got, want)
		}
		if got := w.finds(`userName eq "` + name + `"`); !slices.Equal(got, []string{ids[name]}) {
			t.Errorf("%s is found as %v", name, got)
		}
	}
	if total := w.want(http.StatusOK, http.MethodGet, "/scim/v2/Users?count=2", nil).body["totalResults"]; total != 4.0 {
		t.Errorf("the list has %v users", total)
	}
	jane := w.want(http.StatusOK, http.MethodGet, "/scim/v2/Users/"+ids["jane@beta.example"], nil).body
	if block, _ := jane[oktaURN].(map[string]any); jane["domain"] != beta || block["domain"] != beta {
		t.Errorf("Jane is shown in %v and %v", jane["domain"], jane[oktaURN])
	}
	w.want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+ids["jane@beta.example"], jane)
	jane["domain"] = domain
	refused := w.want(http.StatusBadRequest, http.MethodPut, "/scim/v2/Users/"+ids["jane@beta.example"], jane)
	if !strings.Contains(refused.detail(), "but the user is in "+beta) {
		// The two places where she now is are of two minds, which is told first.
		if !strings.Contains(refused.detail(), "names another domain") {
			t.Errorf("the refusal says %s", refused.detail())
		}
	}
	stranger := user("x@gamma.example", "ext-x")
	stranger["domain"] = "gamma.example"
	if got := w.want(http.StatusBadRequest, http.MethodPost, "/scim/v2/Users", stranger).detail(); !strings.Contains(got, domain+", "+beta) {
		t.Errorf("the refusal says %s", got)
	}
	if n := len(w.access.State().Users); n != 5 { // with the administrator
		t.Errorf("Access holds %d users", n)
	}
}

// TestCustomAttributes checks attributes of administrators on their whole way:
// announced, written, read, patched, cleared.
func TestCustomAttributes(t *testing.T) {
	w := translated(t, translate.Config{DefaultDomain: domain, Attributes: []translate.Attribute{
		{SCIM: oktaURN + ":objectGUID", Access: tenantURN + ":objectGUID"},
		{SCIM: "badge", Access: tenantURN + ":badgeNumber"},
		{SCIM: translate.EnterpriseSchema + ":floor", Access: tenantURN + ":floor"},
		{SCIM: oktaURN + ":immutableId", Access: tenantURN + ":aadMappingAttribute", On: "create"},
		{Access: translate.WorkspaceSchema + ":distinguishedName", Value: `"CN=" + user.name.givenName`},
		{SCIM: translate.WorkspaceSchema + ":distinguishedName", Off: true},
	}})
	u := user("jane@acme.com", "00u1")
	u["badge"] = "B7"
	u[strings.ToUpper(oktaURN)] = map[string]any{"objectguid": "0f", "immutableId": "i1", "shoeSize": "44"}
	u[translate.EnterpriseSchema] = map[string]any{"floor": "3"}
	created := w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", u)
	id := created.id()
	wantHeld := map[string]any{"objectGUID": "0f", "badgeNumber": "B7", "floor": "3", "aadMappingAttribute": "i1"}
	if got := w.heldUser(id)[tenantURN]; !reflect.DeepEqual(got, wantHeld) {
		t.Errorf("Access holds %v, want %v", got, wantHeld)
	}
	if got := w.heldUser(id)[translate.WorkspaceSchema].(map[string]any)["distinguishedName"]; got != "CN=Given" {
		t.Errorf("computed is %v", got)
	}
	if got := created.body[oktaURN]; !reflect.DeepEqual(got, map[string]any{"objectGUID": "0f", "immutableId": "i1"}) || created.body["badge"] != "B7" {
		t.Errorf("Okta reads %v and %v", got, created.body["badge"])
	}
	w.want(http.StatusOK, http.MethodPatch, "/scim/v2/Users/"+id, operations(
		map[string]any{"op": "replace", "path": "badge", "value": "B8"},
		map[string]any{"op": "remove", "path": translate.EnterpriseSchema + ":floor"},
		map[string]any{"op": "replace", "value": map[string]any{oktaURN: map[string]any{"objectGUID": "1f"}}}))
	wantHeld = map[string]any{"objectGUID": "1f", "badgeNumber": "B8", "aadMappingAttribute": "i1"}
	if got := w.heldUser(id)[tenantURN]; !reflect.DeepEqual(got, wantHeld) {
		t.Errorf("Access holds %v, want %v", got, wantHeld)
	}
	w.want(http.StatusOK, http.MethodPatch, "/scim/v2/Users/"+id, operations(
		map[string]any{"op": "replace", "path": oktaURN + ":objectGUID", "value": "2f"}))
	if got := w.heldUser(id)[tenantURN].(map[string]any)["objectGUID"]; got != "2f" {
		t.Errorf("patched by its path, objectGUID is %v", got)
	}
	w.want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+id, user("jane@acme.com", "00u1"))
	if got := w.heldUser(id)[tenantURN]; !reflect.DeepEqual(got, map[string]any{"aadMappingAttribute": "i1"}) {
		t.Errorf("after a push without them, Access holds %v", got)
	}
	schemas := string(w.want(http.StatusOK, http.MethodGet, "/scim/v2/Schemas", nil).raw)
	types := string(w.want(http.StatusOK, http.MethodGet, "/scim/v2/ResourceTypes/User", nil).raw)
	for _, name := range []string{`"objectGUID"`, `"immutableId"`, `"badge"`, `"floor"`} {
		if !strings.Contains(schemas, name) {
			t.Errorf("the schemas do not announce %s", name)
		}
	}
	if !strings.Contains(types, oktaURN) || !strings.Contains(schemas, `"`+oktaURN+`"`) || strings.Contains(schemas, tenantURN) {
		t.Errorf("the type of users is %s", types)
	}
}
