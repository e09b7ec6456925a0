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
	idle := s.due(now).After(now)
	s.mu.Unlock()
	if idle {
		return nil, nil
	}
	g, err := s.fetch(now)
	if news := s.take(g, err); news && s.onChange != nil {
		s.onChange(s.State())
	}
	if err != nil {
		return nil, err
	}
	return nil, nil
}

// take keeps the outcome of a fetch, and reports whether it is of another kind
// than the one before.
func (s *TokenSource) take(g grant, err *Error) (news bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changed()
	before := s.trial.err
	if err == nil {
		s.token, s.trial = g, trial{}
		s.metrics.fetched(g.expires)
		return before != nil
	}
	s.trial.failures++
	err.RetryAfter = max(err.RetryAfter, pause(s.trial.failures))
	s.trial.err, s.trial.retryAt = err, time.Now().Add(err.RetryAfter)
	s.metrics.failed(err)
	return before == nil || !errors.Is(err, before.Kind)
}

// fetch asks for a token under a context of its own, since it is for all callers.
func (s *TokenSource) fetch(begun time.Time) (grant, *Error) {
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), oauth2.HTTPClient, s.client), s.timeout)
	defer cancel()
	t, err := s.credentials.Token(ctx)
	if err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return grant{}, fetchError(err)
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
