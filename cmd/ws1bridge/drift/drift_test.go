package drift_test

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
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
	w.Org = &drift.Org{URL: w.org.URL, AppID: oktatest.AppID, Token: oktatest.Token,
		HTTPClient: &http.Client{Transport: transport}}
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
	r, err := w.Run(t.Context())
	must(t, err)
	for _, d := range r.Differences {
		words = append(words, fmt.Sprintf("%s: %s", d.Kind, d.Name))
	}
	return words, r
}

// TestHealthy finds nothing where nothing differs, in 10,000 people and 200 groups.
func TestHealthy(t *testing.T) {
	people, groups := 10_000, 200
	if testing.Short() {
		people, groups = 500, 20
	}
	w := newWorld(t, people, groups)
	w.org.Fault(1, 1, 0, 0)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	words, r := w.run(t)
	runtime.ReadMemStats(&after)
	t.Logf("%d people and %d groups: %v, %d MB of heap more, %d requests to Okta", r.People, r.Groups, time.Since(start),
		after.HeapSys>>20-before.HeapSys>>20, w.org.Requests())
	if len(words) != 0 || r.People != people || r.Groups != groups {
		t.Errorf("%d differ: %v", len(words), words[:min(len(words), 10)])
	}
}

// TestPlanted finds each kind of difference, and nothing beside it.
func TestPlanted(t *testing.T) {
	set := func(name string, value any) func(map[string]any) { return func(u map[string]any) { u[name] = value } }
	for name, tt := range map[string]struct {
		plant func(*world)
		want  []string
		says  string
	}{
		"nobody": {func(*world) {}, nil, ""},
		"assigned, and no account": {func(w *world) {
			w.users = append(w.users, oktatest.User{ID: "00unew", Status: "ACTIVE", UserName: "new@acme.com",
				Profile: oktatest.Profile("New", "One", "new@acme.com")})
		}, []string{"missing: new@acme.com"}, "Okta says ACTIVE"},
		"staged, and no account yet": {func(w *world) {
			w.users = append(w.users, oktatest.User{ID: "00unew", Status: "STAGED", UserName: "new@acme.com"})
		}, nil, ""},
		"linked to what is gone": {func(w *world) {
			w.users = append(w.users, oktatest.User{ID: "00ugone", Link: "gone", Status: "PROVISIONED",
				UserName: "gone@acme.com"})
		}, []string{"link gone: gone@acme.com"}, "gone"},
		"not linked": {func(w *world) { w.users[0].Link = "" }, []string{"not linked: user-00000@acme.com"},
			"Provision User"},
		"linked to another id": {func(w *world) { w.users[0].Link = "other" },
			[]string{"not linked: user-00000@acme.com"}, "Okta is linked to other"},
		"active here": {func(w *world) { w.users[0].Status = "DEPROVISIONED" },
			[]string{"active here: user-00000@acme.com"}, "Okta says DEPROVISIONED"},
		"inactive here": {func(w *world) { w.change(1, set("active", false)) },
			[]string{"inactive here: user-00001@acme.com"}, "Okta says PROVISIONED"},
		"a value was changed here": {func(w *world) { w.change(1, set("title", "Boss")) },
			[]string{"attributes: user-00001@acme.com"}, "title"},
		"a value was changed in Okta": {func(w *world) {
			w.users[1].Profile["department"], w.users[1].Profile["mobilePhone"] = "Motors", "+2"
		}, []string{"attributes: user-00001@acme.com"}, "phoneNumbers"},
		"nobody is assigned": {func(w *world) {
			w.users, w.groups = w.users[:len(w.users)-1], nil
		}, []string{"unassigned: user-00004@acme.com"}, "the account is active"},
		"twice": {func(w *world) {
			w.change(2, set("externalId", "by-hand"))
			again := account(2)
			again["userName"], again["emails"] = "second@acme.com", []any{map[string]any{"value": "second@acme.com"}}
			_, err := w.access.SeedUser(again)
			must(w.t, err)
		}, []string{"twice: user-00002@acme.com"}, "another account is"},
		"what cannot be pushed": {func(w *world) {
			w.users[0].Profile["email"] = strings.Repeat("@", 3)
		}, []string{"attributes: user-00000@acme.com"}, "emails"},
		"failed in Okta": {func(w *world) { w.users[0].SyncState = "ERROR" },
			[]string{"failed in Okta: user-00000@acme.com"}, "ERROR"},
		"a group is gone": {func(w *world) { w.groups[0].Target, w.groups[0].Name = "gone", "Gone" },
			[]string{"group missing: Gone"}, ""},
		"a group was renamed": {func(w *world) { w.groups[0].Name = "Crew" }, []string{"group renamed: Crew"},
			"it is called Team 0"},
		"a group without its target": {func(w *world) { w.groups[0].Target = "" }, nil, ""},
		"members are missing": {func(w *world) {
			w.groups[0].Members = append(w.groups[0].Members, "00uelse")
			w.users = append(w.users, oktatest.User{ID: "00uelse", Status: "STAGED", UserName: "else@acme.com"})
		}, nil, ""},
		"members are too many": {func(w *world) { w.groups[0].Members = w.groups[0].Members[1:] },
			[]string{"members too many: Team 0"}, "1: "},
		"a mapping that failed": {func(w *world) {
			w.groups[0].Status, w.groups[0].Error = "ERROR", "the target is gone"
		}, []string{"failed in Okta: Team 0"}, "the target is gone"},
		"a mapping that is off": {func(w *world) { w.groups[0].Status, w.groups[0].Target = "INACTIVE", "x" }, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 5, 1)
			tt.plant(w)
			w.org.Set(w.users, w.groups)
			words, r := w.run(t)
			if strings.Join(words, "\n") != strings.Join(tt.want, "\n") {
				t.Fatalf("got %q, want %q", words, tt.want)
			}
			if len(words) > 0 && !strings.Contains(fmt.Sprint(r.Differences[0]), tt.says) {
				t.Errorf("it says %+v, want %q", r.Differences[0], tt.says)
			}
		})
	}
}

