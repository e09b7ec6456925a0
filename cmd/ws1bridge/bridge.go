package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"ws1bridge/auth"
	"ws1bridge/auth/loopback"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/drift/schedule"
	"ws1bridge/cmd/ws1bridge/status"
	"ws1bridge/scim"
	"ws1bridge/scim/guard"
	"ws1bridge/scim/journal"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// bridge is the wired program: everything between two listeners and Access.
type bridge struct {
	access  *connection.Connection // its client is the one of the first configuration
	current atomic.Pointer[configured]
	journal *journal.Journal
	status  *status.Board
	ops     http.Handler
	https   *https // nil: plain HTTP
	metrics *prometheus.Registry
	tokens  *inboundTokens
	guard   *guard.Guard
	drift   *schedule.Schedule // nil: nothing is compared
	// throttle is that of wrong tokens.
	throttle auth.Throttle
	dry      dryRun
	level    zap.AtomicLevel // of the log
	log      *zap.Logger
	// opsIsPrivate says that nobody on another machine reaches ops_listen.
	opsIsPrivate atomic.Bool
	// stopping says that the bridge is about to take no new requests.
	stopping atomic.Bool
}

// newBridge makes the parts and wires them. It starts and sends nothing. The level is
// that of the log.
func newBridge(cfg config.Config, dry dryRun, log *zap.Logger, level zap.AtomicLevel) (*bridge, error) {
	translator, err := translate.New(cfg.Translation())
	if err != nil {
		return nil, err
	}
	b := &bridge{dry: dry, log: log, level: level, metrics: newRegistry()}
	if b.journal, err = b.openJournal(cfg.Journal); err != nil {
		return nil, err
	}
	if b.access, err = b.connect(cfg, translator.ManagedDomains()); err == nil {
		err = b.wire(cfg, translator)
	}
	if err != nil {
		_ = b.journal.Close() // nobody runs it
		return nil, err
	}
	return b, nil
}

// wire makes what follows from the first configuration.
func (b *bridge) wire(cfg config.Config, translator *translate.Translator) (err error) {
	first := &configured{Config: cfg, translator: translator, domains: translator.ManagedDomains()}
	if first.client, err = clientOf(b.dry, b.access.Client, b.log); err != nil {
		return err
	}
	b.guard = newGuard(b.guardInUse, b.journal, b.log.Named("guard"), b.metrics)
	endpoint, err := b.endpointConfig(first)
	if err != nil {
		return err
	}
	if first.endpoint, err = scim.NewHandler(endpoint); err != nil {
		return err
	}
	if b.https, err = newHTTPS(cfg, b.log, b.metrics); err != nil {
		return err
	}
	b.current.Store(first)
	b.drift = b.newDrift()
	b.status = newStatus(b, b.log, b.metrics)
	b.tokens = newInboundTokens(func() []auth.Key { return b.current.Load().Okta.Keys() }, b.log.Named("auth"), b.metrics)
	b.tokens.measure()
	b.ops, err = b.opsHandler()
	return err
}

// openJournal makes the memory of what is pushed. A database that is away keeps nobody from
// starting.
func (b *bridge) openJournal(cfg config.Journal) (*journal.Journal, error) {
	log := b.log.Named("journal")
	if b.dry.held() {
		cfg.URL = "" // what was not done has no place in the history of what was
	}
	return journal.Open(journal.Config{
		URL: string(cfg.URL), Keep: cfg.Keep, MaxRecords: int(cfg.MaxRecords), Values: cfg.Values, Registerer: b.metrics,
		OnTrouble: func(err error) {
			if err != nil {
				log.Error("history cannot be written: pushes go on, and up to 20,000 of them wait to be written",
					zap.Error(err))
			} else {
				log.Info("history is written again")
			}
			b.status.Look()
		},
	})
}

func newRegistry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	process := collectors.NewProcessCollector(collectors.ProcessCollectorOpts{})
	registry.MustRegister(collectors.NewGoCollector(), process, buildInfo())
	return registry
}

