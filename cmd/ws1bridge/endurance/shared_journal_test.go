package endurance

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/scim/journal/journaltest"
)

// membership is a change of who is in a group, as a set of people, each a bit.
type membership struct {
	push

	keeps, adds uint // what of the members before stays, and who comes
}

func (m membership) apply(members uint) uint { return members&m.keeps | m.adds }

// of are the people of a set.
func (c *crowd) of(set uint) (members []okta.Object) {
	for i, p := range c.people {
		if set>>i&1 == 1 {
			members = append(members, p)
		}
	}
	return members
}

// heldSet is who is in the group.
func (c *crowd) heldSet(t *testing.T) (set uint) {
	t.Helper()
	held := c.held(t)
	for s := range uint(1) << len(c.people) {
		if ids(c.of(s)...) == held {
			return s
		}
	}
	t.Fatalf("the group has somebody else: %s", held)
	return 0
}

// random draws a change.
func (c *crowd) random(r *rand.Rand) membership {
	all := uint(1)<<len(c.people) - 1
	set := uint(r.Uint64()) & all
	if set == 0 {
		set = 1
	}
	one := uint(1) << bits.TrailingZeros(set)
	patch := func(operations ...okta.Object) push {
		return push{method: http.MethodPatch, path: c.path, want: http.StatusNoContent, body: okta.Patch(operations...)}
	}
	switch r.IntN(4) {
	case 0:
		return membership{c.put(c.of(set)...), 0, set}
	case 1:
		return membership{c.add(c.of(set)...), all, set}
	case 2:
		return membership{patch(okta.RemoveMember(ids(c.of(one)...))), all &^ one, 0}
	}
	replace := okta.Object{"op": "replace", "path": "members", "value": c.of(set)}
	return membership{patch(replace), 0, set}
}

// reachable reports whether some order of changes leads to a state.
func reachable(from uint, changes []membership, want uint) bool {
	if len(changes) == 0 {
		return from == want
	}
	for i, m := range changes {
		rest := append(append([]membership{}, changes[:i]...), changes[i+1:]...)
		if reachable(m.apply(from), rest, want) {
			return true
		}
	}
	return false
}

// TestOrderAcrossCopies has eight callers change one group by three copies at the same
// moment, and make the same users and groups. The copies share a journal.
func TestOrderAcrossCopies(t *testing.T) {
	t.Parallel()
	database := journaltest.PostgreSQL(t)
	c := newCrowd(t, 6, 3, "WS1BRIDGE_JOURNAL="+database.URL)
	s := seed(t)
	r := rand.New(rand.NewPCG(s, s))
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	for round := range rounds {
		before := c.heldSet(t)
		var changes []membership
		var pushes []push
		for range 8 {
			m := c.random(r)
			changes, pushes = append(changes, m), append(pushes, m.push)
		}
		c.atOnce(t, c.orgs, pushes...)
		if after := c.heldSet(t); !reachable(before, changes, after) {
			t.Fatalf("round %d: from %06b, no order of %+v leads to %06b", round, before, changes, after)
		}
		c.sameAtOnce(t, round)
	}
}

// sameAtOnce makes one user and one group by all copies at once: all are answered with the
// same one.
func (c *crowd) sameAtOnce(t *testing.T, round int) {
	t.Helper()
	for path, body := range map[string]any{
		"/Users":  newPerson(1, round).body(),
		"/Groups": okta.Group(fmt.Sprint("Same ", round), c.people...),
	} {
		var mu sync.Mutex
		answered := map[string]int{}
		create := push{method: http.MethodPost, path: path, want: http.StatusCreated, body: body,
			done: func(x exchange) {
				mu.Lock()
				defer mu.Unlock()
				answered[x.id()]++
			}}
		c.atOnce(t, c.orgs, create, create, create)
		if len(answered) != 1 {
			t.Errorf("round %d: %s were answered with %v, want one id", round, path, answered)
		}
	}
}

// TestDatabaseStopsForAWhile goes on with pushes while the database that copies share is
// stopped for ten seconds. Nothing is lost, in Access nor of the history.
func TestDatabaseStopsForAWhile(t *testing.T) {
	t.Parallel()
	database := journaltest.PostgreSQL(t)
	c := newCrowd(t, 2, 2, "WS1BRIDGE_JOURNAL="+database.URL)
	down := 10 * time.Second
	if testing.Short() {
		down = 2 * time.Second
	}
	pushed := 0
	work := func(until time.Time) {
		for time.Now().Before(until) {
			p := newPerson(2, pushed)
			x := c.orgs[pushed%2].mustSend(t, http.StatusCreated, http.MethodPost, "/Users", p.body())
			c.orgs[(pushed+1)%2].mustSend(t, http.StatusOK, http.MethodPatch, "/Users/"+x.id(),
				okta.Patch(okta.Replace(okta.Object{"title": "seen"})))
			pushed++
		}
	}
	work(time.Now().Add(time.Second))
	database.Stop()
	work(time.Now().Add(down))
	database.Start()
	work(time.Now().Add(time.Second))
	titled := 0
	for _, u := range holdings(t, c.emulator.control).Users {
		if text(u, "title") == "seen" {
			titled++
		}
	}
	if titled != pushed {
		t.Errorf("Access has %d of %d users as they were answered", titled, pushed)
	}
	awaitRecords(t, database.URL, 2*pushed+3) // and two people and the group of the crowd
	t.Logf("%d users were pushed", pushed)
}

// awaitRecords waits until the journal has n records.
func awaitRecords(t *testing.T, url string, n int) {
	t.Helper()
	file, err := program()
	if err != nil {
		t.Fatal(err)
	}
	var found []json.RawMessage
	for deadline := time.Now().Add(cmdtest.Patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		cmd := exec.Command(file, "history", "--json", "--limit", "10000")
		cmd.Env = cmdtest.Environ("WS1BRIDGE_JOURNAL=" + url)
		if out, err := cmd.Output(); err == nil && json.Unmarshal(out, &found) == nil && len(found) == n {
			return
		}
	}
	t.Errorf("the journal has %d records, want %d", len(found), n)
}
