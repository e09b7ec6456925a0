package auth_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/auth"
)

// rotating is a token endpoint that knows one secret at a time.
type rotating struct {
	endpoint

	secret string
	seen   []string // the secrets that were tried
}

func (r *rotating) RoundTrip(req *http.Request) (*http.Response, error) {
	_, secret, _ := req.BasicAuth()
	r.set(func(e *endpoint) {
		r.seen = append(r.seen, secret)
		e.reply = living(1000)
		if secret != r.secret {
			e.reply = func(int) (int, string) { return http.StatusUnauthorized, `{"error":"invalid_client"}` }
		}
	})
	return r.endpoint.RoundTrip(req)
}

func (r *rotating) source(t *testing.T, onChange func(auth.State)) *auth.TokenSource {
	t.Helper()
	s, err := auth.NewTokenSource(auth.Config{TokenURL: tokenURL, ClientID: "bridge", ClientSecret: "old",
		HTTPClient: &http.Client{Transport: r}, OnChange: onChange})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func use(t *testing.T, s *auth.TokenSource, secret auth.Secret) {
	t.Helper()
	if err := s.Use("bridge", secret); err != nil {
		t.Fatal(err)
	}
}

func TestUseFetchesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rotating{secret: "old"}
		s := r.source(t, nil)
		defer running(t, s)()
		synctest.Wait()
		mustToken(t, s, "token-1")
		r.set(func(e *endpoint) { r.secret, e.delay = "new", time.Second })
		use(t, s, "new")
		synctest.Wait()
		mustToken(t, s, "token-1") // the fetch is under way, and nobody waits for it
		time.Sleep(2 * time.Second)
		mustToken(t, s, "token-2")
		use(t, s, "new")
		time.Sleep(2 * time.Second)
		if got := strings.Join(r.seen, " "); got != "old new" {
			t.Errorf("the secrets that were tried are %s", got)
		}
	})
}

// A wrong secret costs nothing while the token of the right one lives.
func TestUseOfAWrongSecret(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rotating{secret: "old"}
		var told []error
		s := r.source(t, func(now auth.State) { told = append(told, now.Err) })
		defer running(t, s)()
		synctest.Wait()
		use(t, s, "typo")
		time.Sleep(10 * time.Second)
		mustToken(t, s, "token-1")
		if len(told) != 1 || !errors.Is(told[0], auth.ErrCredentials) {
			t.Fatalf("the refusal was told as %v", told)
		}
		use(t, s, "old")
		synctest.Wait() // the pause after the refusals is over with them
		if got := r.seen[len(r.seen)-1]; got != "old" || s.State().Err != nil || len(told) != 2 {
			t.Errorf("the last secret is %s, the state %v, and %d changes were told", got, s.State().Err, len(told))
		}
	})
}

// What a fetch with the credentials of before brings is not believed.
func TestUseWhileAFetchIsUnderWay(t *testing.T) {
	tests := []struct {
		name, old string
	}{
		{"that is refused", "another"},
		{"that brings a token", "old"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &rotating{secret: tt.old}
				r.delay = time.Second
				s := r.source(t, func(now auth.State) { t.Errorf("a change was told: %v", now.Err) })
				token := make(chan string)
				go func() {
					got, err := s.Token(t.Context())
					if err != nil {
						t.Error(err)
					}
					token <- got
				}()
				time.Sleep(time.Second / 2)
				r.set(func(*endpoint) { r.secret = "new" })
				use(t, s, "new")
				if got := <-token; got != "token-2" || strings.Join(r.seen, " ") != "old new" {
					t.Errorf("got %s after the secrets %v", got, r.seen)
				}
			})
		})
	}
}

func TestUseRefuses(t *testing.T) {
	e := &endpoint{reply: living(1000)}
	s := e.source(t)
	for _, bad := range []auth.Secret{"", "two\nlines"} {
		if err := s.Use("bridge", bad); err == nil || !strings.Contains(err.Error(), "ClientSecret") {
			t.Errorf("the secret %q: %v", string(bad), err)
		}
	}
	if err := s.Use("", "secret"); err == nil || !strings.Contains(err.Error(), "ClientID") {
		t.Errorf("no id: %v", err)
	}
	mustToken(t, s, "token-1") // by the credentials that it had
}
