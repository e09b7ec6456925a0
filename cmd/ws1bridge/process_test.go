package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programEnv says that the test binary is to be the program itself.
const programEnv = "WS1BRIDGE_TEST_PROGRAM"

// TestProgram is no test: it is the program, for tests that need it as a process
// of its own. So it is built once, and with the race detector where they are.
func TestProgram(t *testing.T) {
	if os.Getenv(programEnv) == "" {
		t.Skip("this is the program itself, for tests that start it as a process")
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // the test holds the other end
		panic("the test that started this process is gone")
	}()
	os.Args = append(os.Args[:1], os.Args[slices.Index(os.Args, "--")+1:]...)
	main()
}

// process is the program in a process of its own.
type process struct {
	cmd            *exec.Cmd
	stdout, stderr *output
	done           chan struct{}
}

// spawn starts the program, which is killed at the end of the test at the latest.
func spawn(t *testing.T, env []string, args ...string) *process {
	t.Helper()
	p := &process{stdout: newOutput(), stderr: newOutput(), done: make(chan struct{})}
	p.cmd = exec.Command(os.Args[0], append([]string{"-test.run=^TestProgram$", "--"}, args...)...) //nolint:gosec // the test binary itself
	// Under the race detector a process would sleep for a second before it exits.
	p.cmd.Env = append([]string{programEnv + "=yes", "GORACE=atexit_sleep_ms=0"}, env...)
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	if _, err := p.cmd.StdinPipe(); err != nil { // never written to: its end is the end of the test
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the outcome is in ProcessState
	}()
	t.Cleanup(func() {
		p.kill()
		if strings.Contains(p.stderr.String(), "DATA RACE") {
			t.Errorf("the program has a race:\n%s", p.stderr)
		}
	})
	return p
}

// kill ends the process as kill -9 does, and waits for its end.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

// terminate asks the process to end.
func (p *process) terminate(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
}

// end waits until the process ends by itself and returns its exit code.
func (p *process) end(t *testing.T, within time.Duration) int {
	t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(within):
		t.Fatalf("the process does not end within %v; it printed\n%s%s", within, p.stdout, p.stderr)
		return 0
	}
}

// awaitPage waits until a page is answered 200.
func (p *process) awaitPage(t *testing.T, url string) {
	t.Helper()
	timeout := time.After(2 * patience)
	for {
		if res, err := http.Get(url); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-p.done:
			t.Fatalf("the process ended; it printed\n%s%s", p.stdout, p.stderr)
		case <-timeout:
			t.Fatalf("%s was never answered 200; the process printed\n%s%s", url, p.stdout, p.stderr)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// freeAddress is an address of loopback where nothing listens. It is below the
// ports that systems give to outgoing connections, so that it stays free while
// the program is not running.
func freeAddress(t *testing.T) string {
	t.Helper()
	for range 100 {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(20_000+rand.IntN(10_000)))
		if ln, err := net.Listen("tcp", address); err == nil {
			_ = ln.Close()
			return address
		}
	}
	t.Fatal("no port is free")
	return ""
}

// emulatorProcess is an emulator in a process of its own.
type emulatorProcess struct {
	*process
	tenant, control string // URLs
}

func spawnEmulator(t *testing.T, args ...string) *emulatorProcess {
	t.Helper()
	tenant, control := freeAddress(t), freeAddress(t)
	e := &emulatorProcess{tenant: "http://" + tenant, control: "http://" + control}
	e.process = spawn(t, nil, append([]string{"emulator", "--listen", tenant, "--control", control,
		"--client-id", "bridge", "--client-secret", testSecret, "--domain", "acme.com"}, args...)...)
	e.awaitPage(t, e.control+"/state")
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return e
}

// bridgeProcess is a bridge in a process of its own, which can be started again
// on the same addresses.
type bridgeProcess struct {
	*process
	env       []string
	main, ops string // URLs
}

func spawnBridge(t *testing.T, tenant string, changes ...string) *bridgeProcess {
	t.Helper()
	main, ops := freeAddress(t), freeAddress(t)
	b := &bridgeProcess{main: "http://" + main, ops: "http://" + ops}
	b.env = append(environ("WS1BRIDGE_ACCESS_URL="+tenant, "WS1BRIDGE_LISTEN="+main, "WS1BRIDGE_OPS_LISTEN="+ops), changes...)
	b.start(t)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return b
}

// start starts the bridge, anew if it was killed.
func (b *bridgeProcess) start(t *testing.T) {
	t.Helper()
	b.process = spawn(t, b.env, "serve")
	b.awaitPage(t, b.main+"/healthz")
}

// metric is the sum of all series of that name, or of the one with those labels.
func metric(t *testing.T, ops, name string) float64 {
	t.Helper()
	_, page := get(t, ops+"/metrics")
	var sum float64
	for line := range strings.Lines(page) {
		rest, found := strings.CutPrefix(line, name)
		if !found || rest[0] != ' ' && rest[0] != '{' {
			continue
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(line[strings.LastIndex(line, " "):]), 64)
		if err != nil {
			t.Fatalf("the metric %s: %v", line, err)
		}
		sum += value
	}
	return sum
}

// control sends a request to the control address of an emulator.
func control(t *testing.T, method, url, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode/100 != 2 {
		t.Fatalf("%s %s %s was answered %d", method, url, body, res.StatusCode)
	}
}

// seconds prints a time for people.
func seconds(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
