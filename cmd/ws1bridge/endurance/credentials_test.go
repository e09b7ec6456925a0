package endurance

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/upstream/accesstest"
)

const tokenFetches = "ws1bridge_token_fetches_total"

// fetches is how many tokens the bridge asked for since the history was emptied.
func (s *served) fetches() int {
	n := 0
	for _, r := range s.access.Requests() {
		if r.Path == connection.TokenPath {
			n++
		}
	}
	return n
}

// Tokens that live for two seconds are replaced before they end: nobody who
// pushes notices.
func TestShortTokensUnderLoad(t *testing.T) {
	t.Parallel()
	const life, load = 2 * time.Second, 8 * time.Second
	s := serve(t, accesstest.Config{TokenTTL: life})
	org := newOrg(t, s.main)
	workers := newWorkers(t.Context(), org, 8, seed(t))
	start, stopped := time.Now(), make(chan struct{})
	time.AfterFunc(load, func() { close(stopped) })
	var wait sync.WaitGroup
	for _, w := range workers {
		wait.Go(func() { w.work(t.Context(), stopped) })
	}
	wait.Wait()
	org.report(t)
	found := compare(s.access.State(), workers)
	found.report(t)
	if n := org.throttled.Load(); n > 0 {
		t.Errorf("%d pushes were answered 429", n)
	}
	refused := 0
	for _, r := range s.access.Requests() {
		if r.Status == http.StatusUnauthorized {
			refused++
		}
	}
	// A token is replaced at 75 to 85 % of its life.
	if n, most := s.fetches(), int(time.Since(start)/(life*3/4))+2; n > most {
		t.Errorf("%d tokens were fetched, want %d at most", n, most)
	}
	t.Logf("%d requests, %d tokens, %d requests with a bad token: %s", org.requests.Load(), s.fetches(), refused, found)
}

