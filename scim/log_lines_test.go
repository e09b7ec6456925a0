package scim_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// lastLine is the last line of the log, without what differs from run to run.
func (w *world) lastLine(t *testing.T) map[string]any {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(w.Log.String()), "\n")
	line := map[string]any{}
	must(t, json.Unmarshal([]byte(lines[len(lines)-1]), &line))
	for _, name := range []string{"level", "ts", "msg", "request_id", "took"} {
		if line[name] == nil {
			t.Errorf("the line %v has no %s", line, name)
		}
		delete(line, name)
	}
	return line
}

// facts are what a line of the log is to have.
type facts = map[string]any

// A refusal is told with what leads to the record and to the fix, and without names.
func TestRefusalsAreLoggedWithTheirCause(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ada := w.CreateUser("ada@acme.com") // with the externalId ext-ada
	team := w.CreateGroup("Engineers")
	w.Want(http.StatusOK, http.MethodGet, groupsPath+"/"+team, nil)
	grace := w.CreateUser("grace@acme.com")
	held := w.HeldUser(ada)["externalId"].(string)
	const taken = "The userName is taken by the user with id … (userName …, active …)."
	nameless := user("new@acme.com", "00u7new")
	nameless["name"] = map[string]any{"givenName": "New"}
	tests := []struct {
		name         string
		status       int
		method, path string
		body         any
		want         facts
	}{
		{"a userName is taken", 409, "POST", usersPath, user("ADA@acme.com", "00u2other"), facts{
			"op": "create user", "external_id": "00u2other", "conflicting_id": ada, "cause": "userName taken", "reason": taken,
			"scim_type": "uniqueness"}},
		{"an externalId is taken", 409, "POST", usersPath, user("countess@acme.com", held), facts{
			"op": "create user", "external_id": "[not an id]", "conflicting_id": ada, "cause": "externalId taken",
			"reason":    "The externalId belongs to the active user with id … (userName …).",
			"scim_type": "uniqueness"}},
		{"an externalId that is an address is not told", 409, "POST", usersPath, user("ada@acme.com", "1@acme.com"), facts{
			"op": "create user", "external_id": "[not an id]", "conflicting_id": ada, "cause": "userName taken", "reason": taken,
			"scim_type": "uniqueness"}},
		{"there is no externalId", 409, "POST", usersPath, without(user("ada@acme.com", ""), "externalId"), facts{
			"op": "create user", "conflicting_id": ada, "cause": "userName taken", "reason": taken, "scim_type": "uniqueness"}},
		{"an attribute is missing", 400, "POST", usersPath, nameless, facts{
			"op": "create user", "external_id": "00u7new",
			"error": "The attribute name.familyName is missing: Workspace ONE Access creates no user without it."}},
		{"the new name is taken", 409, "PATCH", usersPath + "/" + grace, set("userName", "ada@acme.com"), facts{
			"op": "patch user", "user_id": grace, "cause": "userName taken", "scim_type": "uniqueness",
			"reason": "Workspace ONE Access already has another user with this userName in the domain."}},
		{"the name of a group is taken", 409, "POST", groupsPath, group("Engineers"), facts{
			"op": "create group", "conflicting_id": team, "cause": "displayName taken", "scim_type": "uniqueness",
			"reason": "The displayName is taken by the group with id …. Link to that group in Okta, or rename one of them."}},
		{"the name is that of a stranger", 409, "POST", groupsPath, group("ALL USERS"), facts{
			"op": "create group", "cause": "displayName taken, not ours",
			"error": "create group: already taken in Workspace ONE Access (409)",
			"reason": "Workspace ONE Access already has a group with this displayName that the bridge does not manage " +
				"(group names are unique in the whole tenant): rename one of them."}},
		{"a user is not there", 404, "GET", usersPath + "/0f4d2b7e", nil, facts{
			"op": "read user", "user_id": "0f4d2b7e", "path": "/Users/{id}", "reason": "Resource … not found.",
			"error": "read user: not found in Workspace ONE Access (404)"}},
		{"a group is not there", 404, "DELETE", groupsPath + "/jane@acme.com", nil, facts{
			"op": "delete group", "group_id": "[not an id]", "path": "/Groups/{id}", "reason": "Resource … not found.",
			"error": "read group: not found in Workspace ONE Access"}},
		{"a schema is not there", 404, "GET", "/scim/v2/Schemas/jane", nil, facts{
			"op": "discover", "path": "/Schemas/{id}", "reason": "Resource … not found."}},
		{"the base URL is wrong", 404, "GET", "/scim/v2/scim/v2/Users/jane@acme.com", nil, facts{
			"op": "unknown", "path": "/scim/v2/scim/v2/Users/{other}", "method": "GET",
			"reason": "There is no such endpoint. The SCIM base URL of the bridge ends in …."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.Want(tt.status, tt.method, tt.path, tt.body)
			tt.want["status"], tt.want["token"] = float64(tt.status), "token 1"
			if got := w.lastLine(t); !maps.Equal(got, tt.want) {
				t.Errorf("got %v\nwant %v", got, tt.want)
			}
		})
	}
	if log := w.Log.String(); strings.Contains(log, "@") || strings.Contains(log, "Engineers") {
		t.Errorf("the log names somebody: %s", log)
	}
}

// without is the resource without an attribute.
func without(r map[string]any, attribute string) map[string]any {
	delete(r, attribute)
	return r
}

// The path of an operation in a bulk request is told as that of a request.
func TestBulkRefusalsAreLoggedWithTheirPath(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.Want(http.StatusOK, http.MethodPost, bulkPath, bulk(map[string]any{"method": "DELETE", "path": "/Users/nobody"}))
	if log := w.Log.String(); !strings.Contains(log, `"path":"/Users/{id}"`) {
		t.Errorf("the log lacks the path: %s", log)
	}
}
