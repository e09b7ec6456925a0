package scim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

const bulkPath = "/scim/v2/Bulk"

func bulk(operations ...map[string]any) map[string]any {
	return map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": operations,
	}
}

func create(path, bulkID string, data map[string]any) map[string]any {
	return map[string]any{"method": "POST", "path": path, "bulkId": bulkID, "data": data}
}

// results are what became of the operations of a bulk request.
func results(r response) (out []map[string]any) {
	list, _ := r.Body["Operations"].([]any)
	for _, item := range list {
		out = append(out, item.(map[string]any))
	}
	return out
}

// statuses are those of the operations, in one line.
func statuses(r response) string {
	var list []string
	for _, result := range results(r) {
		list = append(list, fmt.Sprint(result["status"]))
	}
	return strings.Join(list, " ")
}

// TestBulk has the examples of RFC 7644 section 3.7 and their variations.
func TestBulk(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com")
	deactivate := replace("active", false)
	t.Run("a group is created before its members, across types", func(t *testing.T) {
		r := w.Want(http.StatusOK, http.MethodPost, bulkPath, bulk(
			create("/Groups", "g", group("Bulk", "bulkId:b", "bulkId:c", ada)),
			create("/Users", "b", user("b@acme.com", "ext-b")),
			create("/Users", "c", user("c@acme.com", "ext-c")),
			map[string]any{"method": "PATCH", "path": "/Users/bulkId:b", "data": deactivate},
			map[string]any{"method": "DELETE", "path": "/Users/bulkId:c"},
		))
		if got := statuses(r); got != "201 201 201 200 204" {
			t.Fatalf("the operations were answered %s: %s", got, r.Raw)
		}
		first := results(r)[1]
		location, _ := first["location"].(string)
		id := location[strings.LastIndex(location, "/")+1:]
		if first["bulkId"] != "b" || first["method"] != "POST" || first["response"] != nil ||
			!strings.HasPrefix(fmt.Sprint(first["version"]), `W/"`) {
			t.Errorf("a creation was answered %v", first)
		}
		if w.HeldUser(id)["active"] != false {
			t.Error("the user that was patched in the same request is active")
		}
		if members := w.HeldMembers("Bulk"); len(members) != 2 || !members[id] || !members[ada] {
			t.Errorf("the group has the members %v", members)
		}
	})
	t.Run("operations that fail leave the others alone", func(t *testing.T) {
		r := w.Want(http.StatusOK, http.MethodPost, bulkPath, bulk(
			create("/Users", "x", user("ada@acme.com", "other")),
			map[string]any{"method": "PUT", "path": "/Users/nobody", "data": user("x@acme.com", "x")},
			map[string]any{"method": "PATCH", "path": "/Users/" + ada, "version": `W/"1"`, "data": deactivate},
			create("/Groups", "y", group("Y", "bulkId:x")),
			create("/Groups", "z", group("Z", "bulkId:unheard-of")),
			map[string]any{"method": "PATCH", "path": "/Users/" + ada, "data": map[string]any{"Operations": []any{}}},
			map[string]any{"method": "PUT", "path": "/Users/" + ada},
			map[string]any{"method": "GET", "path": "/Users/" + ada},
			map[string]any{"method": "DELETE", "path": "/Users"},
			map[string]any{"method": "DELETE", "path": "/Schemas/x"},
			map[string]any{"method": "POST", "bulkId": "s", "path": "/Users/.search", "data": map[string]any{}},
			map[string]any{"method": "DELETE", "path": "Users/" + ada},
			create("/Groups", "w", group("W")),
		))
		if got := statuses(r); got != "409 404 412 400 400 400 400 400 400 400 400 400 201" {
			t.Fatalf("the operations were answered %s: %s", got, r.Raw)
		}
		for i, result := range results(r) {
			problem, _ := result["response"].(map[string]any)
			detail, _ := problem["detail"].(string)
			if failed := result["status"] != "201"; failed && (problem["status"] != result["status"] || detail == "") {
				t.Errorf("operation %d: %v", i+1, result)
			}
			location := fmt.Sprint(result["location"])
			if i == 1 && (!strings.Contains(detail, "nobody") || !strings.HasSuffix(location, "/scim/v2/Users/nobody")) {
				t.Errorf("a PUT to nobody was answered %v", result)
			}
			if i == 11 && result["location"] != nil {
				t.Errorf("an invalid path has a location: %v", result)
			}
		}
		if w.HeldUser(ada)["active"] != true {
			t.Error("a change of another version was made")
		}
	})
	t.Run("circular references are refused", func(t *testing.T) {
		r := w.Want(http.StatusOK, http.MethodPost, bulkPath, bulk(
			create("/Groups", "1", group("One", "bulkId:2")),
			create("/Groups", "2", group("Two", "bulkId:1")),
			create("/Groups", "3", group("Self", "bulkId:3")),
		))
		// The first fails for what is not there, the second because the first failed.
		if got := statuses(r); got != "409 400 409" {
			t.Errorf("the operations were answered %s: %s", got, r.Raw)
		}
	})
	t.Run("failOnErrors ends the request", func(t *testing.T) {
		body := bulk(
			map[string]any{"method": "DELETE", "path": "/Users/nobody"}, create("/Groups", "a", group("Before the end")),
			map[string]any{"method": "DELETE", "path": "/Users/nobody"}, create("/Groups", "b", group("After the end")))
		body["failOnErrors"] = 2
		if got := statuses(w.Want(http.StatusOK, http.MethodPost, bulkPath, body)); got != "404 201 404" {
			t.Errorf("the operations were answered %s", got)
		}
	})
	t.Run("what Access can't take now is 429, and what refers to it too", func(t *testing.T) {
		w.Access.AddFault(accesstest.Fault{Path: accessAPI + "/scim/Users", Status: http.StatusServiceUnavailable})
		defer w.Access.ClearFaults()
		r := w.Want(http.StatusOK, http.MethodPost, bulkPath, bulk(
			create("/Users", "d", user("d@acme.com", "ext-d")), create("/Groups", "e", group("E", "bulkId:d"))))
		if got := statuses(r); got != "429 429" {
			t.Errorf("the operations were answered %s: %s", got, r.Raw)
		}
	})
}

