package acme

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// TestUnreachable has no ACME server at all, and then a folder that cannot be written.
func TestUnreachable(t *testing.T) {
	for name, cache := range map[string]string{
		"no server": t.TempDir(), "no folder": filepath.Join(cmdtest.WriteFile(t, ""), "folder"),
	} {
		t.Run(name, func(t *testing.T) {
			core, log := observer.New(zap.InfoLevel)
			m := New(Config{
				Domains: []string{"bridge.example.com"}, Cache: cache, DirectoryURL: "https://127.0.0.1:1/dir",
				Listen: "127.0.0.1:1", Log: zap.New(core),
			})
			if _, err := m.Certificate(&tls.ClientHelloInfo{}); !errors.Is(err, errNone) || !m.Expiry().IsZero() {
				t.Errorf("before Run, there is a certificate until %v, %v", m.Expiry(), err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { ended <- m.Run(ctx) }()
			for end := time.Now().Add(cmdtest.Patience); log.FilterMessage(messageAgain).Len() == 0; {
				if time.Now().After(end) {
					t.Fatalf("the log has %v", log.All())
				}
				time.Sleep(10 * time.Millisecond)
			}
			conn, _ := net.Pipe()
			hello := &tls.ClientHelloInfo{ServerName: "bridge.example.com", Conn: conn}
			if _, err := m.Certificate(hello); err == nil || !m.Expiry().IsZero() {
				t.Errorf("there is a certificate until %v", m.Expiry())
			}
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestListenMistakes(t *testing.T) {
	for _, listen := range []string{"nowhere", "127.0.0.1:nothing"} {
		if err := New(Config{Listen: listen, Log: zap.NewNop()}).Run(t.Context()); err == nil {
			t.Errorf("%s is an address", listen)
		}
	}
}
