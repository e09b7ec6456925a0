package auth_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/auth"
	"ws1bridge/scim/explain"
)

// serve returns a source that asks a server on loopback.
func serve(t *testing.T, h http.HandlerFunc) *auth.TokenSource {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return newSource(t, auth.Config{TokenURL: srv.URL + "/SAAS/auth/oauthtoken", HTTPClient: srv.Client()})
}

// TestRequestIsTheDocumentedOne holds the request to that of the Access API
// documentation: Basic, the grant type in the body, and no scope.
func TestRequestIsTheDocumentedOne(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if got, want := string(body), "grant_type=client_credentials"; got != want {
			t.Errorf("body = %q, want %q", got, want)
		}
		if got, want := r.Method+" "+r.URL.String(), "POST /SAAS/auth/oauthtoken"; got != want {
			t.Errorf("request = %q, want %q", got, want)
		}
		id, secret, _ := r.BasicAuth() // percent-encoded, RFC 6749 §2.3.1
		if id != "Okta%40Bridge" || secret != "s3cr3t%2Fwith%2Bodd%3Dcharacters" {
			t.Errorf("Basic = %q, %q", id, secret)
		}
		_, _ = io.WriteString(w, `{"access_token":"a.b.c","token_type":"Bearer","expires_in":10799,
			"refresh_token":"r","scope":"admin"}`)
	})
	mustToken(t, s, "a.b.c")
}

func TestOwnClientFetches(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"access_token":"a.b.c"}`)
	}))
	t.Cleanup(srv.Close)
	mustToken(t, newSource(t, auth.Config{TokenURL: srv.URL}), "a.b.c")
}

func TestLifeOfAToken(t *testing.T) {
	tests := []struct {
		name      string
		expiresIn string
		want      time.Duration
	}{
		{"the life is what the endpoint says", `,"expires_in":10799`, 10799 * time.Second},
		{"a number in a string counts", `,"expires_in":"3600"`, time.Hour},
		{"a fraction is cut off", `,"expires_in":1.9`, time.Second},
		{"an exponent counts", `,"expires_in":36e2`, time.Hour},
		{"missing is unknown", ``, 30 * time.Minute},
		{"null is unknown", `,"expires_in":null`, 30 * time.Minute},
		{"0 is unknown", `,"expires_in":0`, 30 * time.Minute},
		{"less than a second is unknown", `,"expires_in":0.5`, 30 * time.Minute},
		{"a negative number is unknown", `,"expires_in":-1`, 30 * time.Minute},
		{"the most negative number is unknown", `,"expires_in":-1e999`, 30 * time.Minute},
		{"a word is unknown", `,"expires_in":"soon"`, 30 * time.Minute},
		{"NaN is unknown", `,"expires_in":"NaN"`, 30 * time.Minute},
		{"an empty string is unknown", `,"expires_in":""`, 30 * time.Minute},
		{"an object is unknown", `,"expires_in":{"seconds":5}`, 30 * time.Minute},
		{"more than a day is a day", `,"expires_in":86401`, 24 * time.Hour},
		{"more than 32 bits is a day", `,"expires_in":99999999999`, 24 * time.Hour},
		{"more than 64 bits is a day", `,"expires_in":99999999999999999999`, 24 * time.Hour},
		{"more than a float holds is a day", `,"expires_in":1e999`, 24 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endpoint{reply: func(int) (int, string) {
					return http.StatusOK, `{"access_token":"token-1"` + tt.expiresIn + `}`
				}}
				s := e.source(t)
				mustToken(t, s, "token-1")
				if got := s.State().Expires.Sub(s.State().FetchedAt); got != tt.want {
					t.Errorf("life = %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestAnswersOf200(t *testing.T) {
	tests := []struct {
		name        string
		contentType string
		body        string
		wantErr     string // "" is a good token
	}{
		{"a token", "application/json", `{"access_token":"t","token_type":"Bearer"}`, ""},
		{"the type in lower case", "application/json", `{"access_token":"t","token_type":"bearer"}`, ""},
		{"no type", "application/json", `{"access_token":"t"}`, ""},
		{"JSON that calls itself text", "text/plain", `{"access_token":"t"}`, ""},
		{"a token of another type", "application/json", `{"access_token":"t","token_type":"mac"}`, "not bearer"},
		{"a page", "text/html", `<html>Sign in</html>`, "not the JSON"},
		{"a form", "application/x-www-form-urlencoded", `access_token=t`, "not the JSON"},
		{"nothing", "application/json", ``, "not the JSON"},
		{"null", "application/json", `null`, "no access_token"},
		{"no token", "application/json", `{"token_type":"Bearer","expires_in":100}`, "no access_token"},
		{"an empty token", "application/json", `{"access_token":""}`, "no access_token"},
		{"a token that is a number", "application/json", `{"access_token":7}`, "not the JSON"},
		{"a token with a line break", "application/json", `{"access_token":"a\r\nX-Evil: 1"}`, "cannot be in a header"},
		{"half an answer", "application/json", `{"access_token":"t"`, "not the JSON"},
		{"a huge answer", "application/json", `{"access_token":"` + strings.Repeat("t", 1<<20) + `"}`, "larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", tt.contentType)
				_, _ = io.WriteString(w, tt.body)
			})
			_, err := s.Token(t.Context())
			switch {
			case tt.wantErr == "" && err != nil:
				t.Errorf("error = %v, want none", err)
			case tt.wantErr != "" && (err == nil || !strings.Contains(err.Error(), tt.wantErr)):
				t.Errorf("error = %v, want one with %q", err, tt.wantErr)
			}
		})
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed with Authorization %q", r.Header.Get("Authorization"))
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, status)
		})
		_, err := s.Token(t.Context())
		if e := asError(t, err); e.Status != status || !strings.Contains(explain.Token(e).Plain(), "redirects") {
			t.Errorf("error = %v, want the redirect refused", err)
		}
	}
}
