package upstream_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
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
		"an empty answer": empty, "half an answer": half, "an error": fault(500), "throttled": fault(429), "unavailable": fault(503),
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
			if got, err := update(t, c, u.ID, upstream.Attributes{{Name: "title"}: "Countess"}); err != nil || got.Attributes[upstream.Path{Name: "title"}] != "Countess" {
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

func TestRetryAfterOfAccess(t *testing.T) {
	t.Run("is waited for where it is short", func(t *testing.T) {
		_, access := start(t, accesstest.Config{})
		c := newClientWith(t, access, upstream.Resilience{FirstPause: time.Millisecond}, domain)
		f := fault(http.StatusTooManyRequests)
		f.RetryAfter, f.Count = 1, 1
		access.AddFault(f)
		began := time.Now()
		if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); err != nil || time.Since(began) < time.Second {
			t.Errorf("answered after %v with %v, want a second and no error", time.Since(began), err)
		}
	})
	t.Run("is passed on where it is long", func(t *testing.T) {
		_, access := start(t, accesstest.Config{})
		c := newClientWith(t, access, upstream.Resilience{FirstPause: time.Millisecond}, domain)
		f := fault(http.StatusServiceUnavailable)
		f.RetryAfter = 30
		access.AddFault(f)
		_, err := c.FindUsers(t.Context(), upstream.ByUserName, "x")
		e, ok := errors.AsType[*upstream.Error](err)
		if !ok || e.RetryAfter != 30*time.Second || requests(access, "") != 1 {
			t.Errorf("error = %#v after %d requests, want 30 s after one", err, requests(access, ""))
		}
	})
}

func TestCircuit(t *testing.T) {
	_, access := start(t, accesstest.Config{})
	told := make(chan bool, 10)
	c := newClientFrom(t, access, upstream.Config{
		Domains: []string{domain}, OnCircuit: func(open bool) { told <- open },
		Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 3, BreakFor: 100 * time.Millisecond},
	})
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = c.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })

	access.AddFault(accesstest.Fault{Path: scimPath, Status: http.StatusServiceUnavailable})
	for range 3 {
		_, _ = c.FindUsers(t.Context(), upstream.ByUserName, "x")
	}
	before := requests(access, "")
	began := time.Now()
	_, err := c.FindUsers(t.Context(), upstream.ByUserName, "x")
	if !errors.Is(err, upstream.ErrCircuitOpen) || !errors.Is(err, upstream.ErrUnavailable) {
		t.Errorf("error = %#v, want one that says that the circuit is open", err)
	}
	if took := time.Since(began); took > 50*time.Millisecond || requests(access, "") != before {
		t.Errorf("it took %v and %d requests, want none", took, requests(access, "")-before)
	}
	access.ClearFaults()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if requests(access, "") > before { // a probe, though nobody asked for anything
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody probed")
		}
	}
	time.Sleep(50 * time.Millisecond) // the probe's answer
	if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); err != nil {
		t.Errorf("after the probe: %v", err)
	}
	if opened, closed := <-told, <-told; !opened || closed || len(told) != 0 {
		t.Errorf("told open %t, then %t and %d more; want open, closed and no more", opened, closed, len(told))
	}
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
	_, access := start(t, accesstest.Config{})
	c := newClientWith(t, access, upstream.Resilience{Attempts: 1, Concurrency: 2}, domain)
	create(t, c, "ada")
	held := scimUsers
	held.Delay = 4 * time.Second
	access.AddFault(held)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() { _, _ = c.FindUsers(t.Context(), upstream.ByUserName, "x") })
	}
	time.Sleep(100 * time.Millisecond)
	_, err := c.FindUsers(t.Context(), upstream.ByUserName, "x")
	if !errors.Is(err, upstream.ErrTooBusy) {
		t.Errorf("error = %v, want one that says that too many requests are under way", err)
	}
	wait.Wait()
}

func TestRateLimit(t *testing.T) {
	_, access := start(t, accesstest.Config{})
	c := newClientWith(t, access, upstream.Resilience{RateLimit: 20}, domain)
	began := time.Now()
	for range 30 {
		if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "x"); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(began); took < 400*time.Millisecond {
		t.Errorf("30 requests at 20 a second took %v, want half a second after the first burst", took)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if _, err := c.FindUsers(ctx, upstream.ByUserName, "x"); !errors.Is(err, upstream.ErrUnavailable) {
		t.Errorf("no room within the caller's time: %v, want unavailable", err)
	}
}

func TestCallersTimeEndsTheRetries(t *testing.T) {
	_, access := start(t, accesstest.Config{})
	c := newClientWith(t, access, upstream.Resilience{Attempts: 100, BreakAfter: 1 << 20}, domain)
	access.AddFault(fault(http.StatusBadGateway))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	began := time.Now()
	_, err := c.FindUsers(ctx, upstream.ByUserName, "x")
	e, ok := errors.AsType[*upstream.Error](err)
	if !ok || e.Status != http.StatusBadGateway || time.Since(began) > 3*time.Second {
		t.Errorf("error = %v after %v, want Access's last answer in time", err, time.Since(began))
	}
}
