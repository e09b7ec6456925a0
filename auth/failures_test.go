package auth_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"ws1bridge/auth"
	"ws1bridge/scim/explain"
	"ws1bridge/upstream/accesstest"
)

func asError(t *testing.T, err error) *auth.Error {
	t.Helper()
	var e *auth.Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want an *auth.Error", err)
	}
	return e
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   error
		detail string
	}{
		{"401 is the credentials", 401, `{"error":"invalid_client"}`, auth.ErrCredentials,
			"refuses the bridge's OAuth client (401): check access.client_id and access.client_secret"},
		{"401 without a body is too", 401, ``, auth.ErrCredentials, "(401)"},
		{"400 invalid_client is the credentials", 400, `{"error":"invalid_client"}`, auth.ErrCredentials, "(400)"},
		{"400 unauthorized_client is the client's type", 400, `{"error":"unauthorized_client"}`, auth.ErrCredentials,
			"Service Client Token"},
		{"403 access_denied is the credentials", 403, `{"error":"access_denied"}`, auth.ErrCredentials, "(403)"},
		{"200 with an error is judged by its code", 200, `{"error":"invalid_client"}`, auth.ErrCredentials, "(200)"},
		{"400 with an unknown code may pass", 400, `{"error":"whatever"}`, auth.ErrUnavailable,
			"does not take the request (400)"},
		{"403 of a firewall may pass", 403, `<html>blocked</html>`, auth.ErrUnavailable, "does not take the request (403)"},
		{"401 of a firewall says nothing of the client", 401, `<html>log in</html>`, auth.ErrUnavailable,
			"does not take the request (401)"},
		{"404 is a wrong URL", 404, `<html>not found</html>`, auth.ErrUnavailable, "check access.url"},
		{"429 asks to slow down", 429, ``, auth.ErrUnavailable, "slow down"},
		{"500 may pass, also with a code", 500, `{"error":"invalid_client"}`, auth.ErrUnavailable, "error of its own (500)"},
		{"503 may pass", 503, `<html>maintenance</html>`, auth.ErrUnavailable, "error of its own (503)"},
		{"a page with 200 is no token", 200, `<html>Sign in</html>`, auth.ErrUnavailable, "no usable token"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			})
			_, err := s.Token(t.Context())
			e := asError(t, err)
			if !errors.Is(err, tt.want) || e.Status != tt.status || e.RetryAfterHint() <= 0 {
				t.Errorf("error = %v (%d), want %v (%d) with a time to retry", err, e.Status, tt.want, tt.status)
			}
			if !strings.Contains(explain.Token(e).Plain(), tt.detail) || !strings.HasSuffix(explain.Token(e).Plain(), ".") {
				t.Errorf("detail = %q, want a sentence with %q", explain.Token(e).Plain(), tt.detail)
			}
		})
	}
}

// TestWrongClientType tells a client of the wrong type from a wrong secret.
func TestWrongClientType(t *testing.T) {
	for mode, want := range map[string]string{"user": "unauthorized_client", "service": "invalid_client"} {
		access := accesstest.Start(t, accesstest.Config{ClientID: clientID, ClientSecret: "another-secret",
			Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{ClientType: mode}}})
		secret := map[string]auth.Secret{"user": "another-secret", "service": "wrong"}[mode]
		s, err := auth.NewTokenSource(auth.Config{
			TokenURL: access.URL + "/SAAS/auth/oauthtoken", ClientID: clientID, ClientSecret: secret,
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Token(t.Context())
		if e := asError(t, err); e.Code != want || !errors.Is(err, auth.ErrCredentials) {
			t.Errorf("the client type %s gives %v with the code %q, want %q", mode, err, e.Code, want)
		}
	}
}

func TestEndpointMayAskForALongerPause(t *testing.T) {
	tests := []struct {
		name     string
		header   string
		from, to time.Duration
	}{
		{"seconds are honored", "30", 29 * time.Second, 30 * time.Second},
		{"more than a minute is a minute", "3600", 59 * time.Second, time.Minute},
		{"a date is ignored, since it needs the server's clock", "Wed, 21 Oct 2099 07:28:00 GMT", 0, time.Second},
		{"less than the bridge's own pause is ignored", "0", time.Nanosecond, time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", tt.header)
				w.WriteHeader(http.StatusTooManyRequests)
			})
			_, err := s.Token(t.Context())
			if got := asError(t, err).RetryAfter; got < tt.from || got > tt.to {
				t.Errorf("RetryAfter = %v, want %v to %v", got, tt.from, tt.to)
			}
		})
	}
}

// answerWith writes raw to the connection and cuts it.
func answerWith(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, buf, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = buf.WriteString(raw)
		_ = buf.Flush()
		_ = conn.Close()
	}
}

