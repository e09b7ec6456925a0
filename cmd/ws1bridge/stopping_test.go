package main

import (
	"context"
	"net/http"
	"syscall"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// After SIGTERM, load balancers are told at once, and what they still send is answered as
// ever until the delay is over.
func TestServeLingers(t *testing.T) {
	s := serve(t, accesstest.Config{}, "WS1BRIDGE_SHUTDOWN_DELAY=1s")
	began := time.Now()
	s.cancel(errTerminated)
	s.stdout.Await(t, "requests are still answered for a while")
	if status, _ := cmdtest.Get(t, s.ops+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz was answered %d, want 503 at once", status)
	}
	s.push(t, http.StatusOK, http.MethodGet, "/Users?count=1", nil)
	res, err := http.Get(s.main + "/healthz")
	must(t, err)
	must(t, res.Body.Close())
	if !res.Close {
		t.Error("the connection was kept, on which a load balancer sends its next request")
	}
	if status := res.StatusCode; status != http.StatusOK {
		t.Errorf("/healthz was answered %d", status)
	}
	if code := s.end(t); code != exitOK || time.Since(began) < time.Second {
		t.Errorf("exit code %d after %v", code, time.Since(began))
	}
}

// Somebody at a terminal does not wait, and neither does anybody with a delay of nothing.
func TestServeEndsAtOnce(t *testing.T) {
	for name, cause := range map[string]error{"SIGINT": context.Canceled, "SIGTERM without a delay": errTerminated} {
		t.Run(name, func(t *testing.T) {
			delay := map[error]string{context.Canceled: "1m", errTerminated: "0s"}[cause]
			s := serve(t, accesstest.Config{}, "WS1BRIDGE_SHUTDOWN_DELAY="+delay)
			began := time.Now()
			s.cancel(cause)
			if code := s.end(t); code != exitOK || time.Since(began) > 20*time.Second {
				t.Errorf("exit code %d after %v", code, time.Since(began))
			}
		})
	}
}

func TestUntilSignal(t *testing.T) {
	for signal, want := range map[syscall.Signal]error{syscall.SIGTERM: errTerminated, syscall.SIGINT: context.Canceled} {
		ctx, stop := untilSignal(t.Context())
		raise(t, signal)
		<-ctx.Done()
		if got := context.Cause(ctx); got != want { //nolint:errorlint // it is that error
			t.Errorf("after %v the cause is %v, want %v", signal, got, want)
		}
		stop()
	}
	ctx, stop := untilSignal(t.Context())
	stop()
	<-ctx.Done()
}

func TestWaitOrSignal(t *testing.T) {
	began := time.Now()
	waitOrSignal(10 * time.Millisecond)
	done := make(chan struct{})
	go func() { defer close(done); waitOrSignal(cmdtest.Patience) }()
	for wait := true; wait; {
		select {
		case <-done:
			wait = false
		case <-time.After(50 * time.Millisecond):
			ctx, stop := untilSignal(t.Context()) // so that the signal ends nothing else
			raise(t, syscall.SIGTERM)
			<-ctx.Done()
			stop()
		}
	}
	if took := time.Since(began); took > cmdtest.Patience/2 {
		t.Errorf("the signal was waited for %v", took)
	}
}

// raise sends a signal to the process of the test.
func raise(t *testing.T, signal syscall.Signal) {
	t.Helper()
	must(t, syscall.Kill(syscall.Getpid(), signal))
}
