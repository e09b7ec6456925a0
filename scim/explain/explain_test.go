package explain_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/auth"
	"ws1bridge/auth/neterr"
	"ws1bridge/scim/explain"
	"ws1bridge/scim/problem"
	"ws1bridge/upstream"
)

func access(kind error, status int, cause error) *upstream.Error {
	return &upstream.Error{Op: "read user", Kind: kind, Status: status, Err: cause, RetryAfter: 7 * time.Second}
}

func token(kind error, status int, cause error) error {
	return access(upstream.ErrUnavailable, 0, &auth.Error{Kind: kind, Status: status, Err: cause})
}

func domain(p upstream.DomainProblem) error {
	p.Domain = "acme.com"
	return access(upstream.ErrNotPermitted, 0, &p)
}

func TestError(t *testing.T) {
	refused := access(upstream.ErrRefused, 400, nil)
	refused.Message = "name.familyName is required"
	tests := []struct {
		name   string
		err    error
		status int
		detail string
	}{
		{"a problem is itself", fmt.Errorf("wrapped: %w", problem.ReadOnly("id")), 400, "id is read-only"},
		{"Access says why", refused, 400, "refused the data: name.familyName is required"},
		{"Access does not say why", access(upstream.ErrRefused, 422, nil), 400, "(422) without saying why"},
		{"Access keeps a name", access(upstream.ErrRefused, 0, upstream.ErrNameKept), 400, "kept the old userName"},
		{"the domain is another's", access(upstream.ErrRefused, 0, upstream.ErrUnmanagedDomain), 400,
			"not one that the bridge manages"},
		{"what is not there", access(upstream.ErrNotFound, 404, nil), 404, "Resource u1 not found"},
		{"what is there already", access(upstream.ErrConflict, 409, nil), 409, "already has another user or group"},
		{"every token is refused", access(upstream.ErrNotPermitted, 401, nil), 429, "every token"},
		{"the role is too small", access(upstream.ErrNotPermitted, 403, nil), 429,
			"(403): give the bridge's OAuth client an admin role"},
		{"no answer", access(upstream.ErrUnavailable, 0, errors.New("reset")), 429, "cannot be reached"},
		{"a proxy that wants a password", access(upstream.ErrUnavailable, 0, &neterr.ProxyRefusal{Status: 407}), 429,
			"A proxy between the bridge and Workspace ONE Access refuses the connection (407): check HTTPS_PROXY"},
		{"no answer in time", access(upstream.ErrUnavailable, 0, context.DeadlineExceeded), 429, "did not answer in time"},
		{"not in the time of the request", access(upstream.ErrUnavailable, 0, explain.ErrTimeout), 429,
			"did not answer in time"},
		{"an open circuit", access(upstream.ErrUnavailable, 0, upstream.ErrCircuitOpen), 429, "several times in a row"},
		{"too much under way", access(upstream.ErrUnavailable, 0, upstream.ErrTooBusy), 429, "under way"},
		{"throttled", access(upstream.ErrUnavailable, 429, nil), 429, "slow down"},
		{"half an answer", access(upstream.ErrUnavailable, 200, nil), 429, "does not understand"},
		{"a redirect", access(upstream.ErrUnavailable, 302, nil), 429, "redirects"},
		{"another server", access(upstream.ErrUnavailable, 404, upstream.ErrNotAccess), 429,
			"Something other than Workspace ONE Access answered (404)"},
		{"a server without the service", access(upstream.ErrUnavailable, 501, upstream.ErrNotAccess), 429,
			"Something other than Workspace ONE Access answered (501)"},
		{"a proxy that wants a password", access(upstream.ErrUnavailable, 407, upstream.ErrNotAccess), 429,
			"A proxy between"},
		{"no users at the address", access(upstream.ErrUnavailable, 404, upstream.ErrNoSuchPath), 429,
			"no users and groups at the bridge's access.url (404)"},
		{"a redirect to a host", &upstream.Error{Kind: upstream.ErrUnavailable, Status: 302, Redirect: "login.example.com",
			Err: upstream.ErrNotAccess}, 429, "redirects to login.example.com"},
		{"a write that is not shown yet", access(upstream.ErrUnavailable, 0, upstream.ErrLagging), 429,
			"does not show an earlier change yet"},
		{"an error of Access", access(upstream.ErrUnavailable, 503, nil), 429, "an error of its own (503)"},
		{"wrong credentials", token(auth.ErrCredentials, 401, nil), 429, "client_secret of the bridge."},
		{"a client of another type", token(auth.ErrCredentials, 400, nil), 429, "Service Client Token"},
		{"no token in time", token(auth.ErrUnavailable, 0, context.DeadlineExceeded), 429, "does not answer in time"},
		{"no token", token(auth.ErrUnavailable, 0, errors.New("reset")), 429,
			"token endpoint of Workspace ONE Access does not answer; if"},
		{"a proxy before the token endpoint", token(auth.ErrUnavailable, 0, &neterr.ProxyRefusal{Status: 407}), 429,
			"refuses the connection (407): check HTTPS_PROXY"},
		{"throttled tokens", token(auth.ErrUnavailable, 429, nil), 429, "token endpoint of Workspace ONE Access asks"},
		{"an unusable token", token(auth.ErrUnavailable, 200, nil), 429, "no usable token"},
		{"another protocol instead of a token", token(auth.ErrUnavailable, 101, nil), 429, "no usable token"},
		{"redirected tokens", token(auth.ErrUnavailable, 301, nil), 429, "redirects to another address (301)"},
		{"tokens redirected to a host", &upstream.Error{Kind: upstream.ErrUnavailable,
			Err: &auth.Error{Kind: auth.ErrUnavailable, Status: 302, Redirect: "login.example.com"}}, 429,
			"redirects to login.example.com"},
		{"a token request that is not taken", token(auth.ErrUnavailable, 404, nil), 429, "does not take the request (404)"},
		{"an error of the token endpoint", token(auth.ErrUnavailable, 500, nil), 429,
			"token endpoint of Workspace ONE Access has an error of its own (500)"},
		{"no directory", domain(upstream.DomainProblem{Domains: []string{"a.com", "b.com"}}), 429,
			"(domains that exist: a.com, b.com)"},
		{"another spelling", domain(upstream.DomainProblem{Reason: upstream.OtherSpelling, Domains: []string{"ACME.com"}}),
			429, "but one has ACME.com"},
		{"a directory of another type",
			domain(upstream.DomainProblem{Reason: upstream.WrongType, Directory: upstream.Directory{Type: "LDAP"}}), 429,
			"of type LDAP"},
		{"a directory on its way out", domain(upstream.DomainProblem{Reason: upstream.BeingDeleted}),
			429, "is being deleted"},
		{"several directories", domain(upstream.DomainProblem{Reason: upstream.SeveralDirectories}),
			429, "several directories"},
		{"a caller that left", context.Canceled, 429, "could not finish the request in time"},
		{"a bug", errors.New("index out of range"), 500, "an error in the bridge itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := explain.Error(tt.err, "u1")
			if got.Status != tt.status || !strings.Contains(got.Detail, tt.detail) {
				t.Errorf("got %d %s, want %d and %q", got.Status, got.Detail, tt.status, tt.detail)
			}
		})
	}
	got := explain.Error(access(upstream.ErrUnavailable, http.StatusServiceUnavailable, nil), "")
	if got.RetryAfter != 7*time.Second {
		t.Errorf("the caller is asked to wait %s, want what Access asked for", got.RetryAfter)
	}
}

func TestUnauthenticated(t *testing.T) {
	for err, want := range map[error]*problem.Error{
		auth.ErrNoToken: problem.NoToken(), auth.ErrDoubleBearer: problem.DoubleBearer(), auth.ErrScheme: problem.NotBearer(),
		auth.ErrDamagedToken: problem.DamagedToken(), auth.ErrExpiredToken: problem.ExpiredToken(),
		auth.ErrEarlyToken: problem.EarlyToken(), auth.ErrHeaderTooLong: problem.HeaderTooLong(),
		auth.ErrWrongToken:  problem.WrongToken(),
		errors.New("other"): problem.WrongToken(),
	} {
		if got := explain.Unauthenticated(err); got.Detail != want.Detail || got.Status != http.StatusUnauthorized {
			t.Errorf("%v is answered %d %s", err, got.Status, got.Detail)
		}
	}
}
