package upstream

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	"golang.org/x/time/rate"
)

// Resilience is how the client meets trouble. The zero value of a field is its
// default.
type Resilience struct {
	// Attempts is how often a request is sent at most; 0 means 3. Only what is
	// safe to repeat is: requests that change nothing or whose repetition does,
	// and those that Access surely did not apply.
	Attempts int
	// FirstPause and LongestPause bound the pause before a repetition, which
	// doubles; 0 means 200 milliseconds and 5 seconds. Where Access asks to
	// wait longer than LongestPause, the request fails instead.
	FirstPause, LongestPause time.Duration
	// BreakAfter is how many failures in a row open the circuit: from then on
	// requests fail at once, until BreakFor is over and a probe succeeds. 0
	// means 5 failures and 5 seconds.
	BreakAfter int
	BreakFor   time.Duration
	// Concurrency is how many requests may be under way at once; 0 means 64.
	// Others wait for 2 seconds at most.
	Concurrency int
	// RateLimit is how many requests a second are sent; 0 means any number.
	RateLimit float64
}

const (
	maxQueueing = 2 * time.Second
	// jitter is the share of a pause that chance adds or takes off.
	jitter = .25
	// leastTime is what a repetition needs of the caller's time to make sense.
	leastTime = 2 * time.Second
	// probeInterval is how often an open circuit is tried.
	probeInterval = time.Second
	// learnPause is the longest pause between two tries to read all users.
	learnPause = time.Minute
)

// guard keeps a Client's requests within its Resilience.
type guard struct {
	limits   Resilience
	limiter  *rate.Limiter
	breaker  circuitbreaker.CircuitBreaker[any]
	bulkhead bulkhead.Bulkhead[any]
	retries  func(op string)
}

func newGuard(cfg Config, m *metrics) *guard {
	r := cfg.Resilience
	r.Attempts = cmp.Or(r.Attempts, 3)
	r.FirstPause = cmp.Or(r.FirstPause, 200*time.Millisecond)
	r.LongestPause = cmp.Or(r.LongestPause, 5*time.Second)
	r.BreakAfter = cmp.Or(r.BreakAfter, 5)
	r.BreakFor = cmp.Or(r.BreakFor, 5*time.Second)
	r.Concurrency = cmp.Or(r.Concurrency, 64)
	g := &guard{limits: r, limiter: rate.NewLimiter(rate.Inf, 1), retries: m.retried}
	if r.RateLimit > 0 {
		g.limiter = rate.NewLimiter(rate.Limit(r.RateLimit), max(1, int(r.RateLimit)))
	}
	g.breaker = circuitbreaker.NewBuilder[any]().
		HandleIf(func(_ any, err error) bool { return isOutage(err) }).
		WithFailureThreshold(uint(r.BreakAfter)).
		WithSuccessThreshold(1).
		WithDelay(r.BreakFor).
		OnOpen(func(e circuitbreaker.StateChangedEvent) {
			m.open.Set(1)
			if e.OldState == circuitbreaker.ClosedState && cfg.OnCircuit != nil {
				cfg.OnCircuit(true)
			}
		}).
		OnClose(func(circuitbreaker.StateChangedEvent) {
			m.open.Set(0)
			if cfg.OnCircuit != nil {
				cfg.OnCircuit(false)
			}
		}).
		Build()
	g.bulkhead = bulkhead.NewBuilder[any](uint(r.Concurrency)).WithMaxWaitTime(maxQueueing).Build()
	return g
}

// isOutage reports whether err says that Access is not well, rather than that
// it is busy, that it refuses the request, or that the caller left.
func isOutage(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && errors.Is(err, ErrUnavailable) && e.Status != http.StatusTooManyRequests &&
		!isTokenTrouble(e) && !errors.Is(e.Err, context.Canceled)
}

// isTokenTrouble reports whether the request never left because no token could
// be had: who gives out tokens has a pause of its own.
func isTokenTrouble(e *Error) bool {
	var described interface{ RetryAfterHint() time.Duration }
	return errors.As(e.Err, &described)
}

