package accesstest_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"time"
)

// past is what a tenant held before a write that is hidden.
type past struct {
	held  string
	until time.Time
}

// pasts are remembered as whole states, so that they share nothing with how the emulator hides writes.
type pasts []past

// shown is what reads must show now.
func (p pasts) shown(now string) string {
	for _, before := range p {
		if time.Now().Before(before.until) {
			return before.held
		}
	}
	return now
}

// held is all of the users and groups that a tenant holds.
func (b *bubble) held() string {
	state := b.State()
	return text(b.t, []any{state.Users, state.Groups})
}

// listed is the same as lists show it.
func (b *bubble) listed() string {
	b.t.Helper()
	all := func(path string) any { return b.ask(http.MethodGet, path+"?count=1000", "")["Resources"] }
	return text(b.t, []any{all(usersPath), all(groupsPath)})
}

// write makes a change at random, and reports whether reads lag behind it. It may be refused.
func (b *bubble) write(random *rand.Rand, number int) (lags bool) {
	b.t.Helper()
	state := b.State()
	users, groups := state.Users[1:], state.Groups[1:]
	pick := func(from []map[string]any) string {
		if len(from) == 0 {
			return "nobody"
		}
		return from[random.IntN(len(from))]["id"].(string)
	}
	name := fmt.Sprint("name-", number)
	member := []string{pick(users), pick(users), pick(groups)}[random.IntN(3)]
	requests := []struct{ method, path, body string }{
		{"POST", usersPath, provisioned(name, name, "acme.com")},
		{"POST", usersPath, `{"userName":"` + name + `"}`},
		{"PATCH", usersPath + "/" + pick(users), `{"title":"` + name + `"}`},
		{"PATCH", usersPath + "/" + pick(users), `{"userName":"` + name + `"}`},
		{"DELETE", usersPath + "/" + pick(users), ``},
		{"POST", groupsPath, `{"displayName":"` + name + `","members":[{"value":"` + member + `"}]}`},
		{"PATCH", groupsPath + "/" + pick(groups), `{"displayName":"` + name + `"}`},
		{"PATCH", groupsPath + "/" + pick(groups), `{"members":[{"value":"` + member + `"}]}`},
		{"PATCH", groupsPath + "/" + pick(groups), `{"members":[{"value":"` + member + `","operation":"delete"}]}`},
		{"PATCH", groupsPath + "/" + pick(groups), `{"meta":{"attributes":["members"]}}`},
		{"DELETE", groupsPath + "/" + pick(groups), ``},
	}
	at := random.IntN(len(requests) + 1)
	if at == len(requests) {
		_, err := b.SeedUser(object{"userName": name})
		if err != nil {
			b.t.Fatal(err)
		}
		return false
	}
	b.ask(requests[at].method, requests[at].path, requests[at].body)
	return true
}

// TestLagAtRandom compares what reads show with the whole state before each write that is hidden.
func TestLagAtRandom(t *testing.T) {
	for seed := range uint64(8) {
		random := rand.New(rand.NewPCG(seed, seed))
		lagging(t, "", func(b *bubble, _, _ string) {
			var hidden pasts
			for number := range 40 {
				before := b.held()
				if lags := b.write(random, number); lags && b.held() != before {
					hidden = append(hidden, past{before, time.Now().Add(lag)})
				}
				if random.IntN(2) == 0 {
					time.Sleep(lag * time.Duration(random.IntN(10)) / 10)
				}
				want := hidden.shown(b.held())
				if got := b.listed(); got != want {
					b.t.Fatalf("seed %d, write %d: lists show\n%s\nwant\n%s", seed, number, got, want)
				}
			}
		})
	}
}
