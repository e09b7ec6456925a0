// Package console is the web page for administrators, on the ops address: how the bridge is,
// what was pushed, what failed and why. It is made on the server and works without
// JavaScript.
package console

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"html/template"
	"io/fs"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"

	"ws1bridge/cmd/ws1bridge/drift/schedule"
	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/cmd/ws1bridge/status"
	"ws1bridge/scim/journal"
	"ws1bridge/scim/problem"
)

//go:embed pages/*.html
var pages embed.FS

//go:embed static
var static embed.FS

// Config is what the console shows. Only TokenSHA256 and OIDC may be left out.
type Config struct {
	Journal *journal.Journal
	// Components are those that the bridge depends on.
	Components func(context.Context) []status.Named
	// TokenExpires is when the token for Access ends; the zero time where there is none.
	TokenExpires func() time.Time
	// CountUsers and CountGroups count what the bridge manages.
	CountUsers, CountGroups func(context.Context) (int, error)
	// IsPrivate reports whether nobody on another machine reaches the console.
	IsPrivate func() bool
	// TokenSHA256 is the digest of the token that lets people in who are on other machines,
	// in hexadecimal form; "" lets nobody in by one.
	TokenSHA256 string
	// OIDC lets people in who sign in elsewhere; nil lets nobody in by that.
	OIDC *OIDC
	// OnRefusal is told why somebody could not sign in, without personal data.
	OnRefusal func(error)
	// Inspector looks at people and groups in Access.
	Inspector func() inspect.Inspector
	// Notices are what is about to be trouble.
	Notices func(context.Context) []Notice
	// Release has the guard let changes pass for an hour.
	Release func(context.Context) error
	// Drift compares Okta with Access regularly; nil where nothing does.
	Drift *schedule.Schedule
	// Domains are those that are managed.
	Domains func() []string
	Version string
}

// Notice is something that somebody should see to, and what to do.
type Notice struct {
	Text, Fix string
	// IsGuard says that the guard holds changes back, which can be let pass.
	IsGuard bool
}

// console serves the pages.
type console struct {
	Config

	templates map[string]*template.Template
	managed   managed
	looks     looks
	gate      *gate // nil lets nobody in from other machines
}

// errNoPage is a page that is not there.
var errNoPage = errors.New("there is no such page")

// unreachable is why Access could not be asked, and what to do about it.
type unreachable struct{ finding, fix string }

func (u unreachable) Error() string { return u.finding + ". " + u.fix }

// New returns the handler of everything below the root.
func New(cfg Config) (http.Handler, error) {
	c := &console{Config: cfg, looks: make(looks, 1), templates: map[string]*template.Template{}}
	for _, name := range []string{
		"overview", "pushes", "push", "records", "failures", "drift", "trouble", "login", "welcome",
	} {
		t, err := template.New("layout.html").Funcs(functions).ParseFS(pages, "pages/layout.html", "pages/parts.html",
			"pages/"+name+".html")
		if err != nil {
			return nil, err
		}
		c.templates[name] = t
	}
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, err
	}
	if c.gate, err = newGate(cfg); err != nil {
		return nil, err
	}
	r := chi.NewRouter()
	r.Use(c.guard)
	r.Method(http.MethodGet, "/static/*", http.StripPrefix("/static/", http.FileServerFS(files)))
	for path, show := range map[string]func(*http.Request) (string, any, error){
		"/": c.overview, "/pushes": c.pushes, "/pushes/{seq}": c.push, "/failures": c.failures,
		"/users": c.users, "/groups": c.groups, "/drift": c.drift,
	} {
		r.Get(path, func(w http.ResponseWriter, r *http.Request) { c.answer(w, r, show) })
	}
	r.Get("/pushes.csv", c.table(c.pushesTable))
	r.Get("/failures.csv", c.table(c.causesTable))
	r.Get("/members.csv", c.table(c.membersTable))
	r.Get("/drift.csv", c.table(c.driftTable))
	r.Post("/drift", c.compareNow)
	r.Get("/live", c.live)
	r.Post("/logout", c.leave)
	r.Post("/guard/release", c.release)
	if c.gate != nil {
		r.Get("/login", c.enter)
		r.Post("/login", c.enter)
	}
	if c.gate != nil && c.gate.signOn != nil {
		r.Get("/oidc/login", c.signIn)
		r.Get(callbackPath, c.comeBack)
	}
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		c.answer(w, r, func(*http.Request) (string, any, error) { return "", nil, errNoPage })
	})
	return r, nil
}

// trouble is a page in place of the one that was asked for.
type trouble struct{ Title, Text string }

// answer makes a page, or one that says what is wrong.
func (c *console) answer(w http.ResponseWriter, r *http.Request, show func(*http.Request) (string, any, error)) {
	name, data, err := show(r)
	if err != nil {
		c.refuse(w, r, err)
		return
	}
	c.write(w, r, http.StatusOK, name, data)
}

// release has the guard let changes pass.
func (c *console) release(w http.ResponseWriter, r *http.Request) {
	if err := c.Release(r.Context()); err != nil {
		c.refuse(w, r, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// refuse makes the page that says what is wrong.
func (c *console) refuse(w http.ResponseWriter, r *http.Request, err error) {
	bad, isBad := errors.AsType[badRequest](err)
	away, isAway := errors.AsType[unreachable](err)
	switch {
	case errors.Is(err, errNoPage):
		c.write(w, r, http.StatusNotFound, "trouble", trouble{"Not found",
			"There is no such page, or no such push any more."})
	case isBad:
		c.write(w, r, http.StatusBadRequest, "trouble", trouble{"Not understood", bad.Error()})
	case isAway:
		c.write(w, r, http.StatusServiceUnavailable, "trouble", trouble{"Access cannot be asked", away.Error()})
	default:
		c.write(w, r, http.StatusServiceUnavailable, "trouble", trouble{"The journal cannot be read", err.Error()})
	}
}

// write writes a page whole, or nothing of it.
func (c *console) write(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	var page bytes.Buffer
	err := c.templates[name].Execute(&page, struct {
		Page, Version string
		SignedIn      bool
		Data          any
	}{name, c.Version, c.gate.isIn(r), data})
	if err != nil {
		http.Error(w, "the page cannot be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(page.Bytes()) // the caller has gone: nobody is left to tell
}

// fixOf is what the guide says of a sentence without its facts.
func fixOf(cause string) (e problem.Entry, ok bool) {
	for _, known := range problem.Entries() {
		if known.Sentence() == cause {
			return *known, true
		}
	}
	return problem.Entry{}, false
}
