package upstream_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// tamper changes answers of Access on their way to the client.
type tamper struct {
	base http.RoundTripper

	mu     sync.Mutex
	change func(req *http.Request, res *http.Response, body string) string // nil changes nothing
}

func (tp *tamper) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := tp.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	tp.mu.Lock()
	defer tp.mu.Unlock()
	if tp.change != nil {
		body = []byte(tp.change(req, res, string(body)))
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return res, err
}

// with makes the tamper change answers until the returned function is called.
func (tp *tamper) with(change func(*http.Request, *http.Response, string) string) (stop func()) {
	tp.mu.Lock()
	defer tp.mu.Unlock()
	tp.change = change
	return func() {
		tp.mu.Lock()
		defer tp.mu.Unlock()
		tp.change = nil
	}
}

// answering answers each request with a method whose path ends in suffix by status and
// body.
func (tp *tamper) answering(method, suffix string, status int, body string) (stop func()) {
	return tp.with(func(req *http.Request, res *http.Response, real string) string {
		if req.Method != method || !strings.HasSuffix(req.URL.Path, suffix) {
			return real
		}
		res.StatusCode = status
		res.Header.Del("Content-Type")
		return body
	})
}

// startTampered runs an emulator, and a client of it whose answers can be changed.
func startTampered(t *testing.T, cfg accesstest.Config) (*upstream.Client, *accesstest.Running, *tamper) {
	t.Helper()
	_, access := start(t, cfg)
	client := authorized(t, access)
	tp := &tamper{base: client.Transport}
	client.Transport = tp
	return newClientFrom(t, access, upstream.Config{HTTPClient: client, Domains: []string{domain},
		Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20}}), access, tp
}
