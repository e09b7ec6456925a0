package drift_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/scim"
	"ws1bridge/scim/guard"
	"ws1bridge/scim/journal"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// TestRepairDoesNoDamage has what Okta says be doubtful in each way that is known, and expects that a
// repair changes nothing, and leaves it for somebody who can tell.
func TestRepairDoesNoDamage(t *testing.T) {
	newcomer := func(id, name string) oktatest.User {
		return oktatest.User{ID: id, Status: "ACTIVE", UserName: name, Profile: oktatest.Profile("New", "One", name)}
	}
	for name, tt := range map[string]struct {
		plant  func(*world)
		byHand []string // kinds
	}{
		"two groups are pushed to one": {func(w *world) {
			w.groups = append(w.groups, oktatest.Group{ID: "00gother", Name: "Team 0", Status: "ACTIVE",
				Target: w.groups[0].Target, Members: []string{w.users[4].ID}})
			w.groups[0].Members = w.groups[0].Members[:3]
		}, []string{"contested", "contested"}},
		"a group has the name of another one that is pushed": {func(w *world) {
			w.groups = append(w.groups, oktatest.Group{ID: "00gother", Name: "Team 0", Status: "ERROR",
				Members: []string{w.users[4].ID}})
		}, []string{"failed in Okta", "name taken"}},
		"a group of the name that is not the bridge's": {func(w *world) {
			w.groups[0].Target, w.groups[0].Name = "", "ALL USERS"
		}, []string{"name taken"}},
		"a group that failed, and somebody else's of its name": {func(w *world) {
			w.groups[0].Status, w.groups[0].Target, w.groups[0].Members = "ERROR", "", w.groups[0].Members[:1]
		}, []string{"failed in Okta", "members too many"}},
		"a group whose target is gone, and somebody else's of its name": {func(w *world) {
			w.groups[0].Target, w.groups[0].Members = "gone", w.groups[0].Members[:1]
		}, []string{"group not linked", "members too many"}},
		"a group without a target, with fewer members": {func(w *world) {
			w.groups[0].Target, w.groups[0].Members = "", w.groups[0].Members[:1]
		}, []string{"members too many"}},
		"a group whose members are hidden": {func(w *world) { w.groups[0].Members = nil }, []string{"members too many"}},
		"an account of the name that is somebody else's": {func(w *world) {
			w.users = append(w.users[1:], newcomer("00unew", w.users[0].UserName))
		}, []string{"name taken", "unassigned"}},
		"somebody whose account is not the bridge's": {func(w *world) {
			local := account(99)
			local["userName"], local["externalId"] = "local@acme.com", "by-hand"
			local[upstream.WorkspaceSchema] = map[string]any{"internalUserType": "LOCAL", "domain": "acme.com"}
			id, err := w.access.SeedUser(local)
			must(w.t, err)
			other := newcomer("00unew", "new@acme.com")
			other.Link = id
			w.users = append(w.users, other)
		}, []string{"name taken"}},
		"two who are linked to one account": {func(w *world) {
			other := newcomer("00unew", "new@acme.com")
			other.Link = w.users[0].Link
			w.users = append(w.users, other)
		}, []string{"contested", "contested"}},
		"somebody who left, and whose account another one is to have": {func(w *world) {
			again := newcomer("00uagain", w.users[0].UserName)
			w.users[0].Status = "DEPROVISIONED"
			w.users = append(w.users, again)
		}, []string{"contested", "contested"}},
		"an old record of somebody who is assigned": {func(w *world) {
			old := newcomer("00uold", "old@acme.com")
			old.Status, old.Link = "DEPROVISIONED", w.users[0].Link
			w.users = slices.Insert(w.users, 0, old)
		}, nil},
		"somebody who is twice, in a group": {func(w *world) {
			w.change(2, func(u map[string]any) { u["externalId"] = "by-hand" })
			again := account(2)
			again["userName"], again["emails"] = "second@acme.com", []any{map[string]any{"value": "second@acme.com"}}
			_, err := w.access.SeedUser(again)
			must(w.t, err)
			w.users[2].Profile["title"] = "x"
		}, []string{"twice"}},
		"a status that nobody knows": {func(w *world) {
			odd := newcomer("00uodd", "odd@acme.com")
			odd.Status = "deprovisioned"
			w.change(1, func(u map[string]any) { u["active"] = false })
			w.users[1].Status = "NOBODY_KNOWS"
			w.users = append(w.users, odd)
		}, []string{"status unknown", "status unknown"}},
		"a status that is left out": {func(w *world) {
			w.change(1, func(u map[string]any) { u["active"] = false })
			w.users[1].Status = ""
			none := newcomer("00unone", "none@acme.com")
			none.Status = ""
			w.users = append(w.users, none)
		}, nil},
		"somebody whom an import has found": {func(w *world) {
			found := newcomer("00ufound", "found@acme.com")
			found.Status = "IMPORTED"
			w.users = append(w.users, found)
		}, nil},
		"profiles that are hidden": {func(w *world) {
			for i := range w.users {
				w.users[i].Profile = map[string]any{}
			}
		}, nil},
		"variables that are hidden": {func(w *world) {
			for i := range w.users {
				delete(w.users[i].Profile, "department")
				delete(w.users[i].Profile, "mobilePhone")
			}
		}, nil},
		"a group with white space around its name": {func(w *world) { w.groups[0].Name = " Team 0 " }, nil},
		"somebody who is twice in Okta's pages":    {func(w *world) { w.users = append(w.users, w.users[0]) }, nil},
		"a member whom nobody is assigned to":      {func(w *world) { w.users = w.users[1:] }, []string{"unassigned"}},
		"an app that deactivates nobody": {func(w *world) {
			w.org.SetPushes("ACTIVE", "PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "GROUP_PUSH")
			w.users[0].Status = "DEPROVISIONED"
		}, nil},
		"an app that changes nobody": {func(w *world) {
			w.org.SetPushes("ACTIVE", "PUSH_NEW_USERS", "PUSH_USER_DEACTIVATION", "GROUP_PUSH")
			w.users[0].Profile["title"] = "x"
		}, nil},
		"an app that creates nobody": {func(w *world) {
			w.org.SetPushes("ACTIVE", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "GROUP_PUSH")
			w.users = append(w.users, newcomer("00unew", "new@acme.com"))
		}, []string{"missing"}},
		"an app that pushes no groups": {func(w *world) {
			w.org.SetPushes("ACTIVE", "PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION")
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 5, 1)
			tt.plant(w)
			bridge := w.bridge(guard.Limits{})
			o := w.repair(bridge, false)
			var byHand []string
			for _, d := range o.plan.ByHand {
				byHand = append(byHand, string(d.Kind))
			}
			slices.Sort(byHand)
			if len(o.plan.Actions) != 0 || !slices.Equal(byHand, tt.byHand) || o.err != nil {
				t.Errorf("it plans %+v, and leaves %q, want %q", o.plan.Actions, byHand, tt.byHand)
			}
			if found := find(t, bridge, journal.Query{Limit: 10}); len(found) != 0 {
				t.Errorf("it pushed %+v", found)
			}
		})
	}
}

