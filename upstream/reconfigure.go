package upstream

import (
	"errors"
	"slices"
	"time"

	"golang.org/x/time/rate"
)

// This file is what may change while a client is at work.

// With returns a client for other domains, which takes over from c. The two share what
// does not depend on domains: the circuit and the limits, the order of writes to one
// record, and what was written lately. What c knows of whose the records are is not
// passed on, because the domains decide that; WarmUp reads it again. c still serves the
// operations that are under way.
func (c *Client) With(domains []string) (*Client, error) {
	if err := checkDomains(domains); err != nil {
		return nil, err
	}
	next := *c
	next.domains, next.memory = slices.Clone(domains), &memory{}
	next.userReadings, next.groupReadings, next.groupNames = c.userReadings.succeed(), c.groupReadings.succeed(),
		c.groupNames.succeed()
	next.wire()
	return &next, nil
}

func checkDomains(domains []string) error {
	if len(domains) == 0 || slices.Contains(domains, "") {
		return errors.New("upstream: at least one domain is required, and none may be empty")
	}
	return nil
}

// ReuseReads changes how long a user or a group that was read need not be read again
// for a change of it; 0 or less turns it off.
func (c *Client) ReuseReads(keep time.Duration) {
	c.userReadings.keepFor(keep)
	c.groupReadings.keepFor(keep)
	if keep > 0 {
		keep = namesFor
	}
	c.groupNames.keepFor(keep)
}

// LimitRate changes how many requests a second are sent; 0 means any number.
func (c *Client) LimitRate(perSecond float64) {
	limit, burst := rateOf(perSecond)
	c.guard.limiter.SetBurst(burst)
	c.guard.limiter.SetLimit(limit)
}

// rateOf is a rate as limiters take it.
func rateOf(perSecond float64) (limit rate.Limit, burst int) {
	if perSecond <= 0 {
		return rate.Inf, 1
	}
	return rate.Limit(perSecond), max(1, int(perSecond))
}
