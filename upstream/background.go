package upstream

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// probeInterval is how often an open circuit is tried.
	probeInterval = time.Second
	// longestLearnPause is the longest pause between two tries to read all users.
	longestLearnPause = time.Minute
)

// Run warms up the memory of who is the bridge's own, and probes Access while
// the circuit is open, so that it closes soon after Access is back even when
// nobody asks for anything. It returns nil when ctx ends.
func (c *Client) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { c.warmUp(ctx); return nil })
	work.Go(func() error { c.probe(ctx); return nil })
	return work.Wait()
}

// warmUp reads all users and groups once, with growing pauses between failures.
func (c *Client) warmUp(ctx context.Context) {
	for pause := probeInterval; c.learn(ctx) != nil && sleep(ctx, pause); {
		pause = min(2*pause, longestLearnPause)
	}
}

// learn reads all users and groups of ours, who are noted by that.
func (c *Client) learn(ctx context.Context) error {
	if _, err := c.allUsers(ctx); err != nil {
		return err
	}
	_, err := c.allGroups(ctx)
	return err
}

func (c *Client) probe(ctx context.Context) {
	for sleep(ctx, probeInterval) {
		if !c.guard.breaker.IsClosed() {
			_ = c.Ready(ctx) // the circuit takes note of the outcome
		}
	}
}
