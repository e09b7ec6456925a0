package org

import (
	"context"
	"net/http"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// limited is the header of an answer after which so many requests of 100 are left, by a clock.
func limited(left string, clock time.Time) http.Header {
	h := http.Header{}
	h.Set("X-Rate-Limit-Limit", "100")
	h.Set("X-Rate-Limit-Remaining", left)
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(clock.Add(30*time.Second).Unix(), 10))
	h.Set("Date", clock.UTC().Format(http.TimeFormat))
	return h
}

// TestSkewedClock waits as long as Okta's limit lasts by Okta's own clock.
func TestSkewedClock(t *testing.T) {
	now := time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		clock time.Time
		date  bool
		want  time.Duration
	}{
		"the same clock":              {now, true, 31 * time.Second},
		"Okta's clock is behind":      {now.Add(-2 * time.Minute), true, 31 * time.Second},
		"Okta's clock is ahead":       {now.Add(2 * time.Minute), true, 31 * time.Second},
		"Okta does not say its clock": {now, false, 31 * time.Second},
		"ahead, and it is not said":   {now.Add(time.Hour), false, maxWait},
		"behind, and it is not said":  {now.Add(-time.Hour), false, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			h := limited("0", tt.clock)
			if !tt.date {
				h.Set("Date", "soon")
			}
			if got := untilReset(h, now); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if got := untilReset(http.Header{}, now); got != 5*time.Second {
		t.Errorf("without a limit: %v", got)
	}
}

// TestSpareLimit leaves a tenth of Okta's limit to others.
func TestSpareLimit(t *testing.T) {
	const wait = 31 * time.Second
	for left, want := range map[string]time.Duration{"100": 0, "10": 0, "9": wait, "0": wait, "x": 0} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			if err := new(Org).spareLimit(t.Context(), limited(left, start)); err != nil {
				t.Error(err)
			}
			if got := time.Since(start); got != want {
				t.Errorf("with %s of 100 left it waits %v, want %v", left, got, want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := new(Org).spareLimit(ctx, limited("0", time.Now())); err == nil {
		t.Error("it does not end with its context")
	}
}
