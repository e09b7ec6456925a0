package scim_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"ws1bridge/scim"
	"ws1bridge/scim/journal"
	"ws1bridge/scim/problem"
)

// push makes a change as the program itself does.
func (w *world) push(method, endpoint, id string, body any) scim.Outcome {
	w.T.Helper()
	b, err := json.Marshal(body)
	must(w.T, err)
	return w.Handler.Push(w.T.Context(), scim.Push{Caller: "drift", Method: method, Endpoint: endpoint, ID: id, Body: b})
}

// TestPush makes the same changes as requests do, in the name of who makes them.
func TestPush(t *testing.T) {
	w := guarded(t, "0")
	made := w.push(http.MethodPost, "/Users", "", user("ada@acme.com", "00u1"))
	if made.Status != http.StatusCreated || made.ID == "" || made.Problem != nil {
		t.Fatalf("a creation: %+v", made)
	}
	if got := w.push(http.MethodPatch, "/Users", made.ID, replace("title", "Countess")); got.Status != http.StatusOK {
		t.Errorf("a change: %+v", got)
	}
	if got := w.HeldUser(made.ID)["title"]; got != "Countess" {
		t.Errorf("the title is %v", got)
	}
	team := w.push(http.MethodPost, "/Groups", "", group("Sales", made.ID))
	if got := w.push(http.MethodPatch, "/Groups", team.ID, operations(add(made.ID))); got.Status != http.StatusNoContent {
		t.Errorf("a change without a body: %+v", got)
	}
	found, err := w.Handler.Journal.Find(t.Context(), journal.Query{Limit: 10})
	must(t, err)
	if len(found) != 4 {
		t.Fatalf("the journal has %+v", found)
	}
	if r := found[3]; r.Caller != "drift" || r.Name != "ada@acme.com" || r.Operation != "create user" {
		t.Errorf("the journal has %+v", r)
	}
}

// TestPushRefused says why, and whether it is any use to come again.
func TestPushRefused(t *testing.T) {
	w := guarded(t, "0")
	ada := w.CreateUser("ada@acme.com")
	held := w.push(http.MethodPatch, "/Users", ada, replace("active", false))
	if held.Status != http.StatusTooManyRequests || !held.Problem.Lasting {
		t.Errorf("held back: %+v", held)
	}
	nothing := w.Handler.Push(t.Context(), scim.Push{Method: http.MethodPut, Endpoint: "/Users", ID: ada})
	for name, tt := range map[string]struct {
		got  scim.Outcome
		want int
	}{
		"a user who is not there":  {w.push(http.MethodPatch, "/Users", "nobody", replace("title", "x")), 404},
		"a name that is taken":     {w.push(http.MethodPost, "/Users", "", user("ada@acme.com", "00u2")), 409},
		"a user without a name":    {w.push(http.MethodPost, "/Users", "", object{}), 400},
		"a body that is no object": {w.push(http.MethodPut, "/Users", ada, []string{}), 400},
		"a path that is not there": {w.push(http.MethodPost, "/Else", "", object{}), 400},
		"a request that reads":     {w.push(http.MethodGet, "/Users", ada, object{}), 400},
		"a change without a body":  {nothing, 400},
	} {
		if tt.got.Status != tt.want || tt.got.Problem == nil || tt.got.Problem.Detail == "" {
			t.Errorf("%s: got %+v, want %d", name, tt.got, tt.want)
		}
	}
	w.failOnce(http.MethodPost, accessAPI)
	away := w.push(http.MethodPost, "/Users", "", user("grace@acme.com", "00u3"))
	if away.Status != http.StatusTooManyRequests || away.Problem.Lasting || away.RetryAfter < time.Second {
		t.Errorf("Access is away: %+v", away)
	}
	must(t, w.Handler.Drain(t.Context()))
	late := w.push(http.MethodPost, "/Users", "", user("alan@acme.com", "00u4"))
	if late.Problem.Entry != problem.Restarting().Entry {
		t.Errorf("stopping: %+v", late)
	}
}
