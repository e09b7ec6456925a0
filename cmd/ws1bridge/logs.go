package main

import (
	"errors"
	"io"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ws1bridge/auth"
)

// newLogger writes JSON lines in the background, until it is closed, and those that
// repeat each other once a minute.
func newLogger(w io.Writer, at zapcore.LevelEnabler) (log *zap.Logger, end func()) {
	direct := zap.New(jsonLines(w, zap.DebugLevel))
	buffer := newLogBuffer(w, func(lines int) {
		direct.Warn("lines of the log were dropped, because what reads the log did not keep up", zap.Int("lines", lines))
	})
	lines := newRepeats(jsonLines(buffer, at))
	return zap.New(lines), func() {
		lines.end()
		buffer.close()
	}
}

// logLevel is the level of a name, which was checked with the configuration.
func logLevel(name string) zapcore.Level {
	level, _ := zapcore.ParseLevel(name)
	return level
}

func jsonLines(w io.Writer, at zapcore.LevelEnabler) zapcore.Core {
	encoding := zap.NewProductionEncoderConfig()
	encoding.TimeKey = "time"
	encoding.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	encoding.EncodeDuration = zapcore.SecondsDurationEncoder
	return zapcore.NewCore(zapcore.NewJSONEncoder(encoding), zapcore.AddSync(w), at)
}

// quotingNobody is a logger for the standard library: it logs only the class of
// each message, without what the message quotes of the other side.
func quotingNobody(log *zap.Logger) *zap.Logger {
	return log.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core { return classes{core} }))
}

// classes is a Core that logs the classes of messages.
type classes struct{ zapcore.Core }

// With adds fields.
func (c classes) With(fields []zapcore.Field) zapcore.Core { return classes{c.Core.With(fields)} }

// Check decides whether an entry is logged.
func (c classes) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(e.Level) {
		return ce
	}
	return ce.AddCore(e, c)
}

// Write logs the class.
func (c classes) Write(e zapcore.Entry, fields []zapcore.Field) error {
	e.Message = class(e.Message)
	return c.Core.Write(e, fields)
}

// class is a message of package net/http as far as its constant part goes: what it
// quotes of a peer, such as "Unsolicited response received on idle HTTP channel
// starting with …", follows after a colon, a quote or a bracket.
func class(message string) string {
	if strings.HasPrefix(message, "http: Accept error: ") { // of this machine: too many open files
		return message
	}
	name, rest, named := strings.Cut(message, ": ")
	if !named || strings.ContainsAny(name, " \"") {
		name, rest = "", message
	} else {
		name += ": "
	}
	if end := strings.IndexAny(rest, ":;\"'`[{=\n"); end >= 0 {
		rest = rest[:end]
	}
	return name + strings.TrimSpace(rest)
}

// logToken logs when the token's state changes: an operator must act
// on refused credentials, and only know of an outage.
func logToken(log *zap.Logger) func(auth.State) {
	log = log.Named("token")
	return func(s auth.State) {
		switch {
		case s.Err == nil:
			log.Info("tokens can be fetched again")
		case errors.Is(s.Err, auth.ErrCredentials):
			log.Error("Access refuses the credentials of the bridge: check access.client_id and access.client_secret",
				zap.Error(s.Err))
		default:
			log.Warn("no token can be fetched", zap.Error(s.Err), zap.Bool("token_held", s.HasToken))
		}
	}
}

// logCircuit logs when requests begin to fail at once, and when that is over.
func logCircuit(log *zap.Logger) func(open bool) {
	log = log.Named("access")
	return func(open bool) {
		if open {
			log.Warn("Access failed several times in a row: requests fail at once until a probe succeeds")
			return
		}
		log.Info("Access answers again")
	}
}