// change changes an account by hand.
func (w *world) change(n int, change func(map[string]any)) {
	u, err := w.Client.User(w.t.Context(), w.users[n].Link)
	must(w.t, err)
	body := map[string]any{}
	change(body)
	wanted := upstream.Attributes{}
	for name, value := range body {
		wanted[upstream.Path{Name: name}] = value
	}
	_, err = w.Client.UpdateUser(w.t.Context(), u.ID, upstream.UserChange{
		Make: func(upstream.User) (upstream.Attributes, error) { return wanted, nil }})
	must(w.t, err)
}

// TestMembersMissing has somebody in Okta's group who is not in that of Access.
func TestMembersMissing(t *testing.T) {
	w := newWorld(t, 12, 1)
	w.groups[0].Members = append(w.groups[0].Members, w.users[11].ID)
	w.org.Set(w.users, w.groups)
	if words, r := w.run(t); len(words) != 1 || words[0] != "members missing: Team 0" ||
		r.Differences[0].Detail != "1: user-00011@acme.com" {
		t.Errorf("got %+v", r.Differences)
	}
}

// TestValues tells values where they are asked for, and nowhere else.
func TestValues(t *testing.T) {
	w := newWorld(t, 3, 0)
	w.users[0].Profile["department"] = "Motors"
	w.org.Set(w.users, w.groups)
	if _, r := w.run(t); strings.Contains(fmt.Sprint(r), "Motors") {
		t.Errorf("got %+v", r)
	}
	w.Values = true
	if _, r := w.run(t); !strings.Contains(fmt.Sprint(r), "Motors") || !strings.Contains(fmt.Sprint(r), "Engines") {
		t.Errorf("got %+v", r)
	}
}

// TestTroubleWithOkta pages, waits, repeats, and says what to do.
func TestTroubleWithOkta(t *testing.T) {
	w := newWorld(t, 7, 1)
	w.org.Fault(2, 2, 0, 2)
	if words, r := w.run(t); len(words) != 0 || r.People != 7 {
		t.Errorf("with small pages and faults: %v of %d", words, r.People)
	}
	for status, says := range map[int]string{
		http.StatusForbidden: "must be able to read apps", http.StatusNotFound: "okta.app_id",
	} {
		w.org.Fault(0, 0, status, 0)
		if _, err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%d: %v", status, err)
		}
	}
	w.org.Fault(0, 0, 0, 0)
	w.Org.Token = "wrong-secret"
	if _, err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "okta.api_token") ||
		strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("a wrong token: %v", err)
	}
	w.Org.Token = oktatest.Token
	w.org.Fault(1000, 0, 0, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := w.Run(ctx); err == nil {
		t.Error("it does not end with its context")
	}
}
