package connection_test

import (
	"context"
	"errors"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/cmd/ws1bridge/connection"
)

// refusing refuses until a time is over.
func refusing(d time.Duration) connection.Dial {
	begun := time.Now()
	return func(context.Context, string, string) (net.Conn, error) {
		if time.Since(begun) < d {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}
		here, there := net.Pipe()
		_ = there.Close()
		return here, nil
	}
}

func TestPatiently(t *testing.T) {
	for name, tt := range map[string]struct {
		address string
		refuses time.Duration
		waits   time.Duration
		fails   bool
	}{
		"somebody is there":        {"127.0.0.1:1", 0, 0, false},
		"somebody comes":           {"127.0.0.1:1", 2 * time.Second, 2 * time.Second, false},
		"somebody comes, by name":  {"localhost:1", time.Second, time.Second, false},
		"somebody comes, by IPv6":  {"[::1]:1", time.Second, time.Second, false},
		"nobody comes":             {"127.0.0.1:1", time.Hour, 5 * time.Second, true},
		"another machine":          {"192.0.2.1:1", time.Hour, 0, true},
		"another machine, by name": {"access.example:1", time.Hour, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dial, begun := connection.Patiently(refusing(tt.refuses)), time.Now()
				conn, err := dial(t.Context(), "tcp", tt.address)
				if waited := time.Since(begun).Round(time.Second); (err != nil) != tt.fails || waited != tt.waits {
					t.Errorf("waited %v, error %v", waited, err)
				}
				if conn != nil {
					_ = conn.Close()
				}
				if !tt.fails {
					return
				}
				begun = time.Now()
				if _, err := dial(t.Context(), "tcp", tt.address); err == nil || time.Since(begun) > time.Second {
					t.Errorf("the second attempt waited %v, error %v", time.Since(begun), err)
				}
			})
		})
	}
}

func TestPatientlyGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		_, err := connection.Patiently(refusing(time.Hour))(ctx, "tcp", "127.0.0.1:1")
		if !errors.Is(err, syscall.ECONNREFUSED) || time.Since(begun) > 2*time.Second {
			t.Errorf("waited %v, error %v", time.Since(begun), err)
		}
	})
}
