package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
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

// Detail says in one sentence what Okta's administrator can do.
func (e *Error) Detail() string {
	status := fmt.Sprintf(" (%d)", e.Status)
	if errors.Is(e.Kind, ErrCredentials) {
		detail := "Workspace ONE Access refuses the bridge's OAuth client" + status +
			": check access.client_id and access.client_secret of the bridge"
		if e.Status != http.StatusUnauthorized {
			detail += ", and that the client is a Service Client Token"
		}
		return detail + "."
	}
	const endpoint = "The token endpoint of Workspace ONE Access "
	switch {
	case e.Status == 0 && isTimeout(e.Err):
		return endpoint + "does not answer in time; the bridge tries again by itself."
	case e.Status == 0:
		return endpoint + "does not answer; if this lasts, check access.url and the network of the bridge."
	case e.Status == http.StatusTooManyRequests:
		return endpoint + "asks the bridge to slow down; the bridge tries again by itself."
	case e.Status/100 == 2:
		return endpoint + "gave no usable token: check access.url of the bridge."
	case e.Status/100 == 3:
		return endpoint + "redirects to another address" + status + ": check access.url of the bridge."
	case e.Status/100 == 4:
		return endpoint + "does not take the request" + status + ": check access.url of the bridge."
	}
	return endpoint + "has an error of its own" + status + "; the bridge tries again by itself."
}

func isTimeout(err error) bool {
	var timed net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timed) && timed.Timeout()
}

// Timeout reports whether the endpoint did not answer in time.
func (e *Error) Timeout() bool { return isTimeout(e.Err) }
