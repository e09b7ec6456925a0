package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// bench is what all measurements share.
type bench struct {
	program     string // file of the bridge
	duration    time.Duration
	connections int
	ports       ports
}

// result is what was measured of one target.
type result struct {
	perSecond float64 // operations
	p50, p99  time.Duration
	cpu       time.Duration // of the target, for an operation
	emulator  time.Duration // CPU of the emulator, for an operation
	memory    int64         // the most that the target had, in bytes
	requests  float64       // to Access, for an operation
}

// pair is what was measured of both targets.
type pair struct{ bridge, proxy result }

// ratio is how much more CPU time the bridge takes.
func (p pair) ratio() float64 { return float64(p.bridge.cpu) / float64(p.proxy.cpu) }

// turns is how often the targets are measured in turn: who shares the machine comes and goes,
// and should not be there for one of them alone.
const turns = 4

// comparePair measures both targets in turn, each in a new world.
func (b *bench) comparePair(ctx context.Context, s scenario) (p pair, err error) {
	var subjects []*subject
	defer func() {
		for _, one := range subjects {
			one.stop()
		}
	}()
	for _, k := range []kind{bridge, proxy} {
		one, err := b.prepare(ctx, s, k)
		if err != nil {
			return p, fmt.Errorf("%s, by way of the %s: %w", s.name, k, err)
		}
		subjects = append(subjects, one)
	}
	for range turns {
		for _, one := range subjects {
			if err := one.measure(ctx, b.duration/turns); err != nil {
				return p, fmt.Errorf("%s, by way of the %s: %w", s.name, one.world.kind, err)
			}
		}
	}
	return pair{subjects[0].result(), subjects[1].result()}, nil
}

// subject is a target with what asks it and what it asks.
type subject struct {
	world *world
	lanes []*lane
	cost  cost
}

// prepare makes a new world for a target, and warms it up for half of the duration.
func (b *bench) prepare(ctx context.Context, s scenario, k kind) (_ *subject, err error) {
	connections := b.connectionsOf(s)
	cast, work := s.cast(connections), s.okta
	if k == proxy {
		work = s.access
	}
	w, err := b.newWorld(ctx, k, cast.seeded(), 0)
	if err != nil {
		return nil, err
	}
	one := &subject{world: w}
	defer func() {
		if err != nil {
			one.stop()
		}
	}()
	stage, err := w.set(ctx, cast)
	if err == nil {
		err = b.startTarget(ctx, w)
	}
	for i := 0; err == nil && i < connections; i++ {
		var l *lane
		if l, err = newLane(ctx, stage, i, work); err == nil {
			one.lanes = append(one.lanes, l)
		}
	}
	if err == nil {
		err = runAll(ctx, one.lanes, b.duration/2)
	}
	forget(one.lanes)
	return one, err
}

// stop ends what prepare has started.
func (one *subject) stop() {
	for _, l := range one.lanes {
		l.transport.CloseIdleConnections()
	}
	one.world.stop()
}

// measure has all connections busy for a time.
func (one *subject) measure(ctx context.Context, d time.Duration) error {
	c, err := one.world.costOf(ctx, func() error { return runAll(ctx, one.lanes, d) })
	one.cost = one.cost.plus(c)
	return err
}

// result is what was measured.
func (one *subject) result() result {
	all, c := times(one.lanes), one.cost
	n := len(all)
	return result{
		perSecond: float64(n) / c.elapsed.Seconds(), p50: percentile(all, 50), p99: percentile(all, 99),
		cpu: c.cpu / time.Duration(n), emulator: c.emulator / time.Duration(n),
		memory: c.memory, requests: float64(c.requests) / float64(n),
	}
}

// connectionsOf is how many connections a scenario has.
func (b *bench) connectionsOf(s scenario) int {
	if s.connections > 0 {
		return s.connections
	}
	return b.connections
}

// cost is what it takes to do something.
type cost struct {
	elapsed  time.Duration
	cpu      time.Duration // of the target
	emulator time.Duration // CPU of the emulator
	memory   int64         // the most that the target has had since its start
	requests int           // to Access
}

// plus is the cost of this and then other.
func (c cost) plus(other cost) cost {
	return cost{c.elapsed + other.elapsed, c.cpu + other.cpu, c.emulator + other.emulator,
		max(c.memory, other.memory), c.requests + other.requests}
}

// costOf does something, and says what it took.
func (w *world) costOf(ctx context.Context, do func() error) (c cost, _ error) {
	if _, err := fetch(ctx, http.MethodDelete, w.control+"/requests", http.StatusNoContent); err != nil {
		return c, err
	}
	before, err := w.cpuTimes()
	if err != nil {
		return c, err
	}
	start := time.Now()
	if err := do(); err != nil {
		return c, err
	}
	c.elapsed = time.Since(start)
	after, err := w.cpuTimes()
	if err != nil {
		return c, err
	}
	c.cpu, c.emulator = after[0]-before[0], after[1]-before[1]
	if c.memory, err = peakMemory(w.target.cmd.Process.Pid); err != nil {
		return c, err
	}
	c.requests, err = w.requests(ctx)
	return c, err
}

// cpuTimes are those of the target and of the emulator so far.
func (w *world) cpuTimes() (used [2]time.Duration, err error) {
	for i, p := range []*process{w.target, w.emulator} {
		if used[i], err = cpuTime(p.cmd.Process.Pid); err != nil {
			return used, err
		}
	}
	return used, nil
}

// requests is how many requests came to the emulator since they were forgotten.
func (w *world) requests(ctx context.Context) (int, error) {
	body, err := fetch(ctx, http.MethodGet, w.control+"/requests", http.StatusOK)
	if err != nil {
		return 0, err
	}
	var answer struct {
		Total int `json:"total"`
	}
	err = json.Unmarshal(body, &answer)
	return answer.Total, err
}
