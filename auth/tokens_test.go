package auth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/auth"
	"ws1bridge/scim/explain"
)

func TestManyCallersShareOneFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(600), delay: time.Second}
		s := e.source(t)
		var callers sync.WaitGroup
		for range 100 {
			callers.Go(func() {
				if token, err := s.Token(t.Context()); token != "token-1" || err != nil {
					t.Errorf("Token() = %q, %v, want token-1", token, err)
				}
			})
		}
		callers.Wait()
		mustToken(t, s, "token-1")
		if got := e.count(); got != 1 {
			t.Errorf("fetches = %d, want 1", got)
		}
	})
}

func TestManyCallersShareOneFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{down: true, delay: time.Second}
		s := e.source(t)
		var callers sync.WaitGroup
		for range 20 {
			callers.Go(func() {
				if _, err := s.Token(t.Context()); !errors.Is(err, auth.ErrUnavailable) {
					t.Errorf("error = %v, want ErrUnavailable", err)
				}
			})
		}
		callers.Wait()
		began := time.Now()
		_, err := s.Token(t.Context())
		var e2 *auth.Error
		if !errors.As(err, &e2) || e2.RetryAfterHint() <= 0 || e2.RetryAfterHint() > time.Second {
			t.Errorf("error = %v, want one that says when to come again", err)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("a caller during the pause waited %v", took)
		}
		if got := e.count(); got != 1 {
			t.Errorf("requests = %d, want 1", got)
		}
	})
}

func TestRetryAfterShrinksDuringThePause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{down: true}
		s := e.source(t)
		_, err := s.Token(t.Context())
		first := retryAfter(t, err)
		time.Sleep(100 * time.Millisecond)
		_, err = s.Token(t.Context())
		if got, want := retryAfter(t, err), first-100*time.Millisecond; got != want {
			t.Errorf("RetryAfter = %v, want %v", got, want)
		}
		e.set(func(e *endpoint) { e.down, e.reply = false, living(600) })
		time.Sleep(first)
		mustToken(t, s, "token-2")
		if state := s.State(); state.Failures != 0 || state.Err != nil || !state.RetryAt.IsZero() {
			t.Errorf("state after the recovery = %+v, want no failure", state)
		}
	})
}

func retryAfter(t *testing.T, err error) time.Duration {
	t.Helper()
	var e *auth.Error
	if !errors.As(err, &e) {
		t.Fatalf("error = %v, want an *auth.Error", err)
	}
	return e.RetryAfter
}

func TestCallerLeavesWithItsOwnDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(600), delay: 5 * time.Second}
		s := e.source(t)
		patient := make(chan string)
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		go func() { // joins the fetch that the impatient caller began
			time.Sleep(500 * time.Millisecond)
			token, _ := s.Token(t.Context())
			patient <- token
		}()
		_, err := s.Token(impatient)
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("error = %v, want the deadline as ErrUnavailable", err)
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("the caller left after %v, want 1s", took)
		}
		if got := <-patient; got != "token-1" {
			t.Errorf("the other caller got %q, want token-1", got)
		}
		if state := s.State(); state.Failures != 0 {
			t.Errorf("failures = %d, want none: a caller that leaves is not a failure", state.Failures)
		}
	})
}

func TestEndedContextBeginsNoFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(600)}
		s := e.source(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Ready(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Ready = %v, want Canceled", err)
		}
		if err := s.Ready(t.Context()); err != nil {
			t.Errorf("Ready = %v", err)
		}
		if err := s.Ready(ctx); err != nil {
			t.Errorf("Ready with a token held = %v", err)
		}
		if got := e.count(); got != 1 {
			t.Errorf("fetches = %d, want 1", got)
		}
	})
}

func TestFetchIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(600), delay: time.Hour}
		s := e.source(t)
		began := time.Now()
		_, err := s.Token(t.Context())
		if took := time.Since(began); took != 15*time.Second {
			t.Errorf("the fetch took %v, want 15s", took)
		}
		var e2 *auth.Error
		if !errors.As(err, &e2) || !strings.Contains(explain.Token(e2).Plain(), "in time") {
			t.Errorf("error = %v, want a timeout", err)
		}
	})
}

func TestDropByManyCostsOneFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(600), delay: time.Second}
		s := e.source(t)
		mustToken(t, s, "token-1")
		s.Drop("token-0")
		s.Drop("")
		if !s.State().HasToken {
			t.Fatal("Drop of another token forgot the one held")
		}
		var callers sync.WaitGroup
		for i := range 50 {
			callers.Go(func() {
				time.Sleep(time.Duration(i) * 50 * time.Millisecond) // some come after the new one is there
				s.Drop("token-1")
				if token, err := s.Token(t.Context()); token != "token-2" || err != nil {
					t.Errorf("Token() = %q, %v, want token-2", token, err)
				}
			})
		}
		callers.Wait()
		if got := e.count(); got != 2 {
			t.Errorf("fetches = %d, want 2", got)
		}
	})
}

