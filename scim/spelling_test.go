package scim_test

import (
	"net/http"
	"strconv"
	"testing"

	"ws1bridge/scim/scimtest"
	"ws1bridge/upstream/accesstest"
)

// TestOneNameInSeveralSpellings checks that white space around a name, a dot after
// its domain and its normal form make nobody another person: what was pushed is
// found by the text that was pushed, and pushed again it is the same account.
func TestOneNameInSeveralSpellings(t *testing.T) {
	tests := []struct{ name, first, again string }{
		{"white space around it", "jane@acme.com", " jane@acme.com\u00a0\r\n"},
		{"a dot after its domain", "ada@acme.com", "ada@acme.com."},
		{"the other normal form", "zo\u00e9@acme.com", "zoe\u0301@acme.com"},
		{"another case of that", "ren\u00e9@acme.com", "RENE\u0301@acme.com"},
	}
	w := newWorld(t, accesstest.Config{})
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			externalID := "00u" + strconv.Itoa(i)
			id := w.Want(http.StatusCreated, http.MethodPost, usersPath, user(tt.first, externalID)).ID()
			if got := w.Want(http.StatusCreated, http.MethodPost, usersPath, user(tt.again, externalID)).ID(); got != id {
				t.Errorf("pushed again it is %s, was %s", got, id)
			}
			w.Want(http.StatusConflict, http.MethodPost, usersPath, user(tt.again, externalID+"x"))
			for _, name := range []string{tt.first, tt.again} {
				r := w.Want(http.StatusOK, http.MethodGet, filter(usersPath, "userName eq "+strconv.Quote(name)), nil)
				if got := idsOf(r); len(got) != 1 || got[0] != id {
					t.Errorf("%q finds %v, want %s", name, got, id)
				}
			}
		})
	}
}

func TestOneGroupInTwoNormalForms(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	id := w.Want(http.StatusCreated, http.MethodPost, groupsPath, group("F\u00fchrung")).ID()
	r := w.Want(http.StatusOK, http.MethodGet, filter(groupsPath, `displayName eq "Fu\u0308hrung"`), nil)
	if got := idsOf(r); len(got) != 1 || got[0] != id {
		t.Errorf("found %v, want %s", got, id)
	}
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Fu\u0308hrung"))
}

// idsOf are the ids of the resources in an answer.
func idsOf(r scimtest.Response) (ids []any) {
	list, _ := r.Body["Resources"].([]any)
	for _, resource := range list {
		ids = append(ids, resource.(map[string]any)["id"])
	}
	return ids
}
