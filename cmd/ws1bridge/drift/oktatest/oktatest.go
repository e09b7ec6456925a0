// Package oktatest is an emulator of the part of Okta's management API that says what should be
// pushed: app users, groups that are pushed with their members, the app's profile; and of its token
// endpoint. It pages, limits requests, and fails as Okta does. It shares no code with what reads it.
package oktatest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

// The names of everything that has one.
const (
	AppID = "0oa1app"
	Token = "00okta-api-token" //nolint:gosec // made up
)

// User is somebody who is assigned to the app.
type User struct {
	ID, Link, Status, SyncState, UserName string
	// Profile has the variables of the app's profile.
	Profile map[string]any
}

// Group is a group that is pushed.
type Group struct {
	ID, Name, Target, Status, Error string
	Members                         []string // ids of Okta
	// IsGone says that the group is pushed, and was deleted.
	IsGone bool
}

// Org is an org. Its fields may be changed between requests.
type Org struct {
	URL string

	mu       sync.Mutex // guards what follows
	status   string     // of the app
	features []string
	users    []User
	groups   []Group
	// pageSize bounds pages, below what is asked for; 0 does not.
	pageSize int
	// limited and failing count the next requests that are answered 429, or 500.
	limited, failing int
	requests         int
	// denied is the status of every answer, 0 for none.
	denied int
	issuer issuer
}

// Start runs an org until the test ends.
func Start(tb testing.TB) *Org {
	tb.Helper()
	o := New("")
	server := httptest.NewServer(o.Handler())
	tb.Cleanup(server.Close)
	o.URL = server.URL
	return o
}

// New returns an org of which Handler is all that runs.
func New(url string) *Org {
	return &Org{URL: url, status: "ACTIVE", issuer: issuer{tokens: map[string]given{}, used: map[string]bool{}}}
}

// Handler answers what the org is asked.
func (o *Org) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/apps/"+AppID, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, o.app())
	})
	mux.HandleFunc("GET /api/v1/apps/"+AppID+"/users", func(w http.ResponseWriter, r *http.Request) {
		page(o, w, r, 500, o.appUsers())
	})
	mux.HandleFunc("GET /api/v1/apps/"+AppID+"/users/{id}", func(w http.ResponseWriter, r *http.Request) {
		for _, u := range o.appUsers() {
			if one, _ := u.(map[string]any); one["id"] == r.PathValue("id") {
				answer(w, http.StatusOK, one)
				return
			}
		}
		refuse(w, http.StatusNotFound, "E0000007")
	})
	mux.HandleFunc("GET /api/v1/apps/"+AppID+"/group-push/mappings", func(w http.ResponseWriter, r *http.Request) {
		if !o.pushesGroups() { // what Okta answers then is not documented: this is the worst
			refuse(w, http.StatusBadRequest, "E0000003")
			return
		}
		page(o, w, r, 1000, o.mappings())
	})
	mux.HandleFunc("GET /api/v1/groups/{id}", func(w http.ResponseWriter, r *http.Request) {
		if g, ok := o.group(r.PathValue("id")); ok {
			answer(w, http.StatusOK, map[string]any{"id": g.ID, "profile": map[string]any{"name": g.Name}})
			return
		}
		refuse(w, http.StatusNotFound, "E0000007")
	})
	mux.HandleFunc("GET /api/v1/groups/{id}/users", func(w http.ResponseWriter, r *http.Request) {
		g, ok := o.group(r.PathValue("id"))
		if !ok {
			refuse(w, http.StatusNotFound, "E0000007")
			return
		}
		members := make([]any, len(g.Members))
		for i, id := range g.Members {
			members[i] = map[string]any{"id": id, "status": "ACTIVE"}
		}
		page(o, w, r, 1000, members)
	})
	mux.HandleFunc("GET /api/v1/meta/schemas/apps/"+AppID+"/default", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, appSchema())
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "E0000007") })
	all := http.NewServeMux()
	all.Handle("/", o.guarded(mux))
	all.HandleFunc("POST "+tokenPath, o.token)
	return all
}

// Set replaces who is assigned, and what is pushed.
func (o *Org) Set(users []User, groups []Group) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.users, o.groups = users, groups
}

