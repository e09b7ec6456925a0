package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	// repeatPeriod is how often lines that say the same are told of.
	repeatPeriod = time.Minute
	// maxSayings bounds how many kinds of lines are remembered. They are few, but for
	// those of package net/http, which name addresses.
	maxSayings = 1000
)

// saying is what a line says, where others may say the same: no id of a record or of
// a request is in it.
type saying struct {
	logger, message, op, cause string
	status                     int64
}

// repeats is a Core that writes lines which say the same once, and then one a minute,
// which has the number of lines that it stands for. No number is lost: what is held
// back is told at the end of its minute, before a change of state, and at the end of
// the log. The sampler of package zapcore does not know an outage from the next: it
// looks at nothing but level and message, and counts what it drops for nobody.
//
// At level debug nothing is held back.
type repeats struct {
	zapcore.Core
	*memory
}

// memory is what was said in the last minute.
type memory struct {
	mu   sync.Mutex // guards what follows, and the repetitions
	said map[saying]*repetition
	over bool // nothing is held back any more
}

// repetition is what was held back of a saying.
type repetition struct {
	lines  int
	last   zapcore.Entry // the latest of them
	fields []zapcore.Field
	core   zapcore.Core
	timer  *time.Timer
}

func newRepeats(core zapcore.Core) repeats {
	return repeats{core, &memory{said: map[saying]*repetition{}}}
}

// With adds fields.
func (r repeats) With(fields []zapcore.Field) zapcore.Core {
	return repeats{r.Core.With(fields), r.memory}
}

// Check decides whether an entry is logged.
func (r repeats) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !r.Enabled(e.Level) {
		return ce
	}
	return ce.AddCore(e, r)
}

// Write writes the line, or holds it back.
func (r repeats) Write(e zapcore.Entry, fields []zapcore.Field) error {
	what, repeatable := said(e, fields)
	if !repeatable && !isNews(e) {
		return r.Core.Write(e, fields)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !repeatable:
		r.tellAll()
	case r.holdBack(what, e, fields):
		return nil
	}
	return r.Core.Write(e, fields)
}

// holdBack reports whether the line is only counted.
func (r repeats) holdBack(what saying, e zapcore.Entry, fields []zapcore.Field) bool {
	before := r.said[what]
	switch {
	case r.over || r.Enabled(zap.DebugLevel):
		return false
	case before != nil:
		before.lines++
		before.last, before.fields, before.core = e, slices.Clone(fields), r.Core
		return true
	case len(r.said) < maxSayings:
		first := &repetition{}
		first.timer = time.AfterFunc(repeatPeriod, func() { r.minuteIsOver(what, first) })
		r.said[what] = first
	}
	return false
}

// minuteIsOver tells of what was held back in the last minute, or forgets it if it was
// nothing.
func (m *memory) minuteIsOver(what saying, of *repetition) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.said[what] != of: // a change of state came in between
	case of.lines == 0:
		delete(m.said, what)
	default:
		of.tell()
		of.timer.Reset(repeatPeriod)
	}
}

// tell writes the latest line with the number of those that it stands for.
func (p *repetition) tell() {
	if p.lines == 0 {
		return
	}
	p.last.Time = time.Now() // lines stay in the order of their times
	_ = p.core.Write(p.last, append(p.fields, zap.Int("repeated", p.lines)))
	p.lines = 0
}

// tellAll tells of all that was held back, oldest first, and begins anew.
func (m *memory) tellAll() {
	for _, p := range slices.SortedFunc(maps.Values(m.said), func(a, b *repetition) int {
		return a.last.Time.Compare(b.last.Time)
	}) {
		p.timer.Stop()
		p.tell()
	}
	clear(m.said)
}

// end tells of all that was held back, and holds nothing back any more.
func (m *memory) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.over = true
	m.tellAll()
}

// traffic are the loggers whose lines are about requests and connections. The others
// tell how the bridge is.
var traffic = []string{"scim", "http", "ops", "dry_run"}

// isNews reports whether the state of the bridge, of a token or of Access changed.
func isNews(e zapcore.Entry) bool { return !slices.Contains(traffic, e.LoggerName) }

// said is what the line says, and whether another that says the same may be held back:
// one about a request that is refused whatever record it is about, or about a
// connection. What was done, what a person has to fix in a record, and errors of the
// bridge itself always have a line of their own.
func said(e zapcore.Entry, fields []zapcore.Field) (what saying, repeatable bool) {
	what = saying{logger: e.LoggerName, message: e.Message}
	switch {
	case e.LoggerName == "http" || e.LoggerName == "ops":
		return what, !strings.HasPrefix(e.Message, "http: panic")
	case e.Message != "request refused":
		return what, false
	}
	var failure error
	for _, f := range fields {
		switch f.Key {
		case "op":
			what.op = f.String
		case "status":
			what.status = f.Integer
		case "reason":
			what.cause = f.String
		case "error":
			failure, _ = f.Interface.(error)
		}
	}
	if what.cause == "" && failure != nil {
		what.cause = failure.Error()
	}
	ofAll := what.status == http.StatusTooManyRequests || what.status == http.StatusUnauthorized
	return what, ofAll || !isAboutOne(what.op)
}

// isAboutOne reports whether the operation is about one user or group.
func isAboutOne(op string) bool {
	verb, _, _ := strings.Cut(op, " ")
	return slices.Contains([]string{"create", "read", "replace", "patch", "delete"}, verb)
}
