package scim_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/scim"
	"ws1bridge/scim/guard"
	"ws1bridge/upstream/accesstest"
)

// guarded is a bridge whose guard allows so many changes of each kind.
func guarded(t *testing.T, most string) *world {
	t.Helper()
	limit, err := guard.ParseLimit(most)
	must(t, err)
	limits := guard.Limits{Window: time.Hour, Most: map[guard.Kind]guard.Limit{guard.Deactivations: limit,
		guard.Deletions: limit, guard.MemberRemovals: limit}}
	g := guard.New(guard.Config{Limits: func() guard.Limits { return limits }})
	return newWorld(t, accesstest.Config{}, func(c *scim.Config) { c.Guard = g })
}

// held expects that the guard holds a request back, and that Access was not told of it.
func held(t *testing.T, w *world, method, path string, body any) {
	t.Helper()
	_, before := w.UpstreamRequests()
	r := w.Want(http.StatusTooManyRequests, method, path, body)
	if _, after := w.UpstreamRequests(); after != before || r.Header.Get("Retry-After") == "" ||
		!strings.Contains(r.Detail(), "The guard of the bridge holds back") {
		t.Errorf("%s %s was answered %s after %d writes", method, path, r.Detail(), after-before)
	}
}

// TestGuardHoldsBack holds back what does damage, in each way that it may be asked for, and
// nothing else.
func TestGuardHoldsBack(t *testing.T) {
	w := guarded(t, "0")
	ada, grace := w.CreateUser("ada@acme.com"), w.CreateUser("grace@acme.com")
	team := w.CreateGroup("Sales", ada, grace)
	off := user("ada@acme.com", "ext-ada@acme.com")
	off["active"] = false
	held(t, w, http.MethodPatch, usersPath+"/"+ada, replace("active", false))
	held(t, w, http.MethodPatch, usersPath+"/"+ada, operations(object{"op": "replace", "value": object{"active": "False",
		"title": "x"}}))
	held(t, w, http.MethodPut, usersPath+"/"+ada, off)
	held(t, w, http.MethodDelete, usersPath+"/"+ada, nil)
	held(t, w, http.MethodDelete, groupsPath+"/"+team, nil)
	held(t, w, http.MethodPatch, groupsPath+"/"+team, operations(object{"op": "remove",
		"path": `members[value eq "` + ada + `"]`}))
	held(t, w, http.MethodPatch, groupsPath+"/"+team, operations(object{"op": "remove", "path": "members"}))
	held(t, w, http.MethodPatch, groupsPath+"/"+team, operations(object{"op": "replace", "path": "members",
		"value": []object{{"value": ada}}}))
	held(t, w, http.MethodPut, groupsPath+"/"+team, group("Sales", ada))
	if got := w.HeldUser(ada); got["active"] != true {
		t.Errorf("ada is %v", got["active"])
	}
	w.WantHeld("Sales", ada, grace)

	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, replace("title", "Countess"))
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, replace("active", true))
	barbara := w.CreateUser("barbara@acme.com")
	w.Want(http.StatusOK, http.MethodPut, groupsPath+"/"+team, group("Selling", ada, grace, barbara))
	alan := user("alan@acme.com", "ext-alan")
	alan["active"] = false
	inactive := w.Want(http.StatusCreated, http.MethodPost, usersPath, alan).ID()
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+inactive, replace("active", false))
}

// TestGuardOfAWriteInDoubt holds back the deactivation of somebody who may be active.
func TestGuardOfAWriteInDoubt(t *testing.T) {
	w := guarded(t, "0")
	alan := user("alan@acme.com", "ext-alan")
	alan["active"] = false
	id := w.Want(http.StatusCreated, http.MethodPost, usersPath, alan).ID()
	w.Access.AddFault(accesstest.Fault{Method: http.MethodPatch, Drop: true})
	w.Want(http.StatusTooManyRequests, http.MethodPatch, usersPath+"/"+id, replace("active", true))
	w.Access.ClearFaults()
	held(t, w, http.MethodPatch, usersPath+"/"+id, replace("active", false))
}

// TestDeleteDeactivates keeps the account of a user who is deleted, where the configuration does
// not allow more, and finds it again when the person comes back.
func TestDeleteDeactivates(t *testing.T) {
	w := newWorld(t, accesstest.Config{}, func(c *scim.Config) { c.AllowDeleteUsers = false })
	ada := w.CreateUser("ada@acme.com")
	for range 2 {
		w.Want(http.StatusNoContent, http.MethodDelete, usersPath+"/"+ada, nil)
	}
	if got := w.HeldUser(ada); got["active"] != false {
		t.Errorf("ada is %v", got)
	}
	w.Want(http.StatusNotFound, http.MethodDelete, usersPath+"/absent", nil)
	r := w.SendWith(http.MethodDelete, usersPath+"/"+ada, nil, map[string]string{"If-Match": `W/"other"`})
	if r.Status != http.StatusPreconditionFailed {
		t.Errorf("a deletion of another version was answered %d", r.Status)
	}
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, replace("active", true))
	if got := w.HeldUser(ada); got["active"] != true {
		t.Errorf("ada is %v", got)
	}
}

// TestGuardAllows counts each change once.
func TestGuardAllows(t *testing.T) {
	w := guarded(t, "1")
	ada, grace := w.CreateUser("ada@acme.com"), w.CreateUser("grace@acme.com")
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, replace("active", false))
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, replace("active", true))
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, replace("active", false))
	held(t, w, http.MethodPatch, usersPath+"/"+grace, replace("active", false))
	w.Want(http.StatusNoContent, http.MethodDelete, usersPath+"/"+ada, nil)
	held(t, w, http.MethodDelete, usersPath+"/"+grace, nil)
}
