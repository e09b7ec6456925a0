package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

const accessAPI = "/SAAS/jersey/manager/api"

func TestServe(t *testing.T) {
	s := serve(t, accesstest.Config{})
	created := s.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace",
		"00u1ada"))
	if location := created.Body["meta"].(map[string]any)["location"]; location != s.okta.Base+"/Users/"+created.ID() {
		t.Errorf("the location is %v, want it below %s", location, s.okta.Base)
	}
	var held []string
	for _, u := range s.access.State().Users {
		held = append(held, u["userName"].(string))
	}
	if got := strings.Join(held, " "); got != "admin ada@acme.com" {
		t.Errorf("Access holds the users %s", got)
	}
	for _, page := range []string{s.main + "/healthz", s.ops + "/healthz", s.ops + "/readyz"} {
		if status, body := cmdtest.Get(t, page); status != http.StatusOK {
			t.Errorf("%s was answered %d %s", page, status, body)
		}
	}
	for _, page := range []string{s.main + "/metrics", s.main + "/readyz", s.main + "/scim/v2/Users"} {
		if status, _ := cmdtest.Get(t, page); status != http.StatusUnauthorized {
			t.Errorf("%s was answered %d to a stranger, want 401", page, status)
		}
	}
	if got := s.stop(t); got != exitOK {
		t.Errorf("exit code %d: %s", got, s.stderr)
	}
	s.stdout.Await(t, `"msg":"stopped"`)
}

func TestServeWarnsOfAWeakToken(t *testing.T) {
	const warning = "short enough to be guessed"
	weak := serve(t, accesstest.Config{}, "WS1BRIDGE_OKTA_TOKENS="+cmdtest.Token+",hush", "WS1BRIDGE_TOKENS=hush")
	if log := weak.stdout.Await(t, warning); strings.Contains(log, "hush") {
		t.Errorf("the log shows the token: %s", log)
	}
	weak.stdout.Await(t, "WS1BRIDGE_TOKENS: there is no such variable")
	if log := serve(t, accesstest.Config{}).stdout.String(); strings.Contains(log, warning) {
		t.Errorf("the log warns of a long token: %s", log)
	}
}

func TestServeMetrics(t *testing.T) {
	s := serve(t, accesstest.Config{})
	s.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
	_, metrics := cmdtest.Get(t, s.ops+"/metrics")
	for _, want := range []string{
		`ws1bridge_requests_total{code="201",operation="create user"} 1`,
		`ws1bridge_request_duration_seconds_count{code="201",operation="create user"} 1`,
		`ws1bridge_upstream_requests_total{code="201",operation="create user"} 1`,
		`ws1bridge_upstream_request_duration_seconds_count{code="201",operation="create user"} 1`,
		`ws1bridge_token_expiry_timestamp_seconds 1.`, // a time of this age
		`ws1bridge_token_fetches_total{result="ok"} 1`,
		`ws1bridge_token_fetches_total{result="refused"} 0`,
		`ws1bridge_token_fetches_total{result="unavailable"} 0`,
		`ws1bridge_group_members_unknown_total 0`,
		`ws1bridge_build_info{go_version="go1.`,
		"go_goroutines ", "process_start_time_seconds ",
	} {
		if !strings.Contains(metrics, "\n"+want) {
			t.Errorf("/metrics has no line %s", want)
		}
	}
}

// readyz is the answer of /readyz.
type readyz struct {
	Status     string
	Components map[string]finding
}

