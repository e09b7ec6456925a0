package connection_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/connection"
)

// network stands between client and server, and can swallow all that is sent on
// the connections that are open.
type network struct {
	net.Listener
	to    string
	conns sync.WaitGroup

	mu   sync.Mutex // guards the field below
	open []*atomic.Bool
}

func newNetwork(t *testing.T, to string) *network {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{Listener: ln, to: to}
	n.conns.Go(n.accept)
	t.Cleanup(n.conns.Wait)
	t.Cleanup(func() { _ = ln.Close() })
	return n
}

func (n *network) accept() {
	for {
		client, err := n.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", n.to)
		if err != nil {
			_ = client.Close()
			continue
		}
		silent := new(atomic.Bool)
		n.mu.Lock()
		n.open = append(n.open, silent)
		n.mu.Unlock()
		n.conns.Go(func() { forward(client, server, silent) })
		n.conns.Go(func() { forward(server, client, silent) })
	}
}

func forward(from, to net.Conn, silent *atomic.Bool) {
	defer func() { _, _ = from.Close(), to.Close() }()
	buf := make([]byte, 32<<10)
	for {
		k, err := from.Read(buf)
		if err != nil {
			return
		}
		if !silent.Load() {
			_, _ = to.Write(buf[:k])
		}
	}
}

func (n *network) fallSilent() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, silent := range n.open {
		silent.Store(true)
	}
}

// TestSilentlyDeadConnectionIsReplaced has a firewall forget the connection: the
// requests on it fail once its pings are not answered, and the next use another.
func TestSilentlyDeadConnectionIsReplaced(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Proto)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	between := newNetwork(t, server.Listener.Addr().String())

	transport := connection.NewTransport()
	t.Cleanup(transport.CloseIdleConnections)
	if bound := transport.HTTP2.SendPingTimeout + transport.HTTP2.PingTimeout; bound > 15*time.Second {
		t.Errorf("a dead connection is found after %v, want 15s", bound)
	}
	transport.HTTP2.SendPingTimeout, transport.HTTP2.PingTimeout = 100*time.Millisecond, 100*time.Millisecond
	transport.TLSClientConfig = server.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	get := func(ctx context.Context) (string, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://"+between.Addr().String(), nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := transport.RoundTrip(req)
		if err != nil {
			return "", err
		}
		defer func() { _ = res.Body.Close() }()
		b, err := io.ReadAll(res.Body)
		return string(b), err
	}
	if proto, err := get(t.Context()); err != nil || proto != "HTTP/2.0" {
		t.Fatalf("the first request was answered %q, %v", proto, err)
	}
	between.fallSilent()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, lost := get(ctx)
	if proto, err := get(ctx); err != nil || lost == nil {
		t.Errorf("after %v the next request was answered %q, %v, want success on a new connection", lost, proto, err)
	}
}
