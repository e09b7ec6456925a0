package guard

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"ws1bridge/scim/problem"
)

// world is a guard, with what goes on around it.
type world struct {
	*Guard
	limits  Limits
	managed int
	away    error // of what counts the managed
	trips   int
}

func newWorld(t *testing.T, most map[Kind]string, shared Store) *world {
	t.Helper()
	w := &world{limits: Limits{Window: time.Hour, Most: map[Kind]Limit{}}, managed: 5000}
	for kind, text := range most {
		limit, err := ParseLimit(text)
		if err != nil {
			t.Fatal(err)
		}
		w.limits.Most[kind] = limit
	}
	w.Guard = New(Config{Limits: func() Limits { return w.limits }, Shared: shared,
		Managed: func(context.Context, Kind) (int, error) { return w.managed, w.away },
		OnTrip:  func(Kind, int, int) { w.trips++ }})
	return w
}

// allowed is how many of n changes are allowed, each to something of its own.
func (w *world) allowed(t *testing.T, kind Kind, prefix string, n int) (allowed int) {
	t.Helper()
	for i := range n {
		err := w.Allow(t.Context(), kind, fmt.Sprint(prefix, i))
		if err == nil {
			allowed++
		} else if held, ok := errors.AsType[*problem.Error](err); !ok || held.Status != 429 {
			t.Fatalf("the error is %v", err)
		}
	}
	return allowed
}