func TestReadiness(t *testing.T) {
	forbidden := accesstest.Fault{Path: accessAPI + "/connectormanagement", Status: http.StatusForbidden}
	tests := []struct {
		name                     string
		fault                    *accesstest.Fault
		env                      []string
		want                     int
		token, access, directory string // as in the answer
		detail                   string // of any component
	}{
		{name: "all is well", want: 200, token: statusOK, access: statusOK, directory: statusOK},
		{
			name: "Access is down", fault: &accesstest.Fault{Path: "/SAAS/jersey", Status: http.StatusServiceUnavailable},
			want: 503, token: statusOK, access: statusFailed, directory: statusUnknown,
			detail: "probe: the service Workspace ONE Access is unavailable",
		},
		{
			name: "nothing listens at the tenant's address", env: []string{"WS1BRIDGE_ACCESS_URL=http://127.0.0.1:1"},
			want: 503, token: statusFailed, access: statusFailed, directory: statusUnknown,
			detail: "check access.url and the network of the bridge",
		},
		{
			name: "the client secret is wrong", env: []string{"WS1BRIDGE_ACCESS_CLIENT_SECRET=wrong"},
			want: 503, token: statusFailed, access: statusFailed, directory: statusUnknown,
			detail: "check access.client_id and access.client_secret of the bridge",
		},
		{
			name: "the domain has no directory", env: []string{"WS1BRIDGE_DOMAIN=other.com"},
			want: 503, token: statusOK, access: statusOK, directory: statusFailed,
			detail: "no directory has the domain other.com: create one of type Other (domains that exist: System Domain, " +
				"acme.com)",
		},
		{
			name: "the domain is spelled otherwise", env: []string{"WS1BRIDGE_DOMAIN=Acme.com"},
			want: 503, token: statusOK, access: statusOK, directory: statusFailed,
			detail: "no directory has the domain Acme.com, but one has acme.com: the configuration must spell it like that",
		},
		{
			name: "the role may not read directories", fault: &forbidden,
			want: 200, token: statusOK, access: statusOK, directory: statusUnknown, detail: "could not be checked: ",
		},
		{
			name: "the role may not read users", fault: &accesstest.Fault{Path: accessAPI + "/scim",
				Status: http.StatusForbidden},
			want: 503, token: statusOK, access: statusFailed, directory: statusOK,
			detail: "not permitted by Workspace ONE Access (403)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, accesstest.Config{}, tt.env...)
			if tt.fault != nil {
				s.access.AddFault(*tt.fault)
			}
			status, body := cmdtest.Get(t, s.ops+"/readyz")
			var got readyz
			if err := json.Unmarshal([]byte(body), &got); err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			want := map[int]string{200: "ready", 503: "not ready"}[tt.want]
			c := got.Components
			if status != tt.want || got.Status != want || c["token"].Status != tt.token ||
				c["access"].Status != tt.access || c["directory"].Status != tt.directory || len(c) != 3 {
				t.Errorf("got %d %s, want %d token %s, access %s, directory %s", status, body, tt.want, tt.token, tt.access,
					tt.directory)
			}
			if !strings.Contains(body, tt.detail) {
				t.Errorf("got %s, want it to say %s", body, tt.detail)
			}
			if status, _ := cmdtest.Get(t, s.ops+"/healthz"); status != http.StatusOK {
				t.Errorf("/healthz was answered %d: the process lives", status)
			}
		})
	}
}

// probe asks for readiness as one with that context.
func probe(ctx context.Context, r *readiness) int {
	w := httptest.NewRecorder()
	r.serve(w, httptest.NewRequestWithContext(ctx, http.MethodGet, "/readyz", nil))
	return w.Code
}

func TestReadinessKeepsFindings(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		checks := 0
		trouble := errors.New("trouble")
		r := &readiness{components: []*component{{name: "x", keep: keepGood, check: func(context.Context) error {
			checks++
			return trouble
		}}}}
		steps := []struct {
			after        time.Duration
			fix          bool
			want, checks int
		}{
			{want: 503, checks: 1},
			{after: keepBad - time.Second, fix: true, want: 503, checks: 1},
			{after: time.Second, want: 200, checks: 2},
			{after: keepGood - time.Second, want: 200, checks: 2},
			{after: time.Second, want: 200, checks: 3},
		}
		for i, step := range steps {
			time.Sleep(step.after)
			if step.fix {
				trouble = nil
			}
			if got := probe(t.Context(), r); got != step.want || checks != step.checks {
				t.Errorf("probe %d: %d after %d checks, want %d after %d", i+1, got, checks, step.want, step.checks)
			}
		}
	})
}

// A probe with a short timeout must not make the next one see trouble.
func TestReadinessOfAProbeThatLeft(t *testing.T) {
	r := &readiness{components: []*component{{name: "x", keep: keepGood,
		check: func(ctx context.Context) error { return ctx.Err() }}}}
	left, leave := context.WithCancel(t.Context())
	leave()
	probe(left, r)
	if got := probe(t.Context(), r); got != http.StatusOK {
		t.Errorf("the next probe was answered %d, want 200", got)
	}
}

func TestServeDrains(t *testing.T) {
	const held = 300 * time.Millisecond
	tests := []struct {
		name  string
		fault accesstest.Fault
	}{
		{name: "a request that Access holds is answered", fault: accesstest.Fault{}},
		{name: "a request that needs a new token gets one", fault: accesstest.Fault{Status: http.StatusUnauthorized}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, accesstest.Config{})
			tt.fault.Method, tt.fault.Path, tt.fault.Delay, tt.fault.Count = http.MethodPost, accessAPI, held, 1
			s.access.AddFault(tt.fault)
			type result struct {
				okta.Reply
				err error
			}
			answered := make(chan result, 1)
			go func() {
				r, err := s.okta.Send(context.WithoutCancel(t.Context()), http.MethodPost, "/Users",
					okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
				answered <- result{r, err}
			}()
			s.awaitStrike(t)
			if got := s.stop(t); got != exitOK {
				t.Errorf("exit code %d: %s", got, s.stderr)
			}
			if got := <-answered; got.err != nil || got.Status != http.StatusCreated {
				t.Errorf("the request under way was answered %d %v, %v", got.Status, got.Body, got.err)
			}
			if n := len(s.access.State().Users); n != 2 {
				t.Errorf("Access holds %d users, want 2", n)
			}
		})
	}
}

// awaitStrike waits until the one fault has struck: its request is being held.
func (s *served) awaitStrike(t *testing.T) {
	t.Helper()
	timeout := time.After(cmdtest.Patience)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(s.access.Faults()) > 0 {
		select {
		case <-tick.C:
		case <-timeout:
			t.Fatal("no request came to Access")
		}
	}
}
