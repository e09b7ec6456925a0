package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// heldOfTenant is what Access holds of the tenant's own attributes of a user.
func heldOfTenant(w *world, id string) string {
	w.T.Helper()
	block, _ := w.HeldUser(id)[tenantURN].(object)
	b, err := json.Marshal(block)
	must(w.T, err)
	return strings.Replace(string(b), "null", "{}", 1)
}

// TestTenantAttributes pushes attributes that only the tenant knows, and that no line of the
// table names, in both dialects.
func TestTenantAttributes(t *testing.T) {
	t.Run("2.0", func(t *testing.T) {
		w := newWorld(t, accesstest.Config{})
		a := appBefore(w)
		a.base = w.Bridge.URL + "/scim/v2"
		a.domain = ""
		a.tenantAttributes(w, func(operations ...object) object {
			return object{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": operations}
		})
	})
	t.Run("1.1", func(t *testing.T) {
		w := newWorld(t, accesstest.Config{})
		appBefore(w).tenantAttributes(w, nil)
	})
}

// tenantAttributes plays the life of such attributes. operations makes a PATCH of SCIM 2.0; nil is
// for SCIM 1.1.
func (a *oldApp) tenantAttributes(w *world, operations func(...object) object) {
	held := func(what, id, want string) {
		a.t.Helper()
		if got := heldOfTenant(w, id); got != want {
			a.t.Errorf("%s: Access holds %s, want %s", what, got, want)
		}
	}
	user := a.user("ada@acme.com", "00u1")
	user[strings.ToUpper(tenantURN[:8])+tenantURN[8:]] = object{"costCode": "C1", "badge": 7, "shoeSize": "44"}
	created := a.want(http.MethodPost, "/Users", user, http.StatusCreated)
	id := created.id()
	held("after the creation", id, `{"badge":"7","costCode":"C1","shoeSize":"44"}`)
	shown, _ := json.Marshal(created.body[tenantURN])
	if string(shown) != `{"badge":"7","costCode":"C1","shoeSize":"44"}` ||
		!strings.Contains(fmt.Sprint(created.body["schemas"]), tenantURN) {
		a.t.Errorf("the user is shown as %s", created.raw)
	}
	found := a.want(http.MethodGet, "/Users?filter="+tenantURN+":costCode+eq+%22C1%22", nil, http.StatusOK)
	part := a.want(http.MethodGet, "/Users/"+id+"?attributes="+tenantURN+":costCode", nil, http.StatusOK)
	only, _ := json.Marshal(part.body[tenantURN])
	if found.body["totalResults"] != 1.0 || string(only) != `{"costCode":"C1"}` {
		a.t.Errorf("found %s, and of one %s", found.raw, part.raw)
	}

	user = a.user("ada@acme.com", "00u1")
	user["id"] = id
	a.want(http.MethodPut, "/Users/"+id, user, http.StatusOK)
	held("after a PUT that does not name them", id, `{"badge":"7","costCode":"C1","shoeSize":"44"}`)
	user[tenantURN] = object{"costCode": "C2", "shoeSize": nil}
	a.want(http.MethodPut, "/Users/"+id, user, http.StatusOK)
	held("after a PUT that names two", id, `{"badge":"7","costCode":"C2"}`)

	change, clearOne := object{tenantURN: object{"site": "Oslo"}}, object{"meta": object{"attributes": []string{
		tenantURN + ":badge"}}}
	if operations != nil {
		change = operations(object{"op": "add", "path": tenantURN + ":site", "value": "Oslo"})
		clearOne = operations(object{"op": "remove", "path": tenantURN + ":badge"})
	}
	a.want(http.MethodPatch, "/Users/"+id, change, http.StatusOK)
	held("after a PATCH", id, `{"badge":"7","costCode":"C2","site":"Oslo"}`)
	a.want(http.MethodPatch, "/Users/"+id, clearOne, http.StatusOK)
	held("after one was cleared", id, `{"costCode":"C2","site":"Oslo"}`)
	bad := a.user("ada@acme.com", "00u1")
	bad[tenantURN] = object{"costCode": object{"value": "C3"}}
	if r := a.send(http.MethodPut, "/Users/"+id, bad); r.status != http.StatusBadRequest ||
		!strings.Contains(string(r.raw), "costCode") {
		a.t.Errorf("an object was answered %d %s", r.status, r.raw)
	}
	clearAll := object{tenantURN: nil}
	if operations != nil {
		clearAll = operations(object{"op": "remove", "path": tenantURN})
	}
	a.want(http.MethodPatch, "/Users/"+id, clearAll, http.StatusOK)
	held("after all were cleared", id, `{}`)
	user[tenantURN] = object{"costCode": "C4"}
	a.want(http.MethodPut, "/Users/"+id, user, http.StatusOK)
	user[tenantURN] = nil
	a.want(http.MethodPut, "/Users/"+id, user, http.StatusOK)
	held("after null for all", id, `{}`)

	user[tenantURN] = object{"not a name": "x", "costCode": "C5"}
	a.want(http.MethodPut, "/Users/"+id, user, http.StatusOK)
	held("after a name that is none", id, `{"costCode":"C5"}`)
}
