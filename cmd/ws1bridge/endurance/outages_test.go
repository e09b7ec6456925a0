package endurance

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// TestOutage has every path of Access fail, that of tokens too, while several
// workers push. All they pushed must be in Access in the end, and the bridge must
// have told how it is. How soon it does is tested where time is exact.
func TestOutage(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]string{
		"every path answers 503":              `{"status":503}`,
		"every path answers a page of 502":    `{"status":502,"body":"html"}`,
		"every path cuts the connection":      `{"drop":true}`,
		"every path hangs for a minute":       `{"delay":"60s"}`,
		"every path asks to wait for an hour": `{"status":503,"retry_after":3600}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testOutage(t, fault)
		})
	}
}

func testOutage(t *testing.T, fault string) {
	t.Helper()
	s := serve(t, accesstest.Config{}, "WS1BRIDGE_LOG_LEVEL=error")
	org := newOrg(t, s.main)
	org.second = 5 * time.Millisecond
	workers := newWorkers(t.Context(), org, 4, seed(t))
	stopped := make(chan struct{})
	var wait sync.WaitGroup
	stop := sync.OnceFunc(func() { close(stopped) })
	defer wait.Wait()
	defer stop()
	for _, w := range workers {
		wait.Go(func() { w.work(t.Context(), stopped) })
	}
	s.awaitStatus(t, http.StatusOK)
	control(t, http.MethodPost, s.access.ControlURL+"/faults", fault)
	s.awaitStatus(t, http.StatusServiceUnavailable)
	await(t, func() bool { return org.throttled.Load() > 0 }, func() string { return "nobody was told to come again" })
	control(t, http.MethodDelete, s.access.ControlURL+"/faults", "")
	s.awaitStatus(t, http.StatusOK)
	stop()
	wait.Wait()
	found := compare(s.access.State(), workers)
	found.report(t)
	org.report(t)
	t.Logf("%d pushes, %d answered 429: %s", org.writes.Load(), org.throttled.Load(), found)
}

// awaitStatus waits for an answer of /status. All the time the process must be
// known to live.
func (s *served) awaitStatus(t *testing.T, want int) {
	t.Helper()
	var status int
	var body string
	await(t, func() bool {
		for _, url := range []string{s.main, s.ops} {
			if status, body := cmdtest.Get(t, url+"/healthz"); status != http.StatusOK {
				t.Errorf("%s/healthz was answered %d %s", url, status, body)
			}
		}
		time.Sleep(100 * time.Millisecond)
		status, body = cmdtest.Get(t, s.ops+"/status")
		return status == want
	}, func() string { return "/status is " + http.StatusText(status) + " " + body })
}
