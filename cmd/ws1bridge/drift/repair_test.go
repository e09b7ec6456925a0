package drift_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/scim"
	"ws1bridge/scim/guard"
	"ws1bridge/scim/journal"
)

// bridge is what repairs go through.
func (w *world) bridge(limits guard.Limits) *scim.Handler {
	w.t.Helper()
	h, err := scim.NewHandler(scim.Config{Users: w.Client, Groups: w.Client, Translator: w.Translator,
		GroupDomain: "acme.com", Authenticate: func(string) (string, error) { return "", errors.New("nobody") },
		Guard:      guard.New(guard.Config{Limits: func() guard.Limits { return limits }}),
		RetryAfter: time.Second, Log: zap.NewNop()})
	must(w.t, err)
	return h
}

// outcome is what came of a repair.
type outcome struct {
	plan    drift.Plan
	done    []drift.Done
	changes []string
	err     error
}

// repair compares and repairs.
func (w *world) repair(bridge *scim.Handler, deactivate bool, before ...func()) (o outcome) {
	w.t.Helper()
	w.org.Set(w.users, w.groups)
	result, err := w.Run(w.t.Context())
	must(w.t, err)
	o.plan, err = result.Plan(deactivate)
	must(w.t, err)
	for _, do := range before {
		do()
	}
	o.err = o.plan.Apply(w.t.Context(), result, bridge.Push, func(d drift.Done) {
		o.done = append(o.done, d)
		for _, change := range d.Changes {
			o.changes = append(o.changes, d.Name+": "+change)
		}
	})
	return o
}

// link has Okta know every account, as its next push does.
func (w *world) link() {
	for i := range w.users {
		found, err := w.Client.Accounts(w.t.Context(), w.users[i].UserName)
		must(w.t, err)
		if len(found) == 1 && w.users[i].Status != "DEPROVISIONED" {
			w.users[i].Link = found[0].ID
		}
	}
	for i := range w.groups {
		found, err := w.Client.GroupAccounts(w.t.Context(), w.groups[i].Name)
		must(w.t, err)
		if len(found) == 1 {
			w.groups[i].Target = found[0].ID
		}
	}
}

// TestRepair brings each kind of difference to none, as far as it is not for somebody in Okta, and
// does nothing the second time.
func TestRepair(t *testing.T) {
	somebody := oktatest.User{ID: "00unew", Status: "ACTIVE", UserName: "new@acme.com",
		Profile: oktatest.Profile("New", "One", "new@acme.com", "department", "Engines")}
	set := func(name string, value any) func(map[string]any) { return func(u map[string]any) { u[name] = value } }
	for name, tt := range map[string]struct {
		plant   func(*world)
		changes []string
		byHand  []string // kinds that stay until Okta has pushed
	}{
		"nothing": {func(*world) {}, nil, nil},
		"missing": {func(w *world) { w.users = append(w.users, somebody) },
			[]string{"new@acme.com: create the account"}, []string{"not linked"}},
		"linked to what is gone": {func(w *world) {
			gone := somebody
			gone.Link = "gone"
			w.users = append(w.users, gone)
		}, []string{"new@acme.com: create the account"}, []string{"not linked"}},
		"missing, and in a group": {func(w *world) {
			w.users = append(w.users, somebody)
			w.groups[0].Members = append(w.groups[0].Members, somebody.ID)
		}, []string{"Team 0: take in 1: new@acme.com", "new@acme.com: create the account"}, []string{"not linked"}},
		"active here": {func(w *world) { w.users[0].Status = "DEPROVISIONED" },
			[]string{"user-00000@acme.com: deactivate"}, nil},
		"inactive here, and with another title": {func(w *world) {
			w.change(1, func(u map[string]any) { u["active"], u["title"] = false, "Boss" })
		}, []string{"user-00001@acme.com: activate", "user-00001@acme.com: correct title"}, nil},
		"values": {func(w *world) {
			w.change(1, set("title", "Boss"))
			w.users[1].Profile["department"], w.users[1].Profile["mobilePhone"] = "Motors", nil
		}, []string{"user-00001@acme.com: correct phoneNumbers, title, " +
			"urn:scim:schemas:extension:enterprise:1.0:department"}, nil},
		"renamed in Okta": {func(w *world) { w.users[1].UserName = "married@acme.com" },
			[]string{"married@acme.com: correct userName"}, nil},
		"unassigned": {func(w *world) { w.users, w.groups = w.users[:4], nil },
			[]string{"user-00004@acme.com: deactivate"}, nil},
		"a group is gone": {func(w *world) { w.groups[0].Target, w.groups[0].Name = "gone", "Gone" },
			[]string{"Gone: create the group (members: 5)"}, []string{"group not linked"}},
		"a group was renamed": {func(w *world) { w.groups[0].Name = "Crew" },
			[]string{"Crew: rename it, which was Team 0"}, nil},
		"members": {func(w *world) {
			w.groups[0].Members = w.groups[0].Members[1:]
			w.groups[1].Members = append(w.groups[1].Members, w.users[0].ID)
			w.groups[1].Name, w.groups[1].Target = "Empty", ""
			_, err := w.access.SeedGroup(emptyGroup("Empty"))
			must(w.t, err)
		}, []string{"Empty: take in 5: user-00000@acme.com, user-00001@acme.com, user-00002@acme.com, " +
			"user-00003@acme.com, user-00004@acme.com", "Team 0: take out 1: user-00000@acme.com"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 5, 2)
			tt.plant(w)
			bridge := w.bridge(guard.Limits{})
			o := w.repair(bridge, true)
			slices.Sort(o.changes)
			if o.err != nil || strings.Join(o.changes, "\n") != strings.Join(tt.changes, "\n") {
				t.Errorf("it did %q (%v, %+v), want %q", o.changes, o.err, o.done, tt.changes)
			}
			var left []string
			again := w.repair(bridge, true)
			for _, d := range again.plan.ByHand {
				left = append(left, string(d.Kind))
			}
			if len(again.plan.Actions) != 0 || len(again.changes) != 0 || !slices.Equal(left, tt.byHand) {
				t.Errorf("the second time it plans %+v, and leaves %q, want %q", again.plan.Actions, left, tt.byHand)
			}
			w.link()
			w.org.Set(w.users, w.groups)
			if words, _ := w.run(t); len(words) != 0 {
				t.Errorf("after Okta's next push there are %q", words)
			}
			for _, r := range find(t, bridge, journal.Query{Limit: 100}) {
				if r.Caller != drift.Caller {
					t.Errorf("the journal has %+v", r)
				}
			}
		})
	}
}

