package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
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

// Timeout reports whether the endpoint did not answer in time.
func (e *Error) Timeout() bool {
	var timed net.Error
	return errors.Is(e.Err, context.DeadlineExceeded) || errors.As(e.Err, &timed) && timed.Timeout()
}
