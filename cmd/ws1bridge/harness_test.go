package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	testToken  = "token-that-okta-presents"
	testSecret = "client-secret-of-the-bridge"
)

// environ is a good environment with changes: NAME=value sets, NAME= removes.
func environ(changes ...string) []string {
	return append([]string{
		"WS1BRIDGE_ACCESS_URL=https://example.workspaceoneaccess.com",
		"WS1BRIDGE_ACCESS_CLIENT_ID=bridge",
		"WS1BRIDGE_ACCESS_CLIENT_SECRET=" + testSecret,
		"WS1BRIDGE_DOMAIN=acme.com",
		"WS1BRIDGE_OKTA_TOKENS=" + testToken,
	}, changes...)
}

// writeFile makes a file and returns its name.
func writeFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// patience is how long a test waits for what must come: much longer than it takes,
// however busy the machine is.
const patience = 2 * time.Minute

// output is what a program printed so far. It is safe for concurrent use.
type output struct {
	mu      sync.Mutex // guards the fields below
	text    bytes.Buffer
	changed chan struct{}
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.changed)
	o.changed = make(chan struct{})
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// await waits until the output holds text, and returns all of it.
func (o *output) await(t *testing.T, text string) string {
	t.Helper()
	timeout := time.After(patience)
	for {
		o.mu.Lock()
		got, changed := o.text.String(), o.changed
		o.mu.Unlock()
		if strings.Contains(got, text) {
			return got
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("the output never held %q:\n%s", text, got)
		}
	}
}

// running is a program under way.
type running struct {
	stdout, stderr *output
	cancel         context.CancelFunc
	done           chan struct{}
	code           int // good once done is closed
}

// start runs the program until the test ends or stop is called.
func start(t *testing.T, env []string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{stdout: newOutput(), stderr: newOutput(), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.code = run(ctx, args, env, r.stdout, r.stderr)
	}()
	t.Cleanup(func() { r.stop(t) })
	return r
}

// stop interrupts the program, as a signal does, and returns its exit code.
func (r *running) stop(t *testing.T) int {
	t.Helper()
	r.cancel()
	select {
	case <-r.done:
		return r.code
	case <-time.After(patience):
		t.Fatalf("the program does not end; it printed\n%s%s", r.stdout, r.stderr)
		return 0
	}
}

// end waits until the program ends by itself and returns its exit code.
func (r *running) end(t *testing.T) int {
	t.Helper()
	select {
	case <-r.done:
	case <-time.After(patience):
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
	cfg.ClientID, cfg.ClientSecret = "bridge", testSecret
	if cfg.Domains == nil {
		cfg.Domains = []string{"acme.com"}
	}
	s := &served{access: accesstest.Start(t, cfg)}
	env := append(environ("WS1BRIDGE_ACCESS_URL="+s.access.URL, "WS1BRIDGE_LISTEN=127.0.0.1:0",
		"WS1BRIDGE_OPS_LISTEN=127.0.0.1:0"), changes...)
	s.running = start(t, env, args...)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	before, after, _ := strings.Cut(s.stdout.await(t, `"started"`), `"started"`)
	line := before[strings.LastIndex(before, "\n")+1:] + `"started"` + after
	var started struct {
		Listen    string
		OpsListen string `json:"ops_listen"`
	}
	if err := json.NewDecoder(strings.NewReader(line)).Decode(&started); err != nil {
		t.Fatalf("decode the line %s: %v", line, err)
	}
	s.main, s.ops = "http://"+started.Listen, "http://"+started.OpsListen
	s.okta = okta.Client{Base: s.main + "/scim/v2", Token: testToken}
	return s
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

// get reads a page.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}
