package console

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/cmd/ws1bridge/status"
	"ws1bridge/scim/journal"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

const hostile = `<script>alert("x")</script>`

// world is a console with some pushes.
type world struct {
	*httptest.Server
	journal *journal.Journal
	access  *accesstest.Running
	client  *http.Client
	public  bool
	failing []status.Named
	notices []Notice
	// compared has a value when Okta and Access were compared.
	compared chan struct{}
	// released counts how often the guard was released.
	released int

	inspector func() inspect.Inspector
}

func newWorld(t *testing.T, change ...func(*Config)) *world {
	t.Helper()
	j, err := journal.Open(journal.Config{})
	must(t, err)
	w := &world{journal: j, access: accesstest.Start(t, accesstest.Config{ClientID: "id", ClientSecret: "secret",
		Domains: []string{"acme.com"}, SeedUsers: 2})}
	inspector := inspect.Inspector{Client: w.tenant(t), Domains: []string{"acme.com"}}
	inspector.Translator, err = translate.New(translate.Config{DefaultDomain: "acme.com"})
	must(t, err)
	w.inspector = func() inspect.Inspector { return inspector }
	cfg := Config{Journal: j, IsPrivate: func() bool { return !w.public }, Version: "v1.2.3",
		Components: func(context.Context) []status.Named {
			return append([]status.Named{{Name: "token", Finding: status.Finding{Status: status.OK, Since: time.Now()}}},
				w.failing...)
		},
		TokenExpires: func() time.Time { return time.Now().Add(3 * time.Hour) },
		CountUsers:   func(context.Context) (int, error) { return 12, nil },
		CountGroups:  func(context.Context) (int, error) { return 1, nil },
		Notices:      func(context.Context) []Notice { return w.notices },
		Release:      func(context.Context) error { w.released++; return nil },
		Inspector:    w.inspector,
		Domains:      func() []string { return []string{"acme.com"} },
	}
	var handler http.Handler
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(rw, r)
	}))
	t.Cleanup(w.Close)
	for _, c := range change {
		c(&cfg)
	}
	if cfg.OIDC != nil && cfg.OIDC.URL == "" {
		cfg.OIDC.URL = w.URL + "/"
	}
	handler, err = New(cfg)
	must(t, err)
	jar, err := cookiejar.New(nil)
	must(t, err)
	w.client = &http.Client{Jar: jar, Transport: w.Client().Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return w
}

// tenant is a client of the emulator.
func (w *world) tenant(t *testing.T) *upstream.Client {
	t.Helper()
	base, err := upstream.TenantURL(w.access.URL)
	must(t, err)
	transport := connection.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	access, err := connection.New(base, transport, auth.Config{ClientID: "id", ClientSecret: "secret"},
		upstream.Config{Domains: []string{"acme.com"}})
	must(t, err)
	return access.Client
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) push(name string, code int, cause string) {
	w.journal.Add(journal.Record{Request: "REQ" + name, Front: "2.0", Caller: "token 1", Operation: "create user",
		Kind: "user", ID: "id-" + name, Name: name, Domain: "acme.com", Status: code, Reason: cause, Cause: cause,
		Changed: []string{"title", hostile}, Values: map[string]any{"title": hostile}, Took: time.Millisecond,
		Requests: []journal.Request{{Method: "POST", Path: "/scim/Users", Status: code}, {Method: "GET", Path: "/x"}}})
}

// get is a page, with its status.
func (w *world) get(t *testing.T, path string, header ...string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+path, nil)
	must(t, err)
	if len(header) > 0 {
		req.Host = header[0]
	}
	res, err := w.client.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	must(t, err)
	return res.StatusCode, string(b), res.Header
}

// TestPages shows what was pushed, whatever people are called.
func TestPages(t *testing.T) {
	w := newWorld(t)
	sentence := problem.NotShownYet().Sentence()
	w.push("ada@acme.com", 201, "")
	w.push(hostile, 409, "taken by …")
	w.push("grace@acme.com", 429, sentence)
	w.failing = []status.Named{{Name: "access", Finding: status.Finding{Status: status.Failed, Since: time.Now(),
		Detail: "no answer " + hostile, Fix: "look at the network"}}}
	found, err := w.journal.Find(t.Context(), journal.Query{})
	must(t, err)
	for path, says := range map[string][]string{
		"/":                                {"needs attention", "look at the network", "1 group", "2 refused", "acme.com"},
		"/pushes":                          {"ada@acme.com", "201 ", "409 ", "&lt;script&gt;", "title", "/pushes.csv?"},
		"/pushes?about=ADA@acme.com":       {"ada@acme.com"},
		"/pushes?outcome=failed&since=24h": {"&lt;script&gt;", `value="24h"`, "selected"},
		"/pushes?cause=taken+by+%E2%80%A6": {"taken by …"},
		"/pushes/" + found[1].Seq:          {"taken by …", "409", "REQ", "token 1", "no answer", "POST /scim/Users"},
		"/pushes/" + found[0].Seq:          {"Where it comes from", "What to do"},
		"/failures":                        {"taken by …", sentence, "What to do"},
	} {
		w.shows(t, path, says...)
	}
	w.notices = []Notice{{Text: "The token old ends " + hostile, Fix: "make another one"}}
	w.shows(t, "/", "The token old ends &lt;script&gt;", "make another one")
	if _, body, _ := w.get(t, "/pushes?about=ada@acme.com"); strings.Contains(body, "grace") {
		t.Error("the search for one finds another")
	}
	for path, want := range map[string]int{"/nothing": 404, "/pushes/absent": 404, "/pushes?since=soon": 400} {
		code, body, header := w.get(t, path)
		if code != want {
			t.Errorf("%s was answered %d, want %d", path, code, want)
		}
		checkPage(t, path, body)
		checkHeader(t, path, header)
	}
	code, body, _ := w.get(t, "/pushes.csv?outcome=failed")
	if code != http.StatusOK || strings.Count(body, "\n") != 3 || !strings.Contains(body, "grace@acme.com") {
		t.Errorf("the CSV is %d %s", code, body)
	}
}

