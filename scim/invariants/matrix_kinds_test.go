package invariants

import (
	"net/http"
	"slices"
	"time"

	"ws1bridge/upstream/accesstest"
)

// faultKind is one way in which Access, or the way to it, fails.
type faultKind struct {
	name    string
	fault   accesstest.Fault // not used where refused is set
	refused bool             // the connection is refused
	timeout time.Duration    // of one request to Access; 0 means one that no test waits for
}

// Slow Access takes 5 seconds or 60 in life, and the bridge waits 12. Here all
// of it is scaled down, or the matrix would run for days: 30 milliseconds are
// slow, a second is too slow, and the bridge waits 250 milliseconds.
const (
	patience = 250 * time.Millisecond
	slow     = 30 * time.Millisecond
	tooSlow  = time.Second
)

// faultKinds are how a network fails, and a server that is in trouble.
var faultKinds = []faultKind{
	{name: "connection refused", refused: true},
	{name: "cut before the request", fault: accesstest.Fault{Drop: true}},
	{name: "cut after the change", fault: accesstest.Fault{Drop: true, Apply: true}},
	{name: "timed out before the request", fault: accesstest.Fault{Delay: tooSlow}, timeout: patience},
	{name: "timed out after the change", fault: accesstest.Fault{Delay: tooSlow, Apply: true}, timeout: patience},
	{name: "slow", fault: accesstest.Fault{Delay: slow}, timeout: patience},
	{name: "401", fault: accesstest.Fault{Status: http.StatusUnauthorized}},
	{name: "403", fault: accesstest.Fault{Status: http.StatusForbidden}},
	{name: "429", fault: accesstest.Fault{Status: http.StatusTooManyRequests}},
	{name: "429 with Retry-After", fault: accesstest.Fault{Status: http.StatusTooManyRequests, RetryAfter: 1}},
	{name: "500", fault: accesstest.Fault{Status: http.StatusInternalServerError}},
	{name: "500 after the change", fault: accesstest.Fault{Status: http.StatusInternalServerError, Apply: true}},
	{name: "502 with HTML", fault: accesstest.Fault{Status: http.StatusBadGateway, Body: "html"}},
	{name: "503", fault: accesstest.Fault{Status: http.StatusServiceUnavailable}},
	{name: "504", fault: accesstest.Fault{Status: http.StatusGatewayTimeout}},
	{name: "404 with HTML", fault: accesstest.Fault{Status: http.StatusNotFound, Body: "html"}},
	{name: "empty body", fault: accesstest.Fault{Body: "empty"}},
	{name: "half a body", fault: accesstest.Fault{Body: "truncated"}},
	{name: "wrong content type", fault: accesstest.Fault{ContentType: "text/html"}},
	{name: "a page after the change", fault: accesstest.Fault{Status: http.StatusOK, Body: "html", Apply: true}},
	{name: "a page in place of Access", fault: accesstest.Fault{Status: http.StatusOK, Body: "html"}},
}

// lies are answers that are no answer to what was asked. Left out is the one that
// nobody can see through: a 204 for a change that was not made.
var lies = []faultKind{
	{name: "JSON that is no resource", fault: accesstest.Fault{Body: "maintenance"}},
	{name: "JSON that is no resource, in place of Access", fault: instead(http.StatusOK, "maintenance")},
	{name: "an empty object", fault: accesstest.Fault{Body: "object"}},
	{name: "an empty object in place of Access", fault: instead(http.StatusOK, "object")},
	{name: "a brace", fault: accesstest.Fault{Body: "brace"}},
	{name: "null", fault: accesstest.Fault{Body: "null"}},
	{name: "an array", fault: accesstest.Fault{Body: "array"}},
	{name: "an error within a success", fault: accesstest.Fault{Body: "json"}},
	{name: "an error within a success in place of Access", fault: instead(http.StatusOK, "json")},
	{name: "another record", fault: accesstest.Fault{Body: "other"}},
	{name: "another record in place of Access", fault: instead(http.StatusCreated, "other")},
	{name: "no id", fault: accesstest.Fault{Body: "noid"}},
	{name: "no name", fault: accesstest.Fault{Body: "noname"}},
	{name: "no domain", fault: accesstest.Fault{Body: "noextension"}},
	{name: "an id that is a path", fault: accesstest.Fault{Body: "oddid"}},
	{name: "an id with a line end", fault: accesstest.Fault{Body: "oddid-line"}},
	{name: "an id without end", fault: accesstest.Fault{Body: "oddid-long"}},
	{name: "200 in place of Access", fault: instead(http.StatusOK, "")},
	{name: "202 in place of Access", fault: instead(http.StatusAccepted, "")},
	{name: "202 after the change", fault: after(http.StatusAccepted)},
	{name: "203 after the change", fault: after(http.StatusNonAuthoritativeInfo)},
	{name: "204 after the change", fault: after(http.StatusNoContent)},
	{name: "206 after the change", fault: after(http.StatusPartialContent)},
}

// gateways are answers of what stands between the bridge and Access.
var gateways = []faultKind{
	{name: "401 with HTML", fault: instead(http.StatusUnauthorized, "html")},
	{name: "403 with HTML", fault: instead(http.StatusForbidden, "html")},
	{name: "403 with another server's error", fault: instead(http.StatusForbidden, "foreign")},
	{name: "404 with another server's error", fault: instead(http.StatusNotFound, "foreign")},
	{name: "404 of a creation", fault: accesstest.Fault{Status: http.StatusNotFound, Method: http.MethodPost}},
	{name: "404 of a list", fault: accesstest.Fault{Status: http.StatusNotFound, Query: "startIndex="}},
	{name: "405", fault: instead(http.StatusMethodNotAllowed, "html")},
	{name: "407", fault: instead(http.StatusProxyAuthRequired, "html")},
	{name: "501", fault: instead(http.StatusNotImplemented, "html")},
	{name: "302 with HTML", fault: instead(http.StatusFound, "html")},
	{name: "302 with another server's error", fault: instead(http.StatusFound, "foreign")},
	{name: "101", fault: instead(http.StatusSwitchingProtocols, "")},
}

// brokenLists are lists that are not what they say.
var brokenLists = []faultKind{
	{name: "no totalResults", fault: accesstest.Fault{Body: "no-total"}},
	{name: "no Resources", fault: accesstest.Fault{Body: "no-resources"}},
	{name: "a list that breaks off", fault: accesstest.Fault{Body: "short"}},
	{name: "an empty page", fault: accesstest.Fault{Body: "empty-page"}},
	{name: "a list that shrinks", fault: accesstest.Fault{Body: "shrinks"}},
	{name: "a page that is missing", fault: accesstest.Fault{Body: "missing-page"}},
}

// instead answers in place of Access.
func instead(status int, body string) accesstest.Fault {
	return accesstest.Fault{Status: status, Body: body}
}

// after gives the answer of Access another status.
func after(status int) accesstest.Fault {
	return accesstest.Fault{Status: status, Apply: true, Body: "served"}
}

// wrongAnswers are all that come in the form of an answer.
var wrongAnswers = slices.Concat(lies, gateways, brokenLists)

func kindsNamed(names ...string) (kinds []faultKind) {
	for _, k := range slices.Concat(faultKinds, wrongAnswers) {
		if slices.Contains(names, k.name) {
			kinds = append(kinds, k)
		}
	}
	return kinds
}