// TestNothingToGoBy refuses to repair where what Okta says cannot be about this tenant.
func TestNothingToGoBy(t *testing.T) {
	for name, tt := range map[string]struct {
		plant func(*world)
		says  string
	}{
		"an app that is off":  {func(w *world) { w.org.SetPushes("INACTIVE") }, "the app is INACTIVE in Okta"},
		"nobody is assigned":  {func(w *world) { w.users, w.groups = nil, nil }, "nobody is assigned"},
		"another app's users": {func(w *world) { w.otherLinks() }, "of all who are linked to an account, nobody has one"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 5, 1)
			tt.plant(w)
			w.org.Set(w.users, w.groups)
			result, err := w.Run(t.Context())
			must(t, err)
			if _, err := result.Plan(true); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
}

// TestNotCompared says what the app does not push.
func TestNotCompared(t *testing.T) {
	w := newWorld(t, 2, 1)
	w.org.SetPushes("ACTIVE", "PUSH_NEW_USERS")
	w.users[0].Status = "DEPROVISIONED"
	w.users[1].Profile["title"] = "x"
	w.org.Set(w.users, w.groups)
	words, r := w.run(t)
	if got := strings.Join(r.NotCompared, "; "); len(words) != 0 || r.Groups != 0 ||
		got != "who is active (Deactivate Users is off); attributes (Update User Attributes is off)" {
		t.Errorf("got %q, and not compared %q of %d groups", words, got, r.Groups)
	}
}

func (w *world) otherLinks() {
	for i := range w.users {
		w.users[i].Link, w.users[i].ID = "0055e00000"+w.users[i].ID, fmt.Sprint("00uother", i)
	}
}

// TestRepairIsNeverOlderThanAPush has Okta push while a repair waits, or between its reading and its
// writing: the push stands.
func TestRepairIsNeverOlderThanAPush(t *testing.T) {
	w := newWorld(t, 5, 1)
	w.users[0].Profile["title"] = "Countess"
	bridge := w.bridge(guard.Limits{})
	w.access.AddFault(accesstest.Fault{Method: http.MethodPatch, Status: http.StatusServiceUnavailable, Count: 2})
	pushed := false
	o := w.repairBy(bridge, func(p scim.Push) {
		if pushed || p.Method != http.MethodPut {
			return
		}
		pushed = true // Okta deactivates the person after the first attempt has been read
		w.users[0].Status = "DEPROVISIONED"
		w.org.Set(w.users, w.groups)
		w.access.ClearFaults()
		off := bridge.Push(t.Context(), scim.Push{Caller: "Okta", Method: http.MethodPatch, Endpoint: "/Users",
			ID: w.users[0].Link, Body: []byte(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],` +
				`"Operations":[{"op":"replace","value":{"active":false}}]}`)})
		if off.Status != http.StatusOK {
			t.Fatalf("Okta was answered %+v", off)
		}
	})
	if len(o.changes) != 0 || len(o.done) != 1 || o.done[0].Err == nil {
		t.Errorf("it did %+v", o.done)
	}
	u, err := w.Client.User(t.Context(), w.users[0].Link)
	must(t, err)
	if u.Active() {
		t.Error("the person is active again")
	}
}

// repairBy repairs, and tells of each push before it is made.
func (w *world) repairBy(bridge *scim.Handler, before func(scim.Push)) (o outcome) {
	w.t.Helper()
	w.org.Set(w.users, w.groups)
	result, err := w.Run(w.t.Context())
	must(w.t, err)
	o.plan, err = result.Plan(true)
	must(w.t, err)
	o.err = o.plan.Apply(w.t.Context(), result, watched(bridge, before), func(d drift.Done) {
		o.done, o.changes = append(o.done, d), append(o.changes, d.Changes...)
	})
	return o
}

func watched(bridge *scim.Handler, before func(scim.Push)) drift.Push {
	return func(ctx context.Context, p scim.Push) scim.Outcome {
		before(p)
		return bridge.Push(ctx, p)
	}
}

// TestRehired is assigned under another id of Okta while accounts of nobody are deactivated.
func TestRehired(t *testing.T) {
	w := newWorld(t, 5, 0)
	gone := w.users[4]
	w.users = w.users[:4]
	o := w.repair(w.bridge(guard.Limits{}), true, func() {
		again := gone
		again.ID, again.Link = "00uagain", ""
		w.users = append(w.users, again)
		w.org.Set(w.users, w.groups)
	})
	if len(o.changes) != 0 || len(o.done) != 1 || !errors.Is(o.done[0].Err, drift.ErrChanged) {
		t.Errorf("it did %+v", o.done)
	}
	w.users = w.users[:4]
	o = w.repair(w.bridge(guard.Limits{}), true, func() { w.org.Set(nil, nil) })
	if len(o.changes) != 0 || len(o.done) != 1 || o.done[0].Err == nil {
		t.Errorf("when Okta says that nobody is assigned any more, it did %+v", o.done)
	}
}

// TestOneThatIsRefused does not keep the others from being repaired.
func TestOneThatIsRefused(t *testing.T) {
	w := newWorld(t, 5, 0)
	w.users[0].Profile["title"], w.users[1].Profile["title"] = "x", "y"
	w.access.AddFault(accesstest.Fault{Method: http.MethodPatch, Status: http.StatusInternalServerError,
		Path: "/SAAS/jersey/manager/api/scim/Users/" + w.users[0].Link})
	o := w.repair(w.bridge(guard.Limits{}), false)
	if o.err != nil || len(o.done) != 2 || o.done[0].Err == nil || len(o.done[1].Changes) != 1 {
		t.Errorf("it did %+v, %v", o.done, o.err)
	}
}
