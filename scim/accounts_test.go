package scim_test

import (
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// Whether a person may have two active accounts is for Access to say.
func TestSecondAccountOfAPerson(t *testing.T) {
	for name, tt := range map[string]struct {
		modes accesstest.Modes
		want  int
	}{
		"Access refuses it": {accesstest.Modes{}, http.StatusConflict},
		"Access allows it":  {accesstest.Modes{ShareExternalID: true}, http.StatusCreated},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{Modes: tt.modes})
			w.CreateUser("ada@acme.com")
			w.Want(tt.want, http.MethodPost, usersPath, user("countess@acme.com", "ext-ada@acme.com"))
		})
	}
}

func TestRevivalOfAnInactiveUser(t *testing.T) {
	for name, modes := range map[string]accesstest.Modes{
		"Access refuses a second externalId":  {},
		"Access would allow a second account": {ShareExternalID: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{Modes: modes})
			ada := w.CreateUser("ada@acme.com")
			w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, set("active", false))
			r := w.Want(http.StatusCreated, http.MethodPost, usersPath, user("countess@acme.com", "ext-ada@acme.com"))
			if r.ID() != ada || r.Body["active"] != true || r.Body["userName"] != "countess@acme.com" {
				t.Errorf("answered %s, want the account %s, active and renamed", r.Raw, ada)
			}
			if r.Header.Get("Location") != w.Bridge.URL+usersPath+"/"+ada {
				t.Errorf("Location is %q", r.Header.Get("Location"))
			}
			if got := w.HeldUser(ada); got["userName"] != "countess@acme.com" || got["active"] != true {
				t.Errorf("Access holds %v", got)
			}
		})
	}
}