// connect makes the way to Access. What happens on it may change the status.
func (b *bridge) connect(cfg config.Config, domains []string) (*connection.Connection, error) {
	tenant, err := upstream.TenantURL(cfg.Access.URL)
	if err != nil {
		return nil, err
	}
	tellToken, tellCircuit := logToken(b.log), logCircuit(b.log)
	return connection.New(tenant, connection.NewTransport(),
		auth.Config{
			ClientID: cfg.Access.ClientID, ClientSecret: cfg.Access.ClientSecret,
			OnChange: func(s auth.State) { tellToken(s); b.status.Look() }, Registerer: b.metrics,
		},
		upstream.Config{
			Domains: domains, Resilience: upstream.Resilience{RateLimit: cfg.Access.RateLimit},
			ReuseReads: reuseReads(cfg.Access.ReuseReads),
			OnCircuit:  func(open bool) { tellCircuit(open); b.status.Look() }, Registerer: b.metrics,
		})
}

// reuseReads is the setting as the client takes it, to which 0 is the default.
func reuseReads(seconds float64) time.Duration {
	if seconds == 0 {
		return -1
	}
	return time.Duration(seconds * float64(time.Second))
}

// ServeHTTP answers what Okta asks, and a sign of life to load balancers. Once the bridge
// is stopping, each answer ends its connection: a load balancer that keeps one would send
// its next request at the moment in which it is closed, and could not know whether
// that request was read.
func (b *bridge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// A request in chunks may have had a length, too, which package net/http does not tell. A proxy
	// that believed the length took what follows for a part of it (RFC 9112 section 6.1).
	if b.stopping.Load() || len(r.TransferEncoding) > 0 {
		w.Header().Set("Connection", "close")
	}
	if r.URL.Path == "/healthz" {
		alive(w, r)
		return
	}
	b.current.Load().endpoint.ServeHTTP(w, r)
}

// run serves until ctx ends, then answers what is under way and returns nil.
// Health and metrics, the token and the probes, and what is to be done beside, outlive
// the last answer, which needs them.
func (b *bridge) run(ctx context.Context, main, ops net.Listener, beside ...func(context.Context) error) error {
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	work, base := errgroup.WithContext(base)
	work.Go(func() error { return b.access.Tokens.Run(base) })
	work.Go(func() error { return b.access.Client.Run(base) })
	work.Go(func() error { return b.status.Run(base) })
	work.Go(func() error { return b.journal.Run(base) })
	work.Go(func() error { return b.tokens.run(base) })
	work.Go(func() error { return b.runDrift(base) })
	b.opsIsPrivate.Store(loopback.Is(ops.Addr().String()))
	for _, do := range beside {
		work.Go(func() error { return do(base) })
	}
	work.Go(func() error {
		return serveHTTP(base, ops, server{handler: b.ops, log: b.log.Named("ops"), hangsUp: true})
	})
	work.Go(func() error { return b.https.run(base) })
	work.Go(func() error {
		defer stop()
		return serveHTTP(b.linger(ctx), main, server{
			handler: b, log: b.log.Named("http"), drain: b.drain, tls: b.https.config(),
		})
	})
	return work.Wait()
}

// linger is a context that ends some time after ctx: /readyz says at once that the bridge
// is stopping, and whoever sends it requests needs seconds to notice.
func (b *bridge) linger(ctx context.Context) context.Context {
	later, end := context.WithCancel(context.WithoutCancel(ctx))
	context.AfterFunc(ctx, func() {
		defer end()
		b.stopping.Store(true)
		if delay := b.current.Load().Shutdown.Delay; errors.Is(context.Cause(ctx), errTerminated) && delay > 0 {
			b.log.Info("stopping: requests are still answered for a while", zap.Duration("delay", delay))
			waitOrSignal(delay)
		}
	})
	return later
}

// drain makes the bridge take no new requests, and waits for those under way.
func (b *bridge) drain(ctx context.Context) error { return b.current.Load().endpoint.Drain(ctx) }
