package scim

import (
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"
)

// record is what the log line of a request says beyond its outcome.
type record struct {
	id      string
	op      string
	dropped []string // attributes that have no home in Access
	fields  []zap.Field
}

type recordKey struct{}

// recordOf returns the record of the request; serve has put it there.
func recordOf(r *http.Request) *record {
	rec, ok := r.Context().Value(recordKey{}).(*record)
	if !ok {
		return &record{}
	}
	return rec
}

// note adds facts to the request's log line: ids and counts, never values of
// attributes.
func note(r *http.Request, fields ...zap.Field) {
	rec := recordOf(r)
	rec.fields = append(rec.fields, fields...)
}

// finish counts the request and writes its line.
func (h *Handler) finish(rec *record, status int, took time.Duration, err error) {
	h.metrics.observe(rec.op, status, took)
	fields := append([]zap.Field{
		zap.String("op", rec.op), zap.String("request_id", rec.id),
		zap.Int("status", status), zap.Duration("took", took),
	}, rec.fields...)
	if len(rec.dropped) > 0 {
		fields = append(fields, zap.Strings("dropped_attributes", rec.dropped))
	}
	switch {
	case status >= http.StatusInternalServerError:
		h.Log.Error("request failed", append(fields, cause(err)...)...)
	case status >= http.StatusBadRequest:
		h.Log.Warn("request refused", append(fields, cause(err)...)...)
	default:
		h.Log.Info("request", fields...)
	}
}

// loggable is an id as it may stand in the log: one that cannot be an id of
// Access may be anything, a person's address too.
func loggable(id string) string {
	letter := func(r rune) bool {
		return r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if len(id) > 64 || strings.ContainsFunc(id, func(r rune) bool { return !letter(r) }) {
		return "[not an id]"
	}
	return id
}
