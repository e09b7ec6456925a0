package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// running is a program under way.
type running struct {
	stdout, stderr *cmdtest.Output
	cancel         context.CancelCauseFunc
	done           chan struct{}
	code           int // good once done is closed
}

// start runs the program until the test ends or stop is called.
func start(t *testing.T, env []string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	r := &running{stdout: cmdtest.NewOutput(), stderr: cmdtest.NewOutput(), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.code = run(ctx, args, env, r.stdout, r.stderr)
		r.stdout.End()
		r.stderr.End()
	}()
	t.Cleanup(func() { r.stop(t) })
	return r
}

// stop interrupts the program, as a signal does, and returns its exit code.
func (r *running) stop(t *testing.T) int {
	t.Helper()
	r.cancel(nil)
	select {
	case <-r.done:
		return r.code
	case <-time.After(cmdtest.Patience):
		t.Fatalf("the program does not end; it printed\n%s%s", r.stdout, r.stderr)
		return 0
	}
}

// end waits until the program ends by itself and returns its exit code.
func (r *running) end(t *testing.T) int {
	t.Helper()
	select {
	case <-r.done:
	case <-time.After(cmdtest.Patience):
		t.Fatalf("the program does not end; it printed\n%s%s", r.stdout, r.stderr)
	}
	return r.stop(t)
}

// served is a bridge in front of an emulator.
type served struct {
	*running
	access    *accesstest.Running
	okta      okta.Client
	main, ops string // URLs
}

// serve runs the command serve. The changes are to its environment.
func serve(t *testing.T, cfg accesstest.Config, changes ...string) *served {
	t.Helper()
	return serveArgs(t, cfg, []string{"serve"}, changes...)
}

// serveArgs runs the program with those arguments, which begin with serve.
func serveArgs(t *testing.T, cfg accesstest.Config, args []string, changes ...string) *served {
	t.Helper()
	s := newServed(t, cfg)
	s.begin(t, args, changes...)
	return s
}

// newServed starts the emulator alone: what is wrong with it can be so from the start.
func newServed(t *testing.T, cfg accesstest.Config) *served {
	t.Helper()
	cfg.ClientID, cfg.ClientSecret = "bridge", cmdtest.Secret
	if cfg.Domains == nil {
		cfg.Domains = []string{"acme.com"}
	}
	return &served{access: accesstest.Start(t, cfg)}
}

// begin runs the program in front of the emulator.
func (s *served) begin(t *testing.T, args []string, changes ...string) {
	t.Helper()
	env := append(cmdtest.Environ("WS1BRIDGE_ACCESS_URL="+s.access.URL, "WS1BRIDGE_LISTEN=127.0.0.1:0",
		"WS1BRIDGE_OPS_LISTEN=127.0.0.1:0"), changes...)
	s.running = start(t, env, args...)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	before, after, _ := strings.Cut(s.stdout.Await(t, `"started"`), `"started"`)
	line := before[strings.LastIndex(before, "\n")+1:] + `"started"` + after
	var started struct {
		Listen    string
		OpsListen string `json:"ops_listen"`
	}
	if err := json.NewDecoder(strings.NewReader(line)).Decode(&started); err != nil {
		t.Fatalf("decode the line %s: %v", line, err)
	}
	s.main, s.ops = "http://"+started.Listen, "http://"+started.OpsListen
	s.okta = okta.Client{Base: s.main + "/scim/v2", Token: cmdtest.Token}
}

// push sends one request as Okta would, and checks the status of the answer.
func (s *served) push(t *testing.T, want int, method, path string, body any) okta.Reply {
	t.Helper()
	r, err := s.okta.Send(t.Context(), method, path, body)
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != want {
		t.Fatalf("%s %s was answered %d %v, want %d", method, path, r.Status, r.Body, want)
	}
	return r
}
