package auth

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

const (
	// assumedLife is that of a token that came without a sensible expires_in.
	// Access gives 3 hours by default; a token that ends sooner is dropped by
	// Transport when Access refuses it.
	assumedLife = 30 * time.Minute
	maxLife     = 24 * time.Hour
	// maxMargin before its end a token is no longer handed out: a request needs
	// time to get there.
	maxMargin = 10 * time.Second
	// firstPause and maxPause bound the pause after a failure.
	firstPause = time.Second
	maxPause   = 15 * time.Second
)

// grant is a token with its times, all of which carry the monotonic clock.
type grant struct {
	value     *string   // nil when there is no token; fmt does not follow it, even in an unexported field
	begun     time.Time // before the request was sent
	refreshAt time.Time // Run replaces the token
	unusable  time.Time // the token is no longer handed out
	expires   time.Time
}

func (g grant) usable(now time.Time) bool { return g.value != nil && now.Before(g.unusable) }

func newGrant(token string, begun time.Time, life time.Duration) grant {
	share := 0.75 + 0.1*rand.Float64() //nolint:gosec // jitter needs no secret randomness
	return grant{
		value:     &token,
		begun:     begun,
		refreshAt: begun.Add(time.Duration(share * float64(life))),
		unusable:  begun.Add(life - min(maxMargin, life/20)),
		expires:   begun.Add(life),
	}
}

// fetchIfDue fetches a token and keeps it, or keeps the failure. It looks again
// whether that is due, because a caller may come just when another fetch ended.
// The callers take the token from what is held, not from here.
func (s *TokenSource) fetchIfDue() (any, error) {
	s.mu.Lock()
	now := time.Now()
	idle, as := s.due(now).After(now), s.login
	s.mu.Unlock()
	if idle {
		return nil, nil
	}
	g, err := s.fetch(now, as)
	isNews, counts := s.take(g, err, as)
	if isNews && s.onChange != nil {
		s.onChange(s.State())
	}
	if err != nil && counts {
		return nil, err
	}
	return nil, nil
}

// take keeps the outcome of a fetch with a login, and reports whether it is of another
// kind than the one before. It does not count where there is another login by now:
// whoever waits begins a fetch with that.
func (s *TokenSource) take(g grant, err *Error, as *login) (isNews, counts bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.login != as {
		return false, false
	}
	defer s.changed()
	before := s.trial.err
	if err == nil {
		s.token, s.trial = g, trial{}
		s.metrics.fetched(g.expires)
		return before != nil, true
	}
	s.trial.failures++
	err.RetryAfter = max(err.RetryAfter, pause(s.trial.failures))
	s.trial.err, s.trial.retryAt = err, time.Now().Add(err.RetryAfter)
	s.metrics.failed(err)
	return before == nil || !errors.Is(err, before.Kind), true
}

// fetch asks for a token under a context of its own, since it is for all callers.
func (s *TokenSource) fetch(begun time.Time, as *login) (grant, *Error) {
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), oauth2.HTTPClient, as.client), s.timeout)
	defer cancel()
	t, err := as.credentials.Token(ctx)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return grant{}, fetchError(ctx, err)
	}
	life := assumedLife
	if seconds, ok := t.Extra("expires_in").(float64); ok { // as readAnswer wrote it
		life = time.Duration(seconds) * time.Second
	}
	g := newGrant(t.AccessToken, begun, life)
	if !g.usable(time.Now()) {
		return grant{}, &Error{Kind: ErrUnavailable, Status: http.StatusOK,
			Err: fmt.Errorf("the token lives %v, which is over before it arrived", life)}
	}
	return g, nil
}

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
