package scim_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream/accesstest"
)

func TestUpstreamRequestsOfUsers(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	read := w.Want(http.StatusOK, http.MethodGet, usersPath+"/"+ada, nil)
	changed := user("ada@acme.com", "ext-ada@acme.com")
	changed["title"] = "Countess"
	tests := []struct {
		name         string
		status       int
		method, path string
		body         any
		all, writes  int
	}{
		{"a new user", 201, http.MethodPost, usersPath, user("grace@acme.com", "ext-grace"), 1, 1},
		{"a user whose name is taken", 409, http.MethodPost, usersPath, user("ada@acme.com", "other"), 2, 1},
		{"the same push again", 201, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada@acme.com"), 1, 0},
		{"a read", 200, http.MethodGet, usersPath + "/" + ada, nil, 1, 0},
		{"a search by userName", 200, http.MethodGet, filter(usersPath, `userName eq "ADA@acme.com"`), nil, 1, 0},
		{"a search by externalId", 200, http.MethodGet, filter(usersPath, `externalId eq "ext-grace"`), nil, 1, 0},
		{"a search by id", 200, http.MethodGet, filter(usersPath, `id eq "`+ada+`"`), nil, 1, 0},
		{"a PUT that changes nothing", 200, http.MethodPut, usersPath + "/" + ada, read.Body, 0, 0},
		{"a PATCH that changes nothing", 200, http.MethodPatch, usersPath + "/" + ada,
			operations(map[string]any{"op": "Replace", "value": map[string]any{"active": true}}), 1, 0},
		{"a PUT that changes something", 200, http.MethodPut, usersPath + "/" + ada, changed, 2, 1},
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
}

func TestUserRefusals(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	adaPath := usersPath + "/" + ada
	w.CreateUser("grace@acme.com")
	without := func(name string) map[string]any {
		u := user("new@acme.com", "ext-new")
		delete(u, name)
		return u
	}
	with := func(name string, value any) map[string]any {
		u := user("new@acme.com", "ext-new")
		u[name] = value
		return u
	}
	tests := []struct {
		name         string
		status       int
		scimType     string
		method, path string
		body         any
		detail       string
	}{
		{"no e-mail", 400, "invalidValue", "POST", usersPath, without("emails"), "emails"},
		{"no userName", 400, "invalidValue", "POST", usersPath, without("userName"), "userName"},
		{"no name", 400, "invalidValue", "POST", usersPath, without("name"), "name.givenName, name.familyName"},
		{"a userName that is a number in a list", 400, "invalidValue", "POST", usersPath, with("userName", []any{1}),
			"userName must be a string"},
		{"active that is no boolean", 400, "invalidValue", "POST", usersPath, with("active", "perhaps"), "true or false"},
		{"a body that is a list", 400, "invalidSyntax", "POST", usersPath, `[]`, "JSON object"},
		{"a body that is null", 400, "invalidSyntax", "POST", usersPath, `null`, "JSON object"},
		{"an empty body", 400, "invalidSyntax", "POST", usersPath, ``, "JSON object"},
		{"garbage behind the JSON", 400, "invalidSyntax", "POST", usersPath, `{"userName":"x"} trailing`, "byte"},
		{"half a body", 400, "invalidSyntax", "PUT", adaPath, `{"userName":"x`, "byte"},
		{"invalid UTF-8", 400, "invalidValue", "POST", usersPath, []byte("{\"userName\":\"\xff\"}"), "userName contains"},
		{"half an emoji", 400, "invalidValue", "POST", usersPath, `{"name":{"familyName":"\ud83d"}}`, "name.familyName"},
		{"half an emoji in a list", 400, "invalidValue", "POST", usersPath, `{"emails":[1,{"value":"\ude00"}]}`,
			"emails[1].value"},
		{"half an emoji in an extension", 400, "invalidValue", "POST", usersPath,
			`{"` + schema.Enterprise + `":{"department":"a\ud83d\u0041"}}`, schema.Enterprise + ":department"},
		{"a broken name", 400, "invalidSyntax", "POST", usersPath, []byte("{\"\xff\":1}"), "at byte 1"},
		{"a broken text under what may be a person's name", 400, "invalidValue", "POST", usersPath,
			`{"jane@acme.com":["\ud83d"]}`, "[not a name][0]"},
		{"the userName of another", 409, "uniqueness", "PUT", adaPath,
			user("GRACE@acme.com", "ext-ada@acme.com"), "another user"},
		{"a user that does not exist", 404, "", "GET", usersPath + "/nobody", nil, "nobody"},
		{"an id that is a path", 404, "", "GET", usersPath + "/..%2FGroups", nil, "not found"},
		{"a PUT to nobody", 404, "", "PUT", usersPath + "/nobody", user("x@acme.com", "x"), "nobody"},
		{"a PATCH of nobody", 404, "", "PATCH", usersPath + "/nobody", replace("active", false), "nobody"},
		{"a deletion of nobody", 404, "", "DELETE", usersPath + "/nobody", nil, "nobody"},
		{"a PATCH without operations", 400, "invalidSyntax", "PATCH", adaPath, operations(), "Operations"},
		{"a PATCH with an unknown op", 400, "invalidSyntax", "PATCH", adaPath,
			operations(map[string]any{"op": "move", "path": "title"}), "add, replace or remove"},
		{"a PATCH of the id", 400, "mutability", "PATCH", adaPath, replace("id", "x"), "read-only"},
		{"a PATCH with another id in its value", 400, "mutability", "PATCH", adaPath, set("id", "x"), "id"},
		{"a PATCH of a value that is not there", 400, "noTarget", "PATCH", adaPath,
			replace(`emails[type eq "home"].value`, "x@y"), "emails"},
		{"a PATCH with a broken path", 400, "invalidPath", "PATCH", adaPath, replace(`emails[`, "x@y"), "path"},
		{"a PATCH of active with a wrong type", 400, "invalidValue", "PATCH", adaPath,
			replace("active", []any{7}), "true or false"},
		{"a filter on an attribute that no schema has", 400, "invalidFilter", "GET",
			filter(usersPath, `shoeSize eq "7"`), nil, "/Schemas"},
		{"a filter that cannot be read", 400, "invalidFilter", "GET", filter(usersPath, `userName eq`), nil,
			"a value is missing at byte 11"},
		{"a PATCH that removes what is required", 400, "mutability", "PATCH", adaPath, remove("name.givenName"), "removed"},
		{"a PATCH that empties what is required", 400, "mutability", "PATCH", adaPath, replace("userName", ""), "removed"},
		{"a PATCH that removes the last e-mail", 400, "mutability", "PATCH", adaPath,
			remove(`emails[type eq "work"]`), "removed"},
		{"a name given twice", 400, "invalidSyntax", "POST", usersPath, `{"userName":"a@x","userName":"b@x"}`, "twice"},
		{"a sub-attribute given twice", 400, "invalidSyntax", "POST", usersPath,
			`{"userName":"a@x","name":{"givenName":"a","givenName":"b"}}`, "twice"},
		{"a zero byte", 400, "invalidValue", "POST", usersPath, `{"userName":"a\u0000b"}`, "userName contains a zero byte"},
		{"33 lists in one another", 400, "invalidSyntax", "POST", usersPath,
			`{"userName":` + strings.Repeat("[", 33) + strings.Repeat("]", 33) + "}", "32 deep"},
		{"two objects", 400, "invalidSyntax", "POST", usersPath, `{"userName":"a"}{"userName":"b"}`, "one JSON object"},
		{"a count that is no number", 400, "invalidValue", "GET", usersPath + "?count=ten", nil, "count"},
		{"a parameter given twice", 400, "invalidValue", "GET", usersPath + "?count=1&count=2", nil, "more than once"},
	}
	before := w.Access.State()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := w.Want(tt.status, tt.method, tt.path, tt.body)
			if got, _ := r.Body["scimType"].(string); got != tt.scimType {
				t.Errorf("scimType is %q, want %q", got, tt.scimType)
			}
			if !strings.Contains(r.Detail(), tt.detail) {
				t.Errorf("detail is %q, want one that says %q", r.Detail(), tt.detail)
			}
		})
	}
	if after := w.Access.State(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("a refused request changed Access")
	}
}

