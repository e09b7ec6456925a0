package scim_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"ws1bridge/scim"
	"ws1bridge/scim/provision"
	"ws1bridge/scim/schematest"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestAuthorization(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	tests := []struct {
		name, header string
		status       int
		detail       string
	}{
		{"the token with its scheme", "Bearer " + oktaToken, 200, ""},
		{"the token alone, as catalog apps send it", oktaToken, 200, ""},
		{"the scheme in lower case", "bearer " + oktaToken, 200, ""},
		{"the scheme pasted twice", "Bearer Bearer " + oktaToken, 401, "pasted together"},
		{"another token", "Bearer non-token", 401, "not one that the bridge accepts"},
		{"no token", "", 401, "no token"},
		{"Basic", "Basic dXNlcjpwYXNz", 401, "HTTP Header"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := map[string]string{"Authorization": tt.header}
			r := w.SendWith(http.MethodGet, usersPath+"?startIndex=1&count=2", nil, header)
			if r.Status != tt.status || !strings.Contains(r.Detail(), tt.detail) {
				t.Fatalf("answered %d %s, want %d and a detail that says %q", r.Status, r.Raw, tt.status, tt.detail)
			}
			if tt.status == http.StatusUnauthorized {
				w.WantError(r)
				if r.Header.Get("WWW-Authenticate") == "" {
					t.Error("no WWW-Authenticate")
				}
			}
		})
	}
}

