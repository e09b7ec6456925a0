package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"go.uber.org/zap"
)

const (
	// shutdownTimeout is longer than any request may take.
	shutdownTimeout = 50 * time.Second
	// silentTimeout is how long the end waits for the first byte on a connection.
	silentTimeout = 500 * time.Millisecond
	// maxHeader bounds the head of a request, in bytes: that of a long filter is smaller.
	maxHeader = 64 << 10
)

// server is what serves a listener.
type server struct {
	handler http.Handler
	log     *zap.Logger
	// drain makes handler refuse new requests and waits for those under way;
	// nil leaves that to the end of the connections.
	drain func(context.Context) error
	// hangsUp says that requests under way end with the server: streams would keep it for long.
	hangsUp bool
	// tls is what HTTPS is served with; nil for plain HTTP.
	tls *tls.Config
}

func (s server) httpServer() *http.Server {
	return &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          zap.NewStdLog(countingHandshakes(quotingNobody(s.log))),
		TLSConfig:         s.tls,
	}
}

// accept serves connections until the server ends.
func (s server) accept(srv *http.Server, ln net.Listener) error {
	if s.tls == nil {
		return srv.Serve(ln)
	}
	return srv.ServeTLS(ln, "", "")
}

// serveHTTP serves ln until ctx ends. Then it refuses new requests, lets open
// ones finish, and closes ln, in that order, so that requests in between
// are answered.
func serveHTTP(ctx context.Context, ln net.Listener, s server) error {
	connections := newConnections(s.log)
	srv := s.httpServer()
	srv.Handler = connections.following(srv.Handler)
	srv.ConnState, srv.ConnContext = connections.watch, connections.attach
	if s.hangsUp {
		life := ctx
		srv.BaseContext = func(net.Listener) context.Context { return life }
	}
	failed := make(chan error, 1)
	go func() { failed <- s.accept(srv, ln) }()
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
	hangUp := time.AfterFunc(silentTimeout, connections.closeSilent)
	defer hangUp.Stop()
	err := srv.Shutdown(ctx)
	if ended := <-failed; !errors.Is(ended, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", ended)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("requests were still under way at the end of the grace period")
	}
	return err
}

// listen opens all of the addresses, or none.
func listen(ctx context.Context, addresses ...string) ([]net.Listener, error) {
	var opened []net.Listener
	for _, address := range addresses {
		ln, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			for _, other := range opened {
				_ = other.Close()
			}
			return nil, err
		}
		opened = append(opened, ln)
	}
	return opened, nil
}
