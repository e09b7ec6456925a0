package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

const (
	oktaPatience = 50 * time.Second // Okta gives up after 60
	illWithin    = 30 * time.Second
	wellWithin   = 35 * time.Second
)

// question is a kind of request, and its answer when all is well.
type question struct {
	method, path string
	body         any
	well         int
}

// questions are all kinds of requests that need Access, about what was pushed while
// all was well. They can be asked in this order when all is well again.
func questions(userID, groupID string) []question {
	user, group := "/Users/"+userID, "/Groups/"+groupID
	ada := okta.Member(userID, "ada@acme.com")
	change := func(operation okta.Object) okta.Object { return okta.Patch(operation) }
	return []question{
		{http.MethodGet, "/Users?startIndex=1&count=100", nil, 200},
		{http.MethodGet, okta.Filtered("/Users", "userName", "ada@acme.com"), nil, 200},
		{http.MethodGet, user, nil, 200},
		{http.MethodPost, "/Users", okta.User("grace@acme.com", "Grace", "Hopper", "00u2grace"), 201},
		{http.MethodPut, user, okta.User("ada@acme.com", "Ada", "King", "00u1ada"), 200},
		{http.MethodPatch, user, change(okta.Replace(okta.Object{"active": false})), 200},
		{http.MethodGet, "/Groups?startIndex=1&count=100", nil, 200},
		{http.MethodGet, okta.Filtered("/Groups", "displayName", "Engineers"), nil, 200},
		{http.MethodGet, group, nil, 200},
		{http.MethodPost, "/Groups", okta.Group("On call", ada), 201},
		{http.MethodPut, group, okta.Group("Engineering"), 200},
		{http.MethodPatch, group, change(okta.AddMembers(ada)), 204},
		{http.MethodDelete, group, nil, 204},
		{http.MethodDelete, user, nil, 204},
	}
}

// outage is a bridge whose Access can be made to fail as a whole.
type outage struct {
	*bubbled
	questions []question
}

func newOutage(t *testing.T) *outage {
	t.Helper()
	o := &outage{bubbled: newBubbled(t)}
	user := o.mustAsk(t, question{http.MethodPost, "/Users", okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada"), 201})
	group := o.mustAsk(t, question{http.MethodPost, "/Groups", okta.Group("Engineers", okta.Member(user, "ada@acme.com")),
		201})
	o.questions = questions(user, group)
	return o
}

// mustAsk asks a question when all is well, and returns the id that is answered.
func (o *outage) mustAsk(t *testing.T, q question) string {
	t.Helper()
	answer := o.ask(t, q.method, q.path, q.body)
	if answer.Code != q.well {
		t.Fatalf("%s %s was answered %d %s, want %d", q.method, q.path, answer.Code, answer.Body, q.well)
	}
	var resource struct{ ID string }
	_ = json.Unmarshal(answer.Body.Bytes(), &resource) // a deletion has no body
	return resource.ID
}

// askInTrouble asks a question during the outage: Okta is to come again, and is
// told so in time.
func (o *outage) askInTrouble(t *testing.T, q question, within time.Duration) {
	t.Helper()
	start := time.Now()
	mustWait(t, o.ask(t, q.method, q.path, q.body))
	if took := time.Since(start); took > within {
		t.Errorf("%s %s was answered after %v, want %v at most", q.method, q.path, took, within)
	}
}

// awaitStatus waits for an answer of /status. All the time the process must be
// known to live.
func (o *outage) awaitStatus(t *testing.T, want int, within time.Duration) {
	t.Helper()
	for start := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		for name, handler := range map[string]http.Handler{"listen": o.bridge, "ops_listen": o.ops} {
			if status, body := o.page(t, handler, "/healthz"); status != http.StatusOK {
				t.Errorf("/healthz of %s was answered %d %s", name, status, body)
			}
		}
		status, body := o.page(t, o.ops, "/status")
		took := time.Since(start)
		if took > within {
			t.Fatalf("/status was answered %d %s after %v, want %d within %v", status, body, took, want, within)
		}
		if status == want {
			t.Logf("/status is %d after %v", want, took)
			return
		}
	}
}

// TestOutage has every path of Access fail, that of tokens too, and asks all that
// Okta asks at once.
func TestOutage(t *testing.T) {
	for name, fault := range map[string]accesstest.Fault{
		"every path answers 503":              {Status: http.StatusServiceUnavailable},
		"every path answers a page of 502":    {Status: http.StatusBadGateway, Body: "html"},
		"every path cuts the connection":      {Drop: true},
		"every path hangs for a minute":       {Delay: time.Minute},
		"every path asks to wait for an hour": {Status: http.StatusServiceUnavailable, RetryAfter: 3600},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { testOutage(t, fault) })
		})
	}
}

func testOutage(t *testing.T, fault accesstest.Fault) {
	t.Helper()
	o := newOutage(t)
	if status, body := o.page(t, o.ops, "/status"); status != http.StatusOK {
		t.Fatalf("/status was answered %d %s before the outage", status, body)
	}
	o.access.AddFault(fault)
	var asking sync.WaitGroup
	for _, q := range o.questions {
		asking.Go(func() { o.askInTrouble(t, q, oktaPatience) })
	}
	o.awaitStatus(t, http.StatusServiceUnavailable, illWithin)
	asking.Wait()
	if _, metrics := o.page(t, o.ops, "/metrics"); !strings.Contains(metrics, "\nws1bridge_upstream_circuit_open 1\n") {
		t.Error("the circuit is not open")
	}
	for _, q := range o.questions {
		o.askInTrouble(t, q, 0)
	}
	o.access.ClearFaults()
	o.awaitStatus(t, http.StatusOK, wellWithin)
	for _, q := range o.questions { // what Okta repeats succeeds, and nothing was half done
		o.mustAsk(t, q)
	}
	state := o.access.State()
	if users, groups := len(state.Users), len(state.Groups); users != 2 || groups != 2 {
		t.Errorf("Access holds %d users and %d groups, want the administrator, ALL USERS and one more of each", users, groups)
	}
}

// A request that comes alone opens no circuit: it has to be answered in time all
// the same.
func TestOutageOfOneRequest(t *testing.T) {
	for i, q := range questions("id", "id") {
		t.Run(q.method+" "+q.path, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOutage(t)
				o.access.AddFault(accesstest.Fault{Delay: time.Minute})
				o.askInTrouble(t, o.questions[i], oktaPatience)
			})
		})
	}
}

// An outage that begins before the first token is one of the token endpoint for
// all that the bridge can tell.
func TestOutageFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newBubbled(t, accesstest.Fault{Drop: true})
		for _, q := range questions("0f4d2b7e", "0f4d2b7f") {
			detail := mustWait(t, o.ask(t, q.method, q.path, q.body))
			if !strings.HasPrefix(detail, "The token endpoint of Workspace ONE Access does not answer") {
				t.Errorf("the detail is %q, want it to tell of the token endpoint", detail)
			}
		}
		if status, body := o.page(t, o.ops, "/status"); status != http.StatusServiceUnavailable ||
			!strings.Contains(body, `"failed"`) {
			t.Errorf("/status was answered %d %s", status, body)
		}
	})
}
