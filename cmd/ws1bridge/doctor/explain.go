package doctor

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"ws1bridge/auth"
	"ws1bridge/scim/explain"
	"ws1bridge/upstream"
)

const superAdmin = "give the OAuth client a larger admin role in Access (Super Admin may do all), or let somebody " +
	"look in the console"

// Explain says what a failure of a request to Access means and what to do, in
// one line each. what is what was under way, such as "reading users".
func Explain(what string, err error) (finding, fix string) {
	if problem, ok := errors.AsType[*upstream.DomainProblem](err); ok {
		v := domainVerdict(problem)
		return v.finding, v.fix
	}
	var e *upstream.Error
	switch token, isToken := errors.AsType[*auth.Error](err); {
	case isToken:
		return explainToken(token), "ws1bridge doctor says more"
	case !errors.As(err, &e):
		return what + " failed: " + err.Error(), ""
	}
	return explainAnswer(what, e)
}

// explainToken is why no token could be had.
func explainToken(err *auth.Error) string { return strings.TrimSuffix(explain.Token(err).Plain(), ".") }

// explainAnswer is Explain for what Access answered.
func explainAnswer(what string, err *upstream.Error) (finding, fix string) {
	status := fmt.Sprintf(" (%d)", err.Status)
	switch {
	case errors.Is(err, upstream.ErrNotPermitted) && err.Status == http.StatusUnauthorized:
		return "Access refuses the bridge's token for " + what + status,
			"look whether the OAuth client is still there and enabled in Access"
	case errors.Is(err, upstream.ErrNotPermitted):
		return "the role of the OAuth client is too small for " + what + status, superAdmin
	case errors.Is(err, upstream.ErrRefused) && err.Message != "":
		return "Access refuses " + what + status + ": " + err.Message, ""
	case errors.Is(err, upstream.ErrRefused):
		return "Access refuses " + what + status, ""
	case errors.Is(err, upstream.ErrConflict) && err.Message != "":
		return err.Message, ""
	case errors.Is(err, upstream.ErrConflict):
		return "Access has another record of that name", ""
	case errors.Is(err, upstream.ErrNotFound):
		return "Access finds nothing for " + what + status, toTenant
	case err.Status == 0:
		return "Access does not answer to " + what, "if it lasts, ws1bridge doctor says why"
	case errors.Is(err, upstream.ErrNoSuchPath):
		return "Access finds nothing for " + what + status, toTenant
	case err.Redirect != "":
		return "Access redirects " + what + " to " + err.Redirect + status, toHost(err.Redirect)
	case err.Status/100 == 5 && !errors.Is(err, upstream.ErrNotAccess):
		return "Access has an error of its own at " + what + status, "wait, or ask the owner of the tenant"
	}
	return "something other than Access answers to " + what + status,
		toTenant + "; let firewalls and proxies pass the bridge's requests on"
}

const toTenant = "set access.url to the address of the tenant, without any path"

// toHost says what to do about a redirect: none is followed, because it may lead anywhere.
func toHost(host string) string {
	return "set access.url to https://" + host + ", if that is your tenant; else look what answers in its place"
}
