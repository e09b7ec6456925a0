package auth_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/auth"
)

// running runs s until the test or stop ends it.
func running(t *testing.T, s *auth.TokenSource) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run = %v, want nil", err)
		}
	}
}

func TestRunRefreshesAtThreeQuartersOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(1000)}
		s := e.source(t)
		stop := running(t, s)
		time.Sleep(time.Hour)
		stop()
		calls := e.times()
		if len(calls) < 4 {
			t.Fatalf("fetches in an hour = %d, want at least 4", len(calls))
		}
		different := false
		for i := 1; i < len(calls); i++ {
			gap := calls[i].Sub(calls[i-1])
			if gap < 750*time.Second || gap > 850*time.Second {
				t.Errorf("refresh after %v, want 750s to 850s", gap)
			}
			different = different || gap != calls[1].Sub(calls[0])
		}
		if !different {
			t.Error("every refresh came after the same time, want a random point")
		}
	})
}

func TestOldTokenIsServedWhileTheRefreshIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(1000)}
		s := e.source(t)
		defer running(t, s)()
		synctest.Wait()
		e.set(func(e *endpoint) { e.delay = 10 * time.Second })
		time.Sleep(time.Until(s.State().RefreshAt) + time.Second)
		if got := e.count(); got != 2 {
			t.Fatalf("fetches = %d, want the refresh under way", got)
		}
		began := time.Now()
		mustToken(t, s, "token-1")
		if took := time.Since(began); took != 0 {
			t.Errorf("the caller waited %v for a token that was there", took)
		}
		time.Sleep(10 * time.Second)
		mustToken(t, s, "token-2")
	})
}

func TestEndpointDownUntilTheTokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(1000)}
		s := e.source(t)
		defer running(t, s)()
		synctest.Wait()
		began := time.Now()
		e.set(func(e *endpoint) { e.down = true })
		for time.Since(began) < 990*time.Second {
			mustToken(t, s, "token-1")
			time.Sleep(time.Second)
		}
		if state := s.State(); state.Failures == 0 || state.Err == nil {
			t.Errorf("state = %+v, want the failures of the refresh", state)
		}
		if token, err := s.Token(t.Context()); token != "" || !errors.Is(err, auth.ErrUnavailable) {
			t.Errorf("Token() at the end of life = %q, %v, want ErrUnavailable", token, err)
		}
		e.set(func(e *endpoint) { e.down = false })
		time.Sleep(15 * time.Second)
		if state := s.State(); !state.HasToken {
			t.Errorf("state 15s after the endpoint came back = %+v, want a token", state)
		}
	})
}

func TestPausesGrowToFifteenSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{down: true}
		stop := running(t, e.source(t))
		time.Sleep(10 * time.Minute)
		stop()
		calls := e.times()
		longest := time.Second
		for i := 1; i < len(calls); i++ {
			if gap := calls[i].Sub(calls[i-1]); gap < longest/2 || gap > longest {
				t.Errorf("pause %d = %v, want %v to %v", i, gap, longest/2, longest)
			}
			longest = min(2*longest, 15*time.Second)
		}
		if len(calls) < 40 {
			t.Errorf("requests in 10 minutes = %d, want at least 40", len(calls))
		}
	})
}

func TestRunReplacesADroppedTokenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(1000)}
		s := e.source(t)
		defer running(t, s)()
		synctest.Wait()
		s.Drop("token-1")
		synctest.Wait()
		if got := e.count(); got != 2 {
			t.Errorf("fetches = %d, want 2", got)
		}
		mustToken(t, s, "token-2")
	})
}

func TestRunLearnsOfTokensThatCallersFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{down: true}
		s := e.source(t)
		defer running(t, s)()
		synctest.Wait()
		e.set(func(e *endpoint) { e.down, e.reply = false, living(100) })
		time.Sleep(time.Until(s.State().RetryAt))
		mustToken(t, s, "token-2")
		time.Sleep(86 * time.Second)
		mustToken(t, s, "token-3")
		if got := e.count(); got != 3 {
			t.Errorf("fetches = %d, want 3", got)
		}
	})
}

func TestRunKeepsShortTokensFresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(1)}
		s := e.source(t)
		stop := running(t, s)
		synctest.Wait()
		e.set(func(e *endpoint) { e.delay = 50 * time.Millisecond })
		for range 2000 {
			time.Sleep(13 * time.Millisecond)
			began := time.Now()
			if _, err := s.Token(t.Context()); err != nil || time.Since(began) != 0 {
				t.Errorf("Token() took %v: %v; want the background to keep one ready", time.Since(began), err)
				break
			}
		}
		stop()
		time.Sleep(time.Second) // a fetch that is under way ends by itself
	})
}

func TestRunEndsWhileAFetchIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{reply: living(1000), delay: 5 * time.Second}
		stop := running(t, e.source(t))
		time.Sleep(time.Second)
		began := time.Now()
		stop()
		if took := time.Since(began); took != 0 {
			t.Errorf("Run ended after %v, want at once", took)
		}
		time.Sleep(5 * time.Second) // the fetch itself ends by its own time limit
	})
}