func TestRouterSpeaksSCIM(t *testing.T) {
	w := newWorld(t, accesstest.Config{SeedUsers: 1})
	tests := []struct {
		name, method, path string
		status             int
		allow              string
	}{
		{"an unknown endpoint", "GET", "/scim/v2/Roles", 404, ""},
		{"the root of the host", "GET", "/", 404, ""},
		{"the wrong base path", "GET", "/Users", 404, ""},
		{"a deletion without an id", "DELETE", usersPath + "/", 405, "GET, HEAD, OPTIONS, POST"},
		{"a PUT of all users", "PUT", usersPath, 405, "GET, HEAD, OPTIONS, POST"},
		{"a POST to a user", "POST", usersPath + "/x", 405, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
		{"a method that nobody knows", "BREW", usersPath, 405, "GET, HEAD, OPTIONS, POST"},
		{"a method that nobody knows, nowhere", "BREW", "/scim/v2/Roles", 404, ""},
		{"a GET of a search", "GET", usersPath + "/.search", 405, "OPTIONS, POST"},
		{"the options of a path", "OPTIONS", usersPath + "/x", 204, "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"},
		{"the options of bulk", "OPTIONS", "/scim/v2/Bulk", 204, "OPTIONS, POST"},
		{"the caller's own resource", "GET", "/scim/v2/Me", 501, ""},
		{"a change of the caller's own resource", "PATCH", "/scim/v2/Me", 501, ""},
		{"a base URL that ended in a slash", "GET", "/scim/v2//Users/", 200, ""},
		{"HEAD", "HEAD", usersPath, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := w.Send(tt.method, tt.path, nil)
			if r.Status != tt.status || r.Header.Get("Allow") != tt.allow {
				t.Errorf("answered %d %s (Allow %q), want %d (Allow %q)",
					r.Status, r.Raw, r.Header.Get("Allow"), tt.status, tt.allow)
			}
			if tt.status >= 400 {
				w.WantError(r)
			}
			if r.Header.Get("X-Request-Id") == "" {
				t.Error("no X-Request-Id")
			}
			if tt.method == http.MethodHead && len(r.Raw) != 0 {
				t.Errorf("HEAD has the body %s", r.Raw)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	w := newWorld(t, accesstest.Config{SeedUsers: 3})
	large := `{"userName":"` + strings.Repeat("x", 11<<20) + `"}`
	many := `{"Operations":[` + strings.Repeat(`{"op":"remove","path":"title"},`, 20_000) +
		`{"op":"remove","path":"title"}]}`
	tests := []struct {
		name, method, path string
		body               any
		header             map[string]string
		status             int
	}{
		{"a body over 10 MiB", "POST", usersPath, large, nil, 413},
		{"20,000 operations", "PATCH", usersPath + "/x", many, nil, 400},
		{"a filter over 4 KB", "GET", filter(usersPath, `userName eq "`+strings.Repeat("x", 5000)+`"`), nil, nil, 400},
		{"33 parentheses", "GET",
			filter(usersPath, strings.Repeat("(", 33)+`userName eq "x"`+strings.Repeat(")", 33)), nil, nil, 400},
		{"4,000 parentheses", "GET", filter(usersPath, strings.Repeat("(", 4000)), nil, nil, 400},
		{"a run of U+FFFD", "GET", filter(usersPath, strings.Repeat("\ufffd", 1000)), nil, nil, 400},
		{"a semicolon in the query", "GET", usersPath + "?filter=userName%20eq%20%22x%22;count=1", nil, nil, 400},
		{"a stray percent sign", "GET", usersPath + "?filter=userName%20eq%20%22100%25%22&x=%zz", nil, nil, 400},
		{"a body that is XML", "POST", usersPath, "<user/>", map[string]string{"Content-Type": "application/xml"}, 415},
		{"a body without a type", "POST", usersPath, user("a@acme.com", "ext-a"), map[string]string{"Content-Type": ""}, 201},
		{"plain JSON", "POST", usersPath, user("b@acme.com", "ext-b"),
			map[string]string{"Content-Type": "application/json"}, 201},
		{"nesting 20,000 deep", "POST", usersPath,
			strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000), nil, 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var r response
			schematest.Bounded(t, tt.name, func() { r = w.SendWith(tt.method, tt.path, tt.body, tt.header) })
			if r.Status != tt.status {
				t.Errorf("answered %d %.200s, want %d", r.Status, r.Raw, tt.status)
			}
			if r.Status >= 400 {
				w.WantError(r)
			}
		})
	}
}

// With Access in trouble, every request that needs it is answered 429, with a
// whole number of seconds and a detail that names the trouble.
func TestTroubleUpstreamIsAnswered429(t *testing.T) {
	requests := []struct {
		method, path string
		body         any
	}{
		{"GET", usersPath, nil},
		{"GET", filter(usersPath, `userName eq "x"`), nil},
		{"POST", usersPath, user("new@acme.com", "ext-new")},
		{"GET", usersPath + "/some-id", nil},
		{"PUT", usersPath + "/some-id", user("x@acme.com", "x")},
		{"PATCH", usersPath + "/some-id", set("active", false)},
		{"DELETE", usersPath + "/some-id", nil},
		{"GET", groupsPath, nil},
		{"POST", groupsPath, group("New")},
		{"GET", groupsPath + "/some-id", nil},
		{"PUT", groupsPath + "/some-id", group("New")},
		{"PATCH", groupsPath + "/some-id", operations(add("x"))},
		{"DELETE", groupsPath + "/some-id", nil},
	}
	scimAPI := accesstest.Fault{Path: accessAPI}
	status := func(s int) accesstest.Fault { f := scimAPI; f.Status = s; return f }
	html := status(502)
	html.Body, html.ContentType = "html", "text/html"
	proxy := status(404)
	proxy.Body, proxy.ContentType = "html", "text/html"
	throttled := status(429)
	throttled.RetryAfter = 7
	dropped := scimAPI
	dropped.Drop = true
	tests := []struct {
		name       string
		fault      accesstest.Fault
		detail     string
		retryAfter string
	}{
		{"Access throttles", throttled, "slow down", "7"},
		{"Access has an error", status(500), "error of its own (500)", "60"},
		{"a proxy answers with HTML", html, "error of its own (502)", "60"},
		{"another server answers", proxy, "access.url", "60"},
		{"Access redirects", status(302), "redirects", "60"},
		{"the connection is cut", dropped, "cannot be reached", "60"},
		{"the role is too small", status(403), "admin role", "60"},
		{"the token is refused", status(401), "every token", "60"},
		{"no token is available", accesstest.Fault{Path: "/SAAS/auth", Status: 503}, "token endpoint", ""},
		{"the credentials are wrong", accesstest.Fault{Path: "/SAAS/auth", Status: 401}, "access.client_secret", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{})
			w.Access.AddFault(tt.fault)
			for _, q := range requests {
				r := w.Want(http.StatusTooManyRequests, q.method, q.path, q.body)
				seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
				if err != nil || seconds < 1 || tt.retryAfter != "" && r.Header.Get("Retry-After") != tt.retryAfter {
					t.Errorf("%s %s: Retry-After %q, want %q", q.method, q.path, r.Header.Get("Retry-After"), tt.retryAfter)
				}
				if !strings.Contains(r.Detail(), tt.detail) || !strings.Contains(r.Detail(), r.Header.Get("X-Request-Id")) {
					t.Errorf("%s %s: detail %q, want one that says %q and the request id", q.method, q.path, r.Detail(), tt.detail)
				}
				if strings.Contains(r.Detail(), "<html") || strings.Contains(r.Detail(), "127.0.0.1") {
					t.Errorf("%s %s: detail %q shows what only the operator may see", q.method, q.path, r.Detail())
				}
			}
		})
	}
}

