package endurance

import (
	"net/http"
	"slices"
	"sync"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/scim/journal/journaltest"
	"ws1bridge/upstream/accesstest"
)

// deactivates pushes the deactivation of people, each by one of the bridges, eight at a time, and
// counts the answers.
func deactivates(t *testing.T, bridges []*bridgeProcess, people []string) map[int]int {
	t.Helper()
	var mu sync.Mutex
	statuses := map[int]int{}
	var work sync.WaitGroup
	const callers = 8
	for part := range slices.Chunk(people, (len(people)+callers-1)/callers) {
		work.Go(func() {
			for i, id := range part {
				client := okta.Client{Base: bridges[i%len(bridges)].main + "/scim/v2", Token: cmdtest.Token}
				r, err := client.Send(t.Context(), http.MethodPatch, "/Users/"+id,
					okta.Patch(okta.Replace(okta.Object{"active": false})))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				statuses[r.Status]++
				mu.Unlock()
			}
		})
	}
	work.Wait()
	return statuses
}

// TestMassDeactivation has Okta deactivate 1,000 of 5,000 people by one bridge, and by three that
// share a database: 5 % pass, and the others when somebody has let them.
func TestMassDeactivation(t *testing.T) {
	for name, copies := range map[string]int{"one bridge": 1, "three that share a database": 3} {
		t.Run(name, func(t *testing.T) {
			access := accesstest.Start(t, accesstest.Config{ClientID: "bridge", ClientSecret: cmdtest.Secret,
				Domains: []string{"acme.com"}, SeedUsers: 5000})
			changes := []string{"WS1BRIDGE_GUARD_MAX_DEACTIVATIONS=5%"}
			if copies > 1 {
				changes = append(changes, "WS1BRIDGE_JOURNAL="+journaltest.PostgreSQL(t).URL)
			}
			var bridges []*bridgeProcess
			for range copies {
				bridges = append(bridges, spawnBridge(t, access.URL, changes...))
			}
			var people []string
			for _, u := range access.State().Users {
				if u["userName"] != "admin" && len(people) < 1000 {
					people = append(people, u["id"].(string))
				}
			}
			statuses := deactivates(t, bridges, people)
			if statuses[http.StatusOK] != 250 || statuses[http.StatusTooManyRequests] != 750 {
				t.Fatalf("1,000 of 5,000 were answered %v, want 250 of 200 and 750 of 429", statuses)
			}
			if tripped := metric(t, bridges[0].ops, `ws1bridge_guard_tripped{kind="deactivations"}`); tripped != 1 {
				t.Errorf("the metric is %v", tripped)
			}
			p := spawn(t, bridges[0].env, "guard", "release", "--for", "10m")
			if code := p.end(t); code != 0 {
				t.Fatalf("the release ended with %d: %s%s", code, p.stdout, p.stderr)
			}
			if statuses = deactivates(t, bridges, people); statuses[http.StatusOK] != 1000 {
				t.Errorf("after the release they were answered %v", statuses)
			}
		})
	}
}
