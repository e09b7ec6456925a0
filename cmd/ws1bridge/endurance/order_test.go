package endurance

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/okta"
)

// crowd is a group, and people who are in it or not, before several bridges.
type crowd struct {
	emulator *emulatorProcess
	orgs     []*org
	people   []okta.Object // as members
	path     string        // of the group
}

func newCrowd(t *testing.T, people, copies int, changes ...string) *crowd {
	t.Helper()
	c := &crowd{emulator: spawnEmulator(t, "--latency", "5ms")}
	for range copies {
		o := newOrg(t, spawnBridge(t, c.emulator.tenant, append(changes, separateCopies...)...).main)
		o.second = 10 * time.Millisecond
		c.orgs = append(c.orgs, o)
	}
	for i := range people {
		p := newPerson(0, i)
		x := c.orgs[0].mustSend(t, http.StatusCreated, http.MethodPost, "/Users", p.body())
		c.people = append(c.people, okta.Member(x.id(), p.userName))
	}
	x := c.orgs[0].mustSend(t, http.StatusCreated, http.MethodPost, "/Groups", okta.Group("Crowd"))
	c.path = "/Groups/" + x.id()
	return c
}

// atOnce sends pushes to orgs in turn, at the same moment.
func (c *crowd) atOnce(t *testing.T, orgs []*org, pushes ...push) {
	t.Helper()
	var wait sync.WaitGroup
	for i, p := range pushes {
		wait.Go(func() { orgs[i%len(orgs)].push(t.Context(), p) })
	}
	wait.Wait()
	for _, o := range orgs {
		o.report(t)
	}
}

// put writes the whole list.
func (c *crowd) put(members ...okta.Object) push {
	return push{method: http.MethodPut, path: c.path, want: http.StatusOK, body: okta.Group("Crowd", members...)}
}

func (c *crowd) add(members ...okta.Object) push {
	return push{method: http.MethodPatch, path: c.path, want: http.StatusNoContent,
		body: okta.Patch(okta.AddMembers(members...))}
}

// held are the ids of those who are in the group.
func (c *crowd) held(t *testing.T) string {
	t.Helper()
	for _, g := range holdings(t, c.emulator.control).Groups {
		if members, _ := g["members"].([]any); g["displayName"] == "Crowd" {
			return ids(members...)
		}
	}
	t.Fatal("the group is gone")
	return ""
}

// ids are those of members, in order.
func ids[M any](members ...M) string {
	var out []string
	for _, m := range members {
		id, _ := any(m).(okta.Object)["value"].(string)
		out = append(out, id)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestListsAtOnce writes two lists of members at the same moment, which one bridge puts in
// order, and two may not.
func TestListsAtOnce(t *testing.T) {
	t.Parallel()
	const rounds = 20
	c := newCrowd(t, 8, 2)
	left, right := c.people[:4], c.people[4:]
	mixed := func(orgs ...*org) (mixtures int) {
		for range rounds {
			c.orgs[0].push(t.Context(), c.put())
			c.atOnce(t, orgs, c.put(left...), c.put(right...))
			if held := c.held(t); held != ids(left...) && held != ids(right...) {
				mixtures++
			}
		}
		return mixtures
	}
	if n := mixed(c.orgs[0]); n > 0 {
		t.Errorf("%d of %d ended as a mixture by one bridge, want none", n, rounds)
	}
	t.Logf("%d of %d ended as a mixture by two bridges", mixed(c.orgs...), rounds)
}

// TestDeltasAtOnce adds and removes different members at the same moment by two bridges.
func TestDeltasAtOnce(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, 8, 2)
	for range 20 {
		c.orgs[0].push(t.Context(), c.put(c.people[:4]...))
		remove := push{method: http.MethodPatch, path: c.path, want: http.StatusNoContent,
			body: okta.Patch(okta.RemoveMember(ids(c.people[0])), okta.RemoveMember(ids(c.people[1])))}
		c.atOnce(t, c.orgs, c.add(c.people[4:]...), remove)
		if held := c.held(t); held != ids(c.people[2:]...) {
			t.Fatalf("the group has %s, want %s", held, ids(c.people[2:]...))
		}
	}
}