// shows expects a page with some texts, and without what would run.
func (w *world) shows(t *testing.T, path string, texts ...string) {
	t.Helper()
	code, body, header := w.get(t, path)
	if code != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/html") {
		t.Errorf("%s was answered %d %s", path, code, header.Get("Content-Type"))
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			t.Errorf("%s does not show %q", path, text)
		}
	}
	if strings.Contains(body, hostile) {
		t.Errorf("%s has a script in it", path)
	}
	checkPage(t, path, body)
	checkHeader(t, path, header)
}

func checkHeader(t *testing.T, path string, h http.Header) {
	t.Helper()
	policy := h.Get("Content-Security-Policy")
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") ||
		!strings.Contains(policy, "frame-ancestors 'none'") || h.Get("Cache-Control") != "no-store" ||
		h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Frame-Options") != "DENY" {
		t.Errorf("%s has the header %v", path, h)
	}
}

// checkPage looks for what people who hear or type the page would miss, and for what the
// policy does not let run.
func checkPage(t *testing.T, path, body string) {
	t.Helper()
	page, err := html.Parse(strings.NewReader(body))
	must(t, err)
	count := map[string]int{}
	for n := range page.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		count[n.Data]++
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(a.Val, "javascript:") {
				t.Errorf("%s has %s=%q", path, a.Key, a.Val)
			}
		}
		isHidden := slices.Contains(n.Attr, html.Attribute{Key: "type", Val: "hidden"})
		isField := n.Data == "input" && !isHidden || n.Data == "select"
		if isField && n.Parent.Data != "label" {
			t.Errorf("%s has a field without a label", path)
		}
		if n.Data == "th" && !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "scope" }) {
			t.Errorf("%s has a header without a scope", path)
		}
		if n.Data == "html" && !slices.Contains(n.Attr, html.Attribute{Key: "lang", Val: "en"}) {
			t.Errorf("%s does not say its language", path)
		}
	}
	for _, once := range []string{"h1", "main", "title", "nav"} {
		if once == "title" {
			continue // the chart has titles too
		}
		if count[once] != 1 {
			t.Errorf("%s has %d of %s, want 1", path, count[once], once)
		}
	}
}

// TestLive tells how many pushes came since the page was made.
func TestLive(t *testing.T) {
	w := newWorld(t)
	w.push("ada@acme.com", 201, "")
	_, body, _ := w.get(t, "/pushes")
	_, rest, _ := strings.Cut(body, `data-live="`)
	path, _, _ := strings.Cut(rest, `"`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+html.UnescapeString(path), nil)
	must(t, err)
	res, err := w.client.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	w.push("grace@acme.com", 201, "")
	w.push("barbara@acme.com", 201, "")
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() && lines.Text() != "data: 2" {
	}
	if lines.Text() != "data: 2" {
		t.Errorf("the stream ended with %q, %v", lines.Text(), lines.Err())
	}
	for range maxNews {
		w.push("barbara@acme.com", 201, "")
	}
	for lines.Scan() && !strings.HasSuffix(lines.Text(), "or more") {
	}
	if lines.Text() != "data: 100 or more" {
		t.Errorf("the stream ended with %q, %v", lines.Text(), lines.Err())
	}
}

// TestUnreadableJournal shows that, and not an empty list.
func TestUnreadableJournal(t *testing.T) {
	j, err := journal.Open(journal.Config{URL: "postgres://u:sw0rdfish@127.0.0.1:1/db"})
	must(t, err)
	t.Cleanup(func() { _ = j.Close() })
	w := newWorld(t, func(c *Config) {
		c.Journal, c.CountUsers = j, func(context.Context) (int, error) { return 0, errors.New("away") }
	})
	for _, path := range []string{"/", "/pushes", "/failures", "/pushes/x", "/pushes.csv"} {
		if code, body, _ := w.get(t, path); code != http.StatusServiceUnavailable || strings.Contains(body, "sw0rdfish") {
			t.Errorf("%s was answered %d %s", path, code, body)
		}
	}
}

func TestChart(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 30, 0, 0, time.UTC)
	c := newChart([]journal.Hour{{Begins: now.Truncate(time.Hour), Pushes: 400, Failed: 1},
		{Begins: now.Truncate(time.Hour).Add(-23 * time.Hour), Pushes: 200}}, now)
	first, last := c.Bars[0], c.Bars[23]
	if len(c.Bars) != 24 || first.Height != 50 || last.Height != 100 || last.Failed != 2 || first.Failed != 0 ||
		!strings.Contains(last.Title, "08:00 UTC: 400 pushes, 1 refused") || !strings.Contains(c.Label, "600") {
		t.Errorf("got %+v", c)
	}
}