func TestConflictsNameTheExistingUser(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	byName := w.Want(http.StatusConflict, http.MethodPost, usersPath, user("Ada@Acme.com", "someone-else"))
	byID := w.Want(http.StatusConflict, http.MethodPost, usersPath, user("countess@acme.com", "ext-ada@acme.com"))
	for _, r := range []response{byName, byID} {
		if !strings.Contains(r.Detail(), ada) || !strings.Contains(r.Detail(), "ada@acme.com") {
			t.Errorf("detail is %q, want the id and userName of the existing user in it", r.Detail())
		}
	}
}

// Without an externalId the bridge cannot know that it is the same push again, once the
// caller was answered.
func TestUserWithoutExternalID(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	r := w.Want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", ""))
	got, _ := w.HeldUser(r.ID())["externalId"].(string)
	if id, err := uuid.Parse(got); err != nil || id.Version() != 8 {
		t.Errorf("Access holds the externalId %q, want a UUID of version 8", got)
	}
	if shown, ok := r.Body["externalId"]; ok {
		t.Errorf("Okta is shown the externalId %v, which it did not send", shown)
	}
	found := w.Want(http.StatusOK, http.MethodGet, filter(usersPath, `externalId eq "`+got+`"`), nil)
	if total := found.Body["totalResults"]; total != 0.0 {
		t.Errorf("%v users are found by it", total)
	}
	w.Want(http.StatusConflict, http.MethodPost, usersPath, user("ada@acme.com", ""))
}

