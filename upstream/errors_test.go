package upstream_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestAnswersBecomeKinds(t *testing.T) {
	html := func(status int) accesstest.Fault {
		f := fault(status)
		f.Body, f.ContentType = "html", "text/html"
		return f
	}
	dropped := scimUsers
	dropped.Drop = true
	throttled := fault(http.StatusTooManyRequests)
	throttled.RetryAfter = 7
	empty := fault(http.StatusOK)
	empty.Body = "empty"
	half := fault(http.StatusOK)
	half.Apply, half.Body = true, "truncated"
	tests := []struct {
		name       string
		fault      accesstest.Fault
		want       error
		retryAfter time.Duration
	}{
		{name: "400 is refused", fault: fault(400), want: upstream.ErrRefused},
		{name: "401 is not permitted", fault: fault(401), want: upstream.ErrNotPermitted},
		{name: "403 is not permitted", fault: fault(403), want: upstream.ErrNotPermitted},
		{name: "404 is not found", fault: fault(404), want: upstream.ErrNotFound},
		{name: "409 is a conflict", fault: fault(409), want: upstream.ErrConflict},
		{name: "429 passes", fault: throttled, want: upstream.ErrUnavailable, retryAfter: 7 * time.Second},
		{name: "500 passes", fault: fault(500), want: upstream.ErrUnavailable},
		{name: "503 passes", fault: fault(503), want: upstream.ErrUnavailable},
		{name: "a proxy's 404 says nothing about the user", fault: html(404), want: upstream.ErrUnavailable},
		{name: "a proxy's 400 says nothing about the data", fault: html(400), want: upstream.ErrUnavailable},
		{name: "a redirect is not followed", fault: fault(307), want: upstream.ErrUnavailable},
		{name: "a cut connection passes", fault: dropped, want: upstream.ErrUnavailable},
		{name: "an empty 200 is no answer", fault: empty, want: upstream.ErrUnavailable},
		{name: "half a body is no answer", fault: half, want: upstream.ErrUnavailable},
	}
	c, access := start(t, accesstest.Config{})
	u := create(t, newClient(t, access, domain), "ada") // by another bridge, for which no answer of Access is too old
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			access.AddFault(tt.fault)
			defer access.ClearFaults()
			_, err := c.User(t.Context(), u.ID)
			if !errors.Is(err, tt.want) {
				t.Fatalf("error = %v, want %v", err, tt.want)
			}
			var e *upstream.Error
			if !errors.As(err, &e) || e.RetryAfter != tt.retryAfter {
				t.Errorf("error = %#v, want RetryAfter %v", err, tt.retryAfter)
			}
		})
	}
}

func TestFailedWritesSayWhetherTheyAreInDoubt(t *testing.T) {
	lost := scimUsers
	lost.Drop, lost.Apply = true, true
	failed := fault(502)
	tests := []struct {
		name    string
		fault   accesstest.Fault
		inDoubt bool
	}{
		{"a refusal is certain", fault(400), false},
		{"a throttled write was not done", fault(429), false},
		{"an error of Access leaves doubt", failed, true},
		{"a lost answer leaves doubt", lost, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{})
			access.AddFault(tt.fault)
			_, err := c.CreateUser(t.Context(), domain, attributes("ada"))
			var e *upstream.Error
			if !errors.As(err, &e) || e.InDoubt != tt.inDoubt {
				t.Errorf("error = %#v, want InDoubt %t", err, tt.inDoubt)
			}
		})
	}
}

func TestMessagesOfAccess(t *testing.T) {
	tests := []struct {
		name, contentType, body, want string
	}{
		{"the shape that was seen", "application/json", `{"errors":[{"code":"x","message":"No mail.","parameters":null}]}`,
			"No mail."},
		{"the shape of the SDK", "application/json", `{"Errors":[{"code":"400","description":"No name."}]}`, "No name."},
		{"a bare message", "application/json", `{"message":"Nothing."}`, "Nothing."},
		{"an OAuth error", "application/json", `{"error":"x","error_description":"Bad client."}`, "Bad client."},
		{"an empty body", "", ``, ""},
		{"a long message is cut", "application/json", `{"message":"` + strings.Repeat("é ", 500) + `"}`,
			strings.TrimSpace(strings.Repeat("é ", 150)) + " …"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				w.WriteHeader(http.StatusBadRequest)
				_, _ = w.Write([]byte(tt.body))
			}))
			defer srv.Close()
			c, err := upstream.NewClient(upstream.Config{BaseURL: srv.URL, HTTPClient: srv.Client(), Domains: []string{domain}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.User(t.Context(), "some-id")
			var e *upstream.Error
			if !errors.As(err, &e) || e.Message != tt.want {
				t.Errorf("error = %#v, want message %q", err, tt.want)
			}
			if tt.want != "" && strings.Contains(err.Error(), tt.want) {
				t.Errorf("the text for the log quotes Access: %v", err)
			}
		})
	}
}

// The filter of a request may hold an e-mail address; an error must not.
func TestTransportErrorsHideTheURL(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	create(t, c, "ada")
	f := scimUsers
	f.Drop = true
	access.AddFault(f)
	_, err := c.FindUsers(t.Context(), upstream.ByUserName, "jane.doe@example.com")
	if err == nil || strings.Contains(err.Error(), "jane.doe") {
		t.Errorf("error = %v, want one without the name", err)
	}
}

func TestNewClientRefusals(t *testing.T) {
	good := upstream.Config{BaseURL: "https://t.workspaceoneaccess.com", HTTPClient: http.DefaultClient,
		Domains: []string{domain}}
	tests := []struct {
		name   string
		change func(*upstream.Config)
	}{
		{"no URL", func(c *upstream.Config) { c.BaseURL = "" }},
		{"no scheme", func(c *upstream.Config) { c.BaseURL = "t.workspaceoneaccess.com" }},
		{"plain http off loopback", func(c *upstream.Config) { c.BaseURL = "http://t.workspaceoneaccess.com" }},
		{"a user in the URL", func(c *upstream.Config) { c.BaseURL = "https://u:p@t.workspaceoneaccess.com" }},
		{"another scheme", func(c *upstream.Config) { c.BaseURL = "ftp://t.workspaceoneaccess.com" }},
		{"no HTTP client", func(c *upstream.Config) { c.HTTPClient = nil }},
		{"no domain", func(c *upstream.Config) { c.Domains = nil }},
		{"an empty domain", func(c *upstream.Config) { c.Domains = []string{""} }},
	}
	if _, err := upstream.NewClient(good); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := good
			tt.change(&cfg)
			if _, err := upstream.NewClient(cfg); err == nil {
				t.Error("was accepted")
			}
		})
	}
}
