package main

import (
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// handshakeError is how net/http begins to tell of a failed handshake, with the address
// of the peer, and the reason after a colon and a space.
const handshakeError = "http: TLS handshake error from "

// countingHandshakes is a logger for net/http that tells of failed handshakes once a
// minute: everybody can make them fail. Peers that leave without a word, such as load
// balancers that only look whether somebody listens, are told at the level debug.
func countingHandshakes(log *zap.Logger) *zap.Logger {
	count := &handshakes{}
	return log.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core {
		return &handshakeCore{core, count}
	}))
}

// handshakes counts failed ones since the last line.
type handshakes struct {
	mu     sync.Mutex // guards what follows
	failed int
	last   time.Time
}

// due counts one, and returns how many there were if it is time for a line.
func (h *handshakes) due(now time.Time) (failed int, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failed++
	if now.Sub(h.last) < time.Minute {
		return 0, false
	}
	failed, h.failed, h.last = h.failed, 0, now
	return failed, true
}

// handshakeCore is a Core that knows failed handshakes.
type handshakeCore struct {
	zapcore.Core
	count *handshakes
}

// With adds fields.
func (c *handshakeCore) With(fields []zapcore.Field) zapcore.Core {
	return &handshakeCore{c.Core.With(fields), c.count}
}

// Check decides whether an entry is logged.
func (c *handshakeCore) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(e.Level) {
		return ce
	}
	return ce.AddCore(e, c)
}

// Write logs other entries as they are.
func (c *handshakeCore) Write(e zapcore.Entry, fields []zapcore.Field) error {
	peer, found := strings.CutPrefix(e.Message, handshakeError)
	if !found {
		return c.Core.Write(e, fields)
	}
	_, reason, _ := strings.Cut(peer, ": ")
	e.Message, fields = "TLS handshakes failed", append(fields, zap.String("reason", reasonClass(reason)))
	if silent(reason) {
		e.Level = zapcore.DebugLevel
		if c.Enabled(e.Level) {
			return c.Core.Write(e, fields)
		}
		return nil
	}
	failed, due := c.count.due(e.Time)
	if !due {
		return nil
	}
	e.Level = zapcore.WarnLevel
	return c.Core.Write(e, append(fields, zap.Int("count", failed)))
}

// silent reports whether a peer went away before it said what it wants.
func silent(reason string) bool {
	return reason == "EOF" || strings.HasSuffix(reason, "connection reset by peer") ||
		strings.HasSuffix(reason, "i/o timeout") || strings.HasSuffix(reason, "broken pipe")
}

// reasonClass is a reason without what it quotes of the peer, such as the names in its
// certificate. What alerts are called is a list of the standard library.
func reasonClass(reason string) string {
	if strings.HasPrefix(reason, "remote error: tls: ") {
		return reason
	}
	rest, ours := strings.CutPrefix(reason, "tls: ")
	if !ours {
		return class(reason)
	}
	if end := strings.IndexAny(rest, ":\"(["); end >= 0 {
		rest = rest[:end]
	}
	return "tls: " + strings.TrimSpace(rest)
}
