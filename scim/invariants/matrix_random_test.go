package invariants

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

// faultShare is how many of all requests to Access fail at random.
const faultShare = .2

// failAtRandom lets a share of all requests to Access fail, each kind of fault
// as often as the others. The seed decides which.
func (w *lab) failAtRandom(share float64, seed uint64, kinds []faultKind) {
	each := share / float64(len(kinds))
	for _, k := range kinds {
		if k.refused {
			w.refuser.armRandom(each, seed)
			continue
		}
		f := k.fault
		f.Path, f.Probability = accessAPI, each
		w.Access.AddFault(f)
	}
}

func TestMatrixAtRandom(t *testing.T) {
	seeds := []uint64{1, 2, 3, 4, 5, 6, 7, uint64(time.Now().UnixNano())}
	if testing.Short() {
		seeds = seeds[6:]
	}
	var refusals, requests atomic.Int64
	var wait sync.WaitGroup
	for _, seed := range seeds {
		for _, d := range []dialect{patchDialect, putDialect} {
			wait.Go(func() {
				t.Run(fmt.Sprintf("%s, seed %d", d, seed), func(t *testing.T) {
					w := newLab(t, labConfig{
						access: accesstest.Config{SeedUsers: 4, Seed: seed}, resilience: quick, timeout: patience,
					})
					o := newOkta(w)
					w.failAtRandom(faultShare, seed, slices.Concat(faultKinds, wrongAnswers))
					for _, step := range wholeStory(d, o.seeded) {
						o.compare(o.do(step), pending{})
					}
					refusals.Add(int64(o.refusals))
					requests.Add(int64(w.Access.RequestTotal()))
				})
			})
		}
	}
	wait.Wait()
	t.Logf("%d runs with seeds %v: %d requests to Access, %d refusals of Okta",
		2*len(seeds), seeds, requests.Load(), refusals.Load())
}

// A long change of members that fails half-way is answered 429, and is right
// after Okta's repetition.
func TestMatrixChangeThatFailsHalfWay(t *testing.T) {
	w := newLab(t, labConfig{access: accesstest.Config{SeedUsers: 250}, resilience: quick})
	o := newOkta(w)
	o.do(createGroup("create", "large", "Large", func(*ledger) map[string]bool { return set(o.seeded[:20]) }))
	w.Access.AddFault(accesstest.Fault{
		Method: http.MethodPatch, Path: accessAPI + "/scim/Groups", Skip: 2, Status: http.StatusServiceUnavailable,
	})
	var half int
	o.onRefusal = func() {
		half = len(w.HeldMembers("Large"))
		w.Access.ClearFaults()
	}
	swap := changeGroup(patchDialect, "swap", "large", func(_ *ledger, g *toldGroup) {
		g.members = set(o.seeded[20:250])
	})
	o.compare(o.do(swap), pending{})
	if o.refusals != 1 || half != 100 {
		t.Errorf("refused %d times with %d members held, want once with the first 100 of 230", o.refusals, half)
	}
}
