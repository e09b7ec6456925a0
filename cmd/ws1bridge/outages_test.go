package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

const (
	oktaPatience  = 50 * time.Second // Okta gives up after 60
	atOnce        = 100 * time.Millisecond
	illWithin     = 30 * time.Second
	wellWithin    = 35 * time.Second
	circuitMetric = "ws1bridge_upstream_circuit_open"
)

// outage is a bridge whose Access can be made to fail as a whole.
type outage struct {
	*served
	org *org
	// user and group are ids of what was pushed while all was well.
	user, group string
}

func newOutage(t *testing.T) *outage {
	t.Helper()
	s := serve(t, accesstest.Config{})
	o := &outage{served: s, org: newOrg(t, s.main)}
	o.user = o.org.mustSend(t, http.StatusCreated, http.MethodPost, "/Users", newPerson(0, 0).body()).id()
	o.group = o.org.mustSend(t, http.StatusCreated, http.MethodPost, "/Groups",
		object{"displayName": "Engineers", "members": []object{member(o.user, "p0-0@acme.com")}}).id()
	return o
}

// begin makes every path of Access fail, that of tokens too.
func (o *outage) begin(t *testing.T, fault string) {
	t.Helper()
	control(t, http.MethodPost, o.access.ControlURL+"/faults", fault)
}

func (o *outage) end(t *testing.T) {
	t.Helper()
	control(t, http.MethodDelete, o.access.ControlURL+"/faults", "")
}

// question is a kind of request, and its answer when all is well.
type question struct {
	method, path string
	body         any
	well         int
}

// questions are all kinds of requests that need Access. They can be asked in this
// order when all is well.
func (o *outage) questions() []question {
	user, group := "/Users/"+o.user, "/Groups/"+o.group
	body := newPerson(0, 0).body()
	body["title"] = "Countess"
	return []question{
		{http.MethodGet, "/Users?startIndex=1&count=100", nil, 200},
		{http.MethodGet, filtered("/Users", "userName", "p0-0@acme.com"), nil, 200},
		{http.MethodGet, user, nil, 200},
		{http.MethodPost, "/Users", newPerson(0, 1).body(), 201},
		{http.MethodPut, user, body, 200},
		{http.MethodPatch, user, patch(object{"op": "replace", "value": object{"active": false}}), 200},
		{http.MethodGet, "/Groups?startIndex=1&count=100", nil, 200},
		{http.MethodGet, filtered("/Groups", "displayName", "Engineers"), nil, 200},
		{http.MethodGet, group, nil, 200},
		{http.MethodPost, "/Groups", object{"displayName": "On call", "members": []object{member(o.user, "p0-0@acme.com")}}, 201},
		{http.MethodPut, group, object{"displayName": "Engineering", "members": []object{}}, 200},
		{http.MethodPatch, group, patch(object{"op": "add", "path": "members", "value": []object{member(o.user, "p0-0@acme.com")}}), 200},
		{http.MethodDelete, group, nil, 204},
		{http.MethodDelete, user, nil, 204},
	}
}

// ask asks one question and checks that Okta is to come again.
func (o *outage) ask(t *testing.T, q question) time.Duration {
	t.Helper()
	x := o.org.send(context.WithoutCancel(t.Context()), q.method, q.path, q.body)
	x.mustWait(t)
	return x.took
}

// awaitReadyz waits for an answer of /readyz, and returns how long that took.
// All the time the process must be known to live.
func (o *outage) awaitReadyz(t *testing.T, want int, within time.Duration) time.Duration {
	t.Helper()
	for start := time.Now(); ; time.Sleep(200 * time.Millisecond) {
		for _, url := range []string{o.main, o.ops} {
			if status, body := get(t, url+"/healthz"); status != http.StatusOK {
				t.Errorf("%s/healthz was answered %d %s", url, status, body)
			}
		}
		status, body := get(t, o.ops+"/readyz")
		took := time.Since(start)
		if status == want && took <= within {
			return took
		}
		if took > within {
			t.Fatalf("/readyz was answered %d %s after %v, want %d within %v", status, body, took, want, within)
		}
	}
}

// TestOutage has every path of Access fail, and asks all that Okta asks: all of
// it at once, and each question alone.
func TestOutage(t *testing.T) {
	t.Parallel()
	together(t, map[string]func(*testing.T){
		"all at once": testOutageOfAll,
		"one request": testOutageOfOne,
	}, func(t *testing.T, test func(*testing.T)) {
		t.Helper()
		test(t)
	})
}