func TestRepeatedPushBringsTheAccountUpToDate(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	again := user("ada@acme.com", "ext-ada@acme.com")
	again["title"] = "Countess"
	if r := w.Want(http.StatusCreated, http.MethodPost, usersPath, again); r.ID() != ada || r.Body["title"] != "Countess" {
		t.Errorf("answered %s, want the account %s with its new title", r.Raw, ada)
	}
}

// A creation whose answer is lost is resolved by looking. Where looking fails
// too, it is answered 429 and Okta sends it again; there is one account.
func TestCreationWhoseAnswerIsLost(t *testing.T) {
	for name, externalID := range map[string]string{"with an externalId": "ext-ada", "without": ""} {
		t.Run("resolved by looking, "+name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{})
			w.Access.AddFault(accesstest.Fault{
				Method: http.MethodPost, Path: accessAPI + "/scim/Users", Drop: true, Apply: true,
			})
			r := w.Want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", externalID))
			if w.HeldUser(r.ID())["userName"] != "ada@acme.com" {
				t.Errorf("answered %s", r.Raw)
			}
		})
	}
	t.Run("resolved by Okta's repetition", func(t *testing.T) {
		w := newWorld(t, accesstest.Config{})
		w.Access.AddFault(accesstest.Fault{Path: accessAPI, Drop: true, Apply: true})
		w.Want(http.StatusTooManyRequests, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada"))
		w.Access.ClearFaults()
		w.Want(http.StatusCreated, http.MethodPost, usersPath, user("ada@acme.com", "ext-ada"))
		if page := w.Want(http.StatusOK, http.MethodGet, usersPath, nil); page.Body["totalResults"] != 1.0 {
			t.Errorf("there are %v users, want one", page.Body["totalResults"])
		}
	})
}

func TestSamePushTwiceAtOnce(t *testing.T) {
	w := newWorld(t, accesstest.Config{Latency: 0})
	ids := make([]string, 8)
	var wait sync.WaitGroup
	for i := range ids {
		wait.Go(func() { ids[i] = w.Send(http.MethodPost, usersPath, user("ada@acme.com", "ext-ada")).ID() })
	}
	wait.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Errorf("the callers got %q, want one id for all", ids)
			break
		}
	}
}

func TestImportInPages(t *testing.T) {
	w := newWorld(t, accesstest.Config{SeedUsers: 250})
	seen := map[any]bool{}
	last := ""
	for start := 1; start <= 201; start += 100 {
		r := w.Want(http.StatusOK, http.MethodGet, fmt.Sprintf("%s?startIndex=%d&count=100", usersPath, start), nil)
		resources, _ := r.Body["Resources"].([]any)
		want := min(100, 251-start)
		if r.Body["totalResults"] != 250.0 || r.Body["startIndex"] != float64(start) ||
			r.Body["itemsPerPage"] != float64(want) || len(resources) != want {
			t.Fatalf("page at %d: total %v, start %v, itemsPerPage %v, %d resources", start,
				r.Body["totalResults"], r.Body["startIndex"], r.Body["itemsPerPage"], len(resources))
		}
		for _, u := range resources {
			u := u.(map[string]any)
			name := u["userName"].(string)
			if name <= last || seen[u["id"]] {
				t.Fatalf("%s comes after %s, or a second time", name, last)
			}
			last, seen[u["id"]] = name, true
		}
		if strings.Contains(string(r.Raw), `"totalResults":"`) {
			t.Error("counts are strings")
		}
	}
	if len(seen) != 250 {
		t.Errorf("saw %d users, want 250", len(seen))
	}
}

func TestProjectionOfLists(t *testing.T) {
	w := newWorld(t, accesstest.Config{SeedUsers: 1})
	r := w.Want(http.StatusOK, http.MethodGet, usersPath+"?attributes=userName,name.givenName", nil)
	u := r.Body["Resources"].([]any)[0].(map[string]any)
	if len(u) != 4 || u["userName"] == nil || u["name"] == nil || u["id"] == nil || u["schemas"] == nil {
		t.Errorf("got %v, want schemas, id, userName and name", u)
	}
	r = w.Want(http.StatusOK, http.MethodGet,
		usersPath+"?attributes=urn:ietf:params:scim:schemas:core:2.0:User:displayName", nil)
	if u = r.Body["Resources"].([]any)[0].(map[string]any); len(u) > 3 || u["userName"] != nil {
		t.Errorf("got %v, want displayName beside id and schemas at most", u)
	}
	r = w.Want(http.StatusOK, http.MethodGet, usersPath+"?excludedAttributes=emails,id", nil)
	u = r.Body["Resources"].([]any)[0].(map[string]any)
	if u["emails"] != nil || u["id"] == nil || u["userName"] == nil {
		t.Errorf("got %v, want all but emails", u)
	}
}