func TestBulkRefusals(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	many := make([]map[string]any, 1001)
	for i := range many {
		many[i] = map[string]any{"method": "DELETE", "path": "/Users/nobody"}
	}
	tests := []struct {
		name     string
		status   int
		body     any
		scimType string
		detail   string
	}{
		{"no operations", 400, bulk(), "invalidSyntax", "Operations"},
		{"no list", 400, `{"Operations":{}}`, "invalidSyntax", "Operations"},
		{"a POST without bulkId", 400, bulk(create("/Users", "", user("x@acme.com", "x"))), "invalidValue", "bulkId"},
		{"a bulkId twice", 400, bulk(
			create("/Users", "a", user("x@acme.com", "x")),
			create("/Users", "a", user("y@acme.com", "y"))), "invalidValue", "same bulkId"},
		{"1,001 operations", 413, bulk(many...), "tooMany", "1000"},
		{"more than 10 MiB", 413, `{"Operations":[` + strings.Repeat(" ", 10<<20) + `]}`, "", "10 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.Access.ClearRequests()
			r := w.Want(tt.status, http.MethodPost, bulkPath, tt.body)
			if got, _ := r.Body["scimType"].(string); got != tt.scimType || !strings.Contains(r.Detail(), tt.detail) {
				t.Errorf("answered %s, want %s and a detail that says %q", r.Raw, tt.scimType, tt.detail)
			}
			if all, _ := w.UpstreamRequests(); all > 0 {
				t.Errorf("%d requests reached Access", all)
			}
		})
	}
}

func TestBulkIsLoggedByOperation(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	r := w.Want(http.StatusOK, http.MethodPost, bulkPath, bulk(
		create("/Users", "a", user("ada@acme.com", "ext-a")), map[string]any{"method": "DELETE", "path": "/Users/nobody"}))
	log, id := w.Log.String(), r.Header.Get("X-Request-Id")
	for _, want := range []string{
		`"op":"create user","request_id":"` + id + `-1","status":201`,
		`"op":"delete user","request_id":"` + id + `-2","status":404`,
		`"op":"bulk","request_id":"` + id + `","status":200`,
	} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
	if strings.Contains(log, "ada@") {
		t.Error("the log holds a userName")
	}
}
