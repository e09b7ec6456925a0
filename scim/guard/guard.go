// Package guard holds back changes that do damage in masses: one wrong rule in Okta deactivates
// a whole company in minutes. It counts the changes of a window of time, and past a limit it
// has Okta come again later, until somebody decides or the window is over.
package guard

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"ws1bridge/scim/problem"
)

// Kind is what a change does.
type Kind string

// The kinds of changes that are counted.
const (
	// Deactivations shut people out: active becomes false, or the user is deleted.
	Deactivations Kind = "deactivations"
	// Deletions are those of groups.
	Deletions Kind = "deletions"
	// MemberRemovals take people out of groups.
	MemberRemovals Kind = "member_removals"
)

// Kinds are all of them.
var Kinds = []Kind{Deactivations, Deletions, MemberRemovals}

// words name kinds for people.
var words = map[Kind]string{
	Deactivations: "deactivations of users", Deletions: "deletions of groups", MemberRemovals: "removals of members",
}

// Words name the kind for people.
func (k Kind) Words() string { return words[k] }

// Limits are what is allowed within a window.
type Limits struct {
	Window time.Duration
	Most   map[Kind]Limit
}

// On reports whether anything has a limit.
func (l Limits) On() bool {
	for _, limit := range l.Most {
		if limit.IsSet() {
			return true
		}
	}
	return false
}

// Store counts changes. It is safe for concurrent use.
type Store interface {
	// Note counts changes of a kind to what the keys name since a time, each key once, and
	// returns how many there are. It is not ok, and counts none of them, where there would be
	// more than most.
	Note(ctx context.Context, kind string, keys []string, since time.Time, most int) (counted int, ok bool, _ error)
	// Counted is how many changes there are of each kind since a time.
	Counted(ctx context.Context, since time.Time) (map[string]int, error)
	// Release forgets everything that was counted, and notes until when nothing is.
	Release(ctx context.Context, until time.Time) error
	// Released is until when nothing is counted.
	Released(ctx context.Context) (time.Time, error)
}

// Config is what a Guard needs.
type Config struct {
	// Limits are those in force.
	Limits func() Limits
	// Managed counts the users, or the groups, that the bridge manages.
	Managed func(ctx context.Context, kind Kind) (int, error)
	// Shared is what copies of the bridge count in; nil counts in this process alone.
	Shared Store
	// OnTrip is told when changes begin to be held back. Optional.
	OnTrip func(kind Kind, counted, most int)
	// Registerer takes the metric; nil leaves it unregistered.
	Registerer prometheus.Registerer
}

// Guard judges changes. It is safe for concurrent use.
type Guard struct {
	Config

	own *memory // what this process counted, for when Shared is away

	mu      sync.Mutex         // guards what follows
	tripped map[Kind]time.Time // of the last refusals
	// shared is until when nothing is counted, as far as this process has heard from Shared.
	shared  time.Time
	managed map[Kind]count
}

// count is how many are managed.
type count struct {
	n     int
	until time.Time
}

const (
	// keepCount is how long a count of what is managed is believed.
	keepCount = 10 * time.Minute
	// storeTimeout bounds how long a change waits for Shared.
	storeTimeout = 2 * time.Second
)

// New returns a guard.
func New(cfg Config) *Guard {
	g := &Guard{Config: cfg, own: &memory{}, tripped: map[Kind]time.Time{}, managed: map[Kind]count{}}
	if cfg.Registerer == nil {
		return g
	}
	for _, kind := range Kinds {
		cfg.Registerer.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name:        "ws1bridge_guard_tripped",
			Help:        "1 while the guard against mass damage holds changes of a kind back.",
			ConstLabels: prometheus.Labels{"kind": string(kind)},
		}, func() float64 {
			if g.holdsBack(kind, time.Now()) {
				return 1
			}
			return 0
		}))
	}
	return g
}

// Allow judges changes of a kind to what the keys name. Its error is a *problem.Error where they
// are held back. What was allowed once is allowed again.
func (g *Guard) Allow(ctx context.Context, kind Kind, keys ...string) error {
	limits := g.Limits()
	limit := limits.Most[kind]
	if !limit.IsSet() || len(keys) == 0 {
		return nil
	}
	managed, err := g.countManaged(ctx, kind, limit)
	if err != nil {
		return err
	}
	now, most := time.Now(), limit.of(managed)
	counted, ok := g.note(ctx, kind, keys, now.Add(-limits.Window), most)
	if ok {
		return nil
	}
	g.trips(kind, counted, most)
	return problem.HeldBack(kind.Words())
}

// countManaged is of how many a share is.
func (g *Guard) countManaged(ctx context.Context, kind Kind, limit Limit) (int, error) {
	if limit.share == 0 {
		return 0, nil
	}
	g.mu.Lock()
	known := g.managed[kind]
	g.mu.Unlock()
	if time.Now().Before(known.until) {
		return known.n, nil
	}
	n, err := g.Managed(ctx, kind)
	switch {
	case err == nil:
	case known.n > 0:
		n = known.n
	default:
		return 0, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.managed[kind] = count{n, time.Now().Add(keepCount)}
	return n, nil
}

// note counts in what copies share, or in this process while that is away.
func (g *Guard) note(ctx context.Context, kind Kind, keys []string, since time.Time, most int) (counted int, ok bool) {
	if g.Shared != nil {
		bounded, cancel := context.WithTimeout(ctx, storeTimeout)
		defer cancel()
		if until, err := g.Shared.Released(bounded); err == nil {
			g.heard(ctx, until)
		}
		if until, _ := g.own.Released(ctx); time.Now().Before(until) {
			return 0, true
		}
		if counted, ok, err := g.Shared.Note(bounded, string(kind), keys, since, most); err == nil {
			if ok {
				_, _, _ = g.own.Note(ctx, string(kind), keys, since, maxInt) // never fails
			}
			return counted, ok
		}
	}
	if until, _ := g.own.Released(ctx); time.Now().Before(until) {
		return 0, true
	}
	counted, ok, _ = g.own.Note(ctx, string(kind), keys, since, most)
	return counted, ok
}

// heard takes over what another process released, once. What was released here while Shared was
// away holds on.
func (g *Guard) heard(ctx context.Context, until time.Time) {
	g.mu.Lock()
	isNews := !until.Equal(g.shared)
	g.shared = until
	g.mu.Unlock()
	if isNews {
		g.release(ctx, until)
	}
}

// release begins anew in this process.
func (g *Guard) release(ctx context.Context, until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.tripped)
	_ = g.own.Release(ctx, until) // never fails
}

// trips notes that changes are held back.
func (g *Guard) trips(kind Kind, counted, most int) {
	now := time.Now()
	was := g.holdsBack(kind, now)
	g.mu.Lock()
	g.tripped[kind] = now
	g.mu.Unlock()
	if !was && g.OnTrip != nil {
		g.OnTrip(kind, counted, most)
	}
}

// holdsBack reports whether changes of a kind were refused in the last window.
func (g *Guard) holdsBack(kind Kind, now time.Time) bool {
	window := g.Limits().Window
	g.mu.Lock()
	defer g.mu.Unlock()
	last, tripped := g.tripped[kind]
	return tripped && now.Sub(last) < window
}

// Release lets everything pass until a time, and counts from the beginning then. It fails where
// what copies share is away; this one lets changes pass all the same.
func (g *Guard) Release(ctx context.Context, until time.Time) error {
	until = until.Truncate(time.Millisecond) // as a database keeps it
	g.release(ctx, until)
	if g.Shared == nil {
		return nil
	}
	return g.Shared.Release(ctx, until)
}
