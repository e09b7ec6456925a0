package endurance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/scim/journal/journaltest"
)

// creations are creations that are interrupted and made again.
type creations struct {
	t       *testing.T
	e       *emulatorProcess
	members []okta.Object
	random  *rand.Rand
	usual   time.Duration // that one of a group takes
	cut     bool          // says that callers hang up, and bridges go on
	n       int
}

const (
	manyMembers = 1000
	unnamedUser = "a user without externalId"
)

func newCreations(t *testing.T) *creations {
	t.Helper()
	s := seed(t)
	c := &creations{t: t, random: rand.New(rand.NewPCG(s, s)),
		e: spawnEmulator(t, "--latency", "2ms", "--seed-users", fmt.Sprint(manyMembers))}
	for _, u := range holdings(t, c.e.control).Users {
		if name := text(u, "userName"); name != "admin" {
			c.members = append(c.members, okta.Member(text(u, "id"), name))
		}
	}
	return c
}

// send makes a creation, and returns its status; 0 is no answer.
func (c *creations) send(ctx context.Context, main, path string, body any) int {
	r, err := okta.Client{Base: main + "/scim/v2", Token: cmdtest.Token}.Send(ctx, http.MethodPost, path, body)
	if err != nil {
		return 0
	}
	return r.Status
}

// measure finds out how long a creation takes that nobody interrupts.
func (c *creations) measure(main string) {
	c.t.Helper()
	began := time.Now()
	if status := c.send(c.t.Context(), main, "/Groups", okta.Group("Usual", c.members...)); status != http.StatusCreated {
		c.t.Fatalf("a group of %d was answered %d", len(c.members), status)
	}
	c.usual = time.Since(began)
}

// round begins creations of a group and of two people, interrupts them at a random moment,
// and makes them again until they are answered: never 409, and each is there once. One
// without externalId is made again only where nobody heard an answer: it is another push
// otherwise.
func (c *creations) round(main string, interrupt func(cancel func()) (next string)) {
	c.t.Helper()
	c.n++
	named := okta.User(fmt.Sprintf("named%d@acme.com", c.n), "An", "Id", fmt.Sprint("00u", c.n))
	unnamed := okta.User(fmt.Sprintf("unnamed%d@acme.com", c.n), "No", "Id", "")
	bodies := map[string]struct {
		path string
		body any
	}{
		"a group":   {"/Groups", okta.Group(fmt.Sprint("Group ", c.n), c.members...)},
		"a user":    {"/Users", named},
		unnamedUser: {"/Users", unnamed},
	}
	if c.cut {
		delete(bodies, unnamedUser) // the bridge may answer in the moment in which the caller goes
	}
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	var mu sync.Mutex
	var first sync.WaitGroup
	heard := map[string]int{}
	for what, b := range bodies {
		first.Go(func() {
			status := c.send(ctx, main, b.path, b.body)
			mu.Lock()
			defer mu.Unlock()
			heard[what] = status
		})
	}
	time.Sleep(time.Duration(c.random.Int64N(int64(c.usual) * 3 / 2)))
	next := interrupt(cancel)
	first.Wait()
	for what, b := range bodies {
		if what == unnamedUser && heard[what] == http.StatusCreated {
			continue
		}
		c.again(next, what, b.path, b.body)
	}
}

// again makes a creation until it is answered.
func (c *creations) again(main, what, path string, body any) {
	c.t.Helper()
	for deadline := time.Now().Add(cmdtest.Patience); ; time.Sleep(50 * time.Millisecond) {
		switch status := c.send(c.t.Context(), main, path, body); {
		case status == http.StatusCreated || status == http.StatusOK:
			return
		case status != http.StatusTooManyRequests || time.Now().After(deadline):
			c.t.Errorf("round %d: the repetition of %s was answered %d", c.n, what, status)
			return
		}
	}
}

// check looks for what is there twice, or not whole.
func (c *creations) check() {
	c.t.Helper()
	state := holdings(c.t, c.e.control)
	groups, people := map[string]int{}, map[string]int{}
	for _, g := range state.Groups {
		name := text(g, "displayName")
		groups[name]++
		if list, _ := g["members"].([]any); name != "ALL USERS" && len(list) != len(c.members) {
			c.t.Errorf("%s has %d members, want %d", name, len(list), len(c.members))
		}
	}
	for _, u := range state.Users {
		people[text(u, "userName")]++
	}
	for i := 1; i <= c.n; i++ {
		for name, n := range map[string]int{
			"group": groups[fmt.Sprint("Group ", i)], "named": people[fmt.Sprintf("named%d@acme.com", i)],
			"unnamed": people[fmt.Sprintf("unnamed%d@acme.com", i)],
		} {
			if n != 1 && !(c.cut && name == "unnamed") {
				c.t.Errorf("round %d: there are %d of %s, want 1", i, n, name)
			}
		}
	}
}

func rounds() int {
	if testing.Short() {
		return 5
	}
	return 20
}

// TestKilledCreations ends the bridge as kill -9 does in the middle of creations. The next
// process knows by the journal that the repetition is the same push.
func TestKilledCreations(t *testing.T) {
	t.Parallel()
	c := newCreations(t)
	b := spawnBridge(t, c.e.tenant, "WS1BRIDGE_LOG_LEVEL=error",
		"WS1BRIDGE_JOURNAL=sqlite:"+filepath.Join(t.TempDir(), "journal.db"))
	c.measure(b.main)
	for range rounds() {
		c.round(b.main, func(func()) string {
			b.kill()
			b.start(t)
			return b.main
		})
	}
	c.check()
}

// TestCutAnswers hangs up on the bridge in the middle of creations, and after them.
func TestCutAnswers(t *testing.T) {
	t.Parallel()
	c := newCreations(t)
	b := spawnBridge(t, c.e.tenant, "WS1BRIDGE_LOG_LEVEL=error")
	c.cut = true
	c.measure(b.main)
	for range rounds() {
		c.round(b.main, func(cancel func()) string { cancel(); return b.main })
	}
	c.check()
}

// TestAnotherCopyGoesOn kills a copy in the middle of creations, and has another one get
// the repetitions. They share a journal in PostgreSQL.
func TestAnotherCopyGoesOn(t *testing.T) {
	t.Parallel()
	database := journaltest.PostgreSQL(t)
	c := newCreations(t)
	var copies [2]*bridgeProcess
	for i := range copies {
		copies[i] = spawnBridge(t, c.e.tenant, "WS1BRIDGE_LOG_LEVEL=error", "WS1BRIDGE_ACCESS_REUSE_READS=0",
			"WS1BRIDGE_JOURNAL="+database.URL)
	}
	c.measure(copies[0].main)
	for i := range rounds() {
		one, other := copies[i%2], copies[1-i%2]
		c.round(one.main, func(func()) string {
			one.kill()
			return other.main
		})
		one.start(t)
	}
	c.check()
}