// However many callers are refused with one token, a new one is fetched once.
func TestRevokedToken(t *testing.T) {
	t.Parallel()
	const callers, rounds = 50, 10
	s := serve(t, accesstest.Config{Latency: 2 * time.Millisecond})
	org := newOrg(t, s.main)
	org.mustSend(t, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=1", nil)
	for round := range rounds {
		var wait sync.WaitGroup
		for i := range callers {
			wait.Go(func() {
				for again := range 3 {
					if x := org.send(t.Context(), http.MethodPost, "/Users", newPerson(i,
						3*round+again).body()); x.status != http.StatusCreated {
						t.Errorf("%s, want 201", x)
					}
				}
			})
		}
		time.Sleep(time.Duration(round) * 3 * time.Millisecond) // some are under way
		control(t, http.MethodPost, s.access.ControlURL+"/tokens/revoke", "")
		wait.Wait()
		org.mustSend(t, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=1", nil)
		if got := s.fetches(); got != round+2 {
			t.Fatalf("%d tokens were fetched, want the first and one for each of %d revocations", got, round+1)
		}
	}
	refused := 0
	for _, r := range s.access.Requests() {
		if r.Status == http.StatusUnauthorized {
			refused++
		}
	}
	t.Logf("%d requests were refused with %d revoked tokens, and none of %d pushes failed", refused, rounds,
		3*callers*rounds)
}

// A token endpoint that is down does no harm until the token really ends.
func TestTokenEndpointDown(t *testing.T) {
	t.Parallel()
	const life = 4 * time.Second
	s := serve(t, accesstest.Config{TokenTTL: life})
	org := newOrg(t, s.main)
	org.mustSend(t, http.StatusCreated, http.MethodPost, "/Users", newPerson(0, 0).body())
	fetched := s.access.Requests()[0].At
	control(t, http.MethodPost, s.access.ControlURL+"/faults", `{"path":"`+connection.TokenPath+`","status":503}`)
	pushed := 1
	push := func() exchange { return org.send(t.Context(), http.MethodPost, "/Users", newPerson(0, pushed).body()) }
	x := push()
	for ; x.status == http.StatusCreated; x = push() {
		pushed++
		time.Sleep(20 * time.Millisecond)
	}
	held := time.Since(fetched)
	x.mustWait(t)
	if !strings.HasPrefix(x.detail(), "The token endpoint of Workspace ONE Access has an error of its own (503)") {
		t.Errorf("%s, want it to tell of the token endpoint", x)
	}
	if held < life*9/10 {
		t.Errorf("the first push failed %v after the token was fetched, which lives %v", held, life)
	}
	if down := metric(t, s.ops, tokenFetches+`{result="unavailable"}`); down == 0 ||
		metric(t, s.ops, tokenFetches+`{result="refused"}`) != 0 {
		t.Errorf("%.0f fetches are counted as unavailable, want some, and none as refused", down)
	}
	s.awaitStatus(t, http.StatusServiceUnavailable)
	if _, body := cmdtest.Get(t, s.ops+"/status"); !strings.Contains(body, "has an error of its own (503)") {
		t.Errorf("/status was answered %s", body)
	}
	s.stdout.Await(t, "the token endpoint is unavailable (503)")
	control(t, http.MethodDelete, s.access.ControlURL+"/faults", "")
	repaired := time.Now()
	for x = push(); x.status != http.StatusCreated; x = push() {
		if x.mustWait(t); time.Since(repaired) > cmdtest.Patience {
			t.Fatalf("%s, %v after the token endpoint was repaired", x, time.Since(repaired))
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Logf("%d pushes without trouble for %v, OK again after %v", pushed, held, time.Since(repaired))
}

// Whoever looks can tell wrong credentials from an outage: in the 429, in
// /status, in the log and in the metrics.
func TestWrongCredentialsAreToldFromAnOutage(t *testing.T) {
	t.Parallel()
	const credentials, outage = "Workspace ONE Access refuses the bridge's OAuth client (401)",
		"The token endpoint of Workspace ONE Access "
	tests := []struct {
		name, env, fault       string
		detail, log            string
		refused, notCounted    string
		sayNothingAbout, level string
	}{
		{
			name: "a wrong client secret", env: "WS1BRIDGE_ACCESS_CLIENT_SECRET=wrong", detail: credentials,
			sayNothingAbout: outage,
			log:             "check access.client_id and access.client_secret", level: "error", refused: "refused",
			notCounted: "unavailable",
		},
		{
			name: "a token endpoint that fails", fault: `{"path":"` + connection.TokenPath + `","status":500}`, detail: outage +
				"has an error of its own (500)",
			sayNothingAbout: credentials, log: "no token can be fetched", level: "warn", refused: "unavailable",
			notCounted: "refused",
		},
		{
			name: "nobody at the address", env: "WS1BRIDGE_ACCESS_URL=http://127.0.0.1:1", detail: outage + "does not answer",
			sayNothingAbout: credentials, log: "no token can be fetched", level: "warn", refused: "unavailable",
			notCounted: "refused",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, accesstest.Config{}, tt.env)
			if tt.fault != "" {
				control(t, http.MethodPost, s.access.ControlURL+"/faults", tt.fault)
				control(t, http.MethodPost, s.access.ControlURL+"/tokens/revoke", "")
			}
			org := newOrg(t, s.main)
			x := org.send(t.Context(), http.MethodPost, "/Users", newPerson(0, 0).body())
			x.mustWait(t)
			if !strings.HasPrefix(x.detail(), tt.detail) {
				t.Errorf("the detail is %q, want it to begin %q", x.detail(), tt.detail)
			}
			s.awaitStatus(t, http.StatusServiceUnavailable)
			if _, body := cmdtest.Get(t, s.ops+"/status"); !strings.Contains(body, tt.detail) ||
				strings.Contains(body, tt.sayNothingAbout) {
				t.Errorf("/status was answered %s, want it to say %q", body, tt.detail)
			}
			log := s.stdout.Await(t, tt.log)
			if !strings.Contains(log, `"level":"`+tt.level+`"`) || strings.Contains(log, cmdtest.Secret) {
				t.Errorf("the log is %s, want a line of level %s and no secret", log, tt.level)
			}
			if metric(t, s.ops, tokenFetches+`{result="`+tt.refused+`"}`) == 0 ||
				metric(t, s.ops, tokenFetches+`{result="`+tt.notCounted+`"}`) != 0 {
				t.Errorf("the fetches are not counted as %s alone", tt.refused)
			}
		})
	}
}
