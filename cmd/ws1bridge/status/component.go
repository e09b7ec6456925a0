package status

import (
	"cmp"
	"context"
	"sync"
	"time"
)

// component is a Component with what was found last.
type component struct {
	Component

	checking chan struct{} // has room for one, so that those who ask share a check
	wake     chan struct{} // has room for one: look soon
	mu       sync.Mutex    // guards what follows
	last     Finding       // zero when nothing is known yet
	until    time.Time     // when last is too old
	expired  bool          // while a check was under way
}

func newComponent(c Component) *component {
	c.Keep, c.KeepBad = cmp.Or(c.Keep, keepGood), cmp.Or(c.KeepBad, keepBad)
	return &component{Component: c, checking: make(chan struct{}, 1), wake: make(chan struct{}, 1)}
}

// known is what was found last.
func (c *component) known() Finding {
	f, _ := c.recent()
	return f
}

// recent is what was found last, and whether it still counts.
func (c *component) recent() (f Finding, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.last, time.Now().Before(c.until)
}

// rest is how long nobody needs to look.
func (c *component) rest() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last.Status == Failed {
		return c.KeepBad
	}
	return max(c.Keep, restGood)
}

// expire has the next who ask check again, and somebody ask soon.
func (c *component) expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until, c.expired = time.Time{}, true
	select {
	case c.wake <- struct{}{}:
	default: // somebody is about to ask
	}
}

// find is the finding of now, or the one before if ctx ends. isNews says that the status
// is another one than before, other than well at the start.
func (c *component) find(ctx context.Context) (_ Finding, isNews bool) {
	select {
	case c.checking <- struct{}{}:
		defer func() { <-c.checking }()
	case <-ctx.Done():
		return c.known(), false
	}
	before, ok := c.recent()
	if ok {
		return before, false
	}
	c.begin()
	now := c.check(ctx)
	if ctx.Err() != nil { // nobody is waiting any more, and the error may be about that
		return before, false
	}
	if before.Status == now.Status {
		now.Since = before.Since
	}
	c.keep(now)
	return now, before.Status != now.Status && !(before.Status == "" && now.Status == OK)
}

// begin notes that a check begins: what expires now does so for a reason that it may see.
func (c *component) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expired = false
}

// keep has a finding count for a while, unless it expired before it was there.
func (c *component) keep(f Finding) {
	counts := c.Keep
	if f.Status == Failed {
		counts = c.KeepBad
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last = f; !c.expired {
		c.until = time.Now().Add(counts)
	}
}

// check asks how the component is.
func (c *component) check(ctx context.Context) Finding {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	now := Finding{Status: OK, Since: time.Now().UTC().Truncate(time.Second)}
	if err := c.Check(ctx); err != nil {
		now.Status, now.Detail, now.Fix = c.Explain(err)
	}
	return now
}
