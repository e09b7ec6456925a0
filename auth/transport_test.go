package auth_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/auth"
)

var _ auth.Tokens = (*auth.TokenSource)(nil)

// counter gives out t1, and the next one after each drop.
type counter struct {
	mu    sync.Mutex // guards the fields below
	n     int        // of the present token
	drops int
	fail  error // once the first token was dropped
}

func (c *counter) Token(context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil && c.drops > 0 {
		return "", c.fail
	}
	return "t" + strconv.Itoa(c.n+1), nil
}

func (c *counter) Drop(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if token == "t"+strconv.Itoa(c.n+1) {
		c.n++
		c.drops++
	}
}

// api is Access without sockets: it answers each token by a status of its own.
type api struct {
	mu     sync.Mutex // guards the fields below
	status func(token string) int
	seen   []string // token and body of each request
	closed int      // bodies of answers that were closed
}

type closer struct {
	io.Reader
	close func()
}

func (c closer) Close() error { c.close(); return nil }

func (a *api) RoundTrip(req *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var sent []byte
	if req.Body != nil {
		sent, _ = io.ReadAll(req.Body)
		_ = req.Body.Close()
	}
	token := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	a.seen = append(a.seen, token+" "+string(sent))
	status := a.status(token)
	body := closer{strings.NewReader("answer to " + token), func() { a.closed++ }}
	return &http.Response{StatusCode: status, Header: http.Header{}, Request: req, Body: body}, nil
}

func request(t *testing.T, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://tenant.example/Users", body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func TestTransport(t *testing.T) {
	down := &auth.Error{Kind: auth.ErrUnavailable}
	only := func(good string, otherwise int) func(string) int {
		return func(token string) int {
			if token == good {
				return http.StatusOK
			}
			return otherwise
		}
	}
	tests := []struct {
		name       string
		status     func(string) int
		body       io.Reader
		fail       error
		wantSeen   []string
		wantStatus int
		wantDrops  int
	}{
		{name: "a good token goes out as Bearer", status: only("t1", 401), body: strings.NewReader("b"),
			wantSeen: []string{"t1 b"}, wantStatus: 200},
		{name: "a 401 is repeated with a new token and the whole body", status: only("t2", 401), body: strings.NewReader("b"),
			wantSeen: []string{"t1 b", "t2 b"}, wantStatus: 200, wantDrops: 1},
		{name: "a 403 is repeated likewise", status: only("t2", 403), body: strings.NewReader("b"),
			wantSeen: []string{"t1 b", "t2 b"}, wantStatus: 200, wantDrops: 1},
		{name: "a request without a body is repeated", status: only("t2", 401),
			wantSeen: []string{"t1 ", "t2 "}, wantStatus: 200, wantDrops: 1},
		{name: "a 401 that survives is returned", status: only("none", 401),
			wantSeen: []string{"t1 ", "t2 "}, wantStatus: 401, wantDrops: 1},
		{name: "a 403 that survives is returned", status: only("none", 403),
			wantSeen: []string{"t1 ", "t2 "}, wantStatus: 403, wantDrops: 1},
		{name: "a body that cannot be had again is not repeated, but its token is dropped", status: only("t2", 401),
			body: io.MultiReader(strings.NewReader("b")), wantSeen: []string{"t1 b"}, wantStatus: 401, wantDrops: 1},
		{name: "other statuses say nothing about the token", status: only("none", 404),
			wantSeen: []string{"t1 "}, wantStatus: 404},
		{name: "the failure of the second fetch is returned, not the refusal", status: only("t2", 401), fail: down,
			wantSeen: []string{"t1 "}, wantDrops: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tokens, access := &counter{fail: tt.fail}, &api{status: tt.status}
			transport := &auth.Transport{Source: tokens, Host: "tenant.example", Base: access}
			req := request(t, tt.body)
			res, err := transport.RoundTrip(req)
			if !errors.Is(err, tt.fail) {
				t.Fatalf("error = %v, want %v", err, tt.fail)
			}
			if got, want := strings.Join(access.seen, ","), strings.Join(tt.wantSeen, ","); got != want {
				t.Errorf("requests = %q, want %q", got, want)
			}
			if tokens.drops != tt.wantDrops {
				t.Errorf("drops = %d, want %d", tokens.drops, tt.wantDrops)
			}
			if req.Header.Get("Authorization") != "" {
				t.Error("the request of the caller was changed")
			}
			if err == nil {
				if body, _ := io.ReadAll(res.Body); res.StatusCode != tt.wantStatus || !strings.HasPrefix(string(body), "answer") {
					t.Errorf("answer = %d %q, want %d and its body", res.StatusCode, body, tt.wantStatus)
				}
				_ = res.Body.Close()
			}
			if access.closed != len(access.seen) {
				t.Errorf("closed bodies = %d, want %d", access.closed, len(access.seen))
			}
		})
	}
}

