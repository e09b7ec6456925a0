package scim_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ws1bridge/scim"
	"ws1bridge/scim/journal"
	"ws1bridge/upstream/accesstest"
)

// journaled is a world with a journal of its own.
func journaled(t *testing.T, cfg journal.Config, access accesstest.Config) (*world, *journal.Journal) {
	t.Helper()
	j, err := journal.Open(cfg)
	must(t, err)
	return newWorld(t, access, func(c *scim.Config) { c.Journal = j }), j
}

// newest is the record that was written last.
func newest(t *testing.T, j *journal.Journal) journal.Record {
	t.Helper()
	found, err := j.Find(t.Context(), journal.Query{Limit: 1})
	must(t, err)
	if len(found) != 1 {
		t.Fatal("the journal is empty")
	}
	return found[0]
}

// TestJournal says of each push what it was about, what became of it, and what it took.
func TestJournal(t *testing.T) {
	w, j := journaled(t, journal.Config{}, accesstest.Config{})
	u := user("ada@acme.com", "00u1")
	u["shoeSize"] = 7
	ada := w.Want(http.StatusCreated, http.MethodPost, usersPath, u).ID()
	r := newest(t, j)
	if r.Operation != "create user" || r.Kind != "user" || r.ID != ada || r.Name != "ada@acme.com" || r.Domain != domain ||
		r.ExternalID != "00u1" || r.Status != 201 || r.Front != "2.0" || r.Caller != "token 1" || r.Took <= 0 ||
		r.Request == "" || len(r.Requests) != 1 || r.Requests[0].Method != http.MethodPost ||
		!slices.Contains(r.Changed, "userName") || !slices.Equal(r.Dropped, []string{"shoeSize"}) || r.Values != nil {
		t.Errorf("a creation: %+v", r)
	}
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, replace("title", "Countess"))
	if r = newest(t, j); r.Name != "ada@acme.com" || !slices.Equal(r.Changed, []string{"title"}) || len(r.Requests) != 2 {
		t.Errorf("a change: %+v", r)
	}
	w.Want(http.StatusConflict, http.MethodPost, usersPath, user("ada@acme.com", "00u2"))
	if r = newest(t, j); r.Status != 409 || !strings.Contains(r.Reason, ada) || strings.Contains(r.Cause, ada) ||
		r.ExternalID != "00u2" || r.Name != "ada@acme.com" {
		t.Errorf("a refusal: %+v", r)
	}
	sales := w.Want(http.StatusCreated, http.MethodPost, groupsPath, group("Sales", ada, "nobody")).ID()
	if r = newest(t, j); r.Kind != "group" || r.Name != "Sales" || r.Joined != 1 || r.LeftOut != 1 || r.Domain != domain ||
		!slices.Equal(r.LeftOutIDs, []string{"nobody"}) {
		t.Errorf("a group: %+v", r)
	}
	w.Want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+sales, operations(
		object{"op": "remove", "path": "members"}))
	if r = newest(t, j); r.Kind != "group" || r.Left != 1 || r.Domain != domain {
		t.Errorf("a change of a group: %+v", r)
	}
	w.Want(http.StatusOK, http.MethodGet, usersPath+"/"+ada, nil)
	if r = newest(t, j); r.Kind != "group" {
		t.Errorf("a read that was answered is remembered: %+v", r)
	}
	w.Want(http.StatusNotFound, http.MethodGet, usersPath+"/absent", nil)
	if r = newest(t, j); r.Operation != "read user" || r.ID != "absent" || r.Status != 404 {
		t.Errorf("a read that was refused: %+v", r)
	}
	w.Want(http.StatusNoContent, http.MethodDelete, usersPath+"/"+ada, nil)
	if r = newest(t, j); r.Operation != "delete user" || r.ID != ada || r.Status != 204 {
		t.Errorf("a deletion: %+v", r)
	}
	appBefore(w).push("grace@acme.com", "00u3")
	if r = newest(t, j); r.Front != "1.1" || r.Operation != "create user" || r.Name != "grace@acme.com" {
		t.Errorf("a push of the old app: %+v", r)
	}
	w.Want(http.StatusOK, http.MethodPost, "/scim/v2/Bulk", object{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": []object{
			{"method": "POST", "path": "/Users", "bulkId": "1", "data": user("barbara@acme.com", "00u4")}}})
	if r = newest(t, j); r.Name != "barbara@acme.com" || !strings.HasSuffix(r.Request, "-1") || r.Caller != "token 1" {
		t.Errorf("an operation of a bulk request: %+v", r)
	}
	before, err := j.Find(t.Context(), journal.Query{Limit: 100})
	must(t, err)
	for range 5 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.Bridge.URL+usersPath, strings.NewReader("{}"))
		must(t, err)
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		must(t, res.Body.Close())
	}
	if after, err := j.Find(t.Context(), journal.Query{Limit: 100}); err != nil || len(after) != len(before) {
		t.Errorf("requests without a token are remembered: %d, %v", len(after)-len(before), err)
	}
}

// TestJournalHoldsNoSecrets pushes marked values in every way, and looks for them.
func TestJournalHoldsNoSecrets(t *testing.T) {
	for _, values := range []bool{false, true} {
		w, j := journaled(t, journal.Config{Values: values}, accesstest.Config{})
		u := user("ada@acme.com", "00u1")
		u["password"], u["title"], u["shoeSize"] = "marked-password", "marked-value", "marked-dropped"
		u["emails"] = []object{{"value": "marked-value@acme.com"}}
		ada := w.Want(http.StatusCreated, http.MethodPost, usersPath, u).ID()
		w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, operations(
			object{"op": "replace", "path": "nickName", "value": "marked-value"},
			object{"op": "replace", "path": "password", "value": "marked-password"}))
		w.Want(http.StatusOK, http.MethodPut, usersPath+"/"+ada, u)
		old := appBefore(w)
		old.send(http.MethodPatch, "/Users/"+ada, object{"password": "marked-password", "locale": "marked-value"})
		w.Want(http.StatusBadRequest, http.MethodPost, usersPath, object{"userName": "", "title": "marked-value",
			"password": "marked-password"})
		w.Want(http.StatusOK, http.MethodGet, filter(usersPath, `title eq "marked-value"`), nil)
		w.Want(http.StatusBadRequest, http.MethodGet, filter(usersPath, `title eq "marked-value`), nil)
		found, err := j.Find(t.Context(), journal.Query{Limit: 1000})
		must(t, err)
		all, err := json.Marshal(found)
		must(t, err)
		for _, marked := range []string{"marked-password", "marked-dropped", oktaToken, secret} {
			if strings.Contains(string(all), marked) {
				t.Errorf("values: %t: the journal holds %s", values, marked)
			}
		}
		if strings.Contains(string(all), "marked-value") != values {
			t.Errorf("values: %t: the journal holds %s", values, all)
		}
	}
}
