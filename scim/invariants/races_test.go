package invariants

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// conditions are what a race happens in: where requests fail, callers repeat what
// is answered 429.
var conditions = map[string]float64{"without faults": 0, "while requests fail": .15}

// passing are faults that are over quickly; the rest would only slow races down.
var passing = kindsNamed("connection refused", "cut before the request", "cut after the change", "429", "502 with HTML",
	"503", "504", "half a body", "a page after the change", "a page in place of Access")

// race runs a test in both conditions, a hundred rounds without faults.
func race(t *testing.T, seedUsers int, test func(w *lab, ids []string, rounds int)) {
	t.Helper()
	t.Parallel()
	for name, share := range conditions {
		t.Run(name, func(t *testing.T) {
			const seed = 20
			rounds := 100
			if testing.Short() {
				rounds = 20
			}
			w := newLab(t, labConfig{access: accesstest.Config{SeedUsers: seedUsers, Seed: seed}, resilience: quick})
			var ids []string
			for _, u := range w.Access.State().Users[1:] { // the first is the administrator
				ids = append(ids, text(u, "id"))
			}
			if share > 0 {
				w.failAtRandom(share, seed, passing)
				t.Logf("%v of all requests to Access fail, seed %d", share, seed)
				rounds /= 5
			}
			test(w, ids, rounds)
		})
	}
}

// insist sends a request until it is answered otherwise than 429.
func (w *lab) insist(method, path string, body any) response {
	w.T.Helper()
	for range maxTries {
		if r := w.Send(method, path, body); r.Status != http.StatusTooManyRequests {
			return r
		}
	}
	w.T.Errorf("%s %s: still refused after %d tries", method, path, maxTries)
	return response{}
}

// wantInsisting is insist where only one answer is right.
func (w *lab) wantInsisting(status int, method, path string, body any) response {
	w.T.Helper()
	r := w.insist(method, path, body)
	if r.Status != status {
		w.T.Errorf("%s %s was answered %d %.300s, want %d", method, path, r.Status, r.Raw, status)
	}
	return r
}

// atOnce runs functions at the same time.
func atOnce(calls ...func()) {
	var wait sync.WaitGroup
	start := make(chan struct{})
	for _, call := range calls {
		wait.Go(func() {
			<-start
			call()
		})
	}
	close(start)
	wait.Wait()
}

func remove(ids ...string) (ops []map[string]any) {
	for _, id := range ids {
		ops = append(ops, map[string]any{"op": "remove", "path": `members[value eq "` + id + `"]`})
	}
	return ops
}

// Eight callers add 25 members each to one group while four remove 25 each; the
// final set is exact, a hundred times.
func TestRaceOfTwelveCallersOnOneGroup(t *testing.T) {
	race(t, 300, func(w *lab, ids []string, rounds int) {
		path := groupsPath + "/" + w.wantInsisting(http.StatusCreated, http.MethodPost, groupsPath, group("Busy")).ID()
		for round := range rounds {
			w.wantInsisting(http.StatusOK, http.MethodPut, path, group("Busy", ids[:100]...))
			var calls []func()
			for i := range 8 {
				calls = append(calls, func() {
					w.wantInsisting(http.StatusNoContent, http.MethodPatch, path, operations(add(ids[100+25*i:125+25*i]...)))
				})
			}
			for i := range 4 {
				calls = append(calls, func() {
					w.wantInsisting(http.StatusNoContent, http.MethodPatch, path, operations(remove(ids[25*i:25*i+25]...)...))
				})
			}
			atOnce(calls...)
			held := w.wantInsisting(http.StatusOK, http.MethodGet, path, nil)
			if problems := sameMembers(held.Body, set(ids[100:]), ""); len(problems) > 0 {
				w.T.Fatalf("round %d: %v", round, problems)
			}
		}
		w.WantHeld("Busy", ids[100:]...)
	})
}

// change is a request to a group, and what it makes of the group.
type change struct {
	method string
	body   any
	apply  func(toldGroup) toldGroup
}

// randomChange draws one of the requests that Okta makes.
func randomChange(random *rand.Rand, ids []string) change {
	some := slices.Clone(ids)
	random.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	some = some[:1+random.IntN(len(some)-1)]
	name := fmt.Sprintf("Team %d", random.IntN(5))
	switch random.IntN(5) {
	case 0:
		return change{http.MethodPut, group(name, some...), func(g toldGroup) toldGroup {
			return toldGroup{g.id, name, set(some)}
		}}
	case 1:
		op := map[string]any{"op": "replace", "path": "members", "value": values(some)}
		return change{http.MethodPatch, operations(op), func(g toldGroup) toldGroup {
			return toldGroup{g.id, g.name, set(some)}
		}}
	case 2:
		op := map[string]any{"op": "replace", "value": map[string]any{"displayName": name}}
		return change{http.MethodPatch, operations(op), func(g toldGroup) toldGroup {
			return toldGroup{g.id, name, g.members}
		}}
	case 3:
		return change{http.MethodPatch, operations(remove(some...)...), func(g toldGroup) toldGroup {
			return toldGroup{g.id, g.name, set(minus(g.members, set(some)))}
		}}
	}
	return change{http.MethodPatch, operations(add(some...)), func(g toldGroup) toldGroup {
		members := maps.Clone(g.members)
		maps.Copy(members, set(some))
		return toldGroup{g.id, g.name, members}
	}}
}

