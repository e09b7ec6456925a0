package main

import (
	"context"
	"fmt"
	"strconv"
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

// pair is what was measured of both targets, one after the other.
type pair struct{ bridge, proxy result }

// ratio is how much more CPU time the bridge takes.
func (p pair) ratio() float64 { return float64(p.bridge.cpu) / float64(p.proxy.cpu) }

// comparePair measures both targets.
func (b *bench) comparePair(ctx context.Context, s scenario) (p pair, err error) {
	if p.bridge, err = b.measure(ctx, s, bridge); err == nil {
		p.proxy, err = b.measure(ctx, s, proxy)
	}
	return p, err
}

// measure measures one target, in a new world.
func (b *bench) measure(ctx context.Context, s scenario, k kind) (result, error) {
	connections := b.connectionsOf(s)
	cast, work := s.cast(connections), s.okta
	if k == proxy {
		work = s.access
	}
	w, err := b.newWorld(ctx, k, "--seed-users", strconv.Itoa(cast.seeded()))
	if err != nil {
		return result{}, err
	}
	defer w.stop()
	stage, err := w.set(ctx, cast)
	if err == nil {
		err = b.startTarget(ctx, w)
	}
	lanes := make([]*lane, connections)
	for i := 0; err == nil && i < len(lanes); i++ {
		lanes[i], err = newLane(ctx, stage, i, work)
	}
	var r result
	if err == nil {
		r, err = b.run(ctx, w, lanes)
	}
	if err != nil {
		return result{}, fmt.Errorf("%s, by way of the %s: %w", s.name, k, err)
	}
	return r, nil
}

// connectionsOf is how many connections a scenario has.
func (b *bench) connectionsOf(s scenario) int {
	if s.connections > 0 {
		return s.connections
	}
	return b.connections
}

// run warms up for half of the duration, and measures for the whole of it.
func (b *bench) run(ctx context.Context, w *world, lanes []*lane) (r result, _ error) {
	defer func() {
		for _, l := range lanes {
			l.transport.CloseIdleConnections()
		}
	}()
	if _, err := runAll(ctx, lanes, b.duration/2); err != nil {
		return r, err
	}
	forget(lanes)
	if err := w.forgetRequests(ctx); err != nil {
		return r, err
	}
	before, err := w.usage()
	if err != nil {
		return r, err
	}
	elapsed, err := runAll(ctx, lanes, b.duration)
	if err != nil {
		return r, err
	}
	after, err := w.usage()
	if err != nil {
		return r, err
	}
	requests, err := w.requests(ctx)
	if err != nil {
		return r, err
	}
	all := times(lanes)
	n := len(all)
	return result{
		perSecond: float64(n) / elapsed.Seconds(), p50: percentile(all, 50), p99: percentile(all, 99),
		cpu: (after.target - before.target) / time.Duration(n), memory: after.memory,
		emulator: (after.emulator - before.emulator) / time.Duration(n), requests: float64(requests) / float64(n),
	}, nil
}

// usage is what the processes of a world have used so far.
type usage struct {
	target, emulator time.Duration // CPU
	memory           int64         // the most that the target had
}

func (w *world) usage() (u usage, err error) {
	if u.target, err = cpuTime(w.target.cmd.Process.Pid); err != nil {
		return u, err
	}
	if u.emulator, err = cpuTime(w.emulator.cmd.Process.Pid); err != nil {
		return u, err
	}
	u.memory, err = peakMemory(w.target.cmd.Process.Pid)
	return u, err
}
