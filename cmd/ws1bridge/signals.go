package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// errTerminated is why a context ended: SIGTERM came, from what may still send requests
// for some seconds. Somebody at a terminal sends SIGINT, and does not want to wait.
var errTerminated = errors.New("SIGTERM")

// untilSignal is a context that SIGINT and SIGTERM end.
func untilSignal(parent context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-ctx.Done():
		case s := <-c:
			if s == syscall.SIGTERM {
				cancel(errTerminated)
			}
			cancel(nil)
		}
	}()
	return ctx, func() { signal.Stop(c); cancel(nil) }
}

// waitOrSignal waits, and not longer when one more signal asks for the end.
func waitOrSignal(d time.Duration) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(c)
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-c:
	case <-timer.C:
	}
}

// surviveSignals keeps the bridge from being ended by signals that are not meant to
// end it: SIGHUP, which asks for the configuration to be read again, and SIGPIPE, which
// comes when the reader of the log has gone away.
func surviveSignals() (hangups <-chan os.Signal, stop func()) {
	signal.Ignore(syscall.SIGPIPE)
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}
