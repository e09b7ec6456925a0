package scim_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ws1bridge/scim/schematest"
	"ws1bridge/scim/scimtest"
	"ws1bridge/upstream/accesstest"
)

// TestOneNameInSeveralSpellings checks that white space around a name, a dot after
// its domain and its normal form (NFC or NFD) make nobody another person: what was pushed is
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
			other := w.Want(http.StatusCreated, http.MethodPost, usersPath, user(tt.name, externalID+"y")).ID()
			w.Want(http.StatusConflict, http.MethodPut, usersPath+"/"+other, user(tt.again, externalID+"y"))
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
	other := w.Want(http.StatusCreated, http.MethodPost, groupsPath, group("Sales")).ID()
	w.Want(http.StatusConflict, http.MethodPatch, groupsPath+"/"+other, replace("displayName", "Fu\u0308hrung"))
	w.Want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+id, replace("displayName", "FU\u0308HRUNG"))
}

// TestWhiteSpaceAroundAGroupName checks that it makes no other group, and that what
// Access holds already is found by it and stays.
func TestWhiteSpaceAroundAGroupName(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	finds := func(name string) []any {
		return idsOf(w.Want(http.StatusOK, http.MethodGet, filter(groupsPath, "displayName eq "+strconv.Quote(name)), nil))
	}
	created := w.Want(http.StatusCreated, http.MethodPost, groupsPath, group(" Sales\u00a0"))
	if created.Body["displayName"] != "Sales" || strings.Contains(w.Log.String(), "dropped_attributes") {
		t.Errorf("it is called %q", created.Body["displayName"])
	}
	w.Want(http.StatusOK, http.MethodGet, groupsPath+"/"+created.ID(), nil)
	for _, name := range []string{"Sales", " sales\u00a0", "Sales\t"} {
		if got := finds(name); len(got) != 1 || got[0] != created.ID() {
			t.Errorf("%q finds %v, want %s", name, got, created.ID())
		}
		w.Want(http.StatusConflict, http.MethodPost, groupsPath, group(name))
	}
	path := groupsPath + "/" + created.ID()
	for _, broken := range []string{"Sa\nles", " "} {
		if r := w.Want(http.StatusBadRequest, http.MethodPatch, path, replace("displayName", broken)); !strings.Contains(
			r.Detail(), "displayName") {
			t.Errorf("%q is answered %q", broken, r.Detail())
		}
	}
}

// idsOf are the ids of the resources in an answer.
func idsOf(r scimtest.Response) (ids []any) {
	list, _ := r.Body["Resources"].([]any)
	for _, resource := range list {
		ids = append(ids, resource.(map[string]any)["id"])
	}
	return ids
}

// TestNumbersReachAccess checks that any number comes back digit for digit from
// Access, is found by it, and makes no difference when it is pushed again.
func TestNumbersReachAccess(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	rapid.Check(t, func(rt *rapid.T) {
		n := schematest.Number().Draw(rt, "n")
		body := strings.ReplaceAll(`{"userName":~,"externalId":~,"name":{"givenName":~,"familyName":~},"emails":[~],
			"phoneNumbers":[~],"title":~}`, "~", n)
		created := w.Want(http.StatusCreated, http.MethodPost, usersPath, []byte(body))
		path := usersPath + "/" + created.ID()
		held := w.HeldUser(created.ID())
		for _, name := range []string{"userName", "externalId", "title"} {
			if created.Body[name] != n || held[name] != n {
				rt.Errorf("%s of %s: Okta reads %v, Access holds %v", name, n, created.Body[name], held[name])
			}
		}
		found := idsOf(w.Want(http.StatusOK, http.MethodGet, filter(usersPath, "userName eq "+n), nil))
		if len(found) != 1 || found[0] != created.ID() {
			rt.Errorf("%s finds %v", n, found)
		}
		w.Access.ClearRequests()
		w.Want(http.StatusOK, http.MethodPut, path, []byte(body))
		if _, writes := w.UpstreamRequests(); writes != 0 {
			rt.Errorf("the same push made %d writes", writes)
		}
		w.Want(http.StatusNoContent, http.MethodDelete, path, nil)
	})
}

// TestNumbersInBulk checks that the digits survive the resolution of a bulkId.
func TestNumbersInBulk(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.Want(http.StatusOK, http.MethodPost, "/scim/v2/Bulk", `{
		"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[
		{"method":"POST","path":"/Users","bulkId":"u","data":{"userName":"jane@acme.com","externalId":"00u1",
			"name":{"givenName":"G","familyName":"F"},"emails":["jane@acme.com"]}},
		{"method":"POST","path":"/Groups","bulkId":"g","data":{"displayName":"Sales","externalId":1234567890123456789,
			"members":[{"value":"bulkId:u"}]}}]}`)
	r := w.Want(http.StatusOK, http.MethodGet, filter(groupsPath, `externalId eq 1234567890123456789`), nil)
	if list := resources(r); len(list) != 1 || list[0]["externalId"] != "1234567890123456789" {
		t.Errorf("found %s", r.Raw)
	}
}
