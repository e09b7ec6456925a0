package scim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// A creation of unknown outcome must not take over a group that is another's.
func TestDoubtDoesNotMergeGroups(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.people(4)
	w.createGroup("Sales", ids[:2]...)
	w.access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: accessAPI + "/scim/Groups", Status: http.StatusServiceUnavailable, Count: 1})
	w.want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids[2:]...))
	w.wantHeld("Sales", ids[:2]...)
}

// A creation that was not applied, of a user who is there, brings him up to date.
func TestLostCreationOfAnInactiveUserActivatesHim(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.createUser("ada@acme.com")
	w.want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, operations(map[string]any{"op": "replace", "value": map[string]any{"active": false}}))
	w.access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: accessAPI + "/scim/Users", Status: http.StatusServiceUnavailable, Count: 1})
	again := user("ada@acme.com", "ext-ada@acme.com")
	again["title"] = "Countess"
	r := w.want(http.StatusCreated, http.MethodPost, usersPath, again)
	if held := w.heldUser(ada); r.id() != ada || held["active"] != true || held["title"] != "Countess" {
		t.Errorf("answered %s, Access holds %v", r.raw, held)
	}
}

// A page that a proxy sends with 200 confirms nothing.
func TestPageOfAProxyConfirmsNothing(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.people(3)
	g := w.createGroup("Sales", ids[:2]...)
	page := accesstest.Fault{Method: http.MethodPatch, Path: accessAPI, Status: http.StatusOK, Body: "html", ContentType: "text/html"}
	w.access.AddFault(page)
	page.Method = http.MethodDelete
	w.access.AddFault(page)
	w.want(http.StatusTooManyRequests, http.MethodPatch, groupsPath+"/"+g, operations(map[string]any{"op": "add", "path": "members", "value": values(ids[2:])}))
	w.want(http.StatusTooManyRequests, http.MethodPut, usersPath+"/"+ids[0], user("new@acme.com", "x"))
	w.want(http.StatusTooManyRequests, http.MethodDelete, groupsPath+"/"+g, nil)
	w.wantHeld("Sales", ids[:2]...)
}

// Members that nobody knows cost one read each at most, and never the others.
func TestManyUnknownMembers(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.people(2)
	g := w.createGroup("Sales")
	wanted := append([]string{}, ids...)
	for i := range 200 {
		wanted = append(wanted, "nobody-"+strings.Repeat("x", i%7)+itoa(i))
	}
	w.access.ClearRequests()
	w.want(http.StatusOK, http.MethodPut, groupsPath+"/"+g, group("Sales", wanted...))
	w.wantHeld("Sales", ids...)
	if all, writes := w.upstreamRequests(); all > 1+200+2*3 || writes > 2*3 {
		t.Errorf("it took %d requests to Access, %d of them writes", all, writes)
	}
}

// A domain that no directory has is the operator's to mend: the data must not
// be blamed.
func TestWrongDomainIsAnswered429(t *testing.T) {
	w := newWorld(t, accesstest.Config{Domains: []string{"Acme.com"}})
	for path, body := range map[string]any{usersPath: user("ada@acme.com", "ext-ada"), groupsPath: group("Sales")} {
		r := w.want(http.StatusTooManyRequests, http.MethodPost, path, body)
		if !strings.Contains(r.detail(), "no directory has the domain acme.com") {
			t.Errorf("%s: detail is %q", path, r.detail())
		}
	}
}

func TestIDsAreUnescapedOnce(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.createUser("ada@acme.com")
	once := "%" + strings.ToUpper(hex(ada[0])) + ada[1:]
	w.want(http.StatusOK, http.MethodGet, usersPath+"/"+once, nil)
	w.want(http.StatusNotFound, http.MethodGet, usersPath+"/"+url.PathEscape(once), nil)
}

func hex(b byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[b>>4], digits[b&15]})
}

func TestPathsReachTheLogWithoutTheirValues(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.createUser("ada@acme.com")
	w.want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, operations(
		map[string]any{"op": "remove", "path": `certs[value eq "jane.doe@acme.com"]`},
		map[string]any{"op": "add", "value": map[string]any{"jane@acme.com": 1, "urn:jane@acme.com": map[string]any{"a": 1}}},
		map[string]any{"op": "add", "value": map[string]any{"shoeSize": 1}}))
	log := w.log.String()
	if strings.Contains(log, "jane") || strings.Count(log, "dropped_attributes") != 1 || !strings.Contains(log, `"certs"`) || !strings.Contains(log, "shoeSize") {
		t.Errorf("the log must name certs and shoeSize, once, and nobody: %s", log)
	}
}

func TestTooManyValuesAreRefused(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	u := user("ada@acme.com", "ext-ada")
	phones := make([]any, 101)
	for i := range phones {
		phones[i] = map[string]any{"value": itoa(i)}
	}
	u["phoneNumbers"] = phones
	r := w.want(http.StatusBadRequest, http.MethodPost, usersPath, u)
	if !strings.Contains(r.detail(), "more than 100 values") {
		t.Errorf("detail is %q", r.detail())
	}
	ada := w.createUser("ada@acme.com")
	w.want(http.StatusBadRequest, http.MethodPatch, usersPath+"/"+ada, operations(map[string]any{"op": "add", "path": "phoneNumbers", "value": phones}))
}

// What Access filled by itself stays when Okta does not write it back.
func TestForeignExtensionIsNotErased(t *testing.T) {
	const workspace = "urn:scim:schemas:extension:workspace:1.0"
	w := newWorld(t, accesstest.Config{})
	u := user("ada@acme.com", "ext-ada")
	u[workspace] = map[string]any{"userPrincipalName": "ada@corp"}
	ada := w.want(http.StatusCreated, http.MethodPost, usersPath, u).id()
	upn := func() any { return w.heldUser(ada)[workspace].(map[string]any)["userPrincipalName"] }
	w.want(http.StatusOK, http.MethodPut, usersPath+"/"+ada, user("ada@acme.com", "ext-ada"))
	if upn() != "ada@corp" {
		t.Errorf("a PUT without the extension made the userPrincipalName %v", upn())
	}
	w.want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, operations(map[string]any{"op": "remove", "path": workspace + ":userPrincipalName"}))
	if upn() != nil && upn() != "" {
		t.Errorf("a PATCH that removes it left the userPrincipalName %v", upn())
	}
}
