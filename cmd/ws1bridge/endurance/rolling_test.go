package endurance

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

const (
	// shutdownDelay is how long a bridge answers on after SIGTERM: longer than the
	// balancer takes to see it.
	shutdownDelay = 2 * time.Second
	// oktaJobs push at once, each with a pause between two pushes.
	oktaJobs  = 8
	pushPause = 10 * time.Millisecond
	// calm is how long nothing happens before and after each restart.
	calm = 3 * time.Second
)

// front is what Okta calls, before several bridges.
type front interface {
	url() string
	// sees reports whether the bridge is taken into account.
	sees(bridge int) bool
	// report fails the test with what was wrong.
	report(t *testing.T)
}

// closedDoor is what nginx notes of a bridge that was gone when a request came: nobody
// listened any more, or the connection waited in the queue of a port that was being closed.
// It asks another bridge, or, where it cannot know whether the request was read, has
// Okta come again.
var closedDoor = regexp.MustCompile(`connect\(\) failed|recv\(\) failed \(104|upstream prematurely closed connection`)

// nginx finds out by failed connections who is there.
func (*nginx) sees(int) bool { return true }

func (n *nginx) report(t *testing.T) {
	t.Helper()
	for line := range strings.Lines(n.text(t)) {
		if strings.Contains(line, "[error]") && !closedDoor.MatchString(line) {
			t.Error(line)
		}
	}
}

// TestRollingRestart restarts three bridges behind a load balancer, one after the
// other, while Okta pushes; the second while Access is down. Okta sees nothing that it
// does not repeat by itself, and in the end Access holds what it was told.
func TestRollingRestart(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		outage time.Duration // of Access
		front  func(*testing.T, []*bridgeProcess) front
	}{
		{"spread by path", time.Minute, func(t *testing.T, all []*bridgeProcess) front {
			t.Helper()
			return newBalancer(t, true, all)
		}},
		{"spread anyhow", time.Minute, func(t *testing.T, all []*bridgeProcess) front {
			t.Helper()
			return newBalancer(t, false, all)
		}},
		{"nginx", 10 * time.Second, func(t *testing.T, all []*bridgeProcess) front { t.Helper(); return newNginx(t, all) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &rolling{emulator: spawnEmulator(t, "--latency", "2ms"), lasts: tt.outage}
			if testing.Short() {
				r.lasts = 8 * time.Second
			}
			for range 3 {
				r.bridges = append(r.bridges, spawnBridge(t, r.emulator.tenant,
					append(separateCopies, "WS1BRIDGE_SHUTDOWN_DELAY="+shutdownDelay.String())...))
			}
			r.front = tt.front(t, r.bridges)
			r.run(t)
		})
	}
}

// rolling is a rolling restart under load.
type rolling struct {
	emulator *emulatorProcess
	lasts    time.Duration // of the outage
	bridges  []*bridgeProcess
	front    front
	org      *org
}

func (r *rolling) run(t *testing.T) {
	t.Helper()
	r.org = newOrg(t, r.front.url())
	r.org.second, r.org.pause, r.org.copies, r.org.bilingual = 20*time.Millisecond, pushPause, true, true
	start := time.Now()
	workers, stop := r.work(t)
	for i := range r.bridges {
		time.Sleep(calm)
		if i == 1 {
			r.outage(t, func() { r.restart(t, i) })
			continue
		}
		r.restart(t, i)
	}
	time.Sleep(calm)
	stop()
	found := compare(holdings(t, r.emulator.control), workers)
	seen := r.org.seen()
	t.Logf("%d pushes and %d looks (%d outdated) by %d jobs in %v, %d restarts, Access down for %v; Okta saw %v; %s",
		r.org.writes.Load(), r.org.requests.Load()-r.org.writes.Load(), r.org.outdated.Load(), len(workers),
		time.Since(start).Round(time.Second), len(r.bridges), r.lasts, seen, found)
	found.report(t)
	r.org.report(t)
	r.front.report(t)
	r.check(t, seen)
}

// work has the jobs push until stop is called.
func (r *rolling) work(t *testing.T) (workers []*worker, stop func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*cmdtest.Patience)
	workers = newWorkers(ctx, r.org, oktaJobs, seed(t))
	stopped := make(chan struct{})
	var wait sync.WaitGroup
	for _, w := range workers {
		wait.Go(func() { w.work(ctx, stopped) })
	}
	stop = sync.OnceFunc(func() {
		close(stopped)
		wait.Wait()
		if ctx.Err() != nil {
			t.Error("the jobs did not get done")
		}
		cancel()
	})
	t.Cleanup(stop)
	return workers, stop
}

// outage has Access fail for so long: the answers to some writes are lost, then every
// request is refused, then every connection is cut. No answer to the creation of a group
// is lost: TestLostGroupCreation is about that.
func (r *rolling) outage(t *testing.T, meanwhile func()) {
	t.Helper()
	over := time.After(r.lasts)
	before := r.org.throttled.Load()
	faults := r.emulator.control + "/faults"
	for _, fault := range []string{`"method":"POST","path":"/SAAS/jersey/manager/api/scim/Users"`, `"method":"PATCH"`,
		`"method":"DELETE"`} {
		control(t, http.MethodPost, faults, `{`+fault+`,"apply":true,"drop":true,"count":3}`)
	}
	control(t, http.MethodPost, faults, `{"status":503}`)
	time.Sleep(r.lasts / 4)
	meanwhile()
	control(t, http.MethodDelete, faults, "")
	control(t, http.MethodPost, faults, `{"drop":true}`)
	<-over
	control(t, http.MethodDelete, faults, "")
	if r.org.throttled.Load() == before {
		t.Error("nobody was told to come again")
	}
}

// restart ends a bridge as an orchestrator does, and starts it again. The next one is
// not touched before the front sees this one.
func (r *rolling) restart(t *testing.T, i int) {
	t.Helper()
	b := r.bridges[i]
	began := time.Now()
	b.terminate(t)
	if code := b.end(t); code != 0 {
		t.Errorf("exit code %d: %s", code, b.stderr)
	}
	if took := time.Since(began); took < shutdownDelay {
		t.Errorf("the bridge ended after %v, before the balancer could see that it will", took)
	}
	b.start(t)
	await(t, func() bool { return r.front.sees(i) }, func() string { return "a bridge is not seen after its restart" })
}

// check looks at what Okta saw: nothing that it does not repeat by itself, but for a group
// whose creation was under way in a copy that was restarted, and stood complete in Access
// when it was repeated: TestLostGroupCreation is about that. Each bridge must have answered
// since it was restarted.
func (r *rolling) check(t *testing.T, seen map[int]int64) {
	t.Helper()
	for status, times := range seen {
		isLinked := status == http.StatusConflict && times == r.org.linked.Load()
		if !slices.Contains([]int{200, 201, 204, 404, 429}, status) && !isLinked {
			t.Errorf("Okta saw the status %d (0: no answer) %d times", status, times)
		}
	}
	for i, b := range r.bridges {
		if metric(t, b.ops, "ws1bridge_requests_total") == 0 {
			t.Errorf("bridge %d got no request after its restart, so nothing was tested", i)
		}
	}
}
