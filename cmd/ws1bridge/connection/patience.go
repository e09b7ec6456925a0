package connection

import (
	"context"
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"ws1bridge/auth/loopback"
)

const (
	// patience is how long a program that was started a moment ago takes to listen.
	patience = 5 * time.Second
	// pause is how long nothing happens between two attempts.
	pause = 50 * time.Millisecond
)

// Dial is a way to connect.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Patiently is a way to connect that tries again for up to five seconds in all while an
// address of this machine refuses: what listens there may have been started in the
// line before. Other addresses, and other failures, it takes as they are.
func Patiently(dial Dial) Dial {
	over := sync.OnceValue(func() time.Time { return time.Now().Add(patience) })
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		for {
			conn, err := dial(ctx, network, address)
			if err == nil || !errors.Is(err, syscall.ECONNREFUSED) || !loopback.Is(address) || time.Now().After(over()) {
				return conn, err
			}
			select {
			case <-ctx.Done():
				return nil, err
			case <-time.After(pause):
			}
		}
	}
}
