package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/status"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// statusPage is the answer of /status.
type statusPage struct {
	Status     string
	Components map[string]status.Finding
}

func TestStatus(t *testing.T) {
	forbidden := accesstest.Fault{Path: accessAPI + "/connectormanagement", Status: http.StatusForbidden}
	const well, ill, unknown = status.OK, status.Failed, status.Unknown
	tests := []struct {
		name                     string
		fault                    *accesstest.Fault
		env                      []string
		want                     int
		token, access, directory status.Verdict
		says                     string // the detail or the fix of any component
	}{
		{name: "all is well", want: 200, token: well, access: well, directory: well},
		{
			name: "Access is down", fault: &accesstest.Fault{Path: "/SAAS/jersey", Status: http.StatusServiceUnavailable},
			want: 503, token: well, access: ill, directory: unknown,
			says: "probe: the service Workspace ONE Access is unavailable",
		},
		{
			name: "nothing listens at the tenant's address", env: []string{"WS1BRIDGE_ACCESS_URL=http://127.0.0.1:1"},
			want: 503, token: ill, access: ill, directory: unknown, says: `"fix":"ws1bridge doctor shows which; Okta repeats`,
		},
		{
			name: "the client secret is wrong", env: []string{"WS1BRIDGE_ACCESS_CLIENT_SECRET=wrong"},
			want: 503, token: ill, access: ill, directory: unknown, says: `"fix":"correct them; ws1bridge doctor checks them"`,
		},
		{
			name: "the domain has no directory", env: []string{"WS1BRIDGE_DOMAIN=other.com"},
			want: 503, token: well, access: well, directory: ill, says: `"fix":"run ws1bridge directory create"`,
		},
		{
			name: "the domain is spelled otherwise", env: []string{"WS1BRIDGE_DOMAIN=Acme.com"},
			want: 503, token: well, access: well, directory: ill,
			says: "no directory has the domain Acme.com, but one has acme.com: the configuration must spell it like that",
		},
		{
			name: "the role may not read directories", fault: &forbidden,
			want: 200, token: well, access: well, directory: unknown, says: "could not be checked: ",
		},
		{
			name: "the role may not read users", fault: &accesstest.Fault{Path: accessAPI + "/scim",
				Status: http.StatusForbidden},
			want: 503, token: well, access: ill, directory: well, says: `"fix":"give the client a larger role; `,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, began := newServed(t, accesstest.Config{}), time.Now().Truncate(time.Second)
			if tt.fault != nil {
				s.access.AddFault(*tt.fault)
			}
			s.begin(t, []string{"serve"}, tt.env...)
			got := s.awaitStatus(t, tt.want)
			c := got.Components
			if c["token"].Status != tt.token || c["access"].Status != tt.access ||
				c["directory"].Status != tt.directory || c["journal"].Status != status.OK || len(c) != 4 {
				t.Errorf("got %+v, want token %s, access %s, directory %s", got, tt.token, tt.access, tt.directory)
			}
			if _, body := cmdtest.Get(t, s.ops+"/status"); !strings.Contains(body, tt.says) {
				t.Errorf("got %s, want it to say %s", body, tt.says)
			}
			for _, page := range []string{"/healthz", "/readyz"} {
				if code, body := cmdtest.Get(t, s.ops+page); code != http.StatusOK {
					t.Errorf("%s was answered %d %s: this copy is well, and answers Okta", page, code, body)
				}
			}
			wantComponents(t, s, c)
			for name, f := range c {
				if f.Since.Before(began) || f.Since.After(time.Now()) || f.Status == ill && (f.Detail == "" || f.Fix == "") {
					t.Errorf("%s: %+v does not say since when, what is wrong, and what to do", name, f)
				}
			}
		})
	}
}

// awaitStatus waits for an answer of /status: what was found at the start counts for some
// seconds.
func (s *served) awaitStatus(t *testing.T, want int) (page statusPage) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		code, body := cmdtest.Get(t, s.ops+"/status")
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			t.Fatalf("%s: %v", body, err)
		}
		if good := map[int]string{200: "ok", 503: "failed"}[code]; page.Status != good {
			t.Fatalf("the status is %q in an answer of %d", page.Status, code)
		}
		if code == want {
			return page
		}
		if time.Since(began) > cmdtest.Patience {
			t.Fatalf("/status is %d %s, want %d", code, body, want)
		}
	}
}

// wantComponents compares the gauges with the findings.
func wantComponents(t *testing.T, s *served, findings map[string]status.Finding) {
	t.Helper()
	_, metrics := cmdtest.Get(t, s.ops+"/metrics")
	for name, f := range findings {
		series := `ws1bridge_component_ok{component="` + name + `"} `
		want, known := map[status.Verdict]string{status.OK: "1", status.Failed: "0"}[f.Status]
		if strings.Contains(metrics, series) != known || !strings.Contains(metrics, series+want) && known {
			t.Errorf("of the status %s, /metrics has no %s%s", f.Status, series, want)
		}
	}
}

// What a bridge that nobody asks for anything sends to Access, well or not.
func TestIdleBridgeSendsLittle(t *testing.T) {
	tests := []struct {
		name  string
		fault *accesstest.Fault
		gone  bool // the directory
		most  int  // in an hour
	}{
		{name: "all is well", most: 170},
		{name: "the role may not read directories", most: 170,
			fault: &accesstest.Fault{Path: accessAPI + "/connectormanagement", Status: http.StatusForbidden}},
		{name: "the directory is gone", gone: true, most: 250},
		{name: "Access is down", most: 800, fault: &accesstest.Fault{Path: "/SAAS/jersey", Status: 503}},
		{name: "tokens are refused", most: 350, fault: &accesstest.Fault{Path: connection.TokenPath, Status: 401}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var faults []accesstest.Fault
				if tt.fault != nil {
					faults = append(faults, *tt.fault)
				}
				b := newBubbled(t, faults...)
				if tt.gone {
					directories, err := b.bridge.access.Client.Directories(t.Context())
					must(t, err)
					for _, d := range directories {
						if d.Type == upstream.TypeOther {
							must(t, b.bridge.access.Client.DeleteDirectory(t.Context(), d.ID))
						}
					}
				}
				go func() { _ = b.status.Run(t.Context()) }()
				time.Sleep(time.Hour) // what is read once at the start has been read
				b.access.ClearRequests()
				time.Sleep(time.Hour)
				n := len(b.access.Requests())
				if n == 0 || n > tt.most {
					t.Errorf("%d requests in an hour, want some, and %d at most", n, tt.most)
				}
				t.Logf("%d requests in an hour", n)
			})
		})
	}
}

// A bridge that has more to send than it may cannot look how Access is; that is no outage.
func TestBusyIsNotIll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBubbled(t)
		b.current.Load().client.LimitRate(.5)
		var pushes sync.WaitGroup
		for range 20 {
			pushes.Go(func() { b.ask(t, http.MethodGet, "/Users?startIndex=1&count=1", nil) })
		}
		synctest.Wait()
		code, body := b.page(t, b.ops, "/status")
		if code != http.StatusOK || !strings.Contains(body, `"access":{"status":"unknown"`) ||
			!strings.Contains(body, "could not be checked: ") {
			t.Errorf("/status is %d %s", code, body)
		}
		pushes.Wait()
	})
}
