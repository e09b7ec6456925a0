package scim_test

import (
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// What the matrix found, each as small as it can be shown.

// A page that something in between gives with status 200 confirms no write.
func TestMatrixFoundPageTakenForConfirmation(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.createUser("ada@acme.com")
	sales := w.createGroup("Sales")
	tests := []struct {
		name         string
		method, path string
		body         any
	}{
		{"members are added", http.MethodPatch, groupsPath + "/" + sales, operations(add(ada))},
		{"a group is deleted", http.MethodDelete, groupsPath + "/" + sales, nil},
		{"a user is changed", http.MethodPatch, usersPath + "/" + ada, operations(map[string]any{"op": "add", "path": "title", "value": "Countess"})},
		{"a user is deleted", http.MethodDelete, usersPath + "/" + ada, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer w.access.ClearFaults()
			for _, method := range []string{http.MethodPatch, http.MethodDelete} {
				w.access.AddFault(accesstest.Fault{Method: method, Path: accessAPI, Status: http.StatusOK, Body: "html"})
			}
			w.want(http.StatusTooManyRequests, tt.method, tt.path, tt.body)
		})
	}
}

// A creation in doubt must not take over a group that others made.
func TestMatrixFoundAdoptionOfAnotherGroup(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.people(2)
	w.createGroup("Sales", ids[0])
	w.access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: accessAPI, Status: http.StatusServiceUnavailable, Count: 1})
	w.want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids[1]))
	w.wantHeld("Sales", ids[0])
}

// A deletion whose answer was lost succeeds when it is repeated.
func TestMatrixFoundDeletionRefusedOnRepetition(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	for _, path := range []string{usersPath + "/" + w.createUser("ada@acme.com"), groupsPath + "/" + w.createGroup("Sales")} {
		w.access.AddFault(accesstest.Fault{Method: http.MethodDelete, Path: accessAPI, Drop: true, Apply: true, Count: 1})
		w.want(http.StatusTooManyRequests, http.MethodDelete, path, nil)
		w.want(http.StatusNoContent, http.MethodDelete, path, nil)
	}
}

// The first attempt deletes and loses its answer, the second is told to slow
// down: all in all it is in doubt.
func TestMatrixFoundDoubtForgottenBetweenAttempts(t *testing.T) {
	w := newWorldWith(t, accesstest.Config{}, quick)
	path := groupsPath + "/" + w.createGroup("Sales")
	w.access.AddFault(accesstest.Fault{Method: http.MethodDelete, Path: accessAPI, Drop: true, Apply: true, Count: 1})
	w.access.AddFault(accesstest.Fault{Method: http.MethodDelete, Path: accessAPI, Status: http.StatusTooManyRequests, RetryAfter: 1, Count: 1})
	w.want(http.StatusTooManyRequests, http.MethodDelete, path, nil)
	w.want(http.StatusNoContent, http.MethodDelete, path, nil)
}

// An account that was there before a creation in doubt is not as the creation
// asks for yet. The bridge has not seen it before, so that it asks Access.
func TestMatrixFoundReactivationLost(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	u := toldUser{userName: "ada@acme.com"}.resource("ext-ada")
	u["schemas"] = []string{"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:workspace:1.0"}
	u["active"] = false
	u["urn:scim:schemas:extension:workspace:1.0"] = map[string]any{"internalUserType": "PROVISIONED", "domain": domain}
	ada, err := w.access.SeedUser(u)
	must(t, err)
	w.access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: accessAPI, Status: http.StatusServiceUnavailable, Count: 1})
	r := w.want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada"))
	if r.id() != ada || r.body["active"] != true || w.heldUser(ada)["active"] != true {
		t.Errorf("the user was answered %s and is held as %v, want it active", r.raw, w.heldUser(ada))
	}
}

// A creation without externalId is recognized when it is repeated.
func TestMatrixFoundUnnamedCreationRefusedOnRepetition(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.access.AddFault(accesstest.Fault{Method: http.MethodGet, Path: accessAPI, Status: http.StatusServiceUnavailable, Count: 1})
	w.access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: accessAPI, Drop: true, Apply: true, Count: 1})
	w.want(http.StatusTooManyRequests, http.MethodPost, usersPath, user("ada@acme.com", ""))
	w.want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", ""))
	w.want(http.StatusConflict, http.MethodPost, usersPath, user("ada@acme.com", ""))
}
