package upstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

const (
	maintenance = `{"status":"maintenance","message":"back soon"}`
	accessError = `{"errors":[{"code":"forbidden","message":"not now","parameters":null}]}`
)

// noResources are answers that hold no user or group, whatever their status says.
func noResources(id string) map[string]string {
	return map[string]string{
		"nothing":                  "",
		"a brace":                  "{",
		"an empty object":          "{}",
		"null":                     "null",
		"a list":                   "[]",
		"a maintenance page":       maintenance,
		"an error":                 accessError,
		"a page":                   "<html></html>",
		"a record without id":      `{"userName":"ada","displayName":"ada"}`,
		"another record":           `{"id":"0f4d2b7e","userName":"ada","displayName":"ada"}`,
		"a record without name":    `{"id":"` + id + `"}`,
		"an error beside a record": `{"id":"` + id + `","userName":"ada","displayName":"ada","Errors":[{"code":"500"}]}`,
		"an id that leads away":    `{"id":"%2e%2e","userName":"ada","displayName":"ada"}`,
		"an id with a line end":    `{"id":"a\nb","userName":"ada","displayName":"ada"}`,
		"an id of 300 characters":  `{"id":"` + strings.Repeat("a", 300) + `","userName":"ada","displayName":"ada"}`,
	}
}

func TestWhatIsNoResourceIsTrouble(t *testing.T) {
	c, access, tp := startTampered(t, accesstest.Config{})
	other := newClient(t, access, domain)
	ada := create(t, other, "ada")
	team, err := other.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "ada"})
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range noResources(ada.ID) {
		for _, status := range []int{200, 201, 202, 203, 206} {
			stop := tp.answering(http.MethodGet, ada.ID, status, body)
			if _, err := c.User(t.Context(), ada.ID); !errors.Is(err, upstream.ErrUnavailable) {
				t.Errorf("%s with %d for a user: error = %v, want unavailable", name, status, err)
			}
			stop()
		}
	}
	for name, body := range noResources(team.ID) {
		stop := tp.answering(http.MethodGet, team.ID, http.StatusOK, body)
		if _, err := c.Group(t.Context(), team.ID, true); !errors.Is(err, upstream.ErrUnavailable) {
			t.Errorf("%s for a group: error = %v, want unavailable", name, err)
		}
		stop()
	}
	stop := tp.answering(http.MethodGet, ada.ID, http.StatusOK, `{"id":"`+ada.ID+`","userName":"ada"}`)
	if _, err := c.User(t.Context(), ada.ID); !errors.Is(err, upstream.ErrUnavailable) {
		t.Errorf("a user of no type: error = %v, want unavailable", err)
	}
	stop()
	if _, err := c.User(t.Context(), ada.ID); err != nil {
		t.Errorf("the user as Access serves it: %v", err)
	}
}

func TestWhatIsNoListIsTrouble(t *testing.T) {
	const user = `{"id":"u1","userName":"ada","urn:scim:schemas:extension:workspace:1.0":` +
		`{"internalUserType":"PROVISIONED","domain":"acme.com"}}`
	for name, body := range map[string]string{
		"nothing":                     "",
		"an empty object":             "{}",
		"a list without a total":      `{"Resources":[]}`,
		"a total without a list":      `{"totalResults":0}`,
		"more than announced":         `{"totalResults":0,"Resources":[` + user + `]}`,
		"fewer than announced":        `{"totalResults":2,"Resources":[` + user + `]}`,
		"none of those announced":     `{"totalResults":3,"Resources":[]}`,
		"the same record twice":       `{"totalResults":2,"Resources":[` + user + `,` + user + `]}`,
		"null among the records":      `{"totalResults":1,"Resources":[null]}`,
		"a record without id":         `{"totalResults":1,"Resources":[{"userName":"ada"}]}`,
		"a record that is no user":    `{"totalResults":1,"Resources":[{"id":"u1"}]}`,
		"a user of no type":           `{"totalResults":1,"Resources":[{"id":"u1","userName":"ada"}]}`,
		"a list with an error":        `{"totalResults":0,"Resources":[],"errors":[{"code":"x"}]}`,
		"another server's 404":        `{"timestamp":1,"status":404,"error":"Not Found","path":"/"}`,
		"a maintenance page":          maintenance,
		"the error that Access sends": accessError,
	} {
		t.Run(name, func(t *testing.T) {
			c, _, tp := startTampered(t, accesstest.Config{})
			defer tp.answering(http.MethodGet, "/Users", http.StatusOK, body)()
			if found, err := c.FindUsers(t.Context(), upstream.ByUserName, "ada"); !errors.Is(err, upstream.ErrUnavailable) {
				t.Errorf("finding: %v, %v; want unavailable", found, err)
			}
			if page, err := c.Users(t.Context(), 1, 10); !errors.Is(err, upstream.ErrUnavailable) {
				t.Errorf("listing: %v, %v; want unavailable", page, err)
			}
			if err := c.Ready(t.Context()); name != "fewer than announced" && name != "a user of no type" &&
				name != "none of those announced" && !strings.Contains(name, "record") && err == nil {
				t.Error("ready")
			}
		})
	}
}

