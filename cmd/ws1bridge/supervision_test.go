package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// systemd stands in for systemd: it has the socket that services tell their state to.
type systemd struct {
	socket  *net.UnixConn
	environ []string // of services
}

// newSystemd makes one whose watchdog has that period.
func newSystemd(t *testing.T, microseconds string) systemd {
	t.Helper()
	address := &net.UnixAddr{Name: filepath.Join(t.TempDir(), "notify"), Net: "unixgram"}
	socket, err := net.ListenUnixgram(address.Net, address)
	must(t, err)
	t.Cleanup(func() { _ = socket.Close() })
	return systemd{socket, []string{"NOTIFY_SOCKET=" + address.Name, "WATCHDOG_USEC=" + microseconds}}
}

// told is what comes next, or nothing, if nothing comes in that time.
func (s systemd) told(t *testing.T, within time.Duration) string {
	t.Helper()
	must(t, s.socket.SetReadDeadline(time.Now().Add(within)))
	message := make([]byte, 4096)
	n, err := s.socket.Read(message)
	if timeout, ok := err.(net.Error); ok && timeout.Timeout() { //nolint:errorlint // Read wraps nothing
		return ""
	}
	must(t, err)
	return string(message[:n])
}

// expect wants these messages, one after the other.
func (s systemd) expect(t *testing.T, messages ...string) {
	t.Helper()
	for _, want := range messages {
		if got := s.told(t, cmdtest.Patience); got != want {
			t.Fatalf("systemd was told %q, want %q", got, want)
		}
	}
}

// becomeQuiet waits until nothing is told for that long.
func (s systemd) becomeQuiet(t *testing.T, long time.Duration) {
	t.Helper()
	for range 100 {
		if s.told(t, long) == "" {
			return
		}
	}
	t.Error("systemd is told that the bridge lives")
}

func TestServeTellsSystemd(t *testing.T) {
	d := newSystemd(t, "40000")
	s := serve(t, accesstest.Config{}, d.environ...)
	d.expect(t, stateReady, stateLives, stateLives)
	s.access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: accessAPI, Delay: 300 * time.Millisecond, Count: 1})
	answered := make(chan okta.Reply, 1)
	go func() {
		r, _ := s.okta.Send(context.WithoutCancel(t.Context()), http.MethodPost, "/Users",
			okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"))
		answered <- r
	}()
	s.awaitStrike(t)
	s.cancel(nil)
	for told := stateLives; told != stateStopping; {
		if told = d.told(t, cmdtest.Patience); told != stateLives && told != stateStopping {
			t.Fatalf("systemd was told %q at the end", told)
		}
	}
	d.expect(t, stateLives) // a request is under way still
	if got := <-answered; got.Status != http.StatusCreated {
		t.Errorf("the request under way was answered %d %v", got.Status, got.Body)
	}
	s.stop(t) // nobody reads the socket any more, and its queue may be full
}

// TestServeWithoutWatchdog has none, and one that is for another process.
func TestServeWithoutWatchdog(t *testing.T) {
	for _, watchdog := range []string{"WATCHDOG_USEC=", "WATCHDOG_PID=1"} {
		d := newSystemd(t, "1000")
		s := serve(t, accesstest.Config{}, append(d.environ, watchdog)...)
		d.expect(t, stateReady)
		s.stop(t)
		d.expect(t, stateStopping) // and no sign of life before
		if log := s.stdout.String(); strings.Contains(log, `"systemd"`) {
			t.Errorf("the log speaks of systemd: %s", log)
		}
	}
}

// TestServeWithoutSystemd has variables that lead nowhere: the bridge serves all the same.
func TestServeWithoutSystemd(t *testing.T) {
	s := serve(t, accesstest.Config{}, "WATCHDOG_USEC=soon", "NOTIFY_SOCKET="+filepath.Join(t.TempDir(), "none"))
	s.stdout.Await(t, "there is no watchdog: WATCHDOG_USEC is not a number of microseconds")
	s.stdout.Await(t, "systemd cannot be told how the bridge is")
	if status, body := cmdtest.Get(t, s.main+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz was answered %d %s", status, body)
	}
	if got := s.stop(t); got != exitOK {
		t.Errorf("exit code %d: %s", got, s.stderr)
	}
}

// TestSystemdThatDoesNotListen has a socket whose queue is full.
func TestSystemdThatDoesNotListen(t *testing.T) {
	d := newSystemd(t, "")
	socket, queued := strings.TrimPrefix(d.environ[0], "NOTIFY_SOCKET="), 0
	for send(socket, "something") == nil {
		if queued++; queued > 100_000 {
			t.Skip("the queue of a socket has no bound here")
		}
	}
	s := serve(t, accesstest.Config{}, d.environ...)
	s.stdout.Await(t, "systemd cannot be told how the bridge is")
	if got := s.stop(t); got != exitOK {
		t.Errorf("exit code %d: %s", got, s.stderr)
	}
}

// TestSignsOfLife has a bridge that stops answering, and one that answers again.
func TestSignsOfLife(t *testing.T) {
	const period = 40 * time.Millisecond
	tests := []struct {
		name string
		sick func(w http.ResponseWriter, r *http.Request)
		log  string
	}{
		{"it answers an error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
			"it was answered 418"},
		{"it answers nothing", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			"context deadline exceeded"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newSystemd(t, "40000")
			var sick atomic.Bool
			bridge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if sick.Load() {
					tt.sick(w, r)
				}
			}))
			defer bridge.Close()
			out := cmdtest.NewOutput()
			log, flush := newLogger(out, zap.NewAtomicLevel())
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan error)
			s := supervision{environ: d.environ, stopping: ctx.Done(), health: bridge.URL, log: log}
			go func() { done <- s.run(ctx) }()
			d.expect(t, stateReady, stateLives)
			sick.Store(true)
			d.becomeQuiet(t, 10*period)
			out.Await(t, tt.log)
			sick.Store(false)
			d.expect(t, stateLives)
			stop()
			if err := <-done; err != nil {
				t.Error(err)
			}
			flush()
		})
	}
}
