package upstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"

	"ws1bridge/auth/neterr"
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
	// Settle bounds how long a write that Access confirmed waits for a read that
	// shows it; 0 means 3.5 seconds. Only who may log in, and under which name, is
	// waited for.
	Settle time.Duration
	// Lag is how long after a write Access may show the state from before it; 0 means
	// 30 seconds.
	Lag time.Duration
	// RateLimit is how many requests a second are sent; 0 means any number.
	RateLimit float64
}

const (
	maxQueueing = 2 * time.Second
	// jitter is the share of a pause that is left to chance.
	jitter = .5
	// leastTime is what a repetition needs of the caller's time to make sense.
	leastTime = 2 * time.Second
)

// guard keeps a Client's requests within its Resilience.
type guard struct {
	limits  Resilience
	limiter *rate.Limiter
	breaker circuitbreaker.CircuitBreaker[any]
	places  *semaphore.Weighted // for requests under way
	retries func(op string)

	probe    func(context.Context) error // asks for something that every tenant has
	probing  sync.Mutex                  // held by the one who probes
	suspects atomic.Int64                // failures about single records since anything went well
}

func newGuard(cfg Config, m *metrics) *guard {
	r := cfg.Resilience
	r.Attempts = cmp.Or(r.Attempts, 3)
	r.FirstPause = cmp.Or(r.FirstPause, 200*time.Millisecond)
	r.LongestPause = cmp.Or(r.LongestPause, 5*time.Second)
	r.BreakAfter = cmp.Or(r.BreakAfter, 5)
	r.BreakFor = cmp.Or(r.BreakFor, 5*time.Second)
	r.Settle = cmp.Or(r.Settle, 3500*time.Millisecond)
	r.Lag = cmp.Or(r.Lag, 30*time.Second)
	r.Concurrency = cmp.Or(r.Concurrency, 64)
	g := &guard{limits: r, limiter: rate.NewLimiter(rateOf(r.RateLimit)), retries: m.retried,
		places: semaphore.NewWeighted(int64(r.Concurrency))}
	g.breaker = circuitbreaker.NewBuilder[any]().
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
	return g
}

// isOutage reports whether err says that Access is not well, rather than that
// it is busy, that it refuses the request, that something else answers in its place,
// or that the caller has no more time.
func isOutage(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && errors.Is(e, ErrUnavailable) && !isLasting(e) && e.Status != http.StatusTooManyRequests &&
		!isTokenTrouble(e) && !e.abandoned
}

// isLasting reports whether somebody has to act before another attempt can succeed.
func isLasting(e *Error) bool {
	_, ofProxy := errors.AsType[*neterr.ProxyRefusal](e)
	return ofProxy || errors.Is(e, ErrNotAccess) || errors.Is(e, ErrNoSuchPath)
}

// mayBeOfRecord reports whether a failure may be that of one record, which is no outage.
func (e *Error) mayBeOfRecord() bool {
	return e.ofRecord && (e.Status != 0 || errors.Is(e, context.DeadlineExceeded))
}

// suspect counts the failures that may be those of records. When there are as many in a
// row as open the circuit, something that every tenant has is asked for: only if
// that fails too, it is an outage.
func (g *guard) suspect(ctx context.Context) {
	if g.suspects.Add(1) < int64(g.limits.BreakAfter) || !g.probing.TryLock() {
		return
	}
	defer g.probing.Unlock()
	if isOutage(g.probe(ctx)) {
		g.breaker.Open()
	}
	g.suspects.Store(0)
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
	doubtful := false // an earlier attempt may have been applied, whatever became of the last
	backoff := g.limits.FirstPause
	for n := 1; ; n++ {
		e := g.once(ctx, r.op, attempt)
		if e == nil {
			return nil
		}
		doubtful = doubtful || e.InDoubt
		e.InDoubt = doubtful
		if n >= g.limits.Attempts || !g.mayRepeat(ctx, r, e) || !sleep(ctx, pauseAfter(e, backoff)) {
			return e
		}
		backoff = min(2*backoff, g.limits.LongestPause)
		g.retries(r.op)
	}
}

// once makes one attempt, as soon as the limits let it.
func (g *guard) once(ctx context.Context, op string, attempt func() error) *Error {
	if err := g.limiter.Wait(ctx); err != nil {
		return unavailable(op, fmt.Errorf("%w: access.rate_limit leaves no room in time", ErrTooBusy))
	}
	if g.breaker.IsOpen() && g.breaker.RemainingDelay() > 0 {
		return unavailable(op, ErrCircuitOpen) // without queueing first
	}
	if err := g.takePlace(ctx, op); err != nil {
		return err
	}
	defer g.places.Release(1)
	if !g.breaker.TryAcquirePermit() { // after a place is free: to wait for one says nothing of Access
		return unavailable(op, ErrCircuitOpen)
	}
	err := attempt()
	g.record(ctx, err)
	e, ok := errors.AsType[*Error](err)
	switch {
	case err == nil:
		return nil
	case ok:
		return e
	}
	return unavailable(op, err)
}

// takePlace waits until there are few enough requests under way.
func (g *guard) takePlace(ctx context.Context, op string) *Error {
	if g.places.TryAcquire(1) {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, maxQueueing)
	defer cancel()
	switch {
	case g.places.Acquire(waiting, 1) == nil:
		return nil
	case ctx.Err() != nil:
		return unavailable(op, context.Cause(ctx))
	}
	return unavailable(op, ErrTooBusy)
}

// record tells the circuit of an attempt. What says nothing of Access is no success
// either; a circuit that is to close needs one.
func (g *guard) record(ctx context.Context, err error) {
	e, failed := errors.AsType[*Error](err)
	switch {
	case !failed || !isOutage(e) && !e.abandoned:
		g.suspects.Store(0)
		g.breaker.RecordSuccess()
	case !g.breaker.IsClosed():
		g.breaker.RecordFailure()
	case e.abandoned:
	case e.mayBeOfRecord():
		g.suspect(ctx)
	default:
		g.breaker.RecordFailure()
	}
}

// The reasons why a request was not sent at all.
var (
	// ErrCircuitOpen says that Access failed several times in a row, so that
	// the client waits before it asks again.
	ErrCircuitOpen = errors.New("the circuit to Access is open")
	// ErrTooBusy says that too many requests are under way, or more than
	// Resilience.RateLimit lets through in time.
	ErrTooBusy = errors.New("too many requests to Access are under way")
)

// mayRepeat reports whether the failed request is to be sent again.
func (g *guard) mayRepeat(ctx context.Context, r call, e *Error) bool {
	switch {
	case !errors.Is(e, ErrUnavailable), isTokenTrouble(e), errors.Is(e, ErrCircuitOpen), errors.Is(e, ErrTooBusy):
		return false
	case isLasting(e), r.writes() && e.Status/100 == 2: // looking tells more than sending it again
		return false
	case ctx.Err() != nil, e.RetryAfter > g.limits.LongestPause:
		return false
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < leastTime+e.RetryAfter {
		return false
	}
	return r.idempotent() || !e.InDoubt
}

// pauseAfter is how long to wait before a repetition: as long as Access asked,
// or else the backoff. Chance spreads what would come back at the same moment.
func pauseAfter(e *Error, backoff time.Duration) time.Duration {
	spread := rand.Float64() * jitter
	if e.RetryAfter > 0 {
		return time.Duration(float64(e.RetryAfter) * (1 + spread))
	}
	return time.Duration(float64(backoff) * (1 - jitter/2 + spread))
}

// sleep waits, and reports whether ctx let it wait to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
