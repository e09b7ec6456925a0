package auth_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ws1bridge/auth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	clientID     = "Okta@Bridge"
	clientSecret = "s3cr3t/with+odd=characters"
	tokenURL     = "https://tenant.example/SAAS/auth/oauthtoken?hint=query-of-the-url"
)

// endpoint is a token endpoint without sockets, for use inside a bubble of
// testing/synctest. Its tokens are token-1, token-2 and so on.
type endpoint struct {
	mu    sync.Mutex    // guards the fields below
	calls []time.Time   // when requests came
	delay time.Duration // until the answer
	down  bool          // the connection is refused
	reply func(n int) (status int, body string)
}

var errDown = errors.New("connection refused")

// living answers with tokens of that expires_in.
func living(seconds int) func(int) (int, string) {
	return func(n int) (int, string) {
		return http.StatusOK, fmt.Sprintf(`{"access_token":"token-%d","token_type":"Bearer","expires_in":%d}`, n, seconds)
	}
}

func (e *endpoint) RoundTrip(req *http.Request) (*http.Response, error) {
	e.mu.Lock()
	e.calls = append(e.calls, time.Now())
	n, delay, down, reply := len(e.calls), e.delay, e.down, e.reply
	e.mu.Unlock()
	_ = req.Body.Close()
	select {
	case <-req.Context().Done():
		return nil, req.Context().Err()
	case <-time.After(delay):
	}
	if down {
		return nil, errDown
	}
	status, body := reply(n)
	return &http.Response{StatusCode: status, Header: http.Header{}, Request: req,
		Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (e *endpoint) set(change func(*endpoint)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	change(e)
}

func (e *endpoint) count() int { return len(e.times()) }

func (e *endpoint) times() []time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]time.Time(nil), e.calls...)
}

// source returns a TokenSource that asks e.
func (e *endpoint) source(t *testing.T) *auth.TokenSource {
	t.Helper()
	return newSource(t, auth.Config{HTTPClient: &http.Client{Transport: e}})
}

func newSource(t *testing.T, cfg auth.Config) *auth.TokenSource {
	t.Helper()
	if cfg.TokenURL == "" {
		cfg.TokenURL = tokenURL
	}
	cfg.ClientID, cfg.ClientSecret = clientID, clientSecret
	s, err := auth.NewTokenSource(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustToken(t *testing.T, s *auth.TokenSource, want string) {
	t.Helper()
	got, err := s.Token(t.Context())
	if err != nil || got != want {
		t.Fatalf("Token() = %q, %v, want %q", got, err, want)
	}
}
