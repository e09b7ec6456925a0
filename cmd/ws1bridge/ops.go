package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"ws1bridge/auth"
	"ws1bridge/scim/explain"
	"ws1bridge/upstream"
)

// opsHandler is for operators: health and metrics.
func opsHandler(ready *readiness, registry *prometheus.Registry) http.Handler {
	r := chi.NewRouter()
	r.Get("/healthz", alive)
	r.Get("/readyz", ready.serve)
	r.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return r
}

// alive says that the process lives, and nothing about Access: restarting the
// bridge does not fix Access.
func alive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

const (
	checkTimeout = 8 * time.Second
	// A finding is kept for a while, so that probes do not become load on
	// Access, and a bad one for less, so that recovery shows soon.
	keepGood      = 10 * time.Second
	keepBad       = 5 * time.Second
	keepDirectory = time.Minute
)

// The findings of a component.
const (
	statusOK      = "ok"
	statusFailed  = "failed"
	statusUnknown = "unknown" // could not be checked, which proves nothing
)

// readiness is whether the bridge can do its work: the one list of what that
// takes.
type readiness struct {
	components []*component
	// draining says that the bridge takes no new requests any more.
	draining atomic.Bool
}

func newReadiness(b *bridge) *readiness {
	access := func(ctx context.Context) error { return b.current.Load().client.Ready(ctx) }
	directory := func(ctx context.Context) error { return b.current.Load().client.CheckDirectories(ctx) }
	return &readiness{components: []*component{
		{name: "token", check: b.access.Tokens.Ready, keep: keepGood},
		{name: "access", check: access, keep: keepGood},
		{name: "directory", check: directory, keep: keepDirectory, optional: true},
	}}
}

// component is one thing that must work.
type component struct {
	name  string
	check func(context.Context) error
	keep  time.Duration
	// optional says that a role too small to check proves nothing.
	optional bool

	mu    sync.Mutex // guards what follows; held while checking, so probes share a check
	last  finding
	until time.Time
}

type finding struct {
	Status string `json:"status"`
	Detail string `json:"detail,omitempty"`
}

func (r *readiness) serve(w http.ResponseWriter, req *http.Request) {
	// A finding is for all who ask, so a probe that leaves early must not spoil it.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), checkTimeout)
	defer cancel()
	findings := make([]finding, len(r.components))
	var wait sync.WaitGroup
	for i, c := range r.components {
		wait.Go(func() { findings[i] = c.find(ctx) })
	}
	wait.Wait()
	status, verdict := http.StatusOK, "ready"
	components := map[string]finding{}
	for i, c := range r.components {
		components[c.name] = findings[i]
		if findings[i].Status == statusFailed {
			status, verdict = http.StatusServiceUnavailable, "not ready"
		}
	}
	if r.draining.Load() {
		status, verdict = http.StatusServiceUnavailable, "shutting down"
	}
	writeJSON(w, status, map[string]any{"status": verdict, "components": components})
}

func (c *component) find(ctx context.Context) finding {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Now().Before(c.until) {
		return c.last
	}
	err := c.check(ctx)
	keep := c.keep
	switch {
	case err == nil:
		c.last = finding{Status: statusOK}
	case c.optional && unchecked(err):
		c.last = finding{Status: statusUnknown, Detail: "could not be checked: " + plain(err)}
		keep = keepBad
	default:
		c.last = finding{Status: statusFailed, Detail: plain(err)}
		keep = keepBad
	}
	c.until = time.Now().Add(keep)
	return c.last
}

// unchecked reports whether err is about checking, not about what was checked.
func unchecked(err error) bool {
	var failed *upstream.Error
	return errors.As(err, &failed)
}

// plain is the finding in a sentence for an operator.
func plain(err error) string {
	if token, ok := errors.AsType[*auth.Error](err); ok {
		return explain.Token(token).Plain()
	}
	return err.Error()
}
