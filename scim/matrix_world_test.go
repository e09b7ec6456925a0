package scim_test

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"go.uber.org/zap"

	"ws1bridge/auth"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

var (
	// quick repeats as the program does, with pauses for tests, and never opens
	// the circuit: each fault meets the request that it is meant for.
	quick = upstream.Resilience{FirstPause: time.Millisecond, LongestPause: 20 * time.Millisecond, BreakAfter: 1 << 20}
	// breaking opens the circuit as the program does, for a short time.
	breaking = upstream.Resilience{FirstPause: time.Millisecond, LongestPause: 20 * time.Millisecond, BreakFor: 50 * time.Millisecond}
)

// lab is a world in which connections can be refused, and where Access may
// take its time.
type lab struct {
	*world
	refuser *refuser
}

// labConfig is how a lab differs from the ordinary one.
type labConfig struct {
	access     accesstest.Config
	resilience upstream.Resilience
	timeout    time.Duration // of one request to Access; 0 means 5 seconds
}

func newLab(t *testing.T, cfg labConfig) *lab {
	t.Helper()
	cfg.access.ClientID, cfg.access.ClientSecret, cfg.access.Domains = "bridge", secret, []string{domain}
	if cfg.timeout == 0 {
		cfg.timeout = 5 * time.Second
	}
	access := accesstest.Start(t, cfg.access)
	tokens, err := auth.NewTokenSource(auth.Config{TokenURL: access.URL + "/SAAS/auth/oauthtoken", ClientID: "bridge", ClientSecret: secret})
	must(t, err)
	_, err = tokens.Token(t.Context()) // so that no impatient request has to wait for it
	must(t, err)
	base := &http.Transport{MaxIdleConnsPerHost: 32}
	t.Cleanup(base.CloseIdleConnections)
	l := &lab{refuser: &refuser{base: base}}
	client, err := upstream.NewClient(upstream.Config{
		BaseURL: access.URL, Domains: []string{domain}, Timeout: cfg.timeout, Resilience: cfg.resilience,
		HTTPClient: &http.Client{Transport: &auth.Transport{Source: tokens, Base: l.refuser, Host: strings.TrimPrefix(access.URL, "http://")}},
	})
	must(t, err)
	translator, err := translate.New(translate.Config{DefaultDomain: domain})
	must(t, err)
	handler, err := scim.NewHandler(scim.Config{
		Users: client, Groups: client, Translator: translator, GroupDomain: domain,
		Authenticate: func(string) error { return nil }, Log: zap.NewNop(),
	})
	must(t, err)
	bridge := httptest.NewServer(handler)
	t.Cleanup(bridge.Close)
	bridge.Client().Transport = direct{handler}
	l.world = &world{t: t, access: access, bridge: bridge}
	return l
}

// direct takes requests to a handler without a network: the way from Okta to
// the bridge is not what a lab is about.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	// The context of a request that a router made would make another router take
	// itself for a part of that one.
	r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, nil))
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// refuser is a transport whose connections are refused at times: an emulator
// that listens cannot refuse them by itself.
type refuser struct {
	base http.RoundTripper

	mu          sync.Mutex // guards the fields below
	skip, count int        // as in accesstest.Fault, but a count of 0 is none
	share       float64    // of requests that are refused by chance
	random      *rand.Rand
}

// arm refuses count requests after skip that pass.
func (r *refuser) arm(skip, count int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skip, r.count = skip, count
}

// left is how many requests are still to be refused.
func (r *refuser) left() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// armRandom refuses a share of all requests.
func (r *refuser) armRandom(share float64, seed uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.share, r.random = share, rand.New(rand.NewPCG(seed, seed))
}

func (r *refuser) strikes() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.random != nil && r.random.Float64() < r.share:
		return true
	case r.count == 0:
		return false
	case r.skip > 0:
		r.skip--
		return false
	}
	r.count--
	return true
}

// RoundTrip fails as a dialer does whose peer does not listen.
func (r *refuser) RoundTrip(req *http.Request) (*http.Response, error) {
	if !r.strikes() {
		return r.base.RoundTrip(req)
	}
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
}
