// Package explain turns what goes wrong with Access, with tokens and with time
// into the problem that the caller is told of. What may pass, or what an
// administrator of Access can fix, is a 429: Okta repeats it by itself.
package explain

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"ws1bridge/auth"
	"ws1bridge/auth/neterr"
	"ws1bridge/scim/problem"
	"ws1bridge/upstream"
)

// Error is the problem behind any error. id is that of the resource that the
// request is about, or "".
func Error(err error, id string) *problem.Error {
	own, isOwn := errors.AsType[*problem.Error](err)
	token, isToken := errors.AsType[*auth.Error](err)
	finding, isMisconfigured := errors.AsType[*upstream.DomainProblem](err)
	access, isAccess := errors.AsType[*upstream.Error](err)
	switch {
	case isOwn:
		return own
	case isAccess:
		return accessError(access, id)
	case isToken:
		return Token(token)
	case isMisconfigured:
		return misconfiguration(finding)
	case isLate(err):
		return problem.NotInTime()
	}
	return problem.Broken()
}

// Unauthenticated is the problem of a caller that package auth did not accept.
func Unauthenticated(err error) *problem.Error {
	if tooFast, ok := errors.AsType[*auth.TooFastError](err); ok {
		e := problem.TooManyWrongTokens()
		e.RetryAfter = tooFast.Wait
		return e
	}
	switch {
	case errors.Is(err, auth.ErrNoToken):
		return problem.NoToken()
	case errors.Is(err, auth.ErrDoubleBearer):
		return problem.DoubleBearer()
	case errors.Is(err, auth.ErrScheme):
		return problem.NotBearer()
	case errors.Is(err, auth.ErrHeaderTooLong):
		return problem.HeaderTooLong()
	case errors.Is(err, auth.ErrDamagedToken):
		return problem.DamagedToken()
	case errors.Is(err, auth.ErrExpiredToken):
		return problem.ExpiredToken()
	case errors.Is(err, auth.ErrEarlyToken):
		return problem.EarlyToken()
	}
	return problem.WrongToken()
}

// ErrTimeout is the cause of a request that took too long.
var ErrTimeout = errors.New("the request took too long")

func isLate(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || errors.Is(err, ErrTimeout)
}

func accessError(err *upstream.Error, id string) *problem.Error {
	finding, misconfigured := errors.AsType[*upstream.DomainProblem](err.Err)
	var e *problem.Error
	switch token, isToken := errors.AsType[*auth.Error](err.Err); {
	case errors.Is(err, upstream.ErrRefused):
		return refused(err)
	case errors.Is(err, upstream.ErrNotFound):
		return problem.NotFound(problem.Clip(id))
	case errors.Is(err, upstream.ErrConflict):
		return problem.Taken()
	case isToken:
		return Token(token)
	case misconfigured:
		return misconfiguration(finding)
	case errors.Is(err, upstream.ErrNotPermitted) && err.Status == http.StatusUnauthorized:
		e = problem.TokensRefused()
	case errors.Is(err, upstream.ErrNotPermitted):
		e = problem.NotPermitted(err.Status)
	default:
		e = unavailable(err)
	}
	e.RetryAfter = err.RetryAfter
	return e
}

func refused(err *upstream.Error) *problem.Error {
	switch {
	case errors.Is(err, upstream.ErrNameKept):
		return problem.NameKept()
	case errors.Is(err, upstream.ErrUnmanagedDomain):
		return problem.UnmanagedDomain()
	case err.Message == "":
		return problem.RefusedSilently(err.Status)
	}
	return problem.Refused(err.Message)
}

func unavailable(err *upstream.Error) *problem.Error {
	switch proxy, isProxy := errors.AsType[*neterr.ProxyRefusal](err); {
	case isProxy:
		return problem.ProxyRefused(proxy.Status)
	case errors.Is(err, upstream.ErrCircuitOpen):
		return problem.CircuitOpen()
	case errors.Is(err, upstream.ErrTooBusy):
		return problem.TooBusy()
	case err.Status == http.StatusTooManyRequests:
		return problem.SlowDown()
	case errors.Is(err, upstream.ErrLagging):
		return problem.NotShownYet()
	case errors.Is(err, upstream.ErrNoSuchPath):
		return problem.NoSuchPath(err.Status)
	case err.Redirect != "":
		return problem.RedirectedTo(err.Redirect)
	case err.Status/100 == 3:
		return problem.Redirected()
	case err.Status == http.StatusProxyAuthRequired:
		return problem.ProxyRefused(err.Status)
	case errors.Is(err, upstream.ErrNotAccess):
		return problem.OtherAnswered(err.Status)
	case err.Status == 0 && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrTimeout)):
		return problem.AccessTooSlow()
	case err.Status == 0:
		return problem.Unreachable()
	}
	if err.Status/100 == 5 {
		return problem.AccessFailed(err.Status)
	}
	return problem.NotUnderstood()
}

// misconfiguration is what an administrator of Access has to set up first.
func misconfiguration(p *upstream.DomainProblem) *problem.Error {
	switch p.Reason {
	case upstream.OtherSpelling:
		return problem.DomainSpelling(p.Domain, p.Domains[0])
	case upstream.WrongType:
		return problem.DirectoryType(p.Domain, p.Directory.Type, upstream.TypeOther)
	case upstream.BeingDeleted:
		return problem.DirectoryLeaving(p.Domain)
	case upstream.SeveralDirectories:
		return problem.SeveralDirectories(p.Domain)
	}
	return problem.NoDirectoryYet(p.Domain, strings.Join(p.Domains, ", "))
}

// Token is the problem that keeps the bridge from having a token for Access.
func Token(err *auth.Error) *problem.Error {
	switch proxy, isProxy := errors.AsType[*neterr.ProxyRefusal](err); {
	case isProxy:
		return problem.ProxyRefused(proxy.Status)
	case errors.Is(err, auth.ErrCredentials) && err.Status == http.StatusUnauthorized:
		return problem.ClientRefused(err.Status)
	case errors.Is(err, auth.ErrCredentials):
		return problem.ClientRefusedOrWrongType(err.Status)
	case err.Status == 0 && err.Timeout():
		return problem.TokenTooSlow()
	case err.Status == 0:
		return problem.TokenUnreachable()
	case err.Status == http.StatusTooManyRequests:
		return problem.TokenSlowDown()
	}
	switch err.Status / 100 {
	case 1, 2:
		return problem.TokenUnusable()
	case 3:
		if err.Redirect != "" {
			return problem.TokenRedirectedTo(err.Redirect)
		}
		return problem.TokenRedirected(err.Status)
	case 4:
		return problem.TokenNotTaken(err.Status)
	}
	return problem.TokenFailed(err.Status)
}
