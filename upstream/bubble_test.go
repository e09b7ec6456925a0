package upstream_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// wire carries requests to a handler without sockets, which have no place in a bubble of
// testing/synctest.
type wire struct{ http.Handler }

func (w wire) RoundTrip(req *http.Request) (*http.Response, error) {
	answer := httptest.NewRecorder()
	served := req.Clone(req.Context())
	if served.RequestURI = req.URL.RequestURI(); served.Body == nil {
		served.Body = http.NoBody
	}
	w.ServeHTTP(answer, served)
	return answer.Result(), nil
}

// bubbled is an emulator, and a client of it that asks for tokens at that. Nothing of it uses
// sockets, so that in a bubble of testing/synctest time is exact.
func bubbled(t *testing.T, cfg accesstest.Config, reuse time.Duration) (*upstream.Client, *accesstest.Running) {
	t.Helper()
	cfg.ClientID, cfg.ClientSecret, cfg.Domains = clientID, clientSecret, []string{domain}
	emulator, err := accesstest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	access := &accesstest.Running{Emulator: emulator, URL: "http://127.0.0.1"}
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: wire{emulator.Handler()}})
	return newClientFrom(t, access, upstream.Config{Domains: []string{domain}, ReuseReads: reuse,
		HTTPClient: authorizedIn(ctx, access), Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20}}), access
}

// between does something once after a request with a method was answered, and before the
// client gets the answer.
type between struct {
	http.RoundTripper

	mu     sync.Mutex // guards the fields below
	method string
	do     func() // nil for nothing
}

func (b *between) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(req)
	b.mu.Lock()
	do := b.do
	if req.Method != b.method {
		do = nil
	}
	if do != nil {
		b.do = nil
	}
	b.mu.Unlock()
	if do != nil {
		do()
	}
	return res, err
}

// once has something done after the next request with the method.
func (b *between) once(method string, do func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.method, b.do = method, do
}

// startBetween runs an emulator, and a client of it while whose requests something else
// may happen.
func startBetween(t *testing.T, cfg accesstest.Config) (*upstream.Client, *accesstest.Running, *between) {
	t.Helper()
	_, access := start(t, cfg)
	client := authorized(t, access)
	b := &between{RoundTripper: client.Transport}
	client.Transport = b
	return newClientFrom(t, access, upstream.Config{HTTPClient: client, Domains: []string{domain},
		Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20}}), access, b
}
