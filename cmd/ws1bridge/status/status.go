// Package status knows how that is on which the bridge depends: the token, Access, the
// directories. It looks by itself, and tells it as a page, as gauges, and as a line in
// the log whenever it changes.
package status

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
)

const (
	// checkTimeout bounds one check.
	checkTimeout = 8 * time.Second
	// A finding is kept for a while, so that those who look do not become load on Access,
	// and that something has failed for less, so that recovery shows soon.
	keepGood = 10 * time.Second
	keepBad  = 5 * time.Second
	// restGood is the least pause before the next look that nobody asks for, if nothing has
	// failed; then it is as long as that is kept.
	restGood = 30 * time.Second
)

// Verdict is what a check came to.
type Verdict string

// The verdicts.
const (
	OK     Verdict = "ok"
	Failed Verdict = "failed"
	// Unknown could not be checked, which proves nothing.
	Unknown Verdict = "unknown"
)

// Finding is how a component is.
type Finding struct {
	Status Verdict `json:"status"`
	// Since is when this status was found first.
	Since time.Time `json:"since"`
	// Detail is what is wrong, and Fix what to do about it.
	Detail string `json:"detail,omitempty"`
	Fix    string `json:"fix,omitempty"`
}

// Named is a component, and how it is.
type Named struct {
	Name string
	Finding
}

// Component is one thing that must work.
type Component struct {
	Name  string
	Check func(context.Context) error
	// Explain says what an error of Check means: whether that has failed, or could not be
	// checked, what is wrong, and what to do.
	Explain func(error) (verdict Verdict, detail, fix string)
	// KeepBad is how long it counts that it has failed, and Keep any other finding; 0 means
	// 5 s and 10 s.
	Keep, KeepBad time.Duration
}

// Board has the findings of all components. It is safe for concurrent use.
type Board struct {
	components []*component
	log        *zap.Logger
	gauge      *prometheus.Desc
}

// New returns a board, on which nothing is known yet. Its gauge is ws1bridge_component_ok.
func New(log *zap.Logger, registerer prometheus.Registerer, components ...Component) *Board {
	b := &Board{log: log, gauge: prometheus.NewDesc("ws1bridge_component_ok",
		"1 when the component works, 0 when it does not. There is no series of what could not be checked.",
		[]string{"component"}, nil)}
	for _, c := range components {
		b.components = append(b.components, newComponent(c))
	}
	registerer.MustRegister(b)
	return b
}

// Run looks at all components until ctx ends: every 30 s, or less often if findings are
// kept for longer, and at what has failed as soon as that has been kept long enough.
func (b *Board) Run(ctx context.Context) error {
	var watching sync.WaitGroup
	for _, c := range b.components {
		watching.Go(func() { b.watch(ctx, c) })
	}
	watching.Wait()
	return nil
}

// watch looks at one component, each at its own pace: that one is not well is no reason
// to look more often at the others.
func (b *Board) watch(ctx context.Context, c *component) {
	for ctx.Err() == nil {
		b.find(ctx, c)
		timer := time.NewTimer(c.rest())
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-c.wake:
		}
		timer.Stop()
	}
}

// Look has Run look soon, because something was seen to fail or to work again.
func (b *Board) Look() {
	for _, c := range b.components {
		c.expire()
	}
}

// look returns the findings of all components, and checks what has no recent one.
func (b *Board) look(ctx context.Context) []Finding {
	findings := make([]Finding, len(b.components))
	var wait sync.WaitGroup
	for i, c := range b.components {
		wait.Go(func() { findings[i] = b.find(ctx, c) })
	}
	wait.Wait()
	return findings
}

// find is the finding about one component. What is news is told.
func (b *Board) find(ctx context.Context, c *component) Finding {
	f, isNews := c.find(ctx)
	if isNews {
		b.tell(c.Name, f)
	}
	return f
}

// tell writes a line about a component that changed.
func (b *Board) tell(name string, f Finding) {
	log := b.log.With(zap.String("component", name), zap.String("status", string(f.Status)))
	switch f.Status {
	case OK:
		log.Info("a component works")
	case Unknown:
		log.Warn("a component could not be checked", zap.String("detail", f.Detail))
	default:
		log.Warn("a component does not work", zap.String("detail", f.Detail), zap.String("fix", f.Fix))
	}
}

// Describe names the gauge.
func (b *Board) Describe(to chan<- *prometheus.Desc) { to <- b.gauge }

// Collect gives what is known. It checks nothing, so that nobody waits for Access who
// reads metrics.
func (b *Board) Collect(to chan<- prometheus.Metric) {
	for _, c := range b.components {
		if f := c.known(); f.Status == OK || f.Status == Failed {
			value := 0.0
			if f.Status == OK {
				value = 1
			}
			to <- prometheus.MustNewConstMetric(b.gauge, prometheus.GaugeValue, value, c.Name)
		}
	}
}