func TestSlowAccessIsAnsweredInTime(t *testing.T) {
	w := newWorld(t, accesstest.Config{}, func(c *scim.Config) { c.Timeout = 300 * time.Millisecond })
	w.Access.AddFault(accesstest.Fault{Path: accessAPI, Delay: time.Hour}) // longer than a test may take
	r := w.Want(http.StatusTooManyRequests, http.MethodPost, usersPath, user("a@acme.com", "ext-a"))
	if !strings.Contains(r.Detail(), "in time") {
		t.Errorf("detail is %q", r.Detail())
	}
}

func TestRevokedTokenIsNotNoticed(t *testing.T) {
	for _, status := range []int{401, 403} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			w := newWorld(t, accesstest.Config{Modes: accesstest.Modes{BadTokenStatus: status}})
			w.CreateUser("ada@acme.com")
			w.Access.RevokeTokens()
			w.CreateUser("grace@acme.com")
		})
	}
}

// brokenUsers panics, as no directory should.
type brokenUsers struct{ provision.UserDirectory }

func (brokenUsers) User(context.Context, string) (upstream.User, error) {
	panic("secret of jane@example.com")
}

func TestPanicIsAnsweredInSCIM(t *testing.T) {
	w := newWorld(t, accesstest.Config{}, func(c *scim.Config) { c.Users = brokenUsers{} })
	r := w.Want(http.StatusInternalServerError, http.MethodGet, usersPath+"/some-id", nil)
	if !strings.Contains(r.Detail(), r.Header.Get("X-Request-Id")) {
		t.Errorf("detail is %q, want the request id in it", r.Detail())
	}
	log := w.Log.String()
	if !strings.Contains(log, "server_test.go") || strings.Contains(log, "jane@example.com") ||
		strings.Contains(string(r.Raw), "jane") {
		t.Errorf("the log must hold the stack and not the value: %s", log)
	}
	w.Want(http.StatusNotFound, http.MethodGet, groupsPath+"/some-id", nil)
}

func TestLogHoldsNoPersonalData(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	w.CreateGroup("Confidential Project", ada)
	w.Send(http.MethodPost, usersPath, user("ADA@acme.com", "other"))
	w.Send(http.MethodPost, usersPath, user("", "x"))
	w.Send(http.MethodGet, filter(usersPath, `userName eq "ada@acme.com"`), nil)
	w.Send(http.MethodGet, filter(usersPath, `userName co "ada@acme.com"`), nil)
	w.SendWith(http.MethodGet, usersPath, nil, map[string]string{"Authorization": "Bearer wrong-" + oktaToken})
	for _, f := range []accesstest.Fault{
		{Status: 400}, {Status: 503}, {Drop: true}, {Status: 200, Body: "truncated", Apply: true},
	} {
		w.Access.AddFault(f)
		w.Send(http.MethodPut, usersPath+"/"+ada, user("ada@acme.com", "ext-ada"))
		w.Send(http.MethodGet, filter(usersPath, `userName eq "ada@acme.com"`), nil)
		w.Access.ClearFaults()
	}
	log := w.Log.String()
	for _, private := range []string{"ada@", "Given", "Family", "hunter2", "Confidential", oktaToken, secret, "eyJ"} {
		if strings.Contains(log, private) {
			t.Errorf("the log holds %q", private)
		}
	}
	if lines := strings.Count(log, "\n"); lines != 15 {
		t.Errorf("the log has %d lines, want one for each of 15 requests:\n%s", lines, log)
	}
}

func TestLinksCarryThePublicURL(t *testing.T) {
	w := newWorld(t, accesstest.Config{}, func(c *scim.Config) { c.PublicURL = "https://bridge.example.com/scim/v2/" })
	r := w.Want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada"))
	want := "https://bridge.example.com/scim/v2/Users/" + r.ID()
	if got := r.Body["meta"].(map[string]any)["location"]; got != want || r.Header.Get("Location") != want {
		t.Errorf("meta.location %v, Location %q; want %s", got, r.Header.Get("Location"), want)
	}
}
