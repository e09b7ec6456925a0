package main

import (
	"context"
	"net/http"
	"strings"
	"testing"
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
		`ws1bridge_last_success_timestamp_seconds{operation="create user"} 1.`,
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
