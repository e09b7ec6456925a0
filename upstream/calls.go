package upstream

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	jsonType = "application/json"
	// maxAnswer bounds an answer of Access: a group of 100,000 members is about 15 MB.
	maxAnswer = 64 << 20
	// maxMessage bounds how much of Access's own text is passed on.
	maxMessage = 300
)

// call is one request to Access.
type call struct {
	op     string // for errors and metrics
	method string
	path   string // below apiPath, or from the root of the tenant with atRoot; escaped
	atRoot bool
	query  url.Values
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

// send does the call, within the client's Resilience, and decodes the answer
// into out. out may be nil, and then the answer's body does not matter. Every
// failure is an *Error.
func (c *Client) send(ctx context.Context, r call, out any) error {
	return c.guard.do(ctx, r, func() error { return c.attempt(ctx, r, out) })
}

// attempt sends the call once.
func (c *Client) attempt(ctx context.Context, r call, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	req, err := c.request(ctx, r)
	if err != nil {
		return err
	}
	start := time.Now()
	status, err := c.exchange(req, r, out)
	c.metrics.observe(r.op, status, time.Since(start))
	return err
}

func (c *Client) request(ctx context.Context, r call) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		b, err := json.Marshal(r.body)
		if err != nil {
			return nil, &Error{Op: r.op, Kind: ErrRefused, Err: fmt.Errorf("encode: %w", err)}
		}
		body = bytes.NewReader(b)
	}
	target := c.base.String() + apiPath + r.path
	if r.atRoot {
		target = c.base.String() + r.path
	}
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, body)
	if err != nil {
		return nil, &Error{Op: r.op, Kind: ErrRefused, Err: err}
	}
	req.Header.Set("Accept", cmp.Or(r.accept, jsonType))
	if r.body != nil {
		req.Header.Set("Content-Type", cmp.Or(r.media, jsonType))
	}
	return req, nil
}

// exchange sends req and reads the answer; status is 0 when there was none.
func (c *Client) exchange(req *http.Request, r call, out any) (status int, err error) {
	res, err := c.http.Do(req)
	if err != nil {
		e := unavailable(r.op, withoutURL(err))
		e.InDoubt = r.writes() && !isTokenTrouble(e)
		return 0, e
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if res.StatusCode/100 != 2 {
		return res.StatusCode, refusal(r, res, body)
	}
	if out == nil {
		return res.StatusCode, confirmation(r, res.StatusCode, body, err)
	}
	switch {
	case err != nil:
		err = fmt.Errorf("read the answer: %w", err)
	case len(body) > maxAnswer:
		err = fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	default:
		err = decodeAnswer(body, out)
	}
	if err != nil {
		return res.StatusCode, &Error{Op: r.op, Kind: ErrUnavailable, Status: res.StatusCode, InDoubt: r.writes(), Err: err}
	}
	return res.StatusCode, nil
}

// confirmation judges an answer of success that brings nothing to decode. Access
// sends no body then, or JSON; a page comes from something that stands in
// between and may never have passed the request on.
func confirmation(r call, status int, body []byte, err error) error {
	body = bytes.TrimSpace(body)
	switch {
	case len(body) == 0 && err != nil:
		err = fmt.Errorf("read the answer: %w", err)
	case len(body) == 0 || body[0] == '{':
		return nil
	default:
		err = errors.New("the answer is not the JSON that Access documents")
	}
	return &Error{Op: r.op, Kind: ErrUnavailable, Status: status, InDoubt: r.writes(), Err: err}
}

func decodeAnswer(body []byte, out any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return errors.New("the answer is empty")
	}
	if err := json.Unmarshal(body, out); err != nil {
		return errors.New("the answer is not the JSON that Access documents")
	}
	return nil
}

// withoutURL strips the request's URL, whose filter may name a person, from an
// error of net/http.
func withoutURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// refusal turns an answer other than 2xx into an error. The kind follows the
// status alone, because Access's code strings are not documented; a page that
// is not JSON is a proxy's and says nothing about the data.
func refusal(r call, res *http.Response, body []byte) *Error {
	e := &Error{Op: r.op, Status: res.StatusCode, RetryAfter: retryAfter(res.Header)}
	message, fromAccess := accessMessage(res.Header, body)
	switch status := res.StatusCode; {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		e.Kind = ErrNotPermitted
	case status/100 != 4 || !fromAccess || passes(status):
		e.Kind, e.InDoubt = ErrUnavailable, r.writes() && status/100 == 5
	case status == http.StatusNotFound:
		e.Kind = ErrNotFound
	case status == http.StatusConflict:
		e.Kind = ErrConflict
	default:
		e.Kind = ErrRefused
	}
	if status := res.StatusCode; status/100 == 4 && fromAccess {
		e.Message = message
	}
	return e
}

// passes reports whether a client error is about the moment, not the request.
func passes(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, http.StatusProxyAuthRequired:
		return true
	}
	return false
}

// accessMessage finds the sentence in an error answer of Access, in each of the
// shapes that were seen or are to be expected: errors[].message, Errors[].description,
// message, error_description. An empty body may be Access's too.
func accessMessage(h http.Header, body []byte) (message string, fromAccess bool) {
	if len(bytes.TrimSpace(body)) == 0 {
		return "", true
	}
	if media, _, err := mime.ParseMediaType(h.Get("Content-Type")); err == nil && strings.HasSuffix(media, "html") {
		return "", false
	}
	var answer struct {
		// encoding/json matches names without regard to case, so this is Errors too.
		Errors []struct {
			Message     string `json:"message"`
			Description string `json:"description"`
		} `json:"errors"`
		Message     string `json:"message"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", false
	}
	for _, e := range answer.Errors {
		if m := cmp.Or(e.Message, e.Description); m != "" {
			return clip(m), true
		}
	}
	return clip(cmp.Or(answer.Message, answer.Description)), true
}

func clip(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	if runes := []rune(s); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return s
}

// retryAfter reads Retry-After in both forms of RFC 9110 section 10.2.3.
func retryAfter(h http.Header) time.Duration {
	raw := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(raw); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 3600)) * time.Second
	}
	if at, err := http.ParseTime(raw); err == nil {
		return max(0, min(time.Until(at), time.Hour))
	}
	return 0
}