// SetPushes has the app that pushes have a status, and features; without any, Okta does not tell them.
func (o *Org) SetPushes(status string, features ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.status, o.features = status, features
}

func (o *Org) pushesGroups() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.features) == 0 || slices.Contains(o.features, "GROUP_PUSH")
}

func (o *Org) app() map[string]any {
	o.mu.Lock()
	defer o.mu.Unlock()
	app := map[string]any{"id": AppID, "name": "scim2headerauth", "label": "Access", "status": o.status}
	if len(o.features) > 0 {
		app["features"] = o.features
	}
	return app
}

// Fault has the next requests be limited, or fail; denied is the status of all of them, 0 for
// none; pageSize bounds pages.
func (o *Org) Fault(limited, failing, denied, pageSize int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.limited, o.failing, o.denied, o.pageSize = limited, failing, denied, pageSize
}

// Requests counts those that were made.
func (o *Org) Requests() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.requests
}

// guarded answers those without the token, and those that are to fail.
func (o *Org) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.mu.Lock()
		o.requests++
		limited, failing, denied := o.limited > 0, o.failing > 0, o.denied
		o.limited, o.failing = max(o.limited-1, 0), max(o.failing-1, 0)
		o.mu.Unlock()
		status, code := o.mayCall(r)
		switch {
		case status != 0:
			refuse(w, status, code)
		case denied != 0:
			refuse(w, denied, "E0000006")
		case limited:
			slowDown(w)
		case failing:
			refuse(w, http.StatusInternalServerError, "E0000009")
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (o *Org) appUsers() []any {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]any, len(o.users))
	for i, u := range o.users {
		one := map[string]any{"id": u.ID, "status": u.Status, "scope": "GROUP", "profile": u.Profile,
			"credentials": map[string]any{"userName": u.UserName}}
		if u.Link != "" {
			one["externalId"] = u.Link
		}
		if u.SyncState != "" {
			one["syncState"] = u.SyncState
		}
		list[i] = one
	}
	return list
}

func (o *Org) mappings() []any {
	o.mu.Lock()
	defer o.mu.Unlock()
	list := make([]any, len(o.groups))
	for i, g := range o.groups {
		one := map[string]any{"id": "gm" + g.ID, "sourceGroupId": g.ID, "status": g.Status}
		if g.Target != "" {
			one["targetGroupId"] = g.Target
		}
		if g.Error != "" {
			one["errorSummary"] = g.Error
		}
		list[i] = one
	}
	return list
}

func (o *Org) group(id string) (Group, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, g := range o.groups {
		if g.ID == id && !g.IsGone {
			return g, true
		}
	}
	return Group{}, false
}

// page answers one page of a list, with the link to the next.
func page(o *Org, w http.ResponseWriter, r *http.Request, most int, list []any) {
	size := most
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil && n > 0 && n < size {
		size = n
	}
	o.mu.Lock()
	if o.pageSize > 0 && o.pageSize < size {
		size = o.pageSize
	}
	o.mu.Unlock()
	after, _ := strconv.Atoi(r.URL.Query().Get("after")) // without it, the first page
	after = min(max(after, 0), len(list))
	rest := list[after:]
	w.Header().Add("Link", fmt.Sprintf(`<%s%s>; rel="self"`, o.URL, r.URL.RequestURI()))
	if len(rest) > size {
		rest = rest[:size]
		query := r.URL.Query()
		query.Set("after", strconv.Itoa(after+size))
		w.Header().Add("Link", fmt.Sprintf(`<%s%s?%s>; rel="next"`, o.URL, r.URL.Path, query.Encode()))
	}
	answer(w, http.StatusOK, rest)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller has gone: nobody is left to tell
}

func refuse(w http.ResponseWriter, status int, code string) {
	answer(w, status, map[string]any{"errorCode": code, "errorSummary": http.StatusText(status), "errorId": "oae1"})
}

// slowDown refuses a request for the rate of them.
func slowDown(w http.ResponseWriter) {
	w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(time.Now().Unix(), 10))
	refuse(w, http.StatusTooManyRequests, "E0000047")
}
