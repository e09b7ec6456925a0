package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/console"
	"ws1bridge/cmd/ws1bridge/history"
	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/cmd/ws1bridge/status"
	"ws1bridge/scim/explain"
	"ws1bridge/upstream"
)

// opsHandler is for operators: health, status and metrics.
func (b *bridge) opsHandler() (http.Handler, error) {
	r := chi.NewRouter()
	r.Get("/healthz", alive)
	r.Get("/readyz", b.readyz)
	r.Method(http.MethodGet, "/status", b.status)
	r.Method(http.MethodGet, history.Path, history.Handler(b.journal, b.isForTheMachine))
	r.Method(http.MethodGet, guardPath, b.onMachine(b.showGuard))
	r.Method(http.MethodPost, guardPath, b.onMachine(b.releaseGuard))
	r.Method(http.MethodGet, "/metrics", promhttp.HandlerFor(b.metrics, promhttp.HandlerOpts{}))
	pages, err := b.console()
	if err != nil {
		return nil, err
	}
	r.Mount("/", pages)
	return r, nil
}

// isForTheMachine reports whether whoever reaches ops_listen is on the machine: where people
// from elsewhere are let in, a proxy on the machine may ask for them.
func (b *bridge) isForTheMachine() bool {
	c := b.current.Load().Console
	return b.opsIsPrivate.Load() && c.TokenSHA256 == "" && !c.OIDC.On()
}

// console is the page for administrators.
func (b *bridge) console() (http.Handler, error) {
	settings := b.current.Load().Console
	return console.New(console.Config{
		TokenSHA256: settings.TokenSHA256, OIDC: signOnOf(settings.OIDC),
		OnRefusal: func(err error) { b.log.Named("console").Warn("nobody was let in", zap.Error(err)) },
		Journal:   b.journal, Components: b.status.Findings, IsPrivate: b.opsIsPrivate.Load, Version: buildVersion(),
		TokenExpires: func() time.Time { return b.access.Tokens.State().Expires },
		Inspector:    func() inspect.Inspector { return b.current.Load().inspector() },
		Domains:      func() []string { return b.current.Load().domains },
		CountUsers: func(ctx context.Context) (int, error) {
			return countManaged(ctx, b.current.Load().client, false)
		},
		CountGroups: func(ctx context.Context) (int, error) {
			return countManaged(ctx, b.current.Load().client, true)
		},
		Notices: func(ctx context.Context) []console.Notice {
			return slices.Concat(b.guardNotices(ctx), b.driftNotices(), b.tokens.notices())
		},
		Drift:   b.drift,
		Release: func(ctx context.Context) error { return b.release(ctx, time.Now().Add(releaseFor)) },
	})
}

// signOnOf is where people sign in who may see the console, nil where they do not.
func signOnOf(o config.OIDC) *console.OIDC {
	if !o.On() {
		return nil
	}
	return &console.OIDC{Issuer: o.Issuer, ClientID: o.ClientID, ClientSecret: string(o.ClientSecret), Groups: o.Groups,
		GroupsClaim: o.GroupsClaim, URL: o.URL}
}

// alive says that the process lives, and nothing about Access: restarting the
// bridge does not fix Access.
func alive(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyz says whether this copy takes pushes, for load balancers. That Access is away
// does not change it: only the bridge answers Okta so that it comes again.
func (b *bridge) readyz(w http.ResponseWriter, _ *http.Request) {
	if b.stopping.Load() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"status": "shutting down"})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"status": "ready"})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// How long it counts what was found out about the directories: to look takes a request for
// each of them and one more.
const (
	keepDirectory    = 5 * time.Minute
	keepBadDirectory = time.Minute
)

// newStatus is the one list of what the bridge depends on.
func newStatus(b *bridge, log *zap.Logger, metrics prometheus.Registerer) *status.Board {
	client := func() *upstream.Client { return b.current.Load().client }
	return status.New(log.Named("status"), metrics, append([]status.Component{
		{Name: "token", Check: b.access.Tokens.Ready, Explain: explainFailure},
		{Name: "access", Explain: explainAccess,
			Check: func(ctx context.Context) error { return client().Ready(ctx) }},
		{Name: "directory", Explain: explainDirectory,
			Keep: keepDirectory, KeepBad: keepBadDirectory,
			Check: func(ctx context.Context) error { return client().CheckDirectories(ctx) }},
		{Name: "journal", Explain: explainJournal,
			Check: func(context.Context) error { return b.journal.Trouble() }},
	}, b.driftComponents()...)...)
}

func explainFailure(err error) (verdict status.Verdict, detail, fix string) {
	detail = err.Error()
	if token, ok := errors.AsType[*auth.Error](err); ok {
		detail = explain.Token(token).Plain()
	}
	return status.Failed, detail, explain.Error(err, "").PlainFix()
}

// explainAccess tells what is wrong with Access from what keeps the bridge from asking: that
// it has so much to send is no trouble.
func explainAccess(err error) (verdict status.Verdict, detail, fix string) {
	if errors.Is(err, upstream.ErrTooBusy) {
		return unchecked(err)
	}
	return explainFailure(err)
}

// explainDirectory tells what is wrong with the directories from what is about the check:
// that the role may not read them proves nothing.
func explainDirectory(err error) (verdict status.Verdict, detail, fix string) {
	if _, isAboutTheCheck := errors.AsType[*upstream.Error](err); isAboutTheCheck {
		return unchecked(err)
	}
	return explainFailure(err)
}

// explainJournal tells what is lost while the journal cannot be written.
func explainJournal(err error) (verdict status.Verdict, detail, fix string) {
	return status.Failed, "history cannot be written: " + err.Error(),
		"see to the disk or the database of journal.url; pushes go on without history"
}

func unchecked(err error) (verdict status.Verdict, detail, fix string) {
	_, detail, fix = explainFailure(err)
	return status.Unknown, "could not be checked: " + detail, fix
}
