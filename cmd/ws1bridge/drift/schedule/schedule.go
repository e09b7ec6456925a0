// Package schedule compares Okta with Access regularly while the bridge runs, repairs what differs
// where that is asked for, and remembers what it found.
package schedule

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/drift"
)

// Config is what a Schedule needs.
type Config struct {
	// Every is the time from one comparison to the next.
	Every time.Duration
	// Repair reports whether what differs is repaired, by Push. Accounts that nobody is assigned to
	// are left alone.
	Repair func() bool
	Push   drift.Push
	// Comparison is what to compare, by the configuration in use. done lets go of it.
	Comparison func() (c *drift.Comparison, done func(), _ error)
	// OnOutcome is told when a comparison was made, or could not be made. Optional.
	OnOutcome func()
	Log       *zap.Logger
	// Registerer takes the metrics; nil leaves them unregistered.
	Registerer prometheus.Registerer
}

// State is what a Schedule knows.
type State struct {
	// Next is when the next comparison begins, the zero time while one is made.
	Next time.Time
	// Compared is when the last one was made, the zero time before the first; Took is how long
	// it took.
	Compared time.Time
	Took     time.Duration
	// Report is what it found, its differences as far as they are kept. Where it repaired, they
	// are what is left.
	Report drift.Report
	// Counts are how many differences there are of each kind.
	Counts map[drift.Kind]int
	// Repaired and Failed count the changes that were made, and people and groups that could
	// not be repaired.
	Repaired, Failed int
	// Trouble is why no comparison could be made since, nil where one could.
	Trouble error
}

// Total is how many differences there are.
func (s State) Total() (n int) {
	for _, count := range s.Counts {
		n += count
	}
	return n
}

const (
	// maxKept bounds the differences that are remembered.
	maxKept = 10_000
	// firstAfter is when the first comparison is made at the earliest, and spread what comes on
	// top of it by chance: copies that start together do not ask Okta together.
	firstAfter = time.Minute
	spread     = 5 * time.Minute
	// retryAfter is when a comparison is tried again at the latest that could not be made.
	retryAfter = 15 * time.Minute
)

// errTooSlow is why a comparison was given up.
var errTooSlow = errors.New("the comparison took longer than drift.every: set it higher")

// Schedule compares regularly. It is safe for concurrent use.
type Schedule struct {
	Config

	metrics *metrics
	wake    chan struct{} // has a value where a comparison was asked for

	mu    sync.Mutex // guards what follows
	state State
}

// New returns a schedule, which Run keeps.
func New(cfg Config) *Schedule {
	return &Schedule{Config: cfg, metrics: newMetrics(cfg.Registerer), wake: make(chan struct{}, 1)}
}

// State is what is known now.
func (s *Schedule) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state
}

// Ready is why no comparison could be made lately, nil where one could, or none was due.
func (s *Schedule) Ready(context.Context) error { return s.State().Trouble }

// Now has a comparison be made now; where one is under way, another one after it.
func (s *Schedule) Now() {
	select {
	case s.wake <- struct{}{}:
		s.change(func(now *State) { now.Next = time.Time{} })
	default:
	}
}

// Run compares until ctx ends. It returns nil.
func (s *Schedule) Run(ctx context.Context) error {
	wait := firstAfter + rand.N(spread) //nolint:gosec // copies are spread, and nobody guesses
	for {
		s.change(func(now *State) { now.Next = time.Now().Add(wait) })
		select {
		case <-ctx.Done():
			return nil
		case <-s.wake:
		case <-time.After(wait):
		}
		wait = s.Every
		if !s.once(ctx) {
			wait = min(wait, retryAfter)
		}
	}
}

func (s *Schedule) change(change func(*State)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.state)
}

// once compares, and repairs.
func (s *Schedule) once(ctx context.Context) (done bool) {
	s.change(func(now *State) { now.Next = time.Time{} })
	bounded, cancel := context.WithTimeoutCause(ctx, s.Every, errTooSlow)
	defer cancel()
	next, err := s.compare(bounded)
	switch {
	case ctx.Err() != nil: // the bridge stops
		return false
	case err == nil:
		s.change(func(now *State) { *now = next })
		s.tell(next)
	default:
		if bounded.Err() != nil {
			err = context.Cause(bounded)
		}
		s.change(func(now *State) { now.Trouble = err })
		s.Log.Warn("Okta and Access could not be compared", zap.Error(err))
	}
	s.metrics.set(s.State())
	if s.OnOutcome != nil {
		s.OnOutcome()
	}
	return err == nil
}

// compare makes a comparison. After a repair it compares once more, to tell what is left.
func (s *Schedule) compare(ctx context.Context) (next State, _ error) {
	start := time.Now()
	c, done, err := s.Comparison()
	if err != nil {
		return State{}, err
	}
	defer done()
	result, err := c.Run(ctx)
	if err != nil {
		return State{}, err
	}
	if s.Repair() {
		s.repair(ctx, result, &next)
		if next.Repaired > 0 {
			again, err := c.Run(ctx)
			if next.Trouble = err; err == nil {
				result = again
			}
		}
	}
	next.Compared, next.Took, next.Report = time.Now(), time.Since(start), result.Report
	next.Counts = map[drift.Kind]int{}
	for _, d := range result.Differences {
		next.Counts[d.Kind]++
	}
	next.Report.Differences = slices.Clone(result.Differences[:min(len(result.Differences), maxKept)])
	return next, nil
}

// repair repairs what differs, and counts.
func (s *Schedule) repair(ctx context.Context, result *drift.Result, next *State) {
	plan, err := result.Plan(false)
	failures := map[string]int{}
	if err == nil {
		err = plan.Apply(ctx, result, s.Push, func(d drift.Done) { s.note(d, next, failures) })
	}
	if err != nil || next.Failed > 0 {
		s.Log.Warn("not everything that differs could be repaired", zap.Int("repaired", next.Repaired),
			zap.Int("failed", next.Failed), zap.Any("reasons", failures), zap.Error(err))
	}
}

// note counts what became of an action.
func (s *Schedule) note(d drift.Done, next *State, failures map[string]int) {
	next.Repaired += len(d.Changes)
	s.metrics.repairs.WithLabelValues(done).Add(float64(len(d.Changes)))
	switch {
	case errors.Is(d.Err, drift.ErrChanged):
		s.metrics.repairs.WithLabelValues(skipped).Inc()
	case d.Err != nil:
		next.Failed++
		failures[d.Reason()]++
		s.metrics.repairs.WithLabelValues(failed).Inc()
	}
}

// tell writes what was found, without names.
func (s *Schedule) tell(found State) {
	fields := []zap.Field{zap.Int("people", found.Report.People), zap.Int("groups", found.Report.Groups),
		zap.Int("repaired", found.Repaired), zap.Any("differences", found.Counts), zap.Duration("took", found.Took)}
	if found.Total() > 0 {
		s.Log.Warn("Okta and Access differ", fields...)
	} else {
		s.Log.Info("Okta and Access agree", fields...)
	}
}
