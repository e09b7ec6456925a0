package drift_test

import (
	"fmt"
	"net/http"
	"testing"

	"go.uber.org/goleak"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/cmd/ws1bridge/drift/org"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

// world is an org and a tenant that agree.
type world struct {
	t      *testing.T
	org    *oktatest.Org
	okta   *org.Org // that reads it
	access *accesstest.Running
	users  []oktatest.User
	groups []oktatest.Group
	drift.Comparison
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// account is what the bridge made of somebody.
func account(n int) map[string]any {
	name := fmt.Sprintf("user-%05d@acme.com", n)
	return map[string]any{
		"schemas":  []string{upstream.CoreSchema, upstream.EnterpriseSchema, upstream.WorkspaceSchema},
		"userName": name, "externalId": oktaID(n), "name": map[string]any{"givenName": "User", "familyName": fmt.Sprint(n)},
		"emails": []any{map[string]any{"value": name}}, "displayName": fmt.Sprint("User ", n), "active": true,
		"nickName": "not mapped", "locale": "en-US",
		"phoneNumbers":            []any{map[string]any{"value": "+1", "type": "mobile"}},
		upstream.EnterpriseSchema: map[string]any{"department": "Engines"},
		upstream.WorkspaceSchema:  map[string]any{"internalUserType": "PROVISIONED", "domain": "acme.com"},
	}
}

func oktaID(n int) string { return fmt.Sprintf("00u%05d", n) }

// newWorld has people who are assigned, and groups of some of them.
func newWorld(t *testing.T, people, groups int) *world {
	t.Helper()
	w := &world{t: t, org: oktatest.Start(t), access: accesstest.Start(t, accesstest.Config{ClientID: "id",
		ClientSecret: "secret", Domains: []string{"acme.com"}})}
	for n := range people {
		w.assign(t, n)
	}
	for n := range groups {
		w.push(t, n, people)
	}
	base, err := upstream.TenantURL(w.access.URL)
	must(t, err)
	transport := connection.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	client, err := connection.New(base, transport, auth.Config{ClientID: "id", ClientSecret: "secret"},
		connection.ForOperator([]string{"acme.com"}))
	must(t, err)
	w.Client = client.Client
	w.Translator, err = translate.New(translate.Config{DefaultDomain: "acme.com"})
	must(t, err)
	w.okta = &org.Org{URL: w.org.URL, AppID: oktatest.AppID, As: org.APIToken{Secret: oktatest.Token},
		HTTPClient: &http.Client{Transport: transport}}
	w.Source = w.okta
	w.org.Set(w.users, w.groups)
	return w
}

// assign assigns somebody who has an account.
func (w *world) assign(t *testing.T, n int) {
	t.Helper()
	id, err := w.access.SeedUser(account(n))
	must(t, err)
	name := account(n)["userName"].(string)
	w.users = append(w.users, oktatest.User{ID: oktaID(n), Link: id, Status: "PROVISIONED", SyncState: "SYNCHRONIZED",
		UserName: name, Profile: oktatest.Profile("User", fmt.Sprint(n), name, "department", "Engines", "mobilePhone", "+1")})
}

// push pushes a group of ten people.
func (w *world) push(t *testing.T, n, people int) {
	t.Helper()
	g := oktatest.Group{ID: fmt.Sprintf("00g%05d", n), Name: fmt.Sprint("Team ", n), Status: "ACTIVE"}
	var members []any
	for i := range min(people, 10) {
		u := w.users[(n*10+i)%people]
		g.Members = append(g.Members, u.ID)
		members = append(members, map[string]any{"value": u.Link, "type": "User"})
	}
	id, err := w.access.SeedGroup(map[string]any{"schemas": []string{upstream.CoreSchema, upstream.WorkspaceSchema},
		"displayName": g.Name, "members": members,
		upstream.WorkspaceSchema: map[string]any{"internalGroupType": "INTERNAL", "domain": "acme.com"}})
	must(t, err)
	g.Target = id
	g.Members = append(g.Members, "00unassigned")
	w.groups = append(w.groups, g)
}

// run compares, and says what differs in words.
func (w *world) run(t *testing.T) (words []string, r drift.Report) {
	t.Helper()
	result, err := w.Run(t.Context())
	must(t, err)
	r = result.Report
	for _, d := range r.Differences {
		words = append(words, fmt.Sprintf("%s: %s", d.Kind, d.Name))
	}
	return words, r
}
