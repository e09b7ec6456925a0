package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/upstream/accesstest"
)

// comparing is a bridge that compares with an org.
func comparing(t *testing.T, org *oktatest.Org, changes ...string) *served {
	t.Helper()
	return serve(t, accesstest.Config{}, append([]string{"WS1BRIDGE_DRIFT_EVERY=24h", "WS1BRIDGE_OKTA_ORG_URL=" + org.URL,
		"WS1BRIDGE_OKTA_APP_ID=" + oktatest.AppID, "WS1BRIDGE_OKTA_API_TOKEN=" + oktatest.Token}, changes...)...)
}

// compare presses the button of the console, and waits until a page says something.
func (s *served) compare(t *testing.T, page, says string) string {
	t.Helper()
	res, err := http.PostForm(s.ops+"/drift", nil)
	must(t, err)
	must(t, res.Body.Close())
	for start := time.Now(); ; time.Sleep(10 * time.Millisecond) {
		_, body := cmdtest.Get(t, s.ops+page)
		if strings.Contains(body, says) {
			return body
		}
		if time.Since(start) > cmdtest.Patience {
			t.Fatalf("%s does not say %q:\n%s", page, says, body)
		}
	}
}

// TestComparing compares while it serves, repairs, and tells of what is left and of trouble.
func TestComparing(t *testing.T) {
	org := oktatest.Start(t)
	org.Set([]oktatest.User{{ID: "00u1", Status: "ACTIVE", UserName: "ada@acme.com",
		Profile: oktatest.Profile("Ada", "Lovelace", "ada@acme.com")}}, nil)
	s := comparing(t, org, "WS1BRIDGE_DRIFT_REPAIR=true", "WS1BRIDGE_GUARD_MAX_DEACTIVATIONS=1")
	s.compare(t, "/drift", "Repaired: 1.")
	s.compare(t, "/drift", "not linked")
	if _, page := cmdtest.Get(t, s.ops+"/"); !strings.Contains(page, "Okta and Access differ (1).") {
		t.Errorf("the overview says nothing of it:\n%s", page)
	}
	if _, page := cmdtest.Get(t, s.ops+"/pushes"); !strings.Contains(page, "ada@acme.com") {
		t.Errorf("the history has nothing of it:\n%s", page)
	}
	org.Fault(0, 0, http.StatusUnauthorized, 0)
	s.compare(t, "/status", "could not be compared")
	org.Fault(0, 0, 0, 0)
	s.compare(t, "/metrics", `ws1bridge_component_ok{component="drift"} 1`)
	if log := s.stdout.String(); strings.Contains(log, "ada@acme.com") || !strings.Contains(log, `"token":"drift"`) {
		t.Errorf("the log is\n%s", log)
	}
}

// TestComparingInADryRun repairs nothing.
func TestComparingInADryRun(t *testing.T) {
	org := oktatest.Start(t)
	org.Set([]oktatest.User{{ID: "00u1", Status: "ACTIVE", UserName: "ada@acme.com",
		Profile: oktatest.Profile("Ada", "Lovelace", "ada@acme.com")}}, nil)
	s := newServed(t, accesstest.Config{})
	s.begin(t, []string{"serve", "--dry-run"}, "WS1BRIDGE_DRIFT_EVERY=24h", "WS1BRIDGE_OKTA_ORG_URL="+org.URL,
		"WS1BRIDGE_OKTA_APP_ID="+oktatest.AppID, "WS1BRIDGE_OKTA_API_TOKEN="+oktatest.Token, "WS1BRIDGE_DRIFT_REPAIR=true")
	if page := s.compare(t, "/drift", "missing"); strings.Contains(page, "Repaired") {
		t.Errorf("it repaired:\n%s", page)
	}
}
