package endurance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/scim/journal/journaltest"
	"ws1bridge/upstream/accesstest"
)

// TestRepairBesideBridges repairs while bridges run with the same journal, in SQLite and in
// PostgreSQL: the guard counts what both deactivate, and the history has what both did.
func TestRepairBesideBridges(t *testing.T) {
	for name, journal := range map[string]func() string{
		"SQLite":     func() string { return "sqlite:" + t.TempDir() + "/journal.db" },
		"PostgreSQL": func() string { return journaltest.PostgreSQL(t).URL },
	} {
		t.Run(name, func(t *testing.T) {
			org := oktatest.Start(t)
			access := accesstest.Start(t, accesstest.Config{ClientID: "bridge", ClientSecret: cmdtest.Secret,
				Domains: []string{"acme.com"}, SeedUsers: 20})
			b := spawnBridge(t, access.URL, "WS1BRIDGE_GUARD_MAX_DEACTIVATIONS=8", "WS1BRIDGE_JOURNAL="+journal(),
				"WS1BRIDGE_OKTA_ORG_URL="+org.URL, "WS1BRIDGE_OKTA_APP_ID="+oktatest.AppID,
				"WS1BRIDGE_OKTA_API_TOKEN="+oktatest.Token)
			var users []oktatest.User
			var people []string
			for i, u := range access.State().Users {
				if u["userName"] == "admin" {
					continue
				}
				people = append(people, u["id"].(string))
				// Okta says nothing of their values.
				users = append(users, oktatest.User{ID: fmt.Sprint("00u", i), Link: u["id"].(string), Status: "DEPROVISIONED",
					UserName: u["userName"].(string)})
			}
			org.Set(users, nil)
			if statuses := deactivates(t, []*bridgeProcess{b}, people[:5]); statuses[http.StatusOK] != 5 {
				t.Fatalf("Okta was answered %v", statuses)
			}
			p := spawn(t, b.env, "drift", "--repair", "--yes")
			code := p.end(t)
			if code != 1 || !strings.Contains(p.stderr.String(), "not repaired: 12 of 15") ||
				!strings.Contains(p.stdout.String(), "The guard of the bridge holds back") {
				t.Errorf("the repair ended with %d: %s%s", code, p.stdout, p.stderr)
			}
			if statuses := deactivates(t, []*bridgeProcess{b}, people[5:]); statuses[http.StatusOK] != 3 ||
				statuses[http.StatusTooManyRequests] != 12 {
				t.Errorf("after the repair, Okta was answered %v", statuses)
			}
			release := spawn(t, b.env, "guard", "release")
			if code := release.end(t); code != 0 {
				t.Fatalf("the release ended with %d: %s%s", code, release.stdout, release.stderr)
			}
			again := spawn(t, b.env, "drift", "--repair", "--yes")
			if code := again.end(t); code != 0 {
				t.Errorf("the second repair ended with %d: %s%s", code, again.stdout, again.stderr)
			}
			for _, u := range access.State().Users {
				if u["userName"] != "admin" && u["active"] != false {
					t.Errorf("%v is active", u["userName"])
				}
			}
			history := spawn(t, b.env, "history", "--limit", "100", "--json")
			if code := history.end(t); code != 0 || strings.Count(history.stdout.String(), `"caller": "drift"`) != 27 ||
				strings.Count(history.stdout.String(), `"caller": "token 1"`) != 20 {
				t.Errorf("the history ended with %d: %s%s", code, history.stdout, history.stderr)
			}
		})
	}
}
