package main

import (
	"os"
	"os/signal"
	"syscall"

	"go.uber.org/zap"
)

// surviveSignals keeps the bridge from being ended by signals that are not meant to
// end it: SIGHUP, which many send to have a configuration read again, and SIGPIPE,
// which comes when the reader of the log has gone away.
func surviveSignals() (hangups <-chan os.Signal, stop func()) {
	signal.Ignore(syscall.SIGPIPE)
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() {
		signal.Stop(c)
		close(c)
	}
}

// logHangups says what SIGHUP does, until no more come.
func logHangups(log *zap.Logger, hangups <-chan os.Signal) {
	for range hangups {
		log.Warn("SIGHUP does nothing: restart the bridge to have its configuration read again")
	}
}
