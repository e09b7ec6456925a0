package endurance

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// pipe is one for the outputs of a process, which has its end alone once it runs.
func pipe(t *testing.T) (reader, writer *os.File) {
	t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = reader.Close(), writer.Close() })
	return reader, writer
}

// refuseMany sends requests that are answered without Access, each with a line in
// the log.
func refuseMany(t *testing.T, b *bridgeProcess, n int) {
	t.Helper()
	client := &http.Client{Timeout: cmdtest.Patience}
	defer client.CloseIdleConnections()
	for range n {
		res, err := client.Get(b.main + "/scim/v2/Users")
		if err != nil {
			t.Fatalf("the process does not answer: %v", err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != http.StatusUnauthorized && res.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("status = %d, want 401, or 429 when they come too fast", res.StatusCode)
		}
	}
}

// A reader of the log that goes away, such as a container's log driver that is
// restarted, takes no bridge with it.
func TestReaderOfTheLogGoesAway(t *testing.T) {
	t.Parallel()
	reader, writer := pipe(t)
	b := spawnBridgeInto(t, writer, "http://127.0.0.1:1")
	_, _ = writer.Close(), reader.Close()
	refuseMany(t, b, 100)
	b.terminate(t)
	if code := b.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// One that is stuck stalls no request, and has everything when it reads again.
func TestReaderOfTheLogIsStuck(t *testing.T) {
	t.Parallel()
	reader, writer := pipe(t)
	b := spawnBridgeInto(t, writer, "http://127.0.0.1:1", "WS1BRIDGE_LOG_LEVEL=debug") // holds no line back
	_ = writer.Close()
	const requests = 1000 // 200 KB of log; a pipe holds 64 KiB
	refuseMany(t, b, requests)
	b.terminate(t)
	text, err := io.ReadAll(reader)
	if code := b.end(t); code != 0 || err != nil {
		t.Errorf("exit code %d, %v", code, err)
	}
	log := string(text)
	if lines := strings.Count(log, `"op":"authenticate"`); lines != requests || !strings.Contains(log, `"msg":"stopped"`) {
		t.Errorf("the log has %d of %d lines, and ends with %s", lines, requests, log[max(0, len(log)-200):])
	}
}

func TestHangupReadsTheConfiguration(t *testing.T) {
	t.Parallel()
	b := spawnBridge(t, "http://127.0.0.1:1")
	if err := b.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	b.stdout.Await(t, "the configuration was read again")
	b.awaitPage(t, b.main+"/healthz")
	b.terminate(t)
	if code := b.end(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// The health check goes through no proxy, which would ask itself, and finds the
// address in a file.
func TestHealthcheckWithAProxyInTheEnvironment(t *testing.T) {
	t.Parallel()
	address := ownAddress(t)
	ln, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		t.Skip("this machine does not let tests listen on its address")
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
		ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(ln) }()
	t.Cleanup(func() { _ = server.Close() })
	file := cmdtest.WriteFile(t, "listen: "+ln.Addr().String())
	proxy := []string{"HTTP_PROXY=http://127.0.0.1:1", "http_proxy=http://127.0.0.1:1"}
	for name, args := range map[string][]string{"a variable": nil, "a flag": {"--config", file}} {
		env := proxy
		if args == nil {
			env = slices.Concat(proxy, []string{"WS1BRIDGE_CONFIG=" + file})
		}
		p := spawn(t, env, append([]string{"healthcheck"}, args...)...)
		if code := p.end(t); code != 0 {
			t.Errorf("with the file in %s: exit code %d: %s", name, code, p.stderr)
		}
	}
}

// ownAddress is one of this machine that is not loopback: package net/http spares
// those from proxies.
func ownAddress(t *testing.T) string {
	t.Helper()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			return n.IP.String()
		}
	}
	t.Skip("this machine has no address but loopback")
	return ""
}

// A server that sends more than it was asked for is quoted on no terminal: package
// net/http would say what it sent.
func TestSurplusOfAServerIsNotPrinted(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/oauthtoken") {
			_, _ = io.WriteString(w, `{"access_token":"a.b.c"}`)
			return
		}
		conn, out, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = out.WriteString("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\nHOSTILE")
		_ = out.Flush()
		_, _ = conn.Read(make([]byte, 1)) // until the client has seen it
		_ = conn.Close()
	}))
	t.Cleanup(server.Close)
	p := spawn(t, cmdtest.Environ("WS1BRIDGE_ACCESS_URL="+server.URL), "doctor")
	_ = p.end(t)
	if text := p.stdout.String() + p.stderr.String(); strings.Contains(text, "HOSTILE") {
		t.Errorf("the program prints what a server sent:\n%s", text)
	}
}
