package accesstest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

const strangerID = "0ddba11e-0000-4000-8000-000000000000"

func TestFaultBodies(t *testing.T) {
	tests := []struct {
		name   string
		fault  accesstest.Fault
		method string // of a request to a user who is there
		status int
		want   string // all of the answer; $id is the user's
	}{
		{"an empty object in place of a user", accesstest.Fault{Body: "object"}, "GET", 200, `{}`},
		{"half an object that is complete", accesstest.Fault{Body: "brace"}, "GET", 200, `{`},
		{"null", accesstest.Fault{Body: "null"}, "GET", 200, `null`},
		{"an array", accesstest.Fault{Body: "array"}, "GET", 200, `[]`},
		{"JSON that is no resource", accesstest.Fault{Body: "maintenance"}, "GET", 200,
			`{"status":"maintenance","message":"The service is being maintained. Try again later."}`},
		{"an error within a success", accesstest.Fault{Status: 200, Body: "json"}, "GET", 200,
			`{"errors":[{"code":"emulated.fault","message":"The request failed","parameters":null}]}`},
		{"also where the request was served", accesstest.Fault{Body: "json"}, "GET", 200,
			`{"errors":[{"code":"emulated.fault","message":"The request failed","parameters":null}]}`},
		{"a confirmation of a change that holds an object", accesstest.Fault{Body: "object"}, "PATCH", 200, `{}`},
		{"a confirmation by another status", accesstest.Fault{Status: 202, Apply: true}, "PATCH", 202, ``},
		{"a deletion confirmed with a page", accesstest.Fault{Status: 200, Body: "maintenance"}, "DELETE", 200,
			`{"status":"maintenance","message":"The service is being maintained. Try again later."}`},
		{"a resource under another status", accesstest.Fault{Status: 203, Apply: true, Body: "served"}, "GET", 203,
			`["$id","ada","acme.com"]`},
		{"another record", accesstest.Fault{Body: "other"}, "GET", 200,
			`["` + strangerID + `","somebody.else@stranger.example","acme.com"]`},
		{"another record confirms a change", accesstest.Fault{Body: "other"}, "PATCH", 200,
			`["` + strangerID + `","somebody.else@stranger.example",null]`},
		{"also one that was not made", accesstest.Fault{Status: 201, Body: "other"}, "PATCH", 201,
			`["` + strangerID + `","somebody.else@stranger.example",null]`},
		{"a record without id", accesstest.Fault{Body: "noid"}, "GET", 200, `[null,"ada","acme.com"]`},
		{"a record without a name", accesstest.Fault{Body: "noname"}, "GET", 200, `["$id",null,"acme.com"]`},
		{"a record without domain", accesstest.Fault{Body: "noextension"}, "GET", 200, `["$id","ada",null]`},
		{"an id that is a path", accesstest.Fault{Body: "oddid"}, "GET", 200, `["%2e%2e","ada","acme.com"]`},
		{"an id with a line end", accesstest.Fault{Body: "oddid-line"}, "GET", 200, `["one\r\ntwo","ada","acme.com"]`},
		{"an id without end", accesstest.Fault{Body: "oddid-long"}, "GET", 200,
			`["` + strings.Repeat("x", 300) + `","ada","acme.com"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{})
			id := tn.user("ada")
			tn.AddFault(tt.fault)
			got := summary(tn.want(tt.status, tt.method, usersPath+"/"+id, `{"title":"T"}`).body)
			if want := strings.ReplaceAll(tt.want, "$id", id); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

// summary is the id, the name and the domain of a resource, and another text itself.
func summary(body string) string {
	var user object
	if json.Unmarshal([]byte(body), &user) != nil || user["schemas"] == nil {
		return body
	}
	extension, _ := user[workspace].(object)
	out, _ := json.Marshal([]any{user["id"], user["userName"], extension["domain"]})
	return string(out)
}

func TestForeignError(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.AddFault(accesstest.Fault{Status: http.StatusNotFound, Body: "foreign"})
	got := tn.want(http.StatusNotFound, http.MethodGet, usersPath, "").json()
	if _, err := time.Parse(time.RFC3339, got["timestamp"].(string)); err != nil {
		t.Error(err)
	}
	delete(got, "timestamp")
	same(t, got, `{"error":"Not Found","path":"`+usersPath+`","status":404}`)
}

func TestSpoiledLists(t *testing.T) {
	tests := []struct {
		body  string
		pages []string // startIndex, itemsPerPage, totalResults and the names of each page of two
	}{
		{"no-total", []string{`[1,2,null,["a","b"]]`, `[3,2,null,["c","d"]]`, `[5,1,null,["e"]]`}},
		{"no-resources", []string{`[1,2,5,null]`, `[3,2,5,null]`, `[5,1,5,null]`}},
		{"short", []string{`[1,1,5,["a"]]`, `[3,1,5,["c"]]`, `[5,0,5,[]]`}},
		{"empty-page", []string{`[1,0,5,[]]`, `[3,0,5,[]]`, `[5,0,5,[]]`}},
		{"shrinks", []string{`[1,2,5,["a","b"]]`, `[3,0,2,[]]`, `[5,0,4,[]]`}},
		{"missing-page", []string{`[1,2,5,["c","d"]]`, `[3,1,5,["e"]]`, `[5,0,5,[]]`}},
		{"other", []string{`[1,2,5,["somebody.else@stranger.example","b"]]`}},
		{"noid", []string{`[1,2,5,["a","b"]]`}},
	}
	tn := start(t, accesstest.Config{})
	for name := range strings.SplitSeq("abcde", "") {
		tn.user(name)
	}
	for _, tt := range tests {
		t.Run(tt.body, func(t *testing.T) {
			tn.ClearFaults()
			tn.AddFault(accesstest.Fault{Body: tt.body})
			for i, want := range tt.pages {
				query := fmt.Sprintf(`?startIndex=%d&count=2&filter=domain%%20eq%%20"acme.com"`, 1+2*i)
				same(t, page(tn.want(http.StatusOK, http.MethodGet, usersPath+query, "").json()), want)
			}
		})
	}
	tn.ClearFaults()
	tn.AddFault(accesstest.Fault{Body: "short"})
	none := tn.want(http.StatusOK, http.MethodGet, groupsPath+`?filter=displayName%20eq%20"x"`, "").json()
	same(t, page(none), `[1,0,1,[]]`)
}

func page(list object) []any {
	var names any
	if shown, ok := list["Resources"].([]any); ok {
		found := []any{}
		for _, r := range shown {
			found = append(found, r.(object)["userName"])
		}
		names = found
	}
	return []any{list["startIndex"], list["itemsPerPage"], list["totalResults"], names}
}

// What spoils a list leaves other requests alone, and keeps its count for a list.
func TestSpoiledListsAreLists(t *testing.T) {
	tn := start(t, accesstest.Config{})
	id := tn.user("ada")
	tn.AddFault(accesstest.Fault{Body: "shrinks", Count: 1})
	tn.AddFault(accesstest.Fault{Body: "no-total", Count: 1})
	tn.getUser(id)
	tn.user("eve")
	same(t, tn.want(http.StatusOK, http.MethodGet, "/SAAS/t/x/jersey/manager/api/scim/Users/", "").json()["totalResults"],
		`null`)
	same(t, tn.want(http.StatusOK, http.MethodGet, usersPath+"?startIndex=3", "").json()["totalResults"], `2`)
	same(t, len(tn.Faults()), `0`)
}

// Nobody can see that a list of all shows another record, so it shows none.
func TestAnotherRecordIsNotInAListOfAll(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.AddFault(accesstest.Fault{Body: "other", Count: 1})
	same(t, page(tn.want(http.StatusOK, http.MethodGet, usersPath, "").json()), `[1,1,1,["admin"]]`)
	same(t, tn.found(usersPath, `userName eq "admin"`, "id"), `["`+strangerID+`"]`)
}

func TestFaultQuery(t *testing.T) {
	tests := []struct {
		name, query, request string
		struck               bool
	}{
		{"one page is struck", "startIndex=101", "?count=100&startIndex=101", true},
		{"another is not", "startIndex=101", "?count=100&startIndex=1", false},
		{"a filter is decoded", `userName eq "a b"`, "?filter=userName+eq+%22a%20b%22", true},
		{"a query that cannot be decoded is taken as it is", "100%", "?note=100%", true},
		{"no query is not struck", "filter", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{})
			tn.AddFault(accesstest.Fault{Query: tt.query, Status: http.StatusServiceUnavailable})
			got := tn.send(http.MethodGet, usersPath+tt.request, "")
			if struck := got.status == http.StatusServiceUnavailable; struck != tt.struck {
				t.Errorf("got %d", got.status)
			}
		})
	}
}

func TestFaultOfOneRecord(t *testing.T) {
	tn := start(t, accesstest.Config{})
	ada, eve := tn.user("ada"), tn.user("eve")
	tn.AddFault(accesstest.Fault{Path: usersPath + "/" + ada, Status: http.StatusInternalServerError})
	tn.want(http.StatusInternalServerError, http.MethodGet, usersPath+"/"+ada, "")
	tn.getUser(eve)
	tn.want(http.StatusOK, http.MethodGet, usersPath, "")
}

func TestFaultsThatCannotBe(t *testing.T) {
	for name, fault := range map[string]accesstest.Fault{
		"an unknown body": {Body: "xml"}, "nothing": {}, "a status of 42": {Status: 42},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("the fault was taken")
				}
			}()
			start(t, accesstest.Config{}).AddFault(fault)
		})
	}
	tn := start(t, accesstest.Config{})
	refusal := tn.control(http.StatusBadRequest, http.MethodPost, "/faults", `{"body":"xml"}`).body
	for _, known := range []string{"brace", "empty-page", "json", "truncated"} {
		if !strings.Contains(refusal, known) {
			t.Errorf("%s does not name %s", refusal, known)
		}
	}
}
