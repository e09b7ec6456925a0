package connection_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"

	"ws1bridge/cmd/ws1bridge/connection"
)

// TestDeadConnectionsOfHTTP1AreFoundByTCP reads back from the kernel when it gives
// a silent connection up.
func TestDeadConnectionsOfHTTP1AreFoundByTCP(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(server.Close)
	conn, err := connection.NewTransport().DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	_ = raw.Control(func(fd uintptr) {
		get := func(option int) int {
			value, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, option)
			if err != nil {
				t.Error(err)
			}
			return value
		}
		idle, every, count := get(syscall.TCP_KEEPIDLE), get(syscall.TCP_KEEPINTVL), get(syscall.TCP_KEEPCNT)
		if bound := idle + every*count; bound > 15 {
			t.Errorf("a dead connection is found after %d s, want 15", bound)
		}
	})
}
