package main

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A bridge that has nothing to do ends at once, whoever is connected.
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
			b := spawnBridge(t, spawnEmulator(t).tenant)
			tt.connect(t, b)
			start := time.Now()
			b.terminate(t)
			if code := b.end(t, 2*patience); code != exitWell {
				t.Errorf("exit code %d: %s", code, b.stderr)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("the end took %v", took)
			}
		})
	}
}

// Work under way is answered, and whoever comes in the meantime is told to come
// again.
func TestTerminateUnderWork(t *testing.T) {
	t.Parallel()
	const held, grace = 3 * time.Second, 30 * time.Second
	e := spawnEmulator(t)
	b := spawnBridge(t, e.tenant)
	org := newOrg(t, b.main)
	org.mustSend(t, http.StatusOK, http.MethodGet, "/Users?startIndex=1&count=1", nil) // a token is there
	const pushes = 5
	control(t, http.MethodPost, e.control+"/faults", fmt.Sprintf(`{"method":"POST","path":%q,"delay":%q,"count":%d}`, accessAPI, held, pushes))
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
	for i := 0; time.Since(start) < held/2; i++ {
		x := org.send(t.Context(), http.MethodGet, "/Users?startIndex=1&count=1", nil)
		switch {
		case x.err != nil:
			t.Fatalf("a request during the shutdown found a closed door: %v", x.err)
		case x.status == http.StatusOK && refused == 0:
			served++ // the signal is on its way
		default:
			x.mustWait(t)
			refused++
		}
		if status, _ := get(t, b.ops+"/healthz"); status != http.StatusOK {
			t.Errorf("/healthz was answered %d during the shutdown", status)
		}
		time.Sleep(20 * time.Millisecond)
	}
	if refused == 0 {
		t.Errorf("no new request was refused, %d were served", served)
	}
	for range pushes {
		if x := <-answered; x.err != nil || x.status != http.StatusCreated {
			t.Errorf("a push under way was answered %d %s, %v", x.status, x.raw, x.err)
		}
	}
	if code := b.end(t, grace); code != exitWell {
		t.Errorf("exit code %d: %s", code, b.stderr)
	}
	if took := time.Since(start); took > held+2*time.Second {
		t.Errorf("the end took %v, %v after the last answer", took, took-held)
	}
	b.stdout.await(t, `"msg":"stopped"`)
	t.Logf("%d pushes under way answered, %d new ones refused, ended after %s", pushes, refused, seconds(time.Since(start)))
	users := holdings(t, e.control).Users
	if got := len(users) - 1; got != pushes { // one is the administrator
		t.Errorf("Access holds %d users, want %d", got, pushes)
	}
}

// awaitStruck waits until the faults of an emulator are used up: their requests
// are being held.
func awaitStruck(t *testing.T, controlURL string) {
	t.Helper()
	timeout := time.After(patience)
	for {
		if _, listed := get(t, controlURL+"/faults"); !strings.Contains(listed, `"id"`) {
			return
		}
		select {
		case <-timeout:
			t.Fatal("too few requests came to Access")
		case <-time.After(5 * time.Millisecond):
		}
	}
}
