package accesstest

import (
	"strings"
	"sync"
	"time"
)

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
