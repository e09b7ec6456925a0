package scim_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream/accesstest"
)

func TestUpstreamRequestsOfGroups(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(250)
	sales := w.CreateGroup("Sales", ids[:2]...)
	tests := []struct {
		name         string
		status       int
		method, path string
		body         any
		all, writes  int
	}{
		{"an empty group", 201, "POST", groupsPath, group("Empty"), 1, 1},
		{"a group of 250", 201, "POST", groupsPath, group("Large", ids...), 4, 4},
		{"members that are there", 204, "PATCH", groupsPath + "/" + sales, operations(add(ids[:2]...)), 2, 1},
		{"248 more members", 204, "PATCH", groupsPath + "/" + sales, operations(add(ids...)), 4, 3},
		{"the name before a change of members", 204, "PATCH", groupsPath + "/" + sales,
			operations(map[string]any{"op": "replace", "value": map[string]any{"id": sales, "displayName": "Sales"}}), 1, 0},
		{"the same list in another order", 200, "PUT", groupsPath + "/" + sales, group("Sales", ids...), 1, 0},
		{"a search by displayName", 200, "GET", filter(groupsPath, `displayName eq "sales"`), nil, 1, 0},
		{"a list of groups", 200, "GET", groupsPath + "?startIndex=1&count=100", nil, 1, 0},
		{"a deletion", 204, "DELETE", groupsPath + "/" + sales, nil, 2, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.Access.ClearRequests()
			w.Want(tt.status, tt.method, tt.path, tt.body)
			if all, writes := w.UpstreamRequests(); all != tt.all || writes != tt.writes {
				t.Errorf("it took %d requests to Access, %d of them writes; want %d and %d", all, writes, tt.all, tt.writes)
			}
		})
	}
	w.WantHeld("Large", ids...)
}

func TestGroupRefusals(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	sales := w.CreateGroup("Sales", ada)
	salesPath := groupsPath + "/" + sales
	w.CreateGroup("Taken")
	tests := []struct {
		name         string
		status       int
		scimType     string
		method, path string
		body         any
		detail       string
	}{
		{"no displayName", 400, "invalidValue", "POST", groupsPath, `{"members":[]}`, "displayName"},
		{"a blank displayName", 400, "invalidValue", "POST", groupsPath, group("  "), "displayName"},
		{"a displayName that is a list", 400, "invalidValue", "POST", groupsPath, `{"displayName":[7]}`, "displayName"},
		{"a member without a value", 400, "invalidValue", "POST", groupsPath,
			`{"displayName":"X","members":[{"display":"a"}]}`, "members"},
		{"a member that is a string", 400, "invalidValue", "PUT", salesPath,
			`{"displayName":"Sales","members":["a"]}`, "members"},
		{"a name that is taken", 409, "uniqueness", "POST", groupsPath, group("SALES"), sales},
		{"the name ALL USERS", 409, "uniqueness", "POST", groupsPath, group("all users"), "does not manage"},
		{"a rename onto a taken name", 409, "uniqueness", "PUT", salesPath, group("taken", ada), "another group"},
		{"a rename to nothing", 400, "mutability", "PATCH", salesPath, replace("displayName", ""), "displayName"},
		{"a group that does not exist", 404, "", "GET", groupsPath + "/nothing", nil, "nothing"},
		{"a filter by an attribute of users", 400, "invalidFilter", "GET",
			filter(groupsPath, `userName eq "x"`), nil, "/Schemas"},
	}
	before := w.Access.State()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := w.Want(tt.status, tt.method, tt.path, tt.body)
			if got, _ := r.Body["scimType"].(string); got != tt.scimType || !strings.Contains(r.Detail(), tt.detail) {
				t.Errorf("answered %s, want scimType %q and a detail that says %q", r.Raw, tt.scimType, tt.detail)
			}
		})
	}
	if after := w.Access.State(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("a refused request changed Access")
	}
}

func TestThousandChangesInOnePatch(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(1000)
	g := w.CreateGroup("Large", ids[:10]...)
	adds := make([]map[string]any, len(ids))
	removals := make([]map[string]any, len(ids))
	for i, id := range ids {
		adds[i] = add(id)
		removals[i] = map[string]any{"op": "remove", "path": `members[value eq "` + id + `"]`}
	}
	w.Want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+g, operations(adds...))
	w.WantHeld("Large", ids...)
	w.Want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+g, operations(removals[:999]...))
	w.WantHeld("Large", ids[999])
	r := w.Want(http.StatusBadRequest, http.MethodPatch, groupsPath+"/"+g, operations(append(removals, removals[0])...))
	if r.Body["scimType"] != "tooMany" {
		t.Errorf("1,001 operations were answered %s, want tooMany", r.Raw)
	}
}

