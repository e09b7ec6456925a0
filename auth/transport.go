package auth

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"

	"ws1bridge/auth/neterr"
)

// maxDrain bounds what is read of a refused answer to keep its connection.
const maxDrain = 64 << 10

// Tokens gives out tokens and takes back refused ones, as TokenSource does.
type Tokens interface {
	// Token returns a token to send now.
	Token(ctx context.Context) (string, error)
	// Drop says that token was refused; it does nothing if that is known.
	Drop(token string)
}

// Transport puts the bearer token on requests to Access. When Access refuses
// the token, the request is sent once more with a new one; if none can be had,
// that error is returned and not the refusal. A request whose body cannot be
// had again (no GetBody) is not repeated, but its token is dropped.
//
// Access documents no status for a bad token, and answers 401 or 403. A 403
// that survives a new token therefore means that the role of the OAuth client
// is too small or the record may not be written. For one minute after such a
// one, every 403 is returned as it is, so that they do not cost a token each. A
// 401 that survives a new token is remembered likewise, for a time that grows from
// 1 to 15 seconds with each new token that is refused.
//
// It is safe for concurrent use. The fields must not change after the first
// request.
type Transport struct {
	// Source gives the tokens. Required.
	Source Tokens
	// Host is that of the tenant as it is in the request's URL, with the
	// port if there is one. Requests to any other host, and plain http off
	// loopback, are refused. Required.
	Host string
	// Base sends the requests; nil is http.DefaultTransport.
	Base http.RoundTripper

	refusals refusals
	last     atomic.Pointer[bearer]
}

// RoundTrip sends req with a token. It does not change req and always closes
// its body.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.checkTarget(req); err != nil {
		return nil, closeBody(req, err)
	}
	token, err := t.Source.Token(req.Context())
	if err != nil {
		return nil, closeBody(req, err)
	}
	res, err := t.base().RoundTrip(t.withToken(req, token))
	if err != nil || !t.refusals.blameToken(res.StatusCode, token) {
		return res, err
	}
	t.Source.Drop(token)
	again, err := repeatable(req)
	if again == nil && err == nil {
		t.refusals.survived(res.StatusCode, token)
		return res, nil
	}
	discard(res.Body)
	if err != nil {
		return nil, err
	}
	token, err = t.Source.Token(req.Context())
	if err != nil {
		return nil, closeBody(again, err)
	}
	res, err = t.base().RoundTrip(t.withToken(again, token))
	if err == nil && t.refusals.blameToken(res.StatusCode, token) {
		t.refusals.survived(res.StatusCode, token)
	}
	return res, err
}

// CloseIdleConnections closes those of Base, for http.Client.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.base().(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (t *Transport) base() http.RoundTripper { return cmp.Or(t.Base, http.DefaultTransport) }

// checkTarget keeps the token from leaving for anywhere but the tenant.
func (t *Transport) checkTarget(req *http.Request) error {
	switch {
	case t.Source == nil || t.Host == "":
		return neterr.New("auth: Transport needs Source and Host")
	case !strings.EqualFold(req.URL.Host, t.Host):
		return neterr.New("auth: the request is not for the configured host of Workspace ONE Access")
	case !isPrivate(req.URL):
		return neterr.New("auth: the token travels by https only")
	}
	return nil
}

func (t *Transport) withToken(req *http.Request, token string) *http.Request {
	last := t.last.Load()
	if last == nil || last.token != token {
		last = &bearer{token, []string{"Bearer " + token}}
		t.last.Store(last)
	}
	req = req.WithContext(req.Context()) // a copy, which shares all but the header
	req.Header = req.Header.Clone()
	req.Header["Authorization"] = last.header
	return req
}

// bearer is a token and the header that it is sent in. Tokens are long, and one serves
// many requests.
type bearer struct {
	token  string
	header []string
}

// repeatable returns req with its body from the start, or nil when that cannot
// be had.
func repeatable(req *http.Request) (*http.Request, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, nil
	}
	if req.GetBody == nil {
		return nil, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	again := req.Clone(req.Context())
	again.Body = body
	return again, nil
}

// closeBody closes the body of a request that is not sent, as a RoundTripper
// must, and returns err.
func closeBody(req *http.Request, err error) error {
	if req.Body != nil {
		_ = req.Body.Close()
	}
	return err
}

// discard reads what is left of a small body, so that the connection is used
// again, and closes it.
func discard(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, maxDrain)
	_ = body.Close()
}
