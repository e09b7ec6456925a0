package scim

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"ws1bridge/scim/explain"
	"ws1bridge/scim/problem"
	"ws1bridge/upstream"
)

// serve is what happens around every operation: a deadline, authentication, the
// operation itself, one answer, one line in the log, one count. m is nil for a
// path that does not exist.
func (h *Handler) serve(d *dialect, m methods) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		ctx, cancel := context.WithTimeoutCause(r.Context(), h.Timeout, explain.ErrTimeout)
		defer cancel()
		c := &call{
			id: pathID(r), dialect: d, base: d.link(h.baseURL(r)), versions: versionsOf(r.Header),
			log: newEntry(),
		}
		w.Header().Set("X-Request-Id", c.log.id)
		a, err := h.dispatch(ctx, m, c, r)
		if err != nil {
			a = h.refusal(c, a, err)
		} else {
			a = d.presented(a)
		}
		a.write(w, r, d.contentType)
		h.finish(c, a.status, time.Since(start), err)
	}
}

// dispatch finds the operation and does it. m is nil for a path that does not exist.
func (h *Handler) dispatch(ctx context.Context, m methods, c *call, r *http.Request) (answer, error) {
	if !h.work.begin() {
		return answer{}, problem.Restarting()
	}
	defer h.work.end()
	caller, err := h.identify(c, r)
	if err != nil {
		return answer{}, err
	}
	c.log.caller = caller
	if !h.inFlight.TryAcquire(1) {
		return answer{}, tooManyRequests()
	}
	defer h.inFlight.Release(1)
	if m == nil {
		c.log.path = h.loggablePath(r.URL.Path)
		c.log.note(zap.String("method", problem.Clip(r.Method)))
		h.metrics.unknownPaths.Inc()
		return answer{}, problem.NoEndpoint(c.dialect.bases[0])
	}
	o, ok := m[c.dialect.override(r)]
	if !ok {
		return m.other(r.Method)
	}
	c.as(o)
	ctx = h.observed(ctx, c)
	return attempt(func() (answer, error) { return h.operate(ctx, c, r) })
}

// observed is the context of a call, with which the journal sees its requests to Access.
func (h *Handler) observed(ctx context.Context, c *call) context.Context {
	return upstream.Observed(ctx, &upstream.Observer{Tell: c.log.trail.tell, Values: h.Journal.KeepsValues()})
}

// operate reads the rest of the request into the call, and does it.
func (h *Handler) operate(ctx context.Context, c *call, r *http.Request) (answer, error) {
	release, err := h.admitBody(ctx, r)
	if err != nil {
		return answer{}, err
	}
	defer release()
	if c.readQuery != nil {
		if err := c.readQuery(c, r.URL.RawQuery); err != nil {
			return answer{}, err
		}
	}
	if c.readBody != nil {
		if err := readBody(r, func(body []byte) error { return c.readBody(c, body) }); err != nil {
			return answer{}, err
		}
	}
	return c.do(ctx, c)
}

// attempt makes an error of a panic.
func attempt(do func() (answer, error)) (a answer, err error) {
	defer func() {
		switch p := recover(); p {
		case nil:
		case http.ErrAbortHandler:
			panic(p)
		default:
			// The value may quote data of a request, so only its type is told.
			err = &panicError{kind: fmt.Sprintf("%T", p), stack: zap.StackSkip("stack", 2)}
		}
	}()
	return do()
}

// panicError is a broken piece of the program.
type panicError struct {
	kind  string
	stack zap.Field
}

func (e *panicError) Error() string { return "panic: " + e.kind }

// other answers a method that is no operation of the path.
func (m methods) other(method string) (answer, error) {
	allowed := append(slices.Collect(maps.Keys(m)), http.MethodOptions)
	if _, ok := m[http.MethodGet]; ok {
		allowed = append(allowed, http.MethodHead)
	}
	slices.Sort(allowed)
	a := answer{status: http.StatusNoContent, allow: strings.Join(allowed, ", ")}
	if method == http.MethodOptions {
		return a, nil
	}
	return a, problem.MethodNotAllowed(problem.Clip(method), a.allow)
}
