package accesstest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
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
		if e.cfg.RecordBodies {
			entry.RequestBody = recorded(r.URL.Path, body)
			entry.ResponseBody = recorded(r.URL.Path, out.body.Bytes())
		}
		if skew := e.Modes().skew(); skew != 0 {
			out.header.Set("Date", time.Now().Add(skew).UTC().Format(http.TimeFormat))
		}
		e.history.add(entry)
		out.send(r.Context(), w)
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

func (p *reply) send(ctx context.Context, w http.ResponseWriter) {
	if p.cut {
		abort(w)
	}
	maps.Copy(w.Header(), p.header)
	if p.status == http.StatusSwitchingProtocols {
		p.switchProtocols(ctx, w)
		return
	}
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

// historyLimit is how many requests the history holds.
const historyLimit = 100_000

// Request is one request of the tenant address.
type Request struct {
	// Method is as sent, before any X-HTTP-Method-Override.
	Method string `json:"method"`
	Path   string `json:"path"`
	// Query is as sent, with secrets replaced.
	Query string `json:"query"`
	// Status is 0 when the client got no answer.
	Status int `json:"status"`
	// At is when the request came. The history is in the order in which requests were done with.
	At time.Time `json:"at"`
	// RequestBody and ResponseBody are there with [Config.RecordBodies]: JSON as it is, anything else as
	// a text, of both 64 KiB at most. What token requests have is not shown.
	RequestBody  json.RawMessage `json:"request_body,omitempty"`
	ResponseBody json.RawMessage `json:"response_body,omitempty"`
}

// maxRecorded bounds a body in the history, in bytes.
const maxRecorded = 64 << 10

// recorded is a body as the history shows it, nil for none.
func recorded(path string, body []byte) json.RawMessage {
	switch {
	case len(body) == 0:
		return nil
	case strings.HasSuffix(path, "/oauthtoken") || strings.HasSuffix(path, "/token"):
		return json.RawMessage(`"(not shown: it holds credentials)"`)
	case len(body) > maxRecorded:
		body = append(bytes.Clone(body[:maxRecorded]), "… (cut off)"...)
	case json.Valid(body):
		return bytes.Clone(body)
	}
	text, _ := json.Marshal(string(body)) // a string can be encoded
	return text
}

// history is the newest requests.
type history struct {
	mu       sync.Mutex // guards the fields below
	total    int        // since it was emptied
	requests []Request
}

func (h *history) add(r Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.requests) == historyLimit {
		h.requests = h.requests[1:]
	}
	h.requests = append(h.requests, r)
	h.total++
}

func (h *history) snapshot() (requests []Request, total int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]Request{}, h.requests...), h.total
}

func (h *history) clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.total, h.requests = 0, nil
}

// redact hides the values of parameters that are secret. Public clients send the client's secret in
// the query of token requests.
func redact(query string) string {
	if query == "" {
		return ""
	}
	parameters := strings.Split(query, "&")
	for i, parameter := range parameters {
		name, _, found := strings.Cut(parameter, "=")
		switch strings.ToLower(name) {
		case "client_secret", "refresh_token", "access_token", "password", "assertion", "code":
			if found {
				parameters[i] = name + "=redacted"
			}
		}
	}
	return strings.Join(parameters, "&")
}
