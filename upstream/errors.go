package upstream

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The kinds of trouble, matched with errors.Is.
var (
	// ErrRefused says that Access understood the request and will not do it;
	// sending it again unchanged is pointless. Error.Message holds its reason.
	ErrRefused = errors.New("refused by Workspace ONE Access")
	// ErrNotFound says that the record does not exist, or is not the bridge's.
	ErrNotFound = errors.New("not found in Workspace ONE Access")
	// ErrConflict says that a name is taken already.
	ErrConflict = errors.New("already taken in Workspace ONE Access")
	// ErrNotPermitted says that Access refused the bridge itself (401 or 403),
	// not the data: an administrator can fix that, after which the same
	// request succeeds.
	ErrNotPermitted = errors.New("not permitted by Workspace ONE Access")
	// ErrUnavailable says that Access gave no usable answer; it may pass.
	ErrUnavailable = errors.New("the service Workspace ONE Access is unavailable")
)

// The client's own judgements: causes in Error.Err, matched with errors.Is. Beside
// them there is *DomainProblem.
var (
	// ErrUnmanagedDomain says that the domain is not one of Config.Domains.
	ErrUnmanagedDomain = errors.New("the domain is not managed by the bridge")
	// ErrNameKept says that Access confirmed a new userName and kept the old one;
	// the other changes of the request are applied.
	ErrNameKept = errors.New("the old userName was kept")
	// ErrNoSuchKey says that records can't be found by the Key.
	ErrNoSuchKey = errors.New("records of this kind can't be found by this key")
	// ErrNotAccess says that something else answered: a firewall, a proxy or another
	// server.
	ErrNotAccess = errors.New("the answer is not from Access")
	// ErrNoSuchPath says that Access has no users or groups at the address: it is
	// not that of a tenant, or a proxy changes paths.
	ErrNoSuchPath = errors.New("Access has nothing at this path")
	// ErrLagging says that Access does not show a write yet that it confirmed.
	ErrLagging = errors.New("Access does not show an earlier write yet")
	// ErrDirectoryNameTaken says that a directory has the name, for other domains.
	ErrDirectoryNameTaken = errors.New("the name is taken")
)

// Error is every failure of this package.
type Error struct {
	// Op is what was under way, such as "create user".
	Op string
	// Kind is one of the Err values of this package.
	Kind error
	// Status is the HTTP status of Access's answer, 0 when there was none.
	Status int
	// Message is Access's own sentence where it refused the data (4xx); it is fit
	// for Okta's administrator.
	Message string
	// RetryAfter is how long Access asked to wait, 0 when it did not say. Pauses
	// of the client's own are not told: they are shorter than a caller's.
	RetryAfter time.Duration
	// Redirect is the host that Access's answer redirects to, "" for none.
	Redirect string
	// InDoubt says that a write may have been applied although it failed.
	InDoubt bool
	// Err is the cause, for the log. It may name hosts, never secrets.
	Err error

	// abandoned says that the caller's own time was over, or it left.
	abandoned bool
	// ofRecord says that the call was about one user or group.
	ofRecord bool
}

// Error gives the failure for the log. It leaves out Message, in which Access
// may quote a name.
func (e *Error) Error() string {
	s := e.Op + ": " + e.Kind.Error()
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

// unavailable wraps a failure that brought no answer from Access.
func unavailable(op string, err error) *Error {
	return &Error{Op: op, Kind: ErrUnavailable, Err: err}
}

// notFound says that nothing of the bridge's has that id.
func notFound(op string) *Error {
	return &Error{Op: op, Kind: ErrNotFound}
}

// InDoubt reports whether err leaves open whether a write was applied.
func InDoubt(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.InDoubt
}

// lagging says that Access does not show yet what was written.
func lagging(op string) *Error { return unavailable(op, ErrLagging) }

// isRefusal reports whether err is Access's own judgement on the request,
// not a passing trouble.
func isRefusal(err error) bool {
	return errors.Is(err, ErrRefused) || errors.Is(err, ErrNotFound)
}

// waitedTooLong wraps the end of a context while waiting for another write.
func waitedTooLong(ctx context.Context, op string) *Error {
	return unavailable(op, fmt.Errorf("waiting for an earlier write: %w", context.Cause(ctx)))
}
