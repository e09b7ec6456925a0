package drift_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/cmd/ws1bridge/drift/org"
	"ws1bridge/upstream"
)

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
				UserName: "gone@acme.com", Profile: oktatest.Profile("Gone", "One", "gone@acme.com")})
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
		}, []string{"unassigned: user-00004@acme.com"}, ""},
		"somebody who has left": {func(w *world) {
			w.change(4, set("active", false))
			w.users = w.users[:len(w.users)-1]
		}, nil, ""},
		"somebody who is deactivated, in a group": {func(w *world) {
			w.change(4, set("active", false))
			w.users[4].Status, w.users[4].Link = "DEPROVISIONED", ""
		}, nil, ""},
		"suspended": {func(w *world) { w.users[4].Status = "SUSPENDED" }, nil, ""},
		"about to come back": {func(w *world) {
			w.change(4, set("active", false))
			w.users[4].Status, w.users[4].Link, w.users[4].Profile = "STAGED", "", nil
		}, nil, ""},
		"not assigned any more, and still in the group": {func(w *world) { w.users = w.users[1:] },
			[]string{"unassigned: user-00000@acme.com"}, ""},
		"a number": {func(w *world) { w.users[0].Profile["department"] = 7 },
			[]string{"attributes: user-00000@acme.com"}, "department"},
		"a group that Okta has no more": {func(w *world) {
			w.groups = append(w.groups, oktatest.Group{ID: "00ggone", Status: "ACTIVE", IsGone: true})
		}, []string{"failed in Okta: 00ggone"}, "does not have it"},
		"twice": {func(w *world) {
			w.change(2, set("externalId", "by-hand"))
			again := account(2)
			again["userName"], again["emails"] = "second@acme.com", []any{map[string]any{"value": "second@acme.com"}}
			_, err := w.access.SeedUser(again)
			must(w.t, err)
		}, []string{"twice: user-00002@acme.com"}, "beside the account"},
		"what cannot be pushed": {func(w *world) {
			w.users[0].Profile["email"] = strings.Repeat("@", 3)
		}, []string{"attributes: user-00000@acme.com"}, "emails"},
		"failed in Okta": {func(w *world) { w.users[0].SyncState = "ERROR" },
			[]string{"failed in Okta: user-00000@acme.com"}, "ERROR"},
		"a group is gone": {func(w *world) { w.groups[0].Target, w.groups[0].Name = "gone", "Gone" },
			[]string{"group missing: Gone"}, ""},
		"a group whose target is gone, and there is one of its name": {func(w *world) { w.groups[0].Target = "gone" },
			[]string{"group not linked: Team 0"}, "Okta pushes it to gone"},
		"a member whom somebody else put in": {func(w *world) { w.addStranger() }, nil, ""},
		"nothing is known of a person":       {func(w *world) { w.users[0].Profile, w.users[0].Status = nil, "" }, nil, ""},
		"somebody who cannot be created": {func(w *world) {
			w.users = append(w.users, oktatest.User{ID: "00unew", Status: "ACTIVE", UserName: "new@acme.com",
				Profile: map[string]any{"email": "new@acme.com"}})
		}, []string{"not pushable: new@acme.com"}, "there is no account: "},
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
		wanted[upstream.CorePath(name)] = value
	}
	_, err = w.Client.UpdateUser(w.t.Context(), u.ID, upstream.UserChange{
		Make: func(upstream.User) (upstream.Attributes, error) { return wanted, nil }})
	must(w.t, err)
}

// addStranger puts an account that is nobody's of the bridge into the group.
func (w *world) addStranger() {
	local := account(99)
	local["userName"], local["externalId"] = "local@acme.com", "by-hand"
	local[upstream.WorkspaceSchema] = map[string]any{"internalUserType": "LOCAL", "domain": "acme.com"}
	id, err := w.access.SeedUser(local)
	must(w.t, err)
	members := []any{map[string]any{"value": id, "type": "User"}}
	for _, u := range w.users {
		members = append(members, map[string]any{"value": u.Link, "type": "User"})
	}
	target, err := w.access.SeedGroup(map[string]any{"schemas": []string{upstream.CoreSchema, upstream.WorkspaceSchema},
		"displayName": "With a stranger", "members": members,
		upstream.WorkspaceSchema: map[string]any{"internalGroupType": "INTERNAL", "domain": "acme.com"}})
	must(w.t, err)
	w.groups[0].Target, w.groups[0].Name = target, "With a stranger"
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

// TestOneUser reads one who is assigned, and tells of one who is not.
func TestOneUser(t *testing.T) {
	w := newWorld(t, 2, 0)
	if u, err := w.okta.User(t.Context(), w.users[1].ID); err != nil || u.Credentials.UserName != w.users[1].UserName {
		t.Errorf("got %+v, %v", u, err)
	}
	if _, err := w.okta.User(t.Context(), "nobody"); !errors.Is(err, drift.ErrNotAssigned) {
		t.Errorf("nobody: %v", err)
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
	w.okta.As = org.APIToken{Secret: "wrong-secret"}
	if _, err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "okta.api_token") ||
		strings.Contains(err.Error(), "wrong-secret") {
		t.Errorf("a wrong token: %v", err)
	}
	w.okta.As = org.APIToken{Secret: oktatest.Token}
	w.org.Fault(1000, 0, 0, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := w.Run(ctx); err == nil {
		t.Error("it does not end with its context")
	}
}
