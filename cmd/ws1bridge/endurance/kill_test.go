package endurance

import (
	"context"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// TestKill ends the bridge as kill -9 does, at random moments, while several
// workers push. Whatever was acknowledged must be in Access, once, at each of
// these moments; whatever was not succeeds when it is sent again.
func TestKill(t *testing.T) {
	t.Parallel()
	times := 20
	if testing.Short() {
		times = 5
	}
	s := seed(t)
	random := rand.New(rand.NewPCG(s, s))
	e := spawnEmulator(t, "--latency", "2ms")
	b := spawnBridge(t, e.tenant, "WS1BRIDGE_LOG_LEVEL=error")
	org := newOrg(t, b.main)
	org.crashes, org.second = true, 10*time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 5*cmdtest.Patience)
	workers := newWorkers(ctx, org, 6, s)
	stopped := make(chan struct{})
	var wait sync.WaitGroup
	stop := sync.OnceFunc(func() { close(stopped) })
	defer wait.Wait()
	defer cancel()
	defer stop()
	for _, w := range workers {
		wait.Go(func() { w.work(ctx, stopped) })
	}
	for i := range times {
		moment := 20*time.Millisecond + time.Duration(random.Int64N(int64(400*time.Millisecond)))
		time.Sleep(moment)
		b.kill()
		org.up.Lock()                     // every request has failed by now
		time.Sleep(50 * time.Millisecond) // Access gets done with what it was sent
		found := compare(holdings(t, e.control), workers)
		b.start(t)
		org.up.Unlock()
		if found.report(t); t.Failed() {
			t.Fatalf("that was kill %d, after %v", i+1, moment)
		}
	}
	stop()
	wait.Wait()
	found := compare(holdings(t, e.control), workers)
	found.report(t)
	org.report(t)
	if ctx.Err() != nil {
		t.Error("the workers did not get done")
	}
	if org.broken.Load() == 0 {
		t.Error("no request was interrupted")
	}
	t.Logf("%d kills, %d pushes, %d requests without an answer, %d groups linked, %d answered 429: %s",
		times, org.writes.Load(), org.broken.Load(), org.linked.Load(), org.throttled.Load(), found)
	org.mustSend(t, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=1", nil)
}