func TestGenuine403sCostOneTokenAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := ""
		tokens := &counter{}
		access := &api{status: func(token string) int {
			if token == good {
				return http.StatusOK
			}
			return http.StatusForbidden
		}}
		transport := &auth.Transport{Source: tokens, Host: "tenant.example", Base: access}
		push := func() int {
			res, err := transport.RoundTrip(request(t, strings.NewReader("b")))
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			return res.StatusCode
		}
		began := time.Now()
		for time.Since(began) < time.Minute {
			if got := push(); got != http.StatusForbidden {
				t.Fatalf("status = %d, want 403", got)
			}
			time.Sleep(time.Second)
		}
		if tokens.drops != 1 {
			t.Errorf("drops within a minute = %d, want 1", tokens.drops)
		}
		good = "t3" // and the bridge holds t2, which is no longer good
		if got := push(); got != http.StatusOK || tokens.drops != 2 {
			t.Errorf("after a minute: status %d, drops %d, want 200 with a new token", got, tokens.drops)
		}
	})
}

func TestA401IsTheTokensFaultAlsoAfterA403(t *testing.T) {
	status := http.StatusForbidden
	tokens := &counter{}
	access := &api{status: func(string) int { return status }}
	transport := &auth.Transport{Source: tokens, Host: "tenant.example", Base: access}
	for range 2 {
		res, err := transport.RoundTrip(request(t, nil))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		status = http.StatusUnauthorized
	}
	if tokens.drops != 2 {
		t.Errorf("drops = %d, want one for the 403 and one for the 401", tokens.drops)
	}
}

func TestTokenGoesToNoOtherPlace(t *testing.T) {
	tests := []struct{ name, host, url string }{
		{"another host", "tenant.example", "https://other.example/"},
		{"a host that begins alike", "tenant.example", "https://tenant.example.evil.example/"},
		{"another port", "tenant.example", "https://tenant.example:8443/"},
		{"the host without its port", "tenant.example:8443", "https://tenant.example/"},
		{"plain http", "tenant.example", "http://tenant.example/"},
		{"no host configured", "", "https://tenant.example/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tokens, access := &counter{}, &api{status: func(string) int { return http.StatusOK }}
			transport := &auth.Transport{Source: tokens, Host: tt.host, Base: access}
			closed := false
			body := closer{strings.NewReader("b"), func() { closed = true }}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tt.url, body)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := transport.RoundTrip(req); err == nil || len(access.seen) > 0 {
				t.Errorf("error = %v, requests = %v, want the request refused", err, access.seen)
			}
			if !closed {
				t.Error("the body of the refused request was left open")
			}
		})
	}
}

// TestRevokedTokenIsHealed puts source, transport and client together, with
// sockets: everybody gets through although the token was revoked, for one fetch.
func TestRevokedTokenIsHealed(t *testing.T) {
	var mu sync.Mutex // guards the variables below
	issued, valid := 0, 2
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path == "/SAAS/auth/oauthtoken" {
			issued++
			_, _ = io.WriteString(w, `{"access_token":"t`+strconv.Itoa(issued)+`","expires_in":600}`)
			return
		}
		body, _ := io.ReadAll(r.Body)
		if string(body) != "push" {
			t.Errorf("body = %q, want it whole", body)
		}
		if r.Header.Get("Authorization") != "Bearer t"+strconv.Itoa(valid) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(srv.Close)
	s := newSource(t, auth.Config{TokenURL: srv.URL + "/SAAS/auth/oauthtoken", HTTPClient: srv.Client()})
	client := &http.Client{Transport: &auth.Transport{
		Source: s, Host: strings.TrimPrefix(srv.URL, "http://"), Base: srv.Client().Transport}}
	var pushes sync.WaitGroup
	for range 30 {
		pushes.Go(func() {
			res, err := client.Post(srv.URL+"/Users", "application/json", strings.NewReader("push"))
			if err != nil {
				t.Error(err)
				return
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Errorf("status = %d, want 200", res.StatusCode)
			}
		})
	}
	pushes.Wait()
	client.CloseIdleConnections()
	if issued != 2 {
		t.Errorf("fetches = %d, want 2", issued)
	}
}
