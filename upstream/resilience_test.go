package upstream_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// quick is a Resilience without waiting.
var quick = upstream.Resilience{FirstPause: time.Millisecond, LongestPause: 20 * time.Millisecond, BreakAfter: 1 << 20}

func TestWhatIsSafeIsSentAgain(t *testing.T) {
	dropped := scimUsers
	dropped.Drop = true
	lost := dropped
	lost.Apply = true
	failed := fault(http.StatusBadGateway)
	failed.Body, failed.ContentType = "html", "text/html"
	empty := fault(http.StatusOK)
	empty.Apply, empty.Body = true, "empty"
	half := empty
	half.Body = "truncated"
	for name, f := range map[string]accesstest.Fault{
		"cut before the request": dropped, "cut after the change": lost, "a proxy's error": failed,
		"an empty answer": empty, "half an answer": half, "an error": fault(500), "throttled": fault(429),
		"unavailable": fault(503),
	} {
		t.Run(name, func(t *testing.T) {
			_, access := start(t, accesstest.Config{})
			c := newClientWith(t, access, quick, domain)
			u := create(t, c, "ada")
			f.Count = 2
			access.AddFault(f)
			if _, err := c.User(t.Context(), u.ID); err != nil {
				t.Errorf("read: %v", err)
			}
			access.ClearFaults()
			f.Method = http.MethodPatch
			access.AddFault(f)
			if got, err := update(t, c, u.ID, upstream.Attributes{upstream.CorePath("title"): "Countess"}); err != nil ||
				got.Attributes[upstream.CorePath("title")] != "Countess" {
				t.Errorf("update: %v, %v", got.Attributes, err)
			}
			access.ClearFaults()
			f.Method = http.MethodDelete
			access.AddFault(f)
			if err := c.DeleteUser(t.Context(), u.ID, anyUser); err != nil {
				t.Errorf("delete: %v", err)
			}
		})
	}
}

func TestCreationIsSentAgainOnlyWhenSurelyNotDone(t *testing.T) {
	tests := []struct {
		name     string
		fault    accesstest.Fault
		attempts int
		wantErr  bool
	}{
		{"throttled", fault(http.StatusTooManyRequests), 3, true},
		{"an error leaves doubt", fault(http.StatusInternalServerError), 1, true},
		{"a refusal is final", fault(http.StatusBadRequest), 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, access := start(t, accesstest.Config{})
			c := newClientWith(t, access, quick, domain)
			access.AddFault(tt.fault)
			if _, err := c.CreateUser(t.Context(), domain, attributes("ada")); (err != nil) != tt.wantErr {
				t.Errorf("error = %v", err)
			}
			if got := requests(access, http.MethodPost); got != tt.attempts {
				t.Errorf("it was sent %d times, want %d", got, tt.attempts)
			}
		})
	}
}

// script is a tenant that answers at once, without a network: its status for the
// nth request, 200 with an empty list.
type script func(n int) (status, retryAfter int)

// scripted returns a client of a tenant that follows a script, and how many
// requests it got. It is for tests within a bubble of synctest.
func scripted(t *testing.T, cfg upstream.Config, tenant script) (*upstream.Client, *atomic.Int64) {
	t.Helper()
	var count atomic.Int64
	cfg.BaseURL, cfg.Domains = "https://t.workspaceoneaccess.com", []string{domain}
	cfg.HTTPClient = &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) {
		status, retryAfter := tenant(int(count.Add(1)))
		w := httptest.NewRecorder()
		if retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		}
		w.WriteHeader(status)
		_, _ = w.WriteString(`{"totalResults":0,"Resources":[]}`)
		return w.Result(), nil
	})}
	c, err := upstream.NewClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c, &count
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func always(status int) script { return func(int) (int, int) { return status, 0 } }

// inBubble runs a test in a bubble of synctest.
func inBubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

func TestRetryAfterOfAccess(t *testing.T) {
	inBubble(t, "is waited for where it is short", func(t *testing.T) {
		t.Helper()
		c, count := scripted(t, upstream.Config{Resilience: upstream.Resilience{FirstPause: time.Millisecond}},
			func(n int) (int, int) {
				if n == 1 {
					return http.StatusTooManyRequests, 1
				}
				return http.StatusOK, 0
			})
		began := time.Now()
		if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); err != nil || time.Since(began) < time.Second ||
			count.Load() != 2 {
			t.Errorf("answered after %v and %d requests with %v, want a second and no error", time.Since(began), count.Load(),
				err)
		}
	})
	inBubble(t, "is passed on where it is long", func(t *testing.T) {
		t.Helper()
		c, count := scripted(t, upstream.Config{Resilience: upstream.Resilience{FirstPause: time.Millisecond}},
			func(int) (int, int) { return http.StatusServiceUnavailable, 30 })
		_, err := c.FindUsers(t.Context(), upstream.ByUserName, "x")
		e, ok := errors.AsType[*upstream.Error](err)
		if !ok || e.RetryAfter != 30*time.Second || count.Load() != 1 {
			t.Errorf("error = %#v after %d requests, want 30 s after one", err, count.Load())
		}
	})
}

func TestCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := make(chan bool, 10)
		var down atomic.Bool
		c, count := scripted(t, upstream.Config{
			OnCircuit:  func(open bool) { told <- open },
			Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 3, BreakFor: 100 * time.Millisecond},
		}, func(int) (int, int) {
			if down.Load() {
				return http.StatusServiceUnavailable, 0
			}
			return http.StatusOK, 0
		})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		go func() { _ = c.Run(ctx) }()
		synctest.Wait() // until the background has read all users

		down.Store(true)
		for range 3 {
			_, _ = c.FindUsers(t.Context(), upstream.ByUserName, "x")
		}
		before, began := count.Load(), time.Now()
		_, err := c.FindUsers(t.Context(), upstream.ByUserName, "x")
		if !errors.Is(err, upstream.ErrCircuitOpen) || !errors.Is(err, upstream.ErrUnavailable) {
			t.Errorf("error = %#v, want one that says that the circuit is open", err)
		}
		if took := time.Since(began); took > 0 || count.Load() != before {
			t.Errorf("it took %v and %d requests, want none", took, count.Load()-before)
		}
		down.Store(false)
		if opened, closed := <-told, <-told; !opened || closed { // by a probe, though nobody asked for anything
			t.Errorf("told open %t, then %t; want open, then closed", opened, closed)
		}
		if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); err != nil {
			t.Errorf("after the probe: %v", err)
		}
		if len(told) != 0 {
			t.Errorf("told %d times more", len(told))
		}
	})
}

// What is refused says nothing against Access: nothing of it opens the circuit.
func TestRefusalsLeaveTheCircuitClosed(t *testing.T) {
	_, access := start(t, accesstest.Config{})
	c := newClientWith(t, access, upstream.Resilience{Attempts: 1, BreakAfter: 2, BreakFor: time.Hour}, domain)
	for _, status := range []int{400, 401, 403, 404, 409, 429} {
		access.AddFault(fault(status))
		for range 5 {
			_, _ = c.FindUsers(t.Context(), upstream.ByUserName, "x")
		}
		access.ClearFaults()
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	for range 5 {
		_, _ = c.FindUsers(gone, upstream.ByUserName, "x")
	}
	if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); err != nil {
		t.Errorf("error = %v, want none", err)
	}
}

func TestBulkhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, count := scripted(t, upstream.Config{Resilience: upstream.Resilience{Attempts: 1, Concurrency: 2}},
			func(int) (int, int) {
				time.Sleep(4 * time.Second)
				return http.StatusOK, 0
			})
		for range 2 {
			go func() { _, _ = c.FindUsers(t.Context(), upstream.ByUserName, "x") }()
		}
		synctest.Wait()
		_, err := c.FindUsers(t.Context(), upstream.ByUserName, "x")
		if !errors.Is(err, upstream.ErrTooBusy) || count.Load() != 2 {
			t.Errorf("error = %v after %d requests, want one that says that too many requests are under way", err, count.Load())
		}
		time.Sleep(4 * time.Second)
	})
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := scripted(t, upstream.Config{Resilience: upstream.Resilience{RateLimit: 20}}, always(http.StatusOK))
		began := time.Now()
		for range 30 {
			if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took < 400*time.Millisecond || took > 600*time.Millisecond {
			t.Errorf("30 requests at 20 a second took %v, want half a second after the first burst", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if _, err := c.FindUsers(ctx, upstream.ByUserName, "x"); !errors.Is(err, upstream.ErrTooBusy) {
			t.Errorf("no room within the caller's time: %v, want that the bridge is too busy", err)
		}
		for _, step := range []struct {
			perSecond float64
			want      time.Duration
		}{{40, 750 * time.Millisecond}, {0, 0}} {
			time.Sleep(time.Minute)
			c.LimitRate(step.perSecond)
			began := time.Now()
			for range 50 {
				if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); err != nil {
					t.Fatal(err)
				}
			}
			if took := time.Since(began); took < step.want*9/10 || took > step.want*11/10 {
				t.Errorf("50 requests at %v a second took %v, want %v after the burst of before", step.perSecond, took, step.want)
			}
		}
	})
}

func TestCallersTimeEndsTheRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, count := scripted(t, upstream.Config{Resilience: upstream.Resilience{Attempts: 100, BreakAfter: 1 << 20}},
			always(http.StatusBadGateway))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		began := time.Now()
		_, err := c.FindUsers(ctx, upstream.ByUserName, "x")
		e, ok := errors.AsType[*upstream.Error](err)
		if !ok || e.Status != http.StatusBadGateway || time.Since(began) > 3*time.Second || count.Load() < 2 {
			t.Errorf("error = %v after %v, want Access's last answer in time", err, time.Since(began))
		}
	})
}
