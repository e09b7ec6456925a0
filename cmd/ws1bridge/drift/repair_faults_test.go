package drift_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/scim/guard"
	"ws1bridge/upstream/accesstest"
)

// TestRepairUnderFaults repairs a world with differences of all kinds while requests to both sides
// fail in every way, until nothing is left to repair. Nobody is created twice, and nobody is touched
// who is not to be.
func TestRepairUnderFaults(t *testing.T) {
	runs := 12
	if testing.Short() {
		runs = 2
	}
	for seed := range uint64(runs) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel() // most of it is waiting
			random := rand.New(rand.NewPCG(seed, 17))
			w := newWorld(t, 12, 2)
			w.addStranger()
			w.damage(random)
			want := len(w.users)
			for _, f := range []accesstest.Fault{
				{Method: http.MethodPost, Status: http.StatusServiceUnavailable, Apply: true},
				{Method: http.MethodPatch, Drop: true, Apply: true},
				{Method: http.MethodPatch, Status: http.StatusBadGateway},
				{Method: http.MethodGet, Drop: true},
			} {
				f.Probability = 0.1 + 0.05*float64(seed%5)
				f.Path = "/SAAS/jersey"
				w.access.AddFault(f)
			}
			w.repairUntilDone(random)
			w.access.ClearFaults()
			w.org.Fault(0, 0, 0, 0)
			w.link()
			w.org.Set(w.users, w.groups)
			if words, _ := w.run(t); len(words) != 0 {
				t.Errorf("in the end there are %q", words)
			}
			people := 0
			for _, u := range w.access.State().Users {
				name, _ := u["userName"].(string)
				if name != "admin" && name != "local@acme.com" {
					people++
				}
				if name == "local@acme.com" && (u["active"] != true || len(groupsOf(u)) == 0) {
					t.Errorf("the stranger is %v", u)
				}
			}
			if people != want {
				t.Errorf("there are %d people, want %d", people, want)
			}
		})
	}
}

func groupsOf(u map[string]any) []any {
	groups, _ := u["groups"].([]any)
	return groups
}

// damage has each side be wrong about some people and groups.
func (w *world) damage(random *rand.Rand) {
	w.t.Helper()
	for i := range 5 {
		w.users = append(w.users, oktatest.User{ID: fmt.Sprint("00unew", i), Status: "ACTIVE",
			UserName: fmt.Sprintf("new-%d@acme.com", i),
			Profile:  oktatest.Profile("New", fmt.Sprint(i), fmt.Sprintf("new-%d@acme.com", i))})
	}
	for i := range 12 {
		switch random.IntN(4) {
		case 0:
			w.users[i].Status = "DEPROVISIONED"
		case 1:
			w.change(i, func(u map[string]any) { u["active"] = false })
		case 2:
			w.change(i, func(u map[string]any) { u["title"] = "Boss" })
		}
	}
	w.groups[1].Name, w.groups[1].Target = "Gone", "gone"
	for i := range w.groups {
		w.groups[i].Members = append(w.groups[i].Members[random.IntN(4):], "00unew0", "00unew3")
	}
}

// repairUntilDone repairs as often as it takes.
func (w *world) repairUntilDone(random *rand.Rand) {
	w.t.Helper()
	for round := range 30 {
		w.org.Fault(random.IntN(2), random.IntN(2), 0, 3)
		w.org.Set(w.users, w.groups)
		result, err := w.Run(w.t.Context())
		if err != nil {
			continue // the faults were too many
		}
		plan, err := result.Plan(false)
		must(w.t, err)
		if len(plan.Actions) == 0 {
			w.t.Logf("done after %d rounds", round)
			return
		}
		var trouble []string
		err = plan.Apply(w.t.Context(), result, w.bridge(guard.Limits{}).Push, func(d drift.Done) {
			if d.Err != nil {
				trouble = append(trouble, d.Err.Error())
			}
		})
		w.t.Log(round, len(plan.Actions), err, strings.Join(trouble, "; "))
	}
	w.t.Error("it is never done")
}
