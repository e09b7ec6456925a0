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
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// bridge is the wired program: everything between two listeners and Access.
type bridge struct {
	access   *connection.Connection
	endpoint *scim.Handler
	ready    *readiness
	ops      http.Handler
	log      *zap.Logger
}

// newBridge wires the parts. It starts and sends nothing.
func newBridge(cfg config.Config, dry dryRun, log *zap.Logger) (*bridge, error) {
	registry := newRegistry()
	translator, err := translate.New(cfg.Translation())
	if err != nil {
		return nil, err
	}
	access, err := connect(cfg, translator.ManagedDomains(), log, registry)
	if err != nil {
		return nil, err
	}
	directory, err := directoryOf(dry, access.Client, log)
	if err != nil {
		return nil, err
	}
	endpoint, err := newEndpoint(cfg, directory, translator, log, registry)
	if err != nil {
		return nil, err
	}
	ready := newReadiness(access)
	return &bridge{access: access, endpoint: endpoint, ready: ready, ops: opsHandler(ready, registry), log: log}, nil
}

func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	process := collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})
	registry.MustRegister(collectors.NewGoCollector(), process, buildInfo())
	return registry
}

func connect(
	cfg config.Config, domains []string, log *zap.Logger, metrics prometheus.Registerer,
) (*connection.Connection, error) {
	tenant, err := upstream.TenantURL(cfg.Access.URL)
	if err != nil {
		return nil, err
	}
	return connection.New(tenant, connection.NewTransport(),
		auth.Config{
			ClientID: cfg.Access.ClientID, ClientSecret: cfg.Access.ClientSecret,
			OnChange: logToken(log), Registerer: metrics,
		},
		upstream.Config{
			Domains: domains, Resilience: upstream.Resilience{RateLimit: cfg.Access.RateLimit},
			ReuseReads: reuseReads(cfg.Access.ReuseReads), OnCircuit: logCircuit(log), Registerer: metrics,
		})
}

// reuseReads is the setting as the client takes it, to which 0 is the default.
func reuseReads(seconds float64) time.Duration {
	if seconds == 0 {
		return -1
	}
	return time.Duration(seconds * float64(time.Second))
}

func newEndpoint(
	cfg config.Config, access directory, translator *translate.Translator, log *zap.Logger, metrics prometheus.Registerer,
) (*scim.Handler, error) {
	bearer, err := auth.NewBearer(cfg.Okta.Tokens)
	if err != nil {
		return nil, err
	}
	return scim.NewHandler(scim.Config{
		Users: access, Groups: access, Translator: translator, GroupDomain: cfg.GroupDomain(),
		Authenticate: bearer.Check, PublicURL: cfg.PublicURL, MaxScan: int(cfg.SCIM.MaxScan),
		Log: log.Named("scim"), Registerer: metrics,
	})
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
	work.Go(func() error { return b.access.Tokens.Run(base) })
	work.Go(func() error { return b.access.Client.Run(base) })
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