// A 404 is about a record where a record was asked for. Otherwise the address is wrong.
func TestNotFoundBelongsToARecord(t *testing.T) {
	c, access, tp := startTampered(t, accesstest.Config{})
	ada := create(t, newClient(t, access, domain), "ada")
	ask := map[string]func() error{
		"finding": func() error { _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); return err },
		"listing": func() error { _, err := c.Groups(t.Context(), 1, 10, true); return err },
		"creating a user": func() error {
			_, err := c.CreateUser(t.Context(), domain, attributes("grace"))
			return err
		},
		"creating a group": func() error {
			_, err := c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "team"})
			return err
		},
	}
	stop := tp.with(func(req *http.Request, res *http.Response, body string) string {
		if strings.HasSuffix(req.URL.Path, "/Users") || strings.HasSuffix(req.URL.Path, "/Groups") {
			res.StatusCode = http.StatusNotFound
			return accessError
		}
		return body
	})
	for name, do := range ask {
		if err := do(); !errors.Is(err, upstream.ErrUnavailable) || !errors.Is(err, upstream.ErrNoSuchPath) {
			t.Errorf("%s: error = %v, want that there is no such path", name, err)
		}
	}
	stop()
	for name, tt := range map[string]struct {
		body string
		want error
	}{
		"Access's own":      {accessError, upstream.ErrNotFound},
		"of the SDK's form": {`{"Errors":[{"code":"404","description":"no such user"}]}`, upstream.ErrNotFound},
		"without a body":    {"", upstream.ErrUnavailable},
		"another server's":  {`{"message":"Not Found"}`, upstream.ErrUnavailable},
		"another with errors": {`{"success":false,"errors":[{"code":7003,"message":"no route"}]}`,
			upstream.ErrUnavailable},
		"of an OAuth server":     {`{"error":"Not Found","error_description":"no route"}`, upstream.ErrUnavailable},
		"with nothing in errors": {`{"errors":[{}]}`, upstream.ErrUnavailable},
		"a page":                 {"<html>", upstream.ErrUnavailable},
	} {
		stop := tp.answering(http.MethodGet, ada.ID, http.StatusNotFound, tt.body)
		if _, err := c.User(t.Context(), ada.ID); !errors.Is(err, tt.want) {
			t.Errorf("a 404 %s: error = %v, want %v", name, err, tt.want)
		}
		stop()
	}
}

// Access may answer 404 to a creation in a domain that no directory has.
func TestNotFoundMayBeTheDomain(t *testing.T) {
	_, access := start(t, accesstest.Config{})
	client := authorized(t, access)
	tp := &tamper{base: client.Transport}
	client.Transport = tp
	defer tp.answering(http.MethodPost, "", http.StatusNotFound, accessError)()
	for name, in := range map[string]string{"a domain without directory": "other.com", "one with": domain} {
		c := newClientFrom(t, access, upstream.Config{HTTPClient: client, Domains: []string{in}})
		_, err := c.CreateUser(t.Context(), in, attributes("ada"))
		_, isDomain := errors.AsType[*upstream.DomainProblem](err)
		if isDomain != (in != domain) || errors.Is(err, upstream.ErrNoSuchPath) == isDomain {
			t.Errorf("%s: error = %v", name, err)
		}
	}
}

// What a firewall, a proxy or another server answers is told as such.
func TestWhoAnswered(t *testing.T) {
	c, access, tp := startTampered(t, accesstest.Config{})
	ada := create(t, newClient(t, access, domain), "ada")
	foreign := map[string]string{
		"a page":                "<html>blocked</html>",
		"a gateway's JSON":      `{"message":"Forbidden"}`,
		"a framework's JSON":    `{"timestamp":"2026-01-01","status":403,"error":"Forbidden","message":"No","path":"/"}`,
		"JSON without a reason": `{}`,
	}
	for _, status := range []int{301, 302, 307, 401, 403, 404, 405, 407, 501} {
		for name, body := range foreign {
			stop := tp.answering(http.MethodGet, ada.ID, status, body)
			_, err := c.User(t.Context(), ada.ID)
			if !errors.Is(err, upstream.ErrUnavailable) || !errors.Is(err, upstream.ErrNotAccess) {
				t.Errorf("%d with %s: error = %v, want that it is not Access", status, name, err)
			}
			stop()
		}
	}
	for status, want := range map[int]error{401: upstream.ErrNotPermitted, 403: upstream.ErrNotPermitted} {
		for _, body := range []string{accessError, "", `{"error":"invalid_token","error_description":"expired"}`} {
			stop := tp.answering(http.MethodGet, ada.ID, status, body)
			if _, err := c.User(t.Context(), ada.ID); !errors.Is(err, want) {
				t.Errorf("%d with %s: error = %v, want %v", status, body, err, want)
			}
			stop()
		}
	}
}

func TestRedirectsNameTheirHost(t *testing.T) {
	c, access, tp := startTampered(t, accesstest.Config{})
	ada := create(t, newClient(t, access, domain), "ada")
	for location, want := range map[string]string{
		"https://login.example.com/sso?next=secret": "login.example.com",
		"https://other.example.com:8443/":           "other.example.com:8443",
		"/login":                                    "",
		"":                                          "",
		"https://ex%20ample/":                       "",
		"https://user:secret@example.com/":          "example.com",
	} {
		stop := tp.with(func(_ *http.Request, res *http.Response, _ string) string {
			res.StatusCode = http.StatusFound
			res.Header.Set("Location", location)
			return ""
		})
		_, err := c.User(t.Context(), ada.ID)
		e, ok := errors.AsType[*upstream.Error](err)
		if !ok || e.Redirect != want || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%q: %+v, want the host %q", location, err, want)
		}
		stop()
	}
}
