package endurance

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// A bridge that has nothing to do ends well, whoever is connected; how soon is
// tested where time is exact.
func TestTerminateIdle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		connect func(*testing.T, *bridgeProcess)
	}{
		{name: "nobody is connected", connect: func(*testing.T, *bridgeProcess) {}},
		{name: "Okta keeps its connection", connect: func(t *testing.T, b *bridgeProcess) {
			t.Helper()
			newOrg(t, b.main).mustSend(t, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=1", nil)
		}},
		{name: "a load balancer has connections in reserve", connect: func(t *testing.T, b *bridgeProcess) {
			t.Helper()
			for _, url := range []string{b.main, b.ops} {
				conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = conn.Close() })
				b.awaitPage(t, url+"/healthz") // the connection before this one was accepted too
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := spawnBridge(t, spawnEmulator(t).tenant, "WS1BRIDGE_SHUTDOWN_DELAY=0s")
			tt.connect(t, b)
			b.terminate(t)
			if code := b.end(t); code != 0 {
				t.Errorf("exit code %d: %s", code, b.stderr)
			}
		})
	}
}

// A delay that is too long for somebody is ended by another signal, and there is none for
// somebody at a terminal.
func TestTerminateInAHurry(t *testing.T) {
	t.Parallel()
	e := spawnEmulator(t)
	for name, signals := range map[string][]os.Signal{
		"SIGTERM twice": {syscall.SIGTERM, syscall.SIGTERM}, "SIGTERM, then SIGINT": {syscall.SIGTERM, os.Interrupt},
		"SIGINT": {os.Interrupt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := spawnBridge(t, e.tenant, "WS1BRIDGE_SHUTDOWN_DELAY=5m")
			org := newOrg(t, b.main)
			for i, s := range signals {
				if i > 0 {
					b.stdout.Await(t, "requests are still answered for a while")
					if status, body := cmdtest.Get(t, b.ops+"/readyz"); status != http.StatusServiceUnavailable {
						t.Errorf("/readyz was answered %d %s after SIGTERM", status, body)
					}
					org.mustSend(t, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=1", nil)
				}
				if err := b.cmd.Process.Signal(s); err != nil {
					t.Fatal(err)
				}
			}
			if code := b.end(t); code != 0 { // waits for 2 minutes, not for 5
				t.Errorf("exit code %d: %s", code, b.stderr)
			}
		})
	}
}

// Work under way is answered, and whoever comes in the meantime is told to come
// again.
func TestTerminateUnderWork(t *testing.T) {
	t.Parallel()
	const held = 10 * time.Second // much longer than the requests in the meantime take
	e := spawnEmulator(t)
	b := spawnBridge(t, e.tenant, "WS1BRIDGE_SHUTDOWN_DELAY=500ms")
	org := newOrg(t, b.main)
	org.mustSend(t, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=1", nil) // a token is there
	const pushes = 5
	control(t, http.MethodPost, e.control+"/faults", fmt.Sprintf(`{"method":"POST","path":%q,"delay":%q,"count":%d}`,
		"/SAAS/jersey/manager/api", held, pushes))
	answered := make(chan exchange, pushes)
	for i := range pushes {
		go func() {
			p := newPerson(0, i)
			answered <- org.send(t.Context(), http.MethodPost, "/Users", p.body())
		}()
	}
	awaitStruck(t, e.control)
	start := time.Now()
	b.terminate(t)
	served, refused := 0, 0
	for refused < 20 {
		x := org.send(t.Context(), http.MethodGet, "/Users?startIndex=1&count=1", nil)
		switch {
		case x.err != nil:
			t.Fatalf("a request during the shutdown found a closed door: %v", x.err)
		case x.status == http.StatusOK && refused == 0:
			served++ // the signal is on its way, or the delay not over
		default:
			x.mustWait(t)
			refused++
		}
		if status, _ := cmdtest.Get(t, b.ops+"/healthz"); status != http.StatusOK {
			t.Errorf("/healthz was answered %d during the shutdown", status)
		}
		if served > 10_000 {
			t.Fatal("no new request is refused")
		}
	}
	for range pushes {
		if x := <-answered; x.err != nil || x.status != http.StatusCreated {
			t.Errorf("a push under way was answered %d %s, %v", x.status, x.raw, x.err)
		}
	}
	if code := b.end(t); code != 0 {
		t.Errorf("exit code %d: %s", code, b.stderr)
	}
	b.stdout.Await(t, `"msg":"stopped"`)
	t.Logf("%d pushes under way answered, %d new ones refused and %d served, ended after %v", pushes, refused, served,
		time.Since(start))
	users := holdings(t, e.control).Users
	if got := len(users) - 1; got != pushes { // one is the administrator
		t.Errorf("Access holds %d users, want %d", got, pushes)
	}
}

// awaitStruck waits until the faults of an emulator are used up: their requests
// are being held.
func awaitStruck(t *testing.T, controlURL string) {
	t.Helper()
	await(t, func() bool {
		_, listed := cmdtest.Get(t, controlURL+"/faults")
		return !strings.Contains(listed, `"id"`)
	}, func() string { return "too few requests came to Access" })
}
