package drift_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/scim/guard"
	"ws1bridge/upstream/accesstest"
)

// TestRepairWithinTheGuard leaves what the guard holds back, and goes on with the rest.
func TestRepairWithinTheGuard(t *testing.T) {
	w := newWorld(t, 5, 1)
	for i := range 3 {
		w.users[i].Status = "DEPROVISIONED"
	}
	w.users[4].Profile["title"] = "Countess"
	two, err := guard.ParseLimit("2")
	must(t, err)
	limits := guard.Limits{Window: time.Hour, Most: map[guard.Kind]guard.Limit{guard.Deactivations: two}}
	o := w.repair(w.bridge(limits), false)
	if len(o.changes) != 3 || o.err != nil {
		t.Errorf("it did %q, %v", o.changes, o.err)
	}
	if failed := o.done[2]; failed.Err == nil || !strings.Contains(failed.Err.Error(), "The guard of the bridge holds") {
		t.Errorf("the third: %+v", failed)
	}
}

// TestRepairInTrouble repeats what passes, and says how much was not done where it does not.
func TestRepairInTrouble(t *testing.T) {
	w := newWorld(t, 5, 0)
	for i := range 3 {
		w.users[i].Profile["title"] = fmt.Sprint(i)
	}
	w.access.AddFault(accesstest.Fault{Method: http.MethodPatch, Status: http.StatusServiceUnavailable, Count: 3})
	if o := w.repair(w.bridge(guard.Limits{}), false); o.err != nil || len(o.changes) != 3 {
		t.Errorf("it did %q, %v", o.changes, o.err)
	}
	for i := range 5 {
		w.users[i].Profile["title"] = fmt.Sprint("another ", i)
	}
	w.access.AddFault(accesstest.Fault{Method: http.MethodPatch, Status: http.StatusServiceUnavailable})
	o := w.repair(w.bridge(guard.Limits{}), false)
	if o.err == nil || !strings.HasPrefix(o.err.Error(), "stopped after 3 of 5: ") || len(o.changes) != 0 {
		t.Errorf("it did %q, %v", o.changes, o.err)
	}
}

// TestRepairThatIsStopped ends with its context.
func TestRepairThatIsStopped(t *testing.T) {
	w := newWorld(t, 5, 0)
	w.users[0].Profile["title"], w.users[1].Profile["title"] = "x", "y"
	w.org.Set(w.users, w.groups)
	result, err := w.Run(t.Context())
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	plan, err := result.Plan(false)
	must(t, err)
	err = plan.Apply(ctx, result, w.bridge(guard.Limits{}).Push, func(drift.Done) { n++; cancel() })
	if !errors.Is(err, context.Canceled) || n != 1 {
		t.Errorf("got %v after %d", err, n)
	}
}