func testOutageOfAll(t *testing.T) {
	t.Helper()
	together(t, map[string]string{
		"every path answers 503":              `{"status":503}`,
		"every path answers a page of 502":    `{"status":502,"body":"html"}`,
		"every path cuts the connection":      `{"drop":true}`,
		"every path hangs for a minute":       `{"delay":"60s"}`,
		"every path asks to wait for an hour": `{"status":503,"retry_after":3600}`,
	}, func(t *testing.T, fault string) {
		t.Helper()
		o := newOutage(t)
		if status, body := get(t, o.ops+"/readyz"); status != http.StatusOK {
			t.Fatalf("/readyz was answered %d %s before the outage", status, body)
		}
		o.begin(t, fault)
		answered := make(chan time.Duration)
		go func() { answered <- o.askAll(t) }()
		ill := o.awaitReadyz(t, http.StatusServiceUnavailable, illWithin)
		longest := <-answered
		open := o.askWhileOpen(t)
		o.end(t)
		well := o.awaitReadyz(t, http.StatusOK, wellWithin)
		t.Logf("longest answer %v, with the circuit open %v; /readyz was 503 after %v, and 200 %v after the end",
			longest, open, ill, well)
		for _, q := range o.questions() { // what Okta repeats succeeds, and nothing was half done
			o.org.mustSend(t, q.well, q.method, q.path, q.body)
		}
		state := o.access.State()
		if users, groups := len(state.Users), len(state.Groups); users != 2 || groups != 2 {
			t.Errorf("Access holds %d users and %d groups, want the administrator, ALL USERS and one more of each", users, groups)
		}
	})
}

// together runs subtests at once, however few the machine would run in parallel:
// they do nothing but wait.
func together[C any](t *testing.T, cases map[string]C, test func(*testing.T, C)) {
	t.Helper()
	var wait sync.WaitGroup
	for name, c := range cases {
		wait.Go(func() { t.Run(name, func(t *testing.T) { test(t, c) }) })
	}
	wait.Wait()
}

// askAll asks everything at once, and returns the longest time to an answer.
func (o *outage) askAll(t *testing.T) (longest time.Duration) {
	t.Helper()
	questions := o.questions()
	took := make([]time.Duration, len(questions))
	var wait sync.WaitGroup
	for i, q := range questions {
		wait.Go(func() { took[i] = o.ask(t, q) })
	}
	wait.Wait()
	for i, q := range questions {
		longest = max(longest, took[i])
		if took[i] > oktaPatience {
			t.Errorf("%s %s was answered after %v", q.method, q.path, took[i])
		}
	}
	return longest
}

// askWhileOpen asks everything, one after another, while the circuit is open, and
// returns the longest time to an answer. A question may be the one that tries
// whether Access is back, and a loaded machine may be slow once, so the best of
// three counts.
func (o *outage) askWhileOpen(t *testing.T) (longest time.Duration) {
	t.Helper()
	if metric(t, o.ops, circuitMetric) != 1 {
		t.Error("the circuit is not open")
	}
	for _, q := range o.questions() {
		best := oktaPatience
		for range 3 {
			if best = min(best, o.ask(t, q)); best <= atOnce {
				break
			}
		}
		longest = max(longest, best)
		if best > atOnce {
			t.Errorf("%s %s was answered after %v with the circuit open", q.method, q.path, best)
		}
	}
	return longest
}

// A request that comes alone opens no circuit: it has to be answered in time all
// the same.
func testOutageOfOne(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes as long as Okta waits")
	}
	cases := map[string]int{}
	for i, q := range (&outage{user: "id", group: "id"}).questions() {
		cases[q.method+" "+q.path] = i
	}
	together(t, cases, func(t *testing.T, i int) {
		t.Helper()
		o := newOutage(t)
		o.begin(t, `{"delay":"60s"}`)
		took := o.ask(t, o.questions()[i])
		t.Logf("answered after %s", seconds(took))
		if took > oktaPatience {
			t.Errorf("answered after %v", took)
		}
	})
}

// An outage that begins before the first token is one of the token endpoint for
// all that the bridge can tell.
func TestOutageFromTheStart(t *testing.T) {
	t.Parallel()
	s := serve(t, accesstest.Config{}, "WS1BRIDGE_ACCESS_URL=http://127.0.0.1:1")
	o := &outage{served: s, org: newOrg(t, s.main), user: "0f4d2b7e", group: "0f4d2b7f"}
	for _, q := range o.questions() {
		x := o.org.send(t.Context(), q.method, q.path, q.body)
		x.mustWait(t)
		if !strings.HasPrefix(x.detail(), "The token endpoint of Workspace ONE Access does not answer") {
			t.Errorf("%s, want it to tell of the token endpoint", x)
		}
	}
	_, body := get(t, s.ops+"/readyz")
	var got readyz
	if err := json.Unmarshal([]byte(body), &got); err != nil || got.Status != "not ready" {
		t.Errorf("/readyz was answered %s, %v", body, err)
	}
}
