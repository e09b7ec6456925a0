package accesstest

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// maxBody bounds request bodies. Chosen: not documented.
const maxBody = 16 << 20

// reply is an answer that is complete in memory before any of it is sent, so that a fault can
// throw it away, and the history knows of a request before its client does.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
	cut    bool // send nothing, close the connection
	half   bool // send half of the body, then close the connection
}

func newReply() *reply { return &reply{header: http.Header{}} }

func (p *reply) Header() http.Header { return p.header }

func (p *reply) WriteHeader(status int) {
	if p.status == 0 {
		p.status = status
	}
}

func (p *reply) Write(b []byte) (int, error) {
	p.WriteHeader(http.StatusOK)
	return p.body.Write(b)
}

// exchange wraps the tenant: it reads the request, holds it, lets faults strike, records it and
// sends the answer.
func (e *Emulator) exchange(tenant http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entry := Request{Method: r.Method, Path: r.URL.Path, Query: redact(r.URL.RawQuery), At: time.Now()}
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		if err != nil {
			e.history.add(entry) // the client left while it sent
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next := tenant
		if len(body) > maxBody {
			next = http.HandlerFunc(tooLarge)
		}
		f := e.faults.strike(r)
		var out *reply
		if f.Apply {
			out = f.outcome(next, r)
		}
		if here := hold(r.Context(), e.cfg.Latency+f.Delay); !here {
			e.history.add(entry)
			return
		}
		if out == nil {
			out = f.outcome(next, r)
		}
		if !out.cut {
			entry.Status = out.status
		}
		if skew := e.Modes().skew(); skew != 0 {
			out.header.Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
		}
		e.history.add(entry)
		out.send(w)
	})
}

func tooLarge(w http.ResponseWriter, _ *http.Request) {
	writeProblem(w, refuse(http.StatusRequestEntityTooLarge, "request.too.large", "The body exceeds %d bytes", maxBody))
}

// hold waits and reports whether the client is still there.
func hold(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (p *reply) send(w http.ResponseWriter) {
	if p.cut {
		abort(w)
	}
	maps.Copy(w.Header(), p.header)
	status := cmp.Or(p.status, http.StatusOK)
	if !p.half {
		w.WriteHeader(status)
		_, _ = w.Write(p.body.Bytes())
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(p.body.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(p.body.Bytes()[:p.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	abort(w)
}

// abort closes the connection without ending the answer. It does not return.
func abort(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
	panic(http.ErrAbortHandler) // what net/http documents for this; it is not logged
}
