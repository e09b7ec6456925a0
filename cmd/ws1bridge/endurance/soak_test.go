package endurance

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// soakFlag makes TestSoak a real one.
var soakFlag = flag.Int("soak", 0, "number of requests of TestSoak (0: a few, for a look)")

const (
	soakWorkers = 16
	faultShare  = .05
	// manyTimes is a Count that is never used up, and tells how often a fault struck.
	manyTimes = 1 << 30
	// outageLength is how many requests in a row fail in an outage: enough to open
	// the circuit.
	outageLength = 6
	// moreGoroutines is how many more there may be in the end, and mostMemory how
	// much a bridge may ever take.
	moreGoroutines = 10
	mostMemory     = 150 << 20
)

// soakFaults are the kinds of trouble in which the bridge soaks, in equal shares.
func soakFaults() []accesstest.Fault {
	return []accesstest.Fault{
		{Drop: true},
		{Drop: true, Apply: true},
		{Status: http.StatusInternalServerError},
		{Status: http.StatusInternalServerError, Apply: true},
		{Status: http.StatusBadGateway, Body: "html"},
		{Status: http.StatusServiceUnavailable, RetryAfter: 1},
		{Status: http.StatusTooManyRequests},
		{Body: "empty"},
		{Body: "truncated"},
		{Delay: 50 * time.Millisecond},
		{Body: "maintenance"},
		{Status: http.StatusOK, Body: "object"},
		{Body: "other"},
		{Body: "short"},
		{Status: http.StatusAccepted},
		{Status: http.StatusNotFound, Body: "foreign"},
		{Status: http.StatusFound, Body: "html"},
		{Status: http.StatusSwitchingProtocols},
	}
}

// soakLag is how long Access shows what was before a write.
const soakLag = 20 * time.Millisecond

// soak is a long run against an Access that fails all the time.
type soak struct {
	org     *org
	workers []*worker
	access  *accesstest.Running
	bridge  *bridgeProcess
	outages int
	memory  float64 // the most that was seen
}

// TestSoak has 16 workers push in every way that Okta knows while Access fails
// 5 % of the bridge's requests in every way it knows, and goes down now and then.
// Then Access must hold exactly what was acknowledged, and the bridge must be
// as small as it was.
func TestSoak(t *testing.T) {
	t.Parallel()
	n, full := *soakFlag, *soakFlag > 0
	switch {
	case full:
	case testing.Short():
		n = 500
	default:
		n = 2_000
	}
	start, s := time.Now(), newSoak(t)
	s.run(t, n/20, 0) // warm up: connections, pools, types
	before := metric(t, s.bridge.ops, "go_goroutines")
	for _, f := range soakFaults() {
		f.Count, f.Probability = manyTimes, faultShare/float64(len(soakFaults()))
		s.access.AddFault(f)
	}
	if err := s.access.SetModes(accesstest.Modes{Lag: soakLag}); err != nil {
		t.Fatal(err)
	}
	s.run(t, n, max(1, n/20_000))
	injected := s.injected()
	s.access.ClearFaults()
	found := compare(s.access.State(), s.workers)
	after := s.settle(t, before, full)
	_, _ = fmt.Fprintf(t.Output(), `
pushes           %d (%d of them changes), in %v
faults injected  %d
429s             %d
retries          %.0f
%s
peak memory      %.1f MB
goroutines       %.0f before, %.0f after
`, s.org.requests.Load(), s.org.writes.Load(), time.Since(start), injected, s.org.throttled.Load(),
		metric(t, s.bridge.ops, "ws1bridge_upstream_retries_total"), found, s.memory/(1<<20), before, after)
	found.report(t)
	s.org.report(t)
	if full && s.memory > mostMemory {
		t.Errorf("the bridge took %.1f MB, want %d at most", s.memory/(1<<20), mostMemory>>20)
	}
	if injected == 0 {
		t.Error("nothing failed, so nothing was tested")
	}
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	seed := seed(t)
	s := &soak{access: accesstest.Start(t, accesstest.Config{
		ClientID: "bridge", ClientSecret: cmdtest.Secret, Domains: []string{"acme.com"},
		TokenTTL: 20 * time.Second, Seed: seed,
	})}
	s.bridge = spawnBridge(t, s.access.URL, "WS1BRIDGE_LOG_LEVEL=error")
	s.org = newOrg(t, s.bridge.main)
	s.org.second = 20 * time.Millisecond
	s.workers = newWorkers(t.Context(), s.org, soakWorkers, seed)
	return s
}

// run makes the workers go on until the org has made n requests in all. In the
// meantime Access goes down so many times.
func (s *soak) run(t *testing.T, n, outages int) {
	t.Helper()
	s.org.limit = int64(n)
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Minute)
	defer cancel()
	var wait sync.WaitGroup
	for _, w := range s.workers {
		wait.Go(func() { w.work(ctx, nil) })
	}
	done := make(chan struct{})
	go func() {
		wait.Wait()
		close(done)
	}()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			s.measure(t)
			return
		case <-tick.C:
		}
		s.measure(t)
		made := s.org.requests.Load()
		if s.outages < outages && made > int64(n*(s.outages+1)/(outages+1)) {
			s.outages++
			s.access.AddFault(accesstest.Fault{Status: http.StatusServiceUnavailable, Count: outageLength})
			t.Logf("%d requests made, %d answered 429; Access goes down", made, s.org.throttled.Load())
		}
	}
}

// injected is how many requests of the bridge were struck by a fault.
func (s *soak) injected() int {
	struck := s.outages * outageLength
	for _, f := range s.access.Faults() {
		if f.Count > outageLength {
			struck += manyTimes - f.Count
		} else {
			struck -= f.Count
		}
	}
	return struck
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// measure notes how much memory the bridge has taken: the most ever where the
// system tells it, otherwise at this moment.
func (s *soak) measure(t *testing.T) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.bridge.cmd.Process.Pid))
	if most := highWater.FindSubmatch(status); err == nil && most != nil {
		kilobytes, _ := strconv.ParseFloat(string(most[1]), 64) // the pattern is a number
		s.memory = kilobytes * 1024
		return
	}
	s.memory = max(s.memory, metric(t, s.bridge.ops, "process_resident_memory_bytes"))
}

// settle waits until the bridge has no more goroutines than it may. A connection
// to Access that nobody uses is kept for 90 seconds and has two; a short run does
// not wait for that.
func (s *soak) settle(t *testing.T, before float64, full bool) (after float64) {
	t.Helper()
	s.org.http.CloseIdleConnections()
	most := before + moreGoroutines
	if !full {
		most += 2 * 64
	}
	for start := time.Now(); time.Since(start) < cmdtest.Patience; time.Sleep(100 * time.Millisecond) {
		if after = metric(t, s.bridge.ops, "go_goroutines"); after <= most {
			return after
		}
	}
	t.Errorf("%.0f goroutines in the end, %.0f in the beginning", after, before)
	return after
}
