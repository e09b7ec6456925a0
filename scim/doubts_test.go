package scim_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream/accesstest"
)

// A write is applied and its answer is lost, and then its opposite is pushed while
// Access still shows the state from before the first: what was acknowledged is held.
func TestOppositeOfAWriteInDoubt(t *testing.T) {
	lagging := func(w *world) {
		must(t, w.Access.SetModes(accesstest.Modes{Lag: time.Minute}))
		w.Access.AddFault(accesstest.Fault{Method: http.MethodPatch, Path: accessAPI, Status: http.StatusServiceUnavailable,
			Apply: true, Count: 1})
	}
	t.Run("who may log in", func(t *testing.T) {
		w := newWorld(t, accesstest.Config{})
		ada := usersPath + "/" + w.CreateUser("ada@acme.com")
		w.Want(http.StatusOK, http.MethodPatch, ada, replace("active", false))
		lagging(w)
		w.Want(http.StatusTooManyRequests, http.MethodPatch, ada, replace("active", true))
		r := w.Send(http.MethodPatch, ada, replace("active", false))
		if held := w.HeldUser(ada[len(usersPath)+1:])["active"]; held != false {
			t.Errorf("answered %d, and Access holds active %v", r.Status, held)
		}
	})
	t.Run("a member", func(t *testing.T) {
		w := newWorld(t, accesstest.Config{})
		ids := w.People(2)
		team := groupsPath + "/" + w.CreateGroup("Team", ids[0])
		lagging(w)
		w.Want(http.StatusTooManyRequests, http.MethodPatch, team, operations(add(ids[1])))
		w.Want(http.StatusNoContent, http.MethodPatch, team,
			operations(map[string]any{"op": "remove", "path": fmt.Sprintf(`members[value eq "%s"]`, ids[1])}))
		w.WantHeld("Team", ids[0])
	})
	t.Run("the name of a group", func(t *testing.T) {
		w := newWorld(t, accesstest.Config{})
		ids := w.People(1)
		team := groupsPath + "/" + w.CreateGroup("Team", ids...)
		lagging(w)
		w.Want(http.StatusTooManyRequests, http.MethodPatch, team, replace("displayName", "Other"))
		w.Want(http.StatusNoContent, http.MethodPatch, team, replace("displayName", "Team"))
		w.WantHeld("Team", ids...)
	})
}

// What another bridge changed meanwhile is not undone by a change of something else.
func TestChangesOfAnotherBridgeStay(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(3)
	team := groupsPath + "/" + w.CreateGroup("Team", ids[0])
	first := w.Bridge
	w.Want(http.StatusOK, http.MethodPut, team, group("Team", ids[1])) // two requests to Access
	w.reconfigure(translate.Config{DefaultDomain: "acme.com"})
	w.Want(http.StatusOK, http.MethodPut, team, group("Team", ids[0]))
	w.Bridge = first
	w.Want(http.StatusNoContent, http.MethodPatch, team, operations(add(ids[2])))
	w.WantHeld("Team", ids[0], ids[2])
}

// A condition cannot be judged while the version is not known.
func TestVersionsWhileAccessLags(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := usersPath + "/" + w.CreateUser("ada@acme.com")
	version := w.Want(http.StatusOK, http.MethodGet, ada, nil).Header.Get("ETag")
	must(t, w.Access.SetModes(accesstest.Modes{Lag: time.Minute}))
	r := w.Want(http.StatusOK, http.MethodPatch, ada, replace("title", "Countess"))
	if r.Header.Get("ETag") == version || r.Body["title"] != "Countess" {
		t.Errorf("answered %s with the version %s, which is that from before", r.Raw, version)
	}
	r = w.SendWith(http.MethodPatch, ada, replace("title", "Lady"), map[string]string{"If-Match": version})
	if r.Status != http.StatusTooManyRequests {
		t.Errorf("a condition on a version that is not known was answered %d %s", r.Status, r.Raw)
	}
}

// Who has a name that nobody is shown to have may be yet to be shown, also to a bridge
// that was just started.
func TestConflictWithNobodyWhoIsShown(t *testing.T) {
	w := newWorld(t, accesstest.Config{Modes: accesstest.Modes{Lag: time.Minute}})
	w.CreateUser("ada@acme.com")
	w.CreateGroup("Team")
	w.reconfigure(translate.Config{DefaultDomain: "acme.com"})
	w.Want(http.StatusTooManyRequests, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada@acme.com"))
	w.Want(http.StatusTooManyRequests, http.MethodPost, groupsPath, group("Team"))
}

// One push does not take over what another was answered.
func TestFinishedGroupIsNotTakenOver(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(2)
	w.CreateGroup("Team", ids[0])
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Team", ids...))
	w.WantHeld("Team", ids[0])
}

// A 404 to a change of a record that is there is nobody's word on the record.
func TestNotFoundToAChange(t *testing.T) {
	for _, body := range []string{"", "json", "empty", "foreign"} {
		w := newWorld(t, accesstest.Config{})
		ids := w.People(2)
		team := w.CreateGroup("Team", ids[0])
		w.Access.AddFault(accesstest.Fault{
			Method: http.MethodPatch, Path: accessAPI, Status: http.StatusNotFound, Body: body,
		})
		w.Want(http.StatusTooManyRequests, http.MethodPatch, usersPath+"/"+ids[0], replace("active", false))
		w.Want(http.StatusTooManyRequests, http.MethodPatch, groupsPath+"/"+team, replace("displayName", "Other"))
		if body == "empty" || body == "foreign" {
			w.Want(http.StatusTooManyRequests, http.MethodPost, groupsPath, group("Sales", ids...))
		}
	}
}

// A creation whose answer was lost is not acknowledged by a list alone: reads by id may
// not show the user yet, and the next change would find nobody.
func TestFoundInAListIsNotYetThere(t *testing.T) {
	w := newWorld(t, accesstest.Config{Modes: accesstest.Modes{Lag: time.Minute, LagReads: "ids"}})
	w.Access.AddFault(accesstest.Fault{
		Method: http.MethodPost, Path: accessAPI + "/scim/Users", Drop: true, Apply: true, Count: 1})
	w.Want(http.StatusTooManyRequests, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada"))
	must(t, w.Access.SetModes(accesstest.Modes{}))
	r := w.Want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada"))
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+r.ID(), replace("title", "Countess"))
}
