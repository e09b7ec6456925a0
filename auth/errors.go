package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"golang.org/x/oauth2"

	"ws1bridge/auth/neterr"
)

// The kinds of trouble with tokens, matched with errors.Is.
var (
	// ErrCredentials says that Access refuses the bridge's OAuth client;
	// an administrator must act.
	ErrCredentials = errors.New("the OAuth client is refused")
	// ErrUnavailable says that no token could be had for a reason that may pass.
	ErrUnavailable = errors.New("the token endpoint is unavailable")
)

// Error is every failure of a TokenSource after its construction.
type Error struct {
	// Kind is ErrCredentials or ErrUnavailable.
	Kind error
	// Status is the HTTP status of the token endpoint, 0 when it gave no answer.
	Status int
	// Code is what RFC 6749 section 5.2 calls the error, where the endpoint gave
	// one that is about the client, such as unauthorized_client; else empty.
	Code string
	// Redirect is the host that the endpoint redirects to, "" for none.
	Redirect string
	// RetryAfter is how long the source itself waits before it asks again, 0
	// when it does not wait.
	RetryAfter time.Duration
	// Err is the cause, nil when the status says all. It may name a host and
	// never holds a secret, a query, or what the answer says.
	Err error
}

// Error gives the failure for the log.
func (e *Error) Error() string {
	s := "fetch token: " + e.Kind.Error()
	if e.Status != 0 {
		s += fmt.Sprintf(" (%d)", e.Status)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap makes both the kind and the cause visible to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// RetryAfterHint is RetryAfter, for those who know this error by its methods.
func (e *Error) RetryAfterHint() time.Duration { return e.RetryAfter }

// FitForLog says that the text quotes nothing that a server sent.
func (*Error) FitForLog() {}

// Timeout reports whether the endpoint did not answer in time.
func (e *Error) Timeout() bool {
	var timed net.Error
	return errors.Is(e.Err, context.DeadlineExceeded) || errors.As(e.Err, &timed) && timed.Timeout()
}

// maxRetryAfter bounds what the token endpoint may ask the bridge to wait.
const maxRetryAfter = time.Minute

// fetchError turns a failure of a fetch into an error that is fit for the log.
// It never wraps oauth2.RetrieveError, which prints the answer's body.
func fetchError(ctx context.Context, err error) *Error {
	if own, ok := errors.AsType[*Error](err); ok {
		return own
	}
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return answerError(refused.Response, refused.ErrorCode)
	}
	return &Error{Kind: ErrUnavailable, Err: neterr.Class(ctx, err)}
}

// answerError judges an answer that is a refusal. Access answers 401, or 400
// with a code of RFC 6749 §5.2, and 500 for a grant type that it does not know.
// A 403 without a code is a firewall's.
func answerError(res *http.Response, code string) *Error {
	e := &Error{Kind: ErrUnavailable, Status: res.StatusCode, RetryAfter: retryAfter(res.Header),
		Redirect: neterr.RedirectHost(res)}
	aboutClient := slices.Contains([]string{
		"invalid_client", "unauthorized_client", "access_denied", "invalid_grant", "unsupported_grant_type",
	}, code)
	if aboutClient {
		e.Code, e.Err = code, errors.New("code "+code)
	}
	if res.StatusCode == http.StatusUnauthorized || aboutClient && res.StatusCode < http.StatusInternalServerError {
		e.Kind = ErrCredentials
	}
	return e
}

// retryAfter reads a Retry-After in seconds. A date is ignored: it would be
// judged by two clocks.
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 16)
	if err != nil {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}
