package main

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"ws1bridge/auth"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

const (
	tokenPath = "/SAAS/auth/oauthtoken" //nolint:gosec // a path, not a credential
)

// bridge is the wired program: everything between two listeners and Access.
type bridge struct {
	tokens   *auth.TokenSource
	access   *upstream.Client
	endpoint *scim.Handler
	ready    *readiness
	ops      http.Handler
	log      *zap.Logger
}

// newBridge wires the parts. It starts and sends nothing.
func newBridge(cfg Config, log *zap.Logger) (*bridge, error) {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), buildInfo())
	tenant, err := upstream.TenantURL(cfg.Access.URL)
	if err != nil {
		return nil, err
	}
	b := &bridge{log: log}
	b.tokens, err = auth.NewTokenSource(auth.Config{
		TokenURL: tenant.String() + tokenPath, ClientID: cfg.Access.ClientID,
		ClientSecret: cfg.Access.ClientSecret, OnChange: tellToken(log), Registerer: registry,
	})
	if err != nil {
		return nil, err
	}
	translator, err := translate.New(cfg.translation())
	if err != nil {
		return nil, err
	}
	b.access, err = upstream.NewClient(upstream.Config{
		BaseURL:    tenant.String(),
		HTTPClient: &http.Client{Transport: &auth.Transport{Source: b.tokens, Base: newTransport(), Host: tenant.Host}},
		Domains:    translator.ManagedDomains(), Registerer: registry,
		Resilience: upstream.Resilience{RateLimit: cfg.Access.RateLimit}, OnCircuit: tellCircuit(log),
	})
	if err != nil {
		return nil, err
	}
	directory, err := directoryOf(cfg, b.access, log)
	if err != nil {
		return nil, err
	}
	b.endpoint, err = newEndpoint(cfg, directory, translator, log, registry)
	if err != nil {
		return nil, err
	}
	b.ready = newReadiness(b.tokens, b.access)
	b.ops = opsHandler(b.ready, registry)
	return b, nil
}

func newEndpoint(cfg Config, access directory, translator *translate.Translator, log *zap.Logger, registry prometheus.Registerer) (*scim.Handler, error) {
	bearer, err := auth.NewBearer(cfg.Okta.Tokens)
	if err != nil {
		return nil, err
	}
	return scim.NewHandler(scim.Config{
		Users: access, Groups: access, Translator: translator, GroupDomain: cfg.groupDomain(),
		Authenticate: bearer.Check, PublicURL: cfg.PublicURL, MaxScan: int(cfg.SCIM.MaxScan), Log: log.Named("scim"), Registerer: registry,
	})
}

// newTransport is the connection pool to Access: many requests to one host.
func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 64
	t.MaxConnsPerHost = 64
	t.ResponseHeaderTimeout = 20 * time.Second
	return t
}

// mainHandler is what Okta calls, and a sign of life for load balancers.
func mainHandler(endpoint http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/healthz" {
			alive(w, r)
			return
		}
		endpoint.ServeHTTP(w, r)
	})
}

// run serves until ctx ends, then answers what is under way and returns nil.
// Health and metrics, the token and the probes outlive the last answer, which
// needs them.
func (b *bridge) run(ctx context.Context, main, ops net.Listener) error {
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	work, base := errgroup.WithContext(base)
	work.Go(func() error { return b.tokens.Run(base) })
	work.Go(func() error { return b.access.Run(base) })
	work.Go(func() error {
		return serveHTTP(base, ops, server{handler: b.ops, log: b.log.Named("ops")})
	})
	work.Go(func() error {
		defer stop()
		return serveHTTP(ctx, main, server{handler: mainHandler(b.endpoint), log: b.log.Named("http"), drain: b.drain})
	})
	return work.Wait()
}

// drain makes the bridge take no new requests, and waits for those under way.
func (b *bridge) drain(ctx context.Context) error {
	b.ready.draining.Store(true)
	return b.endpoint.Drain(ctx)
}