func TestGuard(t *testing.T) {
	w := newWorld(t, map[Kind]string{Deactivations: "5%", Deletions: "3"}, nil)
	if n := w.allowed(t, Deactivations, "u", 1000); n != 250 || w.trips != 1 {
		t.Errorf("%d of 1,000 deactivations among 5,000 are allowed, and it tripped %d times", n, w.trips)
	}
	if n := w.allowed(t, Deactivations, "u", 250); n != 250 {
		t.Errorf("%d of those that were allowed are allowed again", n)
	}
	if n := w.allowed(t, Deletions, "g", 10); n != 3 {
		t.Errorf("%d deletions are allowed", n)
	}
	if n := w.allowed(t, MemberRemovals, "m", 10_000); n != 10_000 {
		t.Errorf("%d of 10,000 removals without a limit are allowed", n)
	}
	state, err := w.Show(t.Context())
	if err != nil || state.Kinds[0] != (KindState{Deactivations, "5%", 250, true}) ||
		state.Kinds[2] != (KindState{MemberRemovals, "", 0, false}) {
		t.Errorf("it stands at %+v, %v", state, err)
	}
	if err := w.Release(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if n := w.allowed(t, Deactivations, "u", 1000); n != 1000 {
		t.Errorf("%d of 1,000 are allowed after the release", n)
	}
	if err := w.Release(t.Context(), time.Now()); err != nil { // its end
		t.Fatal(err)
	}
	if n := w.allowed(t, Deactivations, "v", 1000); n != 250 || w.trips != 3 {
		t.Errorf("%d of 1,000 are allowed when the release is over, and it tripped %d times", n, w.trips)
	}
}

// TestWindow lets go on when the window is over.
func TestWindow(t *testing.T) {
	w := newWorld(t, map[Kind]string{Deletions: "3"}, nil)
	w.limits.Window = 300 * time.Millisecond
	if n := w.allowed(t, Deletions, "a", 5); n != 3 {
		t.Errorf("%d are allowed", n)
	}
	time.Sleep(400 * time.Millisecond)
	if n := w.allowed(t, Deletions, "b", 5); n != 3 {
		t.Errorf("%d are allowed in the next window", n)
	}
}

// TestManyAtOnce counts none of a change that is too large as a whole.
func TestManyAtOnce(t *testing.T) {
	w := newWorld(t, map[Kind]string{MemberRemovals: "10"}, nil)
	if err := w.Allow(t.Context(), MemberRemovals, "1", "2", "3", "3"); err != nil {
		t.Error(err)
	}
	if err := w.Allow(t.Context(), MemberRemovals, "3", "4", "5", "6", "7", "8", "9", "10", "11"); err == nil {
		t.Error("11 of 10 are allowed")
	}
	if err := w.Allow(t.Context(), MemberRemovals, "4", "5", "6", "7", "8", "9", "10"); err != nil {
		t.Error(err)
	}
}

// TestUnknownShare holds back while it is not known what a share is of.
func TestUnknownShare(t *testing.T) {
	w := newWorld(t, map[Kind]string{Deactivations: "5%"}, nil)
	w.away = errors.New("away")
	if err := w.Allow(t.Context(), Deactivations, "u"); !errors.Is(err, w.away) {
		t.Errorf("the error is %v", err)
	}
	w.away, w.managed = nil, 3
	if n := w.allowed(t, Deactivations, "u", 3); n != 1 {
		t.Errorf("%d of 3 are allowed", n)
	}
}

// awayStore is a database that is away.
type awayStore struct {
	memory

	away bool
}

var errAway = errors.New("away")

func (s *awayStore) Note(
	ctx context.Context, kind string, keys []string, since time.Time, most int,
) (int, bool, error) {
	if s.away {
		return 0, false, errAway
	}
	return s.memory.Note(ctx, kind, keys, since, most)
}

func (s *awayStore) Counted(ctx context.Context, since time.Time) (map[string]int, error) {
	if s.away {
		return nil, errAway
	}
	return s.memory.Counted(ctx, since)
}

func (s *awayStore) Release(ctx context.Context, until time.Time) error {
	if s.away {
		return errAway
	}
	return s.memory.Release(ctx, until)
}

func (s *awayStore) Released(ctx context.Context) (time.Time, error) {
	if s.away {
		return time.Time{}, errAway
	}
	return s.memory.Released(ctx)
}

// TestReleaseElsewhere follows what another process released.
func TestReleaseElsewhere(t *testing.T) {
	shared := &memory{}
	w, other := newWorld(t, map[Kind]string{Deletions: "1"}, shared), newWorld(t, map[Kind]string{Deletions: "1"}, shared)
	w.allowed(t, Deletions, "a", 3)
	if err := other.Release(t.Context(), time.Now().Add(50*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if state, err := w.Show(t.Context()); err != nil || state.Kinds[1].HoldsBack || state.Kinds[1].Counted != 0 {
		t.Errorf("it stands at %+v, %v", state, err)
	}
	time.Sleep(100 * time.Millisecond)
	if n := w.allowed(t, Deletions, "b", 3); n != 1 || w.trips != 2 {
		t.Errorf("afterwards %d are allowed, and it tripped %d times", n, w.trips)
	}
}

// TestSharedIsAway counts in this process, and lets pass what is let pass here, also when Shared is
// there again.
func TestSharedIsAway(t *testing.T) {
	shared := &awayStore{away: true}
	w := newWorld(t, map[Kind]string{Deletions: "3"}, shared)
	if n := w.allowed(t, Deletions, "a", 5); n != 3 {
		t.Errorf("%d are allowed", n)
	}
	if state, err := w.Show(t.Context()); err == nil || !state.Kinds[1].HoldsBack || state.Kinds[1].Counted != 3 {
		t.Errorf("it stands at %+v, %v", state, err)
	}
	if err := w.Release(t.Context(), time.Now().Add(time.Hour)); err == nil {
		t.Error("a release that others did not hear of is one")
	}
	for _, shared.away = range []bool{true, false} {
		if n := w.allowed(t, Deletions, "b", 5); n != 5 {
			t.Errorf("%d are allowed after the release, while Shared is away: %t", n, shared.away)
		}
	}
}

func TestParseLimit(t *testing.T) {
	for text, want := range map[string]int{"50": 50, "0": 0, "5%": 50, " 0.5 % ": 5, "100%": 1000, "0.0001%": 1} {
		if l, err := ParseLimit(text); err != nil || !l.IsSet() || l.of(1000) != want {
			t.Errorf("%q is %+v, %v, of 1,000 %d", text, l, err, l.of(1000))
		}
	}
	if l, _ := ParseLimit("29%"); l.of(100) != 29 {
		t.Errorf("29%% of 100 are %d", l.of(100))
	}
	for _, text := range []string{"-1", "5.5", "x", "%", "0%", "101%", "-5%", "NaN%", "1e3"} {
		if l, err := ParseLimit(text); err == nil {
			t.Errorf("%q is %+v", text, l)
		}
	}
	if l, err := ParseLimit(""); err != nil || l.IsSet() || l.String() != "" {
		t.Error("nothing is a limit")
	}
	for _, text := range []string{"50", "5%", "0.5%", "7%", "14%", "28%", "33.3%"} {
		if l, _ := ParseLimit(text); l.String() != text {
			t.Errorf("%s is shown as %s", text, l)
		}
	}
}
