package scim_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

// TestCustomAttributes checks attributes of administrators on their whole way:
// announced, written, read, patched, cleared.
func TestCustomAttributes(t *testing.T) {
	w := translated(t, translate.Config{DefaultDomain: domain, Attributes: []translate.Attribute{
		{SCIM: oktaURN + ":objectGUID", Access: tenantURN + ":objectGUID"},
		{SCIM: "badge", Access: tenantURN + ":badgeNumber"},
		{SCIM: schema.Enterprise + ":floor", Access: tenantURN + ":floor"},
		{SCIM: oktaURN + ":immutableId", Access: tenantURN + ":aadMappingAttribute", On: "create"},
		{Access: schema.Workspace + ":distinguishedName", Value: `"CN=" + user.name.givenName`},
		{SCIM: schema.Workspace + ":distinguishedName", Off: true},
	}})
	u := user("jane@acme.com", "00u1")
	u["badge"] = "B7"
	u[strings.ToUpper(oktaURN)] = map[string]any{"objectguid": "0f", "immutableId": "i1", "shoeSize": "44"}
	u[schema.Enterprise] = map[string]any{"floor": "3"}
	created := w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", u)
	id := created.ID()
	wantHeld := map[string]any{"objectGUID": "0f", "badgeNumber": "B7", "floor": "3", "aadMappingAttribute": "i1"}
	if got := w.HeldUser(id)[tenantURN]; !reflect.DeepEqual(got, wantHeld) {
		t.Errorf("Access holds %v, want %v", got, wantHeld)
	}
	if got := w.HeldUser(id)[schema.Workspace].(map[string]any)["distinguishedName"]; got != "CN=Given" {
		t.Errorf("computed is %v", got)
	}
	wantShown := map[string]any{"objectGUID": "0f", "immutableId": "i1"}
	if got := created.Body[oktaURN]; !reflect.DeepEqual(got, wantShown) || created.Body["badge"] != "B7" {
		t.Errorf("Okta reads %v and %v", got, created.Body["badge"])
	}
	w.Want(http.StatusOK, http.MethodPatch, "/scim/v2/Users/"+id, operations(
		map[string]any{"op": "replace", "path": "badge", "value": "B8"},
		map[string]any{"op": "remove", "path": schema.Enterprise + ":floor"},
		map[string]any{"op": "replace", "value": map[string]any{oktaURN: map[string]any{"objectGUID": "1f"}}}))
	wantHeld = map[string]any{"objectGUID": "1f", "badgeNumber": "B8", "aadMappingAttribute": "i1"}
	if got := w.HeldUser(id)[tenantURN]; !reflect.DeepEqual(got, wantHeld) {
		t.Errorf("Access holds %v, want %v", got, wantHeld)
	}
	w.Want(http.StatusOK, http.MethodPatch, "/scim/v2/Users/"+id, replace(oktaURN+":objectGUID", "2f"))
	if got := w.HeldUser(id)[tenantURN].(map[string]any)["objectGUID"]; got != "2f" {
		t.Errorf("patched by its path, objectGUID is %v", got)
	}
	w.Want(http.StatusOK, http.MethodPut, "/scim/v2/Users/"+id, user("jane@acme.com", "00u1"))
	if got := w.HeldUser(id)[tenantURN]; !reflect.DeepEqual(got, map[string]any{"aadMappingAttribute": "i1"}) {
		t.Errorf("after a push without them, Access holds %v", got)
	}
	schemas := string(w.Want(http.StatusOK, http.MethodGet, "/scim/v2/Schemas", nil).Raw)
	types := string(w.Want(http.StatusOK, http.MethodGet, "/scim/v2/ResourceTypes/User", nil).Raw)
	for _, name := range []string{`"objectGUID"`, `"immutableId"`, `"badge"`, `"floor"`} {
		if !strings.Contains(schemas, name) {
			t.Errorf("the schemas do not announce %s", name)
		}
	}
	if !strings.Contains(types, oktaURN) || !strings.Contains(schemas, `"`+oktaURN+`"`) ||
		strings.Contains(schemas, tenantURN) {
		t.Errorf("the type of users is %s", types)
	}
}
