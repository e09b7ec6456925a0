package acme

import (
	"fmt"
	"strings"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// messageAgain is about what certmagic repeats by itself, or we do.
const messageAgain = "no certificate from the ACME server yet: it must be reachable from here, and must reach this " +
	"bridge on port 443 of the domain; it is asked again"

// messages are those of certmagic in our words.
var messages = map[string]string{
	"will retry": messageAgain,
	"job failed": "a certificate was not renewed: the ACME server is asked again",
	"final attempt; giving up until next scheduled renewal check finds the certificate still needs renewal": "" +
		"a certificate was not renewed for a month: the ACME server is asked again",
}

// twice is what certmagic says of a failure before it says that it tries again.
const twice = "could not get certificate from issuer"

// plain makes certmagic's log one for operators: failures only, because it tells of each
// step, without the address of e-mail, which it tells with the account.
func plain(log *zap.Logger, email string) *zap.Logger {
	return log.WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core { return &failures{core, email} }))
}

// failures is a Core that logs them.
type failures struct {
	zapcore.Core
	email string
}

// With leaves out the fields, which are those of single steps.
func (f *failures) With([]zapcore.Field) zapcore.Core { return f }

// Enabled reports whether entries of a level are logged.
func (f *failures) Enabled(level zapcore.Level) bool {
	return level >= zapcore.ErrorLevel && f.Core.Enabled(level)
}

// Check decides whether an entry is logged.
func (f *failures) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !f.Enabled(e.Level) || e.Message == twice {
		return ce
	}
	return ce.AddCore(e, f)
}

// Write logs an entry in our words.
func (f *failures) Write(e zapcore.Entry, fields []zapcore.Field) error {
	if ours, ok := messages[e.Message]; ok {
		e.Message = ours
	}
	e.Message, e.Stack = f.without(e.Message), ""
	e.LoggerName, _, _ = strings.Cut(e.LoggerName, ".") // not the parts of certmagic
	var kept []zapcore.Field
	for _, field := range fields {
		switch field.Key {
		case "error":
			text := zapcore.NewMapObjectEncoder()
			field.AddTo(text)
			kept = append(kept, zap.String("error", f.without(fmt.Sprint(text.Fields["error"]))))
		case "identifier", "identifiers", "attempt", "retrying_in":
			kept = append(kept, field)
		}
	}
	return f.Core.Write(e, kept)
}

// without is a text without the address of e-mail.
func (f *failures) without(text string) string {
	if f.email == "" {
		return text
	}
	return strings.ReplaceAll(text, f.email, "[e-mail]")
}