// A group whose creation broke off half-way is finished by the push that Okta
// repeats, not answered as a duplicate.
func TestCreationOfAGroupThatBreaksOff(t *testing.T) {
	patches := accesstest.Fault{
		Method: http.MethodPatch, Path: accessAPI + "/scim/Groups", Status: http.StatusServiceUnavailable,
	}
	second := patches
	lost := accesstest.Fault{Path: accessAPI + "/scim/Groups", Drop: true, Apply: true}
	lostLast := patches
	lostLast.Apply = true
	for name, fault := range map[string]accesstest.Fault{
		"no member was added":                  second,
		"the answer to the creation lost":      lost,
		"the answer to the last addition lost": lostLast,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{})
			ids := w.People(30)
			w.Access.AddFault(accesstest.Fault{Method: http.MethodGet, Path: accessAPI + "/scim/Groups", Drop: true})
			w.Access.AddFault(fault)
			r := w.Want(http.StatusTooManyRequests, http.MethodPost, groupsPath, group("Sales", ids...))
			if r.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			w.Access.ClearFaults()
			sales := w.CreateGroup("Sales", ids...)
			w.WantHeld("Sales", ids...)
			w.Want(http.StatusOK, http.MethodGet, groupsPath+"/"+sales, nil)
			w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids...))
		})
	}
}

func TestCreationOfAGroupWhoseAnswerIsLost(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(3)
	w.Access.AddFault(accesstest.Fault{Method: http.MethodPost, Path: accessAPI + "/scim/Groups", Drop: true, Apply: true})
	w.CreateGroup("Sales", ids...)
	w.WantHeld("Sales", ids...)
}

// The bridge that answered 429 may not be the one that gets the repetition.
func TestAnotherBridgeFinishesAGroup(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(150)
	w.CreateGroup("Sales", ids[:100]...) // as a broken creation of 150 leaves it
	// The bridge that answered for the group takes it for finished.
	w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids...))
	w.reconfigure(translate.Config{DefaultDomain: "acme.com"})
	w.CreateGroup("Sales", ids...)
	w.WantHeld("Sales", ids...)
	r := w.Want(http.StatusConflict, http.MethodPost, groupsPath, group("Sales", ids[:20]...))
	if !strings.Contains(r.Detail(), "taken") {
		t.Errorf("detail is %q", r.Detail())
	}
}

func TestUnknownMembersAreToldToTheOperator(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	g := w.CreateGroup("Sales", ada, "nobody-1", "nobody-2")
	w.WantHeld("Sales", ada)
	if got := w.Log.String(); !strings.Contains(got, `"unknown_members":2`) || !strings.Contains(got, "nobody-2") {
		t.Errorf("the log does not tell of the unknown members: %s", got)
	}
	r := w.Want(http.StatusOK, http.MethodGet, groupsPath+"/"+g, nil)
	if members, _ := r.Body["members"].([]any); len(members) != 1 {
		t.Errorf("the group is shown with %v, want one member", members)
	}
}

func TestMembersLeftOutOnRequest(t *testing.T) {
	w := newWorld(t, accesstest.Config{Modes: accesstest.Modes{ListOmitsMembers: true}})
	ada := w.CreateUser("ada@acme.com")
	w.CreateGroup("Sales", ada)
	w.Access.ClearRequests()
	r := w.Want(http.StatusOK, http.MethodGet, groupsPath+"?excludedAttributes=members", nil)
	if strings.Contains(string(r.Raw), "members") {
		t.Errorf("answered %s, want no members", r.Raw)
	}
	if all, _ := w.UpstreamRequests(); all != 1 {
		t.Errorf("it took %d requests to Access, want 1: members nobody wants are not fetched", all)
	}
}

// Eight callers add and four remove; the outcome is exact.
func TestConcurrentChangesOfOneGroup(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(60)
	g := w.CreateGroup("Busy", ids[:20]...)
	change := func(ops ...map[string]any) {
		if r := w.Send(http.MethodPatch, groupsPath+"/"+g, operations(ops...)); r.Status != http.StatusNoContent {
			t.Errorf("answered %d %s", r.Status, r.Raw)
		}
	}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			change(add(ids[20+5*i : 25+5*i]...))
		})
	}
	for i := range 4 {
		wait.Go(func() {
			var removals []map[string]any
			for _, id := range ids[5*i : 5*i+5] {
				removals = append(removals, map[string]any{"op": "remove", "path": `members[value eq "` + id + `"]`})
			}
			change(removals...)
		})
	}
	wait.Wait()
	w.WantHeld("Busy", ids[20:]...)
}