// TestAnswersWithoutEndEndAFetch has servers answer and then stay silent.
func TestAnswersWithoutEndEndAFetch(t *testing.T) {
	for name, raw := range map[string]string{
		"another protocol":     "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
		"a body without end":   "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{",
		"a refusal likewise":   "HTTP/1.1 401 Unauthorized\r\nContent-Length: 99\r\n\r\n{",
		"a header without end": "HTTP/1.1 200 OK\r\nX-",
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, out, _ := http.NewResponseController(w).Hijack()
				t.Cleanup(func() { _ = conn.Close() })
				_, _ = out.WriteString(raw)
				_ = out.Flush()
			}))
			t.Cleanup(srv.Close)
			_, err := newSource(t, auth.Config{TokenURL: srv.URL, FetchTimeout: 50 * time.Millisecond}).Token(t.Context())
			if e := asError(t, err); e.Status != http.StatusSwitchingProtocols && e.Status != 401 && !e.Timeout() {
				t.Errorf("error = %v, want the fetch ended", err)
			}
		})
	}
}

// TestNoErrorShowsASecret lets servers quote all they know and greps every text
// that an error has.
func TestNoErrorShowsASecret(t *testing.T) {
	basic := base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(clientID) + ":" + url.QueryEscape(clientSecret)))
	echo := "BODY " + clientSecret + " " + basic + " ISSUED"
	secrets := []string{clientSecret, url.QueryEscape(clientSecret), basic, "ISSUED", "BODY", "QUERY", "PROXYPASS"}
	quoted := `{"error":"` + echo + `","error_description":"` + echo + `","error_uri":"` + echo + `"}`
	answer := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Location", "https://elsewhere.example/?QUERY")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	servers := map[string]http.HandlerFunc{
		"a page":                   answer(200, "text/html", echo),
		"another type":             answer(200, "application/json", `{"access_token":"ISSUED","token_type":"BODY"}`),
		"a bad token":              answer(200, "application/json", `{"access_token":"ISSUED\n","token_type":"bearer"}`),
		"an error with 200":        answer(200, "application/json", quoted),
		"a bad request":            answer(400, "application/json", quoted),
		"a bad request in text":    answer(400, "text/plain", echo),
		"a refusal":                answer(401, "application/json", quoted),
		"a redirect":               answer(302, "text/html", echo),
		"an error page":            answer(500, "text/html", echo),
		"no HTTP":                  answerWith(echo + "\r\n\r\n"),
		"a malformed status":       answerWith("HTTP/1.1 2x0 " + echo + "\r\n\r\n"),
		"a malformed header":       answerWith("HTTP/1.1 200 OK\r\n" + echo + "\r\n\r\n"),
		"a body that is cut":       answerWith("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n{\"access_token\":\"ISSUED"),
		"a refusal that is cut":    answerWith("HTTP/1.1 400 " + echo + "\r\nContent-Length: 9999\r\n\r\n" + quoted),
		"a connection that is cut": answerWith(""),
	}
	for name, handler := range servers {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(handler)
			t.Cleanup(srv.Close)
			s := newSource(t, auth.Config{TokenURL: srv.URL + "/?QUERY", HTTPClient: srv.Client()})
			_, err := s.Token(t.Context())
			grep(t, err, secrets)
			grep(t, s.State().Err, secrets)
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		srv := httptest.NewServer(http.NotFoundHandler())
		srv.Close()
		_, err := newSource(t, auth.Config{TokenURL: srv.URL + "/?QUERY"}).Token(t.Context())
		grep(t, err, secrets)
		if !strings.Contains(err.Error(), "refused") {
			t.Errorf("error = %v, want it to say what the network said", err)
		}
	})
	t.Run("a broken proxy setting", func(t *testing.T) {
		proxy := func(*http.Request) (*url.URL, error) {
			return nil, errors.New("invalid proxy http://u:PROXYPASS@proxy")
		}
		client := &http.Client{Transport: &http.Transport{Proxy: proxy}}
		_, err := newSource(t, auth.Config{HTTPClient: client}).Token(t.Context())
		grep(t, err, secrets)
	})
	t.Run("an untrusted certificate", func(t *testing.T) {
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		srv.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
		srv.StartTLS()
		t.Cleanup(srv.Close)
		client := &http.Client{Transport: &http.Transport{}}
		_, err := newSource(t, auth.Config{TokenURL: srv.URL + "/?QUERY", HTTPClient: client}).Token(t.Context())
		grep(t, err, secrets)
		if !strings.Contains(err.Error(), "certificate") {
			t.Errorf("error = %v, want it to name the certificate", err)
		}
	})
}

// grep fails when err, or anything that it wraps, shows one of secrets.
func grep(t *testing.T, err error, secrets []string) {
	t.Helper()
	own := asError(t, err)
	texts := []string{explain.Token(own).Plain()}
	for _, e := range append(own.Unwrap(), err) {
		for ; e != nil; e = errors.Unwrap(e) {
			texts = append(texts, e.Error(), fmt.Sprintf("%v %+v %#v", e, e, e))
		}
	}
	for _, text := range texts {
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%q shows %q", text, secret)
			}
		}
	}
}