// TestCallerThatComesLateDoesNotFetchAgain lets callers find no token just when
// the fetch for it ends: there is one fetch for each token that was dropped.
func TestCallerThatComesLateDoesNotFetchAgain(t *testing.T) {
	e := &endpoint{reply: living(600)}
	s := e.source(t)
	token, err := s.Token(t.Context())
	for round := 2; round <= 500 && err == nil; round++ {
		var callers sync.WaitGroup
		for range 8 {
			callers.Go(func() {
				s.Drop(token)
				_ = s.Ready(t.Context())
			})
		}
		callers.Wait()
		token, err = s.Token(t.Context())
		if got := e.count(); got != round {
			t.Fatalf("fetches = %d, want %d", got, round)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryTokenHasLifeLeft(t *testing.T) {
	for _, seconds := range []int{1, 2, 3} {
		synctest.Test(t, func(t *testing.T) {
			e := &endpoint{reply: living(seconds), delay: 100 * time.Millisecond}
			s := e.source(t)
			life := time.Duration(seconds) * time.Second
			for range 500 {
				time.Sleep(37 * time.Millisecond)
				token, err := s.Token(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				calls := e.times()
				if left := life - time.Since(calls[len(calls)-1]); left < life/20 || token == "" {
					t.Fatalf("token %q of %v has %v left", token, life, left)
				}
			}
		})
	}
}

func TestTokenWithoutLifeOnArrivalIsAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(1), delay: 2 * time.Second}
		s := e.source(t)
		if token, err := s.Token(t.Context()); token != "" || !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("Token() = %q, %v, want ErrUnavailable", token, err)
		}
	})
}

func TestStateTellsTheTimesOfTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(100), delay: 3 * time.Second}
		s := e.source(t)
		if got := s.State(); got != (auth.State{}) {
			t.Errorf("state before the first fetch = %+v, want the zero value", got)
		}
		began := time.Now()
		mustToken(t, s, "token-1")
		got := s.State()
		if !got.HasToken || !got.FetchedAt.Equal(began) || !got.Expires.Equal(began.Add(100*time.Second)) {
			t.Errorf("state = %+v, want a token from %v for 100s", got, began)
		}
		time.Sleep(92*time.Second + time.Millisecond) // 5 % of 100 s are left, less a little
		if got = s.State(); got.HasToken {
			t.Errorf("state = %+v, want the token out of use 5s before its end", got)
		}
	})
}

func TestNewTokenSourceRefuses(t *testing.T) {
	good := auth.Config{TokenURL: tokenURL, ClientID: clientID, ClientSecret: clientSecret}
	tests := []struct {
		name   string
		change func(*auth.Config)
		want   string
	}{
		{"no URL", func(c *auth.Config) { c.TokenURL = "" }, "TokenURL is required"},
		{"no host", func(c *auth.Config) { c.TokenURL = "/SAAS/auth/oauthtoken" }, "must look like"},
		{"a password in the URL", func(c *auth.Config) { c.TokenURL = "https://a:hunter2@tenant.example/" },
			"must look like"},
		{"a broken URL", func(c *auth.Config) { c.TokenURL = "https://tenant.example/%zz?hunter2" }, "must look like"},
		{"plain http", func(c *auth.Config) { c.TokenURL = "http://tenant.example/" }, "https"},
		{"another scheme", func(c *auth.Config) { c.TokenURL = "ftp://tenant.example/" }, "https"},
		{"no client id", func(c *auth.Config) { c.ClientID = "" }, "ClientID is required"},
		{"no secret", func(c *auth.Config) { c.ClientSecret = "" }, "ClientSecret is required"},
		{"a secret with a line end", func(c *auth.Config) { c.ClientSecret = "hunter2\n" }, "ClientSecret has white space"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := good
			tt.change(&cfg)
			_, err := auth.NewTokenSource(cfg)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error = %v, want one with %q and no secret", err, tt.want)
			}
		})
	}
	for _, url := range []string{tokenURL, "http://localhost:80/x", "http://127.0.0.1/x", "http://[::1]:8080/x"} {
		if _, err := auth.NewTokenSource(auth.Config{TokenURL: url, ClientID: "i", ClientSecret: "s"}); err != nil {
			t.Errorf("TokenURL %s: %v", url, err)
		}
	}
}
