package auth

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"ws1bridge/auth/neterr"
)

// maxAnswer bounds an answer of the token endpoint; a token of Access has 1 KiB.
const maxAnswer = 64 << 10

// tokenClient returns a client for token requests that follows no redirect,
// which would carry the secret to a host that nobody configured, and that lets
// only answers through which package oauth2 can be trusted with.
func tokenClient(given *http.Client, as *credentials) *http.Client {
	if given == nil {
		given = &http.Client{Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			OnProxyConnectResponse: neterr.CheckProxy,
			DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
			TLSHandshakeTimeout:    10 * time.Second,
			ForceAttemptHTTP2:      true,
			DisableKeepAlives:      true, // fetches are hours apart
		}}
	}
	client := *given
	client.Transport = as.over(answerGuard{cmp.Or(given.Transport, http.DefaultTransport)})
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

// answerGuard stands between package oauth2 and the token endpoint. It bounds
// answers and hands on good ones in the one form that readAnswer writes.
type answerGuard struct{ base http.RoundTripper }

// RoundTrip returns an *Error for a 2xx that holds no usable token, and for a 101:
// what follows that is no body, and net/http does not end it with the context.
func (g answerGuard) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := g.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < http.StatusOK {
		return nil, &Error{Kind: ErrUnavailable, Status: res.StatusCode}
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if res.StatusCode/100 == 2 {
		if err != nil {
			return nil, err
		}
		body, err = readAnswer(body)
		if err != nil {
			return nil, &Error{Kind: ErrUnavailable, Status: res.StatusCode, Err: err}
		}
	}
	if res.StatusCode/100 == 4 && bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		// A page says nothing of the client: it is a firewall's, or another server's.
		return nil, &Error{Kind: ErrUnavailable, Status: res.StatusCode, RetryAfter: retryAfter(res.Header),
			Err: errors.New("the answer is a page")}
	}
	// Of a refusal nothing but its code, Retry-After and the host of a redirect
	// matters. Access's answers are JSON whatever their header says.
	res.Header = http.Header{
		"Content-Type": {"application/json"},
		"Retry-After":  res.Header["Retry-After"],
		"Location":     res.Header["Location"],
	}
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return res, nil
}

// tokenAnswer is an answer of RFC 6749 §5.1, or a refusal with a good status.
type tokenAnswer struct {
	Token     string          `json:"access_token,omitempty"`
	Type      string          `json:"token_type,omitempty"`
	ExpiresIn json.RawMessage `json:"expires_in,omitempty"`
	ErrorCode string          `json:"error,omitempty"`
}

// readAnswer checks the body of a 2xx and writes it again: with expires_in as
// whole seconds between 1 and 24 hours, or without it when the server's is
// absent or makes no sense. A token_type other than bearer is refused, because
// the token cannot be used without knowing how; a missing one means bearer.
func readAnswer(body []byte) ([]byte, error) {
	if len(body) > maxAnswer {
		return nil, errors.New("the answer is larger than 64 KiB")
	}
	var a tokenAnswer
	if json.Unmarshal(body, &a) != nil {
		return nil, errors.New("the answer is not the JSON of RFC 6749")
	}
	switch {
	case a.ErrorCode != "":
		return json.Marshal(tokenAnswer{ErrorCode: a.ErrorCode})
	case a.Token == "":
		return nil, errors.New("the answer has no access_token")
	case !isVisibleASCII(a.Token):
		return nil, errors.New("the access_token cannot be in a header")
	case a.Type != "" && !isBearer(a.Type):
		return nil, errors.New("the token_type is not bearer")
	}
	a.ExpiresIn = wholeSeconds(a.ExpiresIn)
	return json.Marshal(a)
}

// wholeSeconds reads expires_in, a number or a number in a string, and returns
// nil for one that makes no sense.
func wholeSeconds(raw json.RawMessage) json.RawMessage {
	seconds, err := strconv.ParseFloat(strings.Trim(string(raw), `" `), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || !(seconds >= 1) { // also NaN
		return nil
	}
	return strconv.AppendInt(nil, int64(min(seconds, maxLife.Seconds())), 10)
}
