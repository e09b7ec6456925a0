package scim_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream/accesstest"
)

// TestNullMeansOneThing checks that null does the same in a PUT and in each form
// of a PATCH: it unassigns what can be unassigned, and changes nothing else.
func TestNullMeansOneThing(t *testing.T) {
	tests := []struct {
		attribute string
		cleared   bool
	}{
		{"title", true}, {"phoneNumbers", true}, {"addresses", true}, {"name.middleName", true},
		{schema.Enterprise + ":department", true}, {schema.Enterprise + ":manager", true},
		{schema.Workspace + ":userPrincipalName", true}, {schema.Enterprise, true}, {schema.Workspace, true},
		{"userName", false}, {"externalId", false}, {"active", false}, {"emails", false}, {"name.familyName", false},
	}
	w := newWorld(t, accesstest.Config{})
	for _, tt := range tests {
		t.Run(tt.attribute, func(t *testing.T) {
			var outcomes []map[string]any
			for kind, send := range map[string]func(path string, whole map[string]any){
				"PUT": func(path string, whole map[string]any) {
					w.Want(http.StatusOK, http.MethodPut, path, withNull(whole, tt.attribute))
				},
				"PATCH with a path": func(path string, _ map[string]any) {
					w.Want(http.StatusOK, http.MethodPatch, path, replace(tt.attribute, nil))
				},
				"PATCH without a path": func(path string, _ map[string]any) {
					w.Want(http.StatusOK, http.MethodPatch, path, operations(map[string]any{"op": "replace",
						"value": withNull(map[string]any{}, tt.attribute)}))
				},
			} {
				whole := fullUser()
				id := w.Want(http.StatusCreated, http.MethodPost, usersPath, whole).ID()
				before := withoutMeta(w.HeldUser(id))
				send(usersPath+"/"+id, whole)
				after := withoutMeta(w.HeldUser(id))
				if changed := !reflect.DeepEqual(before, after); changed != tt.cleared {
					t.Errorf("%s: changed %t, want %t: Access holds %v", kind, changed, tt.cleared, after)
				}
				outcomes = append(outcomes, after)
				w.Want(http.StatusNoContent, http.MethodDelete, usersPath+"/"+id, nil)
			}
			if !reflect.DeepEqual(outcomes[0], outcomes[1]) || !reflect.DeepEqual(outcomes[0], outcomes[2]) {
				t.Errorf("null means several things: %v", outcomes)
			}
		})
	}
}

// TestNullID checks that null asks for no other id, in a PUT and a PATCH.
func TestNullID(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	path := usersPath + "/" + w.CreateUser("ada@acme.com")
	whole := user("ada@acme.com", "ext-ada@acme.com")
	whole["id"] = nil
	w.Want(http.StatusOK, http.MethodPut, path, whole)
	w.Want(http.StatusOK, http.MethodPatch, path, set("id", nil))
	w.Want(http.StatusBadRequest, http.MethodPatch, path, set("id", "other"))
}

// TestNullMembers checks that null never empties a group, nor renames it.
func TestNullMembers(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	sales := w.Want(http.StatusCreated, http.MethodPost, groupsPath,
		map[string]any{"displayName": "Sales", "externalId": "00g1", "members": []any{map[string]any{"value": ada}}})
	path := groupsPath + "/" + sales.ID()
	none := map[string]any{"displayName": nil, "externalId": nil, "members": nil}
	w.Want(http.StatusOK, http.MethodPut, path, none)
	w.Want(http.StatusNoContent, http.MethodPatch, path, operations(map[string]any{"op": "replace", "value": none}))
	for name := range none {
		w.Want(http.StatusNoContent, http.MethodPatch, path, replace(name, nil))
		add := map[string]any{"op": "add", "path": name, "value": nil}
		w.Want(http.StatusNoContent, http.MethodPatch, path, operations(add))
	}
	if got := w.Want(http.StatusOK, http.MethodGet, path, nil).Body; got["externalId"] != "00g1" {
		t.Errorf("the group became %v", got)
	}
	w.WantHeld("Sales", ada)
	w.Want(http.StatusNoContent, http.MethodPatch, path, remove("members"))
	w.WantHeld("Sales")
}

func fullUser() map[string]any {
	u := user("jane@acme.com", "00u1")
	u["title"], u["phoneNumbers"] = "Dr", []any{map[string]any{"value": "1", "type": "work"}}
	u["addresses"] = []any{map[string]any{"country": "GB"}}
	u["name"].(map[string]any)["middleName"] = "M"
	u[schema.Enterprise] = map[string]any{"department": "d", "manager": map[string]any{"value": "m"}}
	u[schema.Workspace] = map[string]any{"userPrincipalName": "jane@acme.com"}
	return u
}

// withNull sets what a path names to null.
func withNull(r map[string]any, path string) map[string]any {
	urn, name := "", path
	if strings.HasPrefix(path, schema.Enterprise+":") || strings.HasPrefix(path, schema.Workspace+":") {
		at := strings.LastIndexByte(path, ':')
		urn, name = path[:at], path[at+1:]
	} else if whole, sub, ok := strings.Cut(path, "."); ok && !strings.HasPrefix(path, "urn:") {
		urn, name = whole, sub
	}
	block := r
	if urn != "" {
		block = schema.Object(r, urn)
	}
	block[name] = nil
	return r
}

func withoutMeta(held map[string]any) map[string]any {
	delete(held, "meta")
	delete(held, "id")
	return held
}

// TestNullOfWhatNobodyKnows checks that null for an attribute that there is not is as
// if it were absent.
func TestNullOfWhatNobodyKnows(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := user("ada@acme.com", "00u1")
	ada["foo"], ada["members"], ada["name.nom"], ada[schema.Enterprise] = nil, nil, nil, map[string]any{"floor": nil}
	w.Want(http.StatusCreated, http.MethodPost, usersPath, ada)
	if log := w.Log.String(); strings.Contains(log, "dropped_attributes") {
		t.Errorf("nothing was asked for, and the log has:\n%s", log)
	}
}