// Any interleaving of PATCH and PUT on one group ends in a state that some order
// of them gives.
func TestRaceOfPatchAndPut(t *testing.T) {
	race(t, 5, func(w *lab, ids []string, rounds int) {
		random := rand.New(rand.NewPCG(7, 7))
		id := w.wantInsisting(http.StatusCreated, http.MethodPost, groupsPath, group("Team 0")).ID()
		for round := range rounds {
			before := toldGroup{id, "Team 0", set(ids[:3])}
			w.wantInsisting(http.StatusOK, http.MethodPut, groupsPath+"/"+id, before.resource())
			var changes []change
			var calls []func()
			for range 4 {
				c := randomChange(random, ids)
				changes = append(changes, c)
				calls = append(calls, func() { w.wantInsisting(changedGroup(c.method), c.method, groupsPath+"/"+id, c.body) })
			}
			atOnce(calls...)
			held := byID(w.Access.State().Groups)[id]
			if !reachable(before, changes, held) {
				w.T.Fatalf("round %d: from %v, no order of %v leads to %v", round, before, changes, held)
			}
		}
	})
}

// reachable reports whether some order of the changes leads from g to held.
func reachable(g toldGroup, changes []change, held map[string]any) bool {
	if len(changes) == 0 {
		return g.name == text(held, "displayName") && len(sameMembers(held, g.members, "")) == 0
	}
	for i, c := range changes {
		rest := slices.Delete(slices.Clone(changes), i, i+1)
		if reachable(c.apply(g), rest, held) {
			return true
		}
	}
	return false
}

// The same user created by several callers at once is one account, and all of
// them get its id.
func TestRaceOfCreationsOfTheSameUser(t *testing.T) {
	race(t, 0, func(w *lab, _ []string, rounds int) {
		before := w.Access.State()
		for round := range rounds {
			ledger := newLedger(before)
			externalID := fmt.Sprintf("ext-%d", round)
			u := toldUser{userName: fmt.Sprintf("user%d@acme.com", round), active: true}
			var ids [3]string
			var calls []func()
			for i := range ids {
				calls = append(calls, func() {
					ids[i] = w.wantInsisting(http.StatusCreated, http.MethodPost, usersPath, u.resource(externalID)).ID()
				})
			}
			atOnce(calls...)
			u.id = ids[0]
			ledger.users[externalID] = u
			if problems := ledger.problems(w.Access.State(), pending{}); len(problems) > 0 || ids[1] != u.id || ids[2] != u.id {
				w.T.Fatalf("round %d: the callers got %v; %v", round, ids, problems)
			}
			w.wantInsisting(http.StatusNoContent, http.MethodDelete, usersPath+"/"+u.id, nil)
		}
	})
}

// Two people who want one userName at once: one gets it, the other is refused.
func TestRaceOfTwoPeopleForOneName(t *testing.T) {
	race(t, 0, func(w *lab, _ []string, rounds int) {
		before := w.Access.State()
		for round := range rounds {
			ledger := newLedger(before)
			u := toldUser{userName: fmt.Sprintf("user%d@acme.com", round), active: true}
			externalIDs := [2]string{fmt.Sprintf("a-%d", round), fmt.Sprintf("b-%d", round)}
			var answers [2]response
			var calls []func()
			for i := range answers {
				calls = append(calls, func() { answers[i] = w.insist(http.MethodPost, usersPath, u.resource(externalIDs[i])) })
			}
			atOnce(calls...)
			winner := 0
			if answers[1].Status == http.StatusCreated {
				winner = 1
			}
			u.id = answers[winner].ID()
			ledger.users[externalIDs[winner]] = u
			problems := ledger.problems(w.Access.State(), pending{})
			if len(problems) > 0 || answers[winner].Status != http.StatusCreated ||
				answers[1-winner].Status != http.StatusConflict {
				w.T.Fatalf("round %d: answered %d and %d; %v", round, answers[0].Status, answers[1].Status, problems)
			}
			w.wantInsisting(http.StatusNoContent, http.MethodDelete, usersPath+"/"+u.id, nil)
		}
	})
}

// A rename and an update of one user at once are both applied.
func TestRaceOfRenameAndUpdate(t *testing.T) {
	race(t, 0, func(w *lab, _ []string, rounds int) {
		u := toldUser{userName: "ada@acme.com", active: true}
		u.id = w.wantInsisting(http.StatusCreated, http.MethodPost, usersPath, u.resource("ada")).ID()
		path := usersPath + "/" + u.id
		for round := range rounds {
			was := u
			u.userName, u.title = fmt.Sprintf("ada%d@acme.com", round), fmt.Sprintf("Countess %d", round)
			u.active = round%2 == 0
			renamed := was
			renamed.userName = u.userName
			rename := func() { w.wantInsisting(http.StatusOK, http.MethodPut, path, renamed.resource("ada")) }
			if round%2 == 0 { // else a PUT of all that its caller knows may come last, and undo the update
				rename = func() {
					w.wantInsisting(http.StatusOK, http.MethodPatch, path,
						operations(map[string]any{"op": "replace", "path": "userName", "value": u.userName}))
				}
			}
			atOnce(rename, func() {
				w.wantInsisting(http.StatusOK, http.MethodPatch, path,
					operations(map[string]any{"op": "replace", "value": map[string]any{"title": u.title, "active": u.active}}))
			})
			problems := u.problems("ada", byID(w.Access.State().Users)[u.id])
			if round%2 == 1 && len(problems) > 0 {
				u = renamed
				problems = u.problems("ada", byID(w.Access.State().Users)[u.id])
			}
			if len(problems) > 0 {
				w.T.Fatalf("round %d: %v", round, problems)
			}
		}
	})
}
