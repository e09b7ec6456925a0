package scim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream/accesstest"
)

// What the matrix found, each as small as it can be shown.

// A page that something in between gives with status 200 confirms no write.
func TestMatrixFoundPageTakenForConfirmation(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	sales := w.CreateGroup("Sales")
	tests := []struct {
		name         string
		method, path string
		body         any
	}{
		{"members are added", http.MethodPatch, groupsPath + "/" + sales, operations(add(ada))},
		{"a group is deleted", http.MethodDelete, groupsPath + "/" + sales, nil},
		{"a user is changed", http.MethodPatch, usersPath + "/" + ada,
			operations(map[string]any{"op": "add", "path": "title", "value": "Countess"})},
		{"a user is deleted", http.MethodDelete, usersPath + "/" + ada, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			defer w.Access.ClearFaults()
			for _, method := range []string{http.MethodPatch, http.MethodDelete} {
				w.Access.AddFault(accesstest.Fault{Method: method, Path: accessAPI, Status: http.StatusOK, Body: "html"})
			}
			w.Want(http.StatusTooManyRequests, tt.method, tt.path, tt.body)
		})
	}
}

// A creation in doubt must not take over a group that others made.
func TestMatrixFoundAdoptionOfAnotherGroup(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(2)
	w.CreateGroup("Sales", ids[0])
	w.failOnce(http.MethodPost, accessAPI)
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids[1]))
	w.WantHeld("Sales", ids[0])
}

// A deletion whose answer was lost succeeds when it is repeated.
func TestMatrixFoundDeletionRefusedOnRepetition(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	for _, path := range []string{
		usersPath + "/" + w.CreateUser("ada@acme.com"), groupsPath + "/" + w.CreateGroup("Sales"),
	} {
		w.loseOnce(http.MethodDelete, accessAPI)
		w.Want(http.StatusTooManyRequests, http.MethodDelete, path, nil)
		w.Want(http.StatusNoContent, http.MethodDelete, path, nil)
	}
}

// The first attempt deletes and loses its answer, the second is told to slow
// down: the outcome is in doubt.
func TestMatrixFoundDoubtForgottenBetweenAttempts(t *testing.T) {
	w := newWorldWith(t, accesstest.Config{}, quick)
	path := groupsPath + "/" + w.CreateGroup("Sales")
	w.loseOnce(http.MethodDelete, accessAPI)
	w.Access.AddFault(accesstest.Fault{
		Method: http.MethodDelete, Path: accessAPI, Status: http.StatusTooManyRequests, RetryAfter: 1, Count: 1,
	})
	w.Want(http.StatusTooManyRequests, http.MethodDelete, path, nil)
	w.Want(http.StatusNoContent, http.MethodDelete, path, nil)
}

// An account that was there before a creation in doubt is not as the creation
// asks for yet. The bridge has not seen it before, so that it asks Access.
func TestMatrixFoundReactivationLost(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	u := user("ada@acme.com", "ext-ada")
	u["schemas"] = []string{"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:workspace:1.0"}
	u["active"] = false
	u["urn:scim:schemas:extension:workspace:1.0"] = map[string]any{"internalUserType": "PROVISIONED", "domain": domain}
	ada, err := w.Access.SeedUser(u)
	must(t, err)
	w.failOnce(http.MethodPost, accessAPI)
	r := w.Want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada"))
	if r.ID() != ada || r.Body["active"] != true || w.HeldUser(ada)["active"] != true {
		t.Errorf("the user was answered %s and is held as %v, want it active", r.Raw, w.HeldUser(ada))
	}
}

// A creation without externalId is recognized when it is repeated.
func TestMatrixFoundUnnamedCreationRefusedOnRepetition(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.failOnce(http.MethodGet, accessAPI)
	w.loseOnce(http.MethodPost, accessAPI)
	w.Want(http.StatusTooManyRequests, http.MethodPost, usersPath, user("ada@acme.com", ""))
	w.Want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", ""))
	w.Want(http.StatusConflict, http.MethodPost, usersPath, user("ada@acme.com", ""))
}

// Finishing a group may be in doubt too: the last member is added, and the answer
// is lost.
func TestFinishingAGroupWhoseAnswerIsLost(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(2)
	sales := w.CreateGroup("Sales", ids[0])
	w.reconfigure(translate.Config{DefaultDomain: "acme.com"}) // to a bridge that did not answer for it
	w.loseOnce(http.MethodPatch, accessAPI)
	w.Want(http.StatusTooManyRequests, http.MethodPost, groupsPath, group("Sales", ids...))
	if r := w.Want(http.StatusCreated, http.MethodPost, groupsPath, group("Sales", ids...)); r.ID() != sales {
		t.Errorf("the group is %s, want %s", r.ID(), sales)
	}
	w.WantHeld("Sales", ids...)
	w.Want(http.StatusOK, http.MethodGet, groupsPath+"/"+sales, nil)
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids...))
}

// Members that Access does not know are left out, the rest is applied, and the
// operator is told how many and which.
func TestMatrixUnknownMembers(t *testing.T) {
	registry := prometheus.NewRegistry()
	w := newWorldWith(t, accesstest.Config{}, quick, func(c *scim.Config) { c.Registerer = registry })
	ids := w.People(3)
	g := w.CreateGroup("Sales", ids[0], "stranger-1")
	w.failOnce("", accessAPI)
	w.Want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+g, operations(add("stranger-2", ids[1], "stranger-3")))
	w.Want(http.StatusOK, http.MethodPut, groupsPath+"/"+g, group("Sales", ids[1], "stranger-4", ids[2]))
	w.WantHeld("Sales", ids[1], ids[2])
	if got := counter(t, registry, "ws1bridge_group_members_unknown_total"); got != 4 {
		t.Errorf("the metric counts %v unknown members, want 4", got)
	}
	for i := range 4 {
		if name := fmt.Sprintf("stranger-%d", i+1); !strings.Contains(w.Log.String(), name) {
			t.Errorf("the log does not name %s", name)
		}
	}
}

func counter(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	must(t, err)
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetCounter().GetValue()
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}
