package console

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/cmd/ws1bridge/drift/org"
	"ws1bridge/cmd/ws1bridge/drift/schedule"
)

// compared is a console of a bridge that compares, and the org that it compares with.
func compared(t *testing.T) (*world, *oktatest.Org) {
	t.Helper()
	okta := oktatest.Start(t)
	var w *world
	outcomes := make(chan struct{}, 1)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	s := schedule.New(schedule.Config{Every: 24 * time.Hour, Log: zap.NewNop(), Repair: func() bool { return false },
		OnOutcome: func() { outcomes <- struct{}{} },
		Comparison: func() (*drift.Comparison, func(), error) {
			inspector := w.inspector()
			source := &org.Org{URL: okta.URL, AppID: oktatest.AppID, As: org.APIToken{Secret: oktatest.Token},
				HTTPClient: &http.Client{Transport: transport}}
			return &drift.Comparison{Client: inspector.Client, Translator: inspector.Translator, Source: source},
				func() {}, nil
		}})
	w = newWorld(t, func(c *Config) { c.Drift = s })
	w.compared = outcomes
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
	})
	return w, okta
}

// compareNow presses the button, and waits for the outcome.
func (w *world) compareNow(t *testing.T) {
	t.Helper()
	if code, to := w.send(t, "/drift"); code != http.StatusSeeOther || to != "/drift" {
		t.Errorf("the button leads to %s with %d", to, code)
	}
	select {
	case <-w.compared:
	case <-time.After(time.Minute):
		t.Fatal("nothing was compared")
	}
}

// TestDrift shows what differs, and compares at the press of a button.
func TestDrift(t *testing.T) {
	w, okta := compared(t)
	w.says(t, "/drift", "have not been compared yet", "Compare now", "every 24 h")
	okta.Set([]oktatest.User{
		{ID: "00u1", Status: "ACTIVE", UserName: hostile, Profile: oktatest.Profile("Ada", "Lovelace", "ada@acme.com")},
		{ID: "00u2", Link: w.heldID(t, someone), Status: "DEPROVISIONED", UserName: someone},
	}, nil)
	w.compareNow(t)
	body := w.says(t, "/drift", "Compared a moment ago", "2 people", "&lt;script&gt;", "missing", "press Provision User",
		"active here", `<a href="/users?name=`, "unassigned", "Download")
	if strings.Contains(body, hostile) {
		t.Error("what people are called is not escaped")
	}
	w.says(t, "/drift.csv", "name,what,detail", someone+",active here,Okta says DEPROVISIONED")
	okta.Fault(0, 0, http.StatusForbidden, 0)
	w.compareNow(t)
	w.says(t, "/drift", "They could not be compared", "must be able to read apps", "active here")
}

// TestNoDrift says how to have it compare.
func TestNoDrift(t *testing.T) {
	w := newWorld(t)
	w.says(t, "/drift", "drift.every")
	w.says(t, "/drift.csv", "name,what")
	if code, to := w.send(t, "/drift"); code != http.StatusSeeOther || to != "/drift" {
		t.Errorf("the button leads to %s with %d", to, code)
	}
}

// says expects that a page says each of these.
func (w *world) says(t *testing.T, path string, texts ...string) (body string) {
	t.Helper()
	code, body, _ := w.get(t, path)
	for _, text := range texts {
		if code != http.StatusOK || !strings.Contains(body, text) {
			t.Errorf("%s was answered %d, and does not say %q:\n%s", path, code, text, body)
		}
	}
	return body
}

// send presses the button of a form without fields.
func (w *world) send(t *testing.T, path string) (code int, to string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+path, nil)
	must(t, err)
	res, err := w.client.Do(req)
	must(t, err)
	must(t, res.Body.Close())
	return res.StatusCode, res.Header.Get("Location")
}
