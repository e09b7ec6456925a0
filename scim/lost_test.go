package scim_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// A creation of unknown outcome must not take over a group that is another's.
func TestDoubtDoesNotMergeGroups(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(4)
	w.CreateGroup("Sales", ids[:2]...)
	w.failOnce(http.MethodPost, accessAPI+"/scim/Groups")
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids[2:]...))
	w.WantHeld("Sales", ids[:2]...)
}

// A creation that was not applied, of a user who is there, brings him up to date.
func TestLostCreationOfAnInactiveUserActivatesHim(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, set("active", false))
	w.failOnce(http.MethodPost, accessAPI+"/scim/Users")
	again := user("ada@acme.com", "ext-ada@acme.com")
	again["title"] = "Countess"
	r := w.Want(http.StatusCreated, http.MethodPost, usersPath, again)
	if held := w.HeldUser(ada); r.ID() != ada || held["active"] != true || held["title"] != "Countess" {
		t.Errorf("answered %s, Access holds %v", r.Raw, held)
	}
}

// A page that a proxy sends with 200 confirms nothing.
func TestPageOfAProxyConfirmsNothing(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(3)
	g := w.CreateGroup("Sales", ids[:2]...)
	page := accesstest.Fault{
		Method: http.MethodPatch, Path: accessAPI, Status: http.StatusOK, Body: "html", ContentType: "text/html",
	}
	w.Access.AddFault(page)
	page.Method = http.MethodDelete
	w.Access.AddFault(page)
	w.Want(http.StatusTooManyRequests, http.MethodPatch, groupsPath+"/"+g, operations(add(ids[2:]...)))
	w.Want(http.StatusTooManyRequests, http.MethodPut, usersPath+"/"+ids[0], user("new@acme.com", "x"))
	w.Want(http.StatusTooManyRequests, http.MethodDelete, groupsPath+"/"+g, nil)
	w.WantHeld("Sales", ids[:2]...)
}

// Members that nobody knows cost one read each at most, and never the others.
func TestManyUnknownMembers(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(2)
	g := w.CreateGroup("Sales")
	wanted := append([]string{}, ids...)
	for i := range 200 {
		wanted = append(wanted, "nobody-"+strings.Repeat("x", i%7)+strconv.Itoa(i))
	}
	w.Access.ClearRequests()
	w.Want(http.StatusOK, http.MethodPut, groupsPath+"/"+g, group("Sales", wanted...))
	w.WantHeld("Sales", ids...)
	if all, writes := w.UpstreamRequests(); all > 1+200+2*3 || writes > 2*3 {
		t.Errorf("it took %d requests to Access, %d of them writes", all, writes)
	}
}

// A domain that no directory has is for the operator to fix: the data must not
// be blamed.
func TestWrongDomainIsAnswered429(t *testing.T) {
	w := newWorld(t, accesstest.Config{Domains: []string{"Acme.com"}})
	for path, body := range map[string]any{usersPath: user("ada@acme.com", "ext-ada"), groupsPath: group("Sales")} {
		r := w.Want(http.StatusTooManyRequests, http.MethodPost, path, body)
		if !strings.Contains(r.Detail(), "no directory has the domain acme.com") {
			t.Errorf("%s: detail is %q", path, r.Detail())
		}
	}
}

func TestIDsAreUnescapedOnce(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	once := "%" + strings.ToUpper(hex(ada[0])) + ada[1:]
	w.Want(http.StatusOK, http.MethodGet, usersPath+"/"+once, nil)
	w.Want(http.StatusNotFound, http.MethodGet, usersPath+"/"+url.PathEscape(once), nil)
}

func hex(b byte) string {
	const digits = "0123456789abcdef"
	return string([]byte{digits[b>>4], digits[b&15]})
}

func TestPathsReachTheLogWithoutTheirValues(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, operations(
		map[string]any{"op": "remove", "path": `certs[value eq "jane.doe@acme.com"]`},
		map[string]any{"op": "add", "value": map[string]any{"jane@acme.com": 1, "urn:jane@acme.com": map[string]any{"a": 1}}},
		map[string]any{"op": "add", "value": map[string]any{"shoeSize": 1}}))
	log := w.Log.String()
	if strings.Contains(log, "jane") || strings.Count(log, "dropped_attributes") != 1 ||
		!strings.Contains(log, `"certs"`) || !strings.Contains(log, "shoeSize") {
		t.Errorf("the log must name certs and shoeSize, once, and nobody: %s", log)
	}
}

func TestTooManyValuesAreRefused(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	u := user("ada@acme.com", "ext-ada")
	phones := make([]any, 101)
	for i := range phones {
		phones[i] = map[string]any{"value": strconv.Itoa(i)}
	}
	u["phoneNumbers"] = phones
	r := w.Want(http.StatusBadRequest, http.MethodPost, usersPath, u)
	if !strings.Contains(r.Detail(), "more than 100 values") {
		t.Errorf("detail is %q", r.Detail())
	}
	ada := w.CreateUser("ada@acme.com")
	w.Want(http.StatusBadRequest, http.MethodPatch, usersPath+"/"+ada, operations(
		map[string]any{"op": "add", "path": "phoneNumbers", "value": phones}))
}

// What Access filled by itself stays when Okta does not write it back.
func TestForeignExtensionIsNotErased(t *testing.T) {
	const workspace = "urn:scim:schemas:extension:workspace:1.0"
	w := newWorld(t, accesstest.Config{})
	u := user("ada@acme.com", "ext-ada")
	u[workspace] = map[string]any{"userPrincipalName": "ada@corp"}
	ada := w.Want(http.StatusCreated, http.MethodPost, usersPath, u).ID()
	upn := func() any { return w.HeldUser(ada)[workspace].(map[string]any)["userPrincipalName"] }
	w.Want(http.StatusOK, http.MethodPut, usersPath+"/"+ada, user("ada@acme.com", "ext-ada"))
	if upn() != "ada@corp" {
		t.Errorf("a PUT without the extension made the userPrincipalName %v", upn())
	}
	w.Want(http.StatusOK, http.MethodPatch, usersPath+"/"+ada, remove(workspace+":userPrincipalName"))
	if upn() != nil && upn() != "" {
		t.Errorf("a PATCH that removes it left the userPrincipalName %v", upn())
	}
}
