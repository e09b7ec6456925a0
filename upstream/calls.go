package upstream

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"ws1bridge/auth/neterr"
	"ws1bridge/upstream/jsonvalue"
)

const (
	jsonType = "application/json"
	// maxAnswer bounds an answer of Access: a group of 100,000 members is about 15 MB.
	maxAnswer = 32 << 20
	// maxMessage bounds how much of Access's own text is passed on.
	maxMessage = 300
	// maxRefusal bounds what is read of an answer that is no success, in bytes.
	maxRefusal = 1 << 20
)

// call is one request to Access.
type call struct {
	op     string // for errors and metrics
	method string
	path   string // below apiPath, or from the root of the tenant with atRoot; escaped
	id     string // of the user or group below path, "" for a call about none
	atRoot bool
	query  string // encoded
	part   part   // what of a list is asked for; the zero value for other calls
	body   any    // nil for none
	accept string // "" is application/json
	media  string // of body; "" is application/json
}

// writes reports whether the call may change something in Access.
func (r call) writes() bool { return r.method != http.MethodGet }

// idempotent reports whether doing the call twice is the same as doing it once.
// Creations are not; every PATCH of this package is, because it says what to be
// and not what to add to it.
func (r call) idempotent() bool { return r.method != http.MethodPost }

// isOfCollection reports whether the call is a search or a creation of users or groups.
func (r call) isOfCollection() bool {
	return r.id == "" && (r.path == usersPath || r.path == groupsPath)
}

// fullPath is the path of the call below apiPath, escaped.
func (r call) fullPath() string {
	if r.id == "" {
		return r.path
	}
	return r.path + "/" + url.PathEscape(r.id)
}

// sender is where calls go: to Access, or to a dry run over it.
type sender interface {
	// send does the call and decodes the answer into out. out may be nil, and
	// then the answer's body does not matter. Every failure is an *Error.
	send(ctx context.Context, r call, out any) error
}

// connection sends calls to a tenant, within the client's Resilience.
type connection struct {
	base    *url.URL
	http    http.RoundTripper // no client, which would follow redirects
	timeout time.Duration
	metrics *metrics
	guard   *guard
}

func (c *connection) send(ctx context.Context, r call, out any) error {
	return c.guard.do(ctx, r, func() error { return c.attempt(ctx, r, out) })
}

// attempt sends the call once.
func (c *connection) attempt(ctx context.Context, r call, out any) error {
	bounded, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := c.request(bounded, r)
	if err != nil {
		return err
	}
	start := time.Now()
	status, err := c.exchange(req, r, out)
	took := time.Since(start)
	c.metrics.outcomes.Observe(r.op, status, took)
	observe(ctx, r, status, took)
	if e, ok := errors.AsType[*Error](err); ok {
		e.abandoned, e.ofRecord = ctx.Err() != nil, r.id != ""
	}
	return err
}

func (c *connection) request(ctx context.Context, r call) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		b, err := jsonvalue.Append(make([]byte, 0, 256), r.body)
		if err != nil {
			return nil, &Error{Op: r.op, Kind: ErrRefused, Err: fmt.Errorf("encode: %w", err)}
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, "", body)
	if err != nil {
		return nil, &Error{Op: r.op, Kind: ErrRefused, Err: err}
	}
	req.URL, req.Host = c.target(r), c.base.Host
	req.Header["Accept"] = []string{cmp.Or(r.accept, jsonType)}
	if r.body != nil {
		req.Header["Content-Type"] = []string{cmp.Or(r.media, jsonType)}
	}
	return req, nil
}

// target is the URL of a call.
func (c *connection) target(r call) *url.URL {
	escaped := r.fullPath()
	if !r.atRoot {
		escaped = apiPath + escaped
	}
	u := &url.URL{Scheme: c.base.Scheme, Host: c.base.Host, Path: escaped, RawQuery: cmp.Or(r.part.encode(), r.query)}
	if strings.Contains(escaped, "%") {
		if path, err := url.PathUnescape(escaped); err == nil {
			u.Path, u.RawPath = path, escaped
		}
	}
	return u
}

// exchange sends req and reads the answer; status is 0 when there was none.
func (c *connection) exchange(req *http.Request, r call, out any) (status int, err error) {
	res, err := c.http.RoundTrip(req)
	if err != nil {
		e := unavailable(r.op, neterr.Class(req.Context(), err))
		e.InDoubt = r.writes() && !isTokenTrouble(e)
		return 0, e
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 == 1 { // a change of protocol: its body is the connection, which no context ends
		return res.StatusCode, refusal(r, res, nil)
	}
	if res.StatusCode/100 != 2 {
		body, err := io.ReadAll(io.LimitReader(res.Body, maxRefusal))
		if err != nil {
			body = []byte("<") // half an answer is nobody's
		}
		return res.StatusCode, refusal(r, res, body)
	}
	answer := answerBody{ctx: req.Context(), from: res.Body}
	if err = r.readAnswer(res.StatusCode, &answer, out); err != nil {
		return res.StatusCode, &Error{Op: r.op, Kind: ErrUnavailable, Status: res.StatusCode, InDoubt: r.writes(), Err: err}
	}
	return res.StatusCode, nil
}
