package accesstest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"
)

// TB is the part of testing.TB that [Start] needs. It is declared here so that programs which
// contain the emulator do not link package testing.
type TB interface {
	Helper()
	Cleanup(cleanup func())
	Fatalf(format string, args ...any)
}

// Running is an emulator that listens on loopback.
type Running struct {
	*Emulator
	// URL is the tenant address, ControlURL the control address, both without a slash at the end.
	URL, ControlURL string
}

// Start runs an emulator until the test ends. It fails the test when the configuration is wrong.
func Start(tb TB, cfg Config) *Running {
	tb.Helper()
	e, err := New(cfg)
	if err != nil {
		tb.Fatalf("start emulator: %v", err)
		return nil
	}
	return &Running{Emulator: e, URL: listen(tb, e.Handler()), ControlURL: listen(tb, e.Control())}
}

// listen serves a handler on a free port and stops it when the test ends: held requests first.
func listen(tb TB, handler http.Handler) string {
	tb.Helper()
	base, release := context.WithCancel(context.Background())
	ln, err := new(net.ListenConfig).Listen(base, "tcp", "127.0.0.1:0")
	if err != nil {
		release()
		tb.Fatalf("listen: %v", err)
		return ""
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return base },
	}
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(ln) })
	tb.Cleanup(func() {
		release()
		ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
		serving.Wait()
	})
	return "http://" + ln.Addr().String()
}
