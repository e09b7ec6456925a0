package main

import (
	"os"
	"os/signal"
	"syscall"
)

// surviveSignals keeps the bridge from being ended by signals that are not meant to
// end it: SIGHUP, which asks for the configuration to be read again, and SIGPIPE, which
// comes when the reader of the log has gone away.
func surviveSignals() (hangups <-chan os.Signal, stop func()) {
	signal.Ignore(syscall.SIGPIPE)
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}
