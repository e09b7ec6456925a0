package status

import (
	"context"
	"sync"
	"time"
)

// component is a Component with what was found last.
type component struct {
	Component

	checking chan struct{} // has room for one, so that those who ask share a check
	mu       sync.Mutex    // guards what follows
	last     Finding       // zero when nothing is known yet
	until    time.Time     // when last is too old
	expired  bool          // while a check was under way
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

// expire has the next who ask check again.
func (c *component) expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.until, c.expired = time.Time{}, true
}

// find is the finding of now. isNews says that the status is another one than before,
// other than well at the start.
func (c *component) find(ctx context.Context) (_ Finding, isNews bool) {
	c.checking <- struct{}{}
	defer func() { <-c.checking }()
	before, ok := c.recent()
	if ok {
		return before, false
	}
	c.begin()
	now := c.check(ctx)
	keep := keepBad
	if now.Status == OK {
		keep = c.Keep
	}
	if before.Status == now.Status {
		now.Since = before.Since
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last = now; !c.expired {
		c.until = time.Now().Add(keep)
	}
	return now, before.Status != now.Status && !(before.Status == "" && now.Status == OK)
}

// begin notes that a check begins: what expires now does so for a reason that it may see.
func (c *component) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expired = false
}

// check asks how the component is.
func (c *component) check(ctx context.Context) Finding {
	now := Finding{Status: OK, Since: time.Now().UTC().Truncate(time.Second)}
	if err := c.Check(ctx); err != nil {
		now.Status, now.Detail, now.Fix = c.Explain(err)
	}
	return now
}
