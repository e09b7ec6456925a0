package auth

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstPause = time.Second
	maxPause   = 15 * time.Second
)

// Run keeps a good token at hand: it fetches the first one at once, replaces
// each at a random point between 75 and 85 % of its life while callers still
// get the old one, replaces a dropped one at once, and pauses after failures
// like everybody else. It returns nil when ctx ends.
func (s *TokenSource) Run(ctx context.Context) error {
	for {
		timer := time.NewTimer(time.Until(s.nextFetch()))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-s.wake:
			timer.Stop()
		case <-timer.C:
			_ = s.join(ctx) // the failure is kept in State
		}
	}
}

// nextFetch is when Run must fetch, a time in the past for at once.
func (s *TokenSource) nextFetch() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.due(time.Now())
}

// due is the earliest moment at which a fetch makes sense. s.mu must be held.
func (s *TokenSource) due(now time.Time) time.Time {
	at := now
	if s.token.usable(now) {
		at = s.token.refreshAt
	}
	if s.trial.retryAt.After(at) {
		at = s.trial.retryAt
	}
	return at
}

// changed wakes Run. s.mu must be held.
func (s *TokenSource) changed() {
	select {
	case s.wake <- struct{}{}:
	default: // Run has yet to see an earlier change, and will see this one with it
	}
}

// pause is the time to wait after so many failures in a row: 1 s, doubled up to
// 15 s, of which a random half is left out so that several bridges spread.
func pause(failures int) time.Duration {
	longest := maxPause
	if failures <= 4 {
		longest = firstPause << (failures - 1)
	}
	return longest/2 + rand.N(longest/2+1) //nolint:gosec // jitter needs no secret randomness
}