// do runs attempt until it succeeds, may not be repeated, or the caller's time
// is over. Every error is an *Error.
func (g *guard) do(ctx context.Context, r call, attempt func() error) error {
	var last error
	doubtful := false // an earlier attempt may have been applied, whatever became of the last
	once := func() error {
		if err := g.limiter.Wait(ctx); err != nil {
			return &Error{Op: r.op, Kind: ErrUnavailable, Err: errors.New("the limit access.rate_limit leaves no room for the request")}
		}
		if g.breaker.IsOpen() && g.breaker.RemainingDelay() > 0 {
			return explain(r.op, circuitbreaker.ErrOpen) // without queueing first
		}
		// The circuit is within the bulkhead: a full bulkhead says nothing of Access.
		err := failsafe.With[any](g.bulkhead, g.breaker).WithContext(ctx).Run(func() error {
			last = attempt()
			return last
		})
		err = explain(r.op, err)
		if e, ok := errors.AsType[*Error](err); ok {
			doubtful = doubtful || e.InDoubt
			e.InDoubt = doubtful
		}
		return err
	}
	err := failsafe.With[any](g.retryPolicy(ctx, r)).WithContext(ctx).Run(once)
	if _, ok := errors.AsType[*Error](err); err != nil && !ok {
		if last != nil {
			return last // the caller's time ended during a pause
		}
		return unavailable(r.op, err)
	}
	return err
}

// explain turns the policies' own errors into ours.
func explain(op string, err error) error {
	switch {
	case errors.Is(err, circuitbreaker.ErrOpen):
		return &Error{Op: op, Kind: ErrUnavailable, Err: ErrCircuitOpen}
	case errors.Is(err, bulkhead.ErrFull):
		return &Error{Op: op, Kind: ErrUnavailable, Err: ErrTooBusy}
	}
	return err
}

// The reasons why a request was not sent at all.
var (
	// ErrCircuitOpen says that Access failed several times in a row, so that
	// the client waits before it asks again.
	ErrCircuitOpen = errors.New("the circuit to Access is open")
	// ErrTooBusy says that too many requests are under way.
	ErrTooBusy = errors.New("too many requests to Access are under way")
)

func (g *guard) retryPolicy(ctx context.Context, r call) failsafe.Policy[any] {
	return retrypolicy.NewBuilder[any]().
		HandleIf(func(_ any, err error) bool { return g.mayRepeat(ctx, r, err) }).
		WithMaxAttempts(g.limits.Attempts).
		ReturnLastFailure().
		WithBackoff(g.limits.FirstPause, g.limits.LongestPause).
		WithJitterFactor(jitter).
		WithDelayFunc(func(exec failsafe.ExecutionAttempt[any]) time.Duration {
			if e, ok := errors.AsType[*Error](exec.LastError()); ok && e.RetryAfter > 0 {
				return e.RetryAfter * 4 / 3 // never less than asked for, when a quarter is taken off again
			}
			return -1 // the back-off
		}).
		OnRetry(func(failsafe.ExecutionEvent[any]) { g.retries(r.op) }).
		Build()
}

// mayRepeat reports whether the failed request is to be sent again.
func (g *guard) mayRepeat(ctx context.Context, r call, err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || !errors.Is(err, ErrUnavailable) || isTokenTrouble(e) || ctx.Err() != nil || e.RetryAfter > g.limits.LongestPause {
		return false
	}
	if errors.Is(e.Err, ErrCircuitOpen) || errors.Is(e.Err, ErrTooBusy) {
		return false
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < leastTime+e.RetryAfter {
		return false
	}
	return r.idempotent() || !e.InDoubt
}

// Run reads once which users and groups are the bridge's own, as soon as Access
// lets it, and probes Access while the circuit is open, so that it closes soon
// after Access is well again even when nobody asks for anything. It returns nil
// when ctx ends.
func (c *Client) Run(ctx context.Context) error {
	ticker := time.NewTicker(probeInterval)
	defer ticker.Stop()
	pause, wait := time.Duration(0), time.Duration(0)
	for {
		if wait -= probeInterval; wait <= 0 && !c.knownGroups.complete.Load() && c.learn(ctx) != nil {
			pause = min(2*pause+probeInterval, learnPause)
			wait = pause
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			if !c.guard.breaker.IsClosed() {
				_ = c.Ready(ctx) // the circuit takes note of the outcome
			}
		}
	}
}
