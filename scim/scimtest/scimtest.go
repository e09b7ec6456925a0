// Package scimtest is the whole way from Okta to Access, for tests: an emulator of
// Access, a bridge before it, and an Okta that sends requests and checks answers.
package scimtest

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ws1bridge/auth"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// What every World is configured with.
const (
	Domain    = "acme.com"
	OktaToken = "token-that-okta-presents"
	Secret    = "client-secret-of-the-bridge"
	AccessAPI = "/SAAS/jersey/manager/api"
)

// World is the whole way from Okta to Access.
type World struct {
	T       *testing.T
	Access  *accesstest.Running
	Handler *scim.Handler
	Bridge  *httptest.Server // of the Handler
	Log     *bytes.Buffer
}

// Config is how a World differs from the ordinary one.
type Config struct {
	Access accesstest.Config
	// Resilience is how the bridge meets trouble with Access.
	Resilience upstream.Resilience
	// Timeout bounds one request to Access; 0 means 5 seconds.
	Timeout time.Duration
	// Transport is put on the way to Access; nil for nothing.
	Transport func(base http.RoundTripper) http.RoundTripper
	Options   []func(*scim.Config)
}

// AtOnce shows trouble at once: each request is sent to Access one time only, and
// the circuit never opens.
var AtOnce = upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20}

// New starts an emulator and a bridge before it.
func New(t *testing.T, cfg Config) *World {
	t.Helper()
	cfg.Access.ClientID, cfg.Access.ClientSecret = "bridge", Secret
	if cfg.Access.Domains == nil {
		cfg.Access.Domains = []string{Domain}
	}
	w := &World{T: t, Access: accesstest.Start(t, cfg.Access), Log: &bytes.Buffer{}}
	client := w.client(cfg)
	bearer, err := auth.NewBearer(auth.Keys(OktaToken))
	Must(t, err)
	translator, err := translate.New(translate.Config{DefaultDomain: Domain})
	Must(t, err)
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()),
		zapcore.Lock(zapcore.AddSync(w.Log)), zap.InfoLevel)
	config := scim.Config{
		Users: client, Groups: client, Translator: translator, GroupDomain: Domain,
		Authenticate: bearer.Identify,
		Log:          zap.New(core), AllowDeleteUsers: true,
	}
	for _, o := range cfg.Options {
		o(&config)
	}
	handler, err := scim.NewHandler(config)
	Must(t, err)
	w.serve(handler)
	return w
}

func (w *World) serve(handler *scim.Handler) {
	w.Handler = handler
	w.Bridge = httptest.NewServer(handler)
	w.T.Cleanup(w.Bridge.Close)
}

// With is the same world with another configuration of the bridge, which takes over.
func (w *World) With(change func(*scim.Config)) *World {
	w.T.Helper()
	config := w.Handler.Config
	change(&config)
	handler, err := w.Handler.With(config)
	Must(w.T, err)
	next := *w
	next.serve(handler)
	return &next
}

// client is the bridge's client of Access.
func (w *World) client(cfg Config) *upstream.Client {
	tokens, err := auth.NewTokenSource(auth.Config{
		TokenURL: w.Access.URL + "/SAAS/auth/oauthtoken", ClientID: "bridge", ClientSecret: Secret,
	})
	Must(w.T, err)
	base := &http.Transport{MaxIdleConnsPerHost: 32}
	w.T.Cleanup(base.CloseIdleConnections)
	transport := &auth.Transport{Source: tokens, Base: base, Host: strings.TrimPrefix(w.Access.URL, "http://")}
	if cfg.Transport != nil {
		transport.Base = cfg.Transport(base)
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = 5 * time.Second
	}
	client, err := upstream.NewClient(upstream.Config{
		BaseURL: w.Access.URL, Domains: []string{Domain}, Timeout: cfg.Timeout, Resilience: cfg.Resilience,
		HTTPClient: &http.Client{Transport: transport},
	})
	Must(w.T, err)
	return client
}

// Must fails the test on an error.
func Must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// Direct takes requests to a handler without a network.
type Direct struct{ Handler http.Handler }

// RoundTrip has the handler answer.
func (d Direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	// The context of a request that a router made would make another router take
	// itself for a part of that one.
	r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, nil))
	w := httptest.NewRecorder()
	d.Handler.ServeHTTP(w, r)
	return w.Result(), nil
}
