package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"
)

// shutdownTimeout is longer than any request may take.
const shutdownTimeout = 50 * time.Second

// server is what serves a listener.
type server struct {
	handler http.Handler
	log     *zap.Logger
	// drain makes handler refuse new requests and waits for those under way;
	// nil leaves that to the end of the connections.
	drain func(context.Context) error
}

// serveHTTP serves ln until ctx ends. Then it refuses new requests, lets open
// ones finish, and closes ln, in that order, so that nobody who comes in between
// finds a closed door.
func serveHTTP(ctx context.Context, ln net.Listener, s server) error {
	srv := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          zap.NewStdLog(s.log),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if s.drain != nil {
		_ = s.drain(ctx) // the end of the time shows in Shutdown too
	}
	err := srv.Shutdown(ctx)
	if ended := <-failed; !errors.Is(ended, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", ended)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("requests were still under way at the end of the grace period")
	}
	return err
}

// listen opens an address.
func listen(ctx context.Context, address string) (net.Listener, error) {
	return new(net.ListenConfig).Listen(ctx, "tcp", address)
}
