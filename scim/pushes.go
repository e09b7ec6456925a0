package scim

import (
	"context"
	"net/http"
	"time"

	"ws1bridge/scim/explain"
	"ws1bridge/scim/problem"
)

// Push is a change that comes from the program itself, and not by HTTP.
type Push struct {
	// Caller is who makes it, as the log and the journal name them. Required.
	Caller string
	Method string // POST, PUT, PATCH or DELETE
	// Endpoint is /Users or /Groups, and ID that of a resource there; "" where there is none yet.
	Endpoint, ID string
	// Version is that which the resource must still have (RFC 7644 section 3.14), "" for any.
	Version string
	// Body is the resource, or the PATCH, in SCIM 2.0.
	Body []byte
}

// Outcome is what became of a push.
type Outcome struct {
	// Status is that of the answer to the same request by HTTP.
	Status int
	// ID is that of the resource, "" where there is none.
	ID string
	// Problem is why the push was refused, nil where it was done.
	Problem *problem.Error
	// RetryAfter is when to come again where Status is 429.
	RetryAfter time.Duration
}

// Push makes a change as if it had come by HTTP from a caller with a token: it is bounded,
// guarded, counted and remembered in the same way. It does not repeat by itself what is
// answered 429.
func (h *Handler) Push(ctx context.Context, p Push) Outcome {
	start := time.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, h.Timeout, explain.ErrTimeout)
	defer cancel()
	c := &call{dialect: modern, id: p.ID, base: h.PublicURL, log: newEntry()}
	c.log.caller = p.Caller
	a, err := h.push(ctx, c, p)
	if err != nil {
		a = h.refusal(c, a, err)
	}
	h.finish(c, a.status, time.Since(start), err)
	return Outcome{Status: a.status, ID: a.id, Problem: c.log.problem,
		RetryAfter: time.Duration(a.retryAfter) * time.Second}
}

func (h *Handler) push(ctx context.Context, c *call, p Push) (answer, error) {
	if !h.work.begin() {
		return answer{}, problem.Restarting()
	}
	defer h.work.end()
	pattern := p.Endpoint
	if p.ID != "" {
		pattern += "/{id}"
	}
	if p.Version != "" {
		c.versions.match = []string{p.Version}
	}
	ctx = h.observed(ctx, c)
	return attempt(func() (answer, error) { return h.change(ctx, c, p.Method, pattern, p.Body) })
}

// change makes the change that a method, the pattern of a path and a body ask for.
func (h *Handler) change(ctx context.Context, c *call, method, pattern string, body []byte) (answer, error) {
	o, known := h.operations[pattern][method]
	switch {
	case pattern == "" || !known || method == http.MethodGet:
		return answer{}, problem.NotInBulk()
	case method != http.MethodDelete && len(body) == 0:
		return answer{}, problem.NoBulkData()
	}
	c.as(o)
	if c.readBody != nil {
		if err := c.readBody(c, body); err != nil {
			return answer{}, err
		}
	}
	return c.do(ctx, c)
}