func find(t *testing.T, bridge *scim.Handler, q journal.Query) []journal.Record {
	t.Helper()
	found, err := bridge.Journal.Find(t.Context(), q)
	must(t, err)
	return found
}

func emptyGroup(name string) map[string]any {
	return map[string]any{"schemas": []string{"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:workspace:1.0"},
		"displayName": name,
		"urn:scim:schemas:extension:workspace:1.0": map[string]any{"internalGroupType": "INTERNAL", "domain": "acme.com"}}
}

// TestRepairByHand leaves alone what is not its to settle, and says so.
func TestRepairByHand(t *testing.T) {
	for name, tt := range map[string]struct {
		plant func(*world)
		want  drift.Kind
	}{
		"unassigned":   {func(w *world) { w.users, w.groups = w.users[:4], nil }, drift.Unassigned},
		"not linked":   {func(w *world) { w.users[0].Link = "" }, drift.NotLinked},
		"failed":       {func(w *world) { w.users[0].SyncState = "ERROR" }, drift.OktaFailed},
		"group failed": {func(w *world) { w.groups[0].Status = "ERROR" }, drift.OktaFailed},
		"missing, and nothing is known": {func(w *world) {
			w.users = append(w.users, oktatest.User{ID: "00unew", Status: "ACTIVE", UserName: "new@acme.com"})
			w.groups[0].Members = append(w.groups[0].Members, "00unew")
		}, drift.Missing},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 5, 1)
			tt.plant(w)
			before := w.access.Requests()
			o := w.repair(w.bridge(guard.Limits{}), false)
			after := w.access.Requests()
			if o.err != nil || len(o.plan.Actions) != 0 || len(o.plan.ByHand) != 1 || o.plan.ByHand[0].Kind != tt.want {
				t.Errorf("got %+v, %v", o.plan, o.err)
			}
			for _, r := range after[len(before):] {
				if r.Method != http.MethodGet && !strings.Contains(r.Path, "token") {
					t.Errorf("it sent %s %s", r.Method, r.Path)
				}
			}
		})
	}
}

// TestRepairOfWhatChanged leaves alone what is not as it was compared.
func TestRepairOfWhatChanged(t *testing.T) {
	somebody := oktatest.User{ID: "00unew", Status: "ACTIVE", UserName: "new@acme.com",
		Profile: oktatest.Profile("New", "One", "new@acme.com")}
	for name, tt := range map[string]struct {
		plant, before func(*world)
		err           error
	}{
		"the person left meanwhile": {func(w *world) { w.users[0].Profile["title"] = "x" },
			func(w *world) { w.users[0].Status = "DEPROVISIONED" }, drift.ErrChanged},
		"the person is assigned no more": {func(w *world) { w.users[0].Profile["title"] = "x" },
			func(w *world) { w.users = w.users[1:] }, drift.ErrChanged},
		"Okta pushed it meanwhile": {func(w *world) { w.users[0].Profile["title"] = "x" },
			func(w *world) { w.change(0, func(u map[string]any) { u["title"] = "x" }) }, nil},
		"who was missing left": {func(w *world) { w.users = append(w.users, somebody) },
			func(w *world) { w.users[5].Status = "DEPROVISIONED" }, drift.ErrChanged},
		"who was unassigned is assigned": {func(w *world) { w.users, w.groups = w.users[:4], nil },
			func(w *world) { w.users = w.users[:5] }, drift.ErrChanged},
		"the group was renamed, too": {func(w *world) { w.groups[0].Members = w.groups[0].Members[1:] },
			func(w *world) { w.groups[0].Name = "Crew" }, drift.ErrChanged},
		"the group is pushed no more": {func(w *world) { w.groups[0].Members = w.groups[0].Members[1:] },
			func(w *world) { w.groups[0].IsGone = true }, drift.ErrChanged},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 5, 1)
			tt.plant(w)
			bridge := w.bridge(guard.Limits{})
			o := w.repair(bridge, true, func() {
				tt.before(w)
				w.org.Set(w.users, w.groups)
			})
			if o.err != nil || len(o.done) != 1 || !errors.Is(o.done[0].Err, tt.err) || len(o.changes) != 0 {
				t.Errorf("it did %+v, %v", o.done, o.err)
			}
			if found := find(t, bridge, journal.Query{Limit: 10}); len(found) != 0 {
				t.Errorf("it pushed %+v", found)
			}
		})
	}
}
