package endurance

import (
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

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
		"--client-id", "bridge", "--client-secret", cmdtest.Secret, "--domain", "acme.com"}, args...)...)
	e.awaitPage(t, e.control+"/state")
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return e
}

// bridgeProcess is a bridge in a process of its own, which can be started again
// on the same addresses.
type bridgeProcess struct {
	*process
	env       []string
	out       *os.File // of the log; nil keeps it in stdout
	main, ops string   // URLs
}

func spawnBridge(t *testing.T, tenant string, changes ...string) *bridgeProcess {
	t.Helper()
	return spawnBridgeInto(t, nil, tenant, changes...)
}

// spawnBridgeInto has a bridge write its log to a file, if there is one.
func spawnBridgeInto(t *testing.T, out *os.File, tenant string, changes ...string) *bridgeProcess {
	t.Helper()
	main, ops := freeAddress(t), freeAddress(t)
	b := &bridgeProcess{out: out, main: "http://" + main, ops: "http://" + ops}
	b.env = append(cmdtest.Environ("WS1BRIDGE_ACCESS_URL="+tenant, "WS1BRIDGE_LISTEN="+main, "WS1BRIDGE_OPS_LISTEN="+ops,
		"WS1BRIDGE_SHUTDOWN_DELAY=0s"), changes...)
	b.start(t)
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return b
}

// start starts the bridge, again if it was killed.
func (b *bridgeProcess) start(t *testing.T) {
	t.Helper()
	b.process = spawnInto(t, b.out, b.env, "serve")
	b.awaitPage(t, b.main+"/healthz")
}

// served is a bridge in front of an emulator in the process of the test.
type served struct {
	*bridgeProcess
	access *accesstest.Running
}

// serve starts a bridge. The changes are to its environment.
func serve(t *testing.T, cfg accesstest.Config, changes ...string) *served {
	t.Helper()
	cfg.ClientID, cfg.ClientSecret, cfg.Domains = "bridge", cmdtest.Secret, []string{"acme.com"}
	access := accesstest.Start(t, cfg)
	return &served{bridgeProcess: spawnBridge(t, access.URL, changes...), access: access}
}

// metric is the sum of all series of that name, or of the one with those labels.
func metric(t *testing.T, ops, name string) float64 {
	t.Helper()
	_, page := cmdtest.Get(t, ops+"/metrics")
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
