package scim

import (
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// entry is what the log line of a request says beyond its outcome.
type entry struct {
	id      string
	op      string
	path    string         // the template of the operation's path, or what is loggable of another
	problem *problem.Error // what was answered in place of success
	dropped []string       // attributes that have no home in Access
	fields  []zap.Field

	// What follows is for the journal.
	caller string // who presented a token, "" for nobody
	subject
	trail trail
}

// newEntry is the entry of a request of which nothing is known yet. Its id is short enough to
// be read out, and as good as unique.
func newEntry() *entry {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	var id [12]byte
	for i, n := 0, rand.Uint64(); i < len(id); i, n = i+1, n/uint64(len(letters)) { //nolint:gosec // is no secret
		id[i] = letters[n%uint64(len(letters))]
	}
	return &entry{id: string(id[:]), op: "unknown"}
}

// note adds facts: ids and counts, never values of attributes.
func (e *entry) note(fields ...zap.Field) { e.fields = append(e.fields, fields...) }

// finish counts the request, writes its line, and puts it into the journal.
func (h *Handler) finish(c *call, status int, took time.Duration, err error) {
	h.metrics.observe(c.log.op, status, took)
	h.logLine(c.log, status, took, err)
	h.remember(c, status, took)
}

// usualFields is how many fields a line has at most that tells of no trouble.
const usualFields = 8

// logLine writes the line of a request.
func (h *Handler) logLine(e *entry, status int, took time.Duration, err error) {
	fields := append(make([]zap.Field, 0, usualFields), zap.String("op", e.op), zap.String("request_id", e.id),
		zap.Int("status", status), zap.Duration("took", took), token(e.caller))
	fields = append(fields, e.fields...)
	if len(e.dropped) > 0 {
		fields = append(fields, zap.Strings("dropped_attributes", e.dropped))
	}
	if err == nil {
		h.Log.Info("request", fields...)
		return
	}
	fields = append(append(fields, e.refusal()...), cause(err)...)
	if status >= http.StatusInternalServerError {
		h.Log.Error("request failed", fields...)
	} else {
		h.Log.Warn("request refused", fields...)
	}
}

// refusal is what was answered, without what names a person: the sentence of the
// catalog without its facts, where a path led, what is in the way.
func (e *entry) refusal() (fields []zap.Field) {
	if !e.problem.Loggable { // otherwise it is the error
		fields = append(fields, zap.String("reason", e.problem.Sentence()))
	}
	switch e.problem.Status {
	case http.StatusNotFound:
		fields = append(fields, zap.String("path", e.path))
	case http.StatusConflict:
		fields = append(fields, zap.String("cause", e.problem.Class))
	}
	if e.problem.Holder != "" {
		fields = append(fields, zap.String("conflicting_id", loggable(e.problem.Holder)))
	}
	return fields
}

// cause is what the log says of an error: kinds, statuses and technical causes,
// and a sentence for the caller only where it can't name a person.
func cause(err error) []zap.Field {
	panicked, isPanic := errors.AsType[*panicError](err)
	access, isAccess := errors.AsType[*upstream.Error](err)
	own, isOwn := errors.AsType[*problem.Error](err)
	switch {
	case isPanic:
		return []zap.Field{zap.Error(panicked), panicked.stack}
	case isAccess:
		return []zap.Field{zap.NamedError("error", access)}
	case isOwn && own.Loggable, !isOwn:
		return []zap.Field{zap.Error(err)}
	case own.Type != "":
		return []zap.Field{zap.String("scim_type", string(own.Type))}
	}
	return nil
}

// loggable is an id as it may be in the log: one that cannot be an id of
// Access may be anything, a person's address too.
func loggable(id string) string {
	if id == "" || len(id) > 64 || !upstream.IsID(id) {
		return "[not an id]"
	}
	return id
}

// externalID is that of a resource that is not created, by which Okta knows it. One
// without a digit may be a name.
func externalID(r schema.Resource) []zap.Field {
	id, _ := r["externalId"].(string)
	if id == "" {
		return nil
	}
	if !strings.ContainsAny(id, "0123456789") {
		id = ""
	}
	return []zap.Field{zap.String("external_id", loggable(id))}
}

// loggablePath is a path that leads nowhere, without what may be a value in it: words of
// paths that lead somewhere stay, and other words where no value can be, so that somebody can
// tell what an app asks for that nobody knows.
func (h *Handler) loggablePath(path string) string {
	known := strings.Split(BasePath+ClassicPath+accessWords+strings.Join(slices.Collect(maps.Keys(h.operations)), ""), "/")
	parts := strings.Split(path, "/")
	mayBeValue := true
	for i, part := range parts {
		isKnown := slices.Contains(known, part)
		if part != "" && !isKnown && (mayBeValue || !isWord(part)) {
			parts[i] = "{other}"
		}
		// What follows the name of a collection is one of it.
		mayBeValue = !isKnown && !isWord(part) || strings.HasSuffix(part, "s") || part == ""
	}
	return strings.Join(parts[:min(len(parts), 10)], "/")
}

// accessWords are words of Access's own paths.
const accessWords = "/API/1.0/REST/auth/token/oauthtoken"

// isWord reports whether a part of a path is a word of a program.
func isWord(part string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	return part != "" && len(part) <= 32 && strings.Trim(part, letters) == ""
}

// noteAttributes tells at debug level which attributes came, by name, so that somebody can
// see what an app sends.
func (h *Handler) noteAttributes(e *entry, raw map[string]any) {
	if !h.Log.Core().Enabled(zap.DebugLevel) {
		return
	}
	var names []string
	for name, value := range raw {
		names = append(names, schema.Label(name))
		// Names within other values may be anything.
		if extension, ok := value.(map[string]any); ok && strings.HasPrefix(strings.ToLower(name), "urn:") {
			for inner := range extension {
				names = append(names, schema.Label(name)+"/"+schema.Label(inner))
			}
		}
	}
	slices.Sort(names)
	e.note(zap.Strings("attributes", names))
}

// noteDropped counts attributes that have no home in Access, and names each once
// in the life of the process.
func (h *Handler) noteDropped(e *entry, names []string) {
	h.metrics.dropped.Add(float64(len(names)))
	for _, name := range names {
		e.notKept = append(e.notKept, schema.Label(name))
	}
	for _, name := range names {
		if name = schema.Label(name); h.dropped.first(name) {
			e.dropped = append(e.dropped, name)
		}
	}
}

// maxNames bounds how many names of dropped attributes are remembered.
const maxNames = 1000

// namesOnce remembers which names were told already. The zero value is ready.
type namesOnce struct {
	mu   sync.Mutex // guards seen
	seen map[string]bool
}

// first reports whether name was not told before.
func (n *namesOnce) first(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.seen[name] || len(n.seen) >= maxNames {
		return false
	}
	if n.seen == nil {
		n.seen = map[string]bool{}
	}
	n.seen[name] = true
	return true
}

// token names the token of the caller, where there is one.
func token(caller string) zap.Field {
	if caller == "" {
		return zap.Skip()
	}
	return zap.String("token", caller)
}
