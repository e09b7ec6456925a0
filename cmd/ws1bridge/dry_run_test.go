package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// TestDryRun runs a bridge that writes nothing and checks that Okta is answered as if Access
// had it, that Access is sent no write, and that the log tells the differences.
func TestDryRun(t *testing.T) {
	s := serveArgs(t, accesstest.Config{SeedUsers: 1}, []string{"serve", "--dry-run"})
	held := s.push(t, http.StatusOK, http.MethodGet, "/Users", nil)
	seeded := held.Body["Resources"].([]any)[0].(map[string]any)["id"].(string)

	ada := s.push(t, http.StatusCreated, http.MethodPost, "/Users",
		okta.User("adaline@acme.com", "Adaline", "Lovelady", "00u1ada")).ID()
	if !strings.HasPrefix(ada, "dry-run-") {
		t.Errorf("the id %s does not say that it is made up", ada)
	}
	s.push(t, http.StatusConflict, http.MethodPost, "/Users", okta.User("adaline@acme.com", "Adaline", "Lovelady",
		"00u2other"))
	changed := s.push(t, http.StatusOK, http.MethodGet, "/Users/"+ada, nil).Body
	changed["title"] = "Countess"
	s.push(t, http.StatusOK, http.MethodPut, "/Users/"+ada, changed)
	if got := s.push(t, http.StatusOK, http.MethodGet, okta.Filtered("/Users", "userName", "Adaline@acme.com"),
		nil).Body["Resources"].([]any)[0].(map[string]any); got["title"] != "Countess" {
		t.Errorf("the change is not shown: %v", got)
	}
	s.push(t, http.StatusOK, http.MethodPatch, "/Users/"+seeded,
		okta.Patch(okta.Replace(okta.Object{"active": false})))
	team := s.push(t, http.StatusCreated, http.MethodPost, "/Groups",
		okta.Group("Engineers", okta.Member(ada, "x"), okta.Member(seeded, "y"))).ID()
	if got := s.push(t, http.StatusOK, http.MethodGet, "/Groups/"+team, nil).Body["members"].([]any); len(got) != 2 {
		t.Errorf("the group has %v", got)
	}
	s.push(t, http.StatusNoContent, http.MethodDelete, "/Users/"+ada, nil)
	if total := s.push(t, http.StatusOK, http.MethodGet, "/Users", nil).Body["totalResults"]; total != 1.0 {
		t.Errorf("%v users are left", total)
	}
	for _, r := range s.access.Requests() {
		if r.Method != http.MethodGet && r.Path != connection.TokenPath {
			t.Errorf("Access was sent %s %s", r.Method, r.Path)
		}
	}
	s.stop(t)
	checkHeldBack(t, s.stdout.String(), []string{
		`{"op":"create user","method":"POST","path":"USERS","user_id":"ADA","domain":"acme.com",` +
			`"set":["active","displayName","emails","externalId","locale","name.familyName","name.givenName","userName"]}`,
		`{"op":"update user","method":"PATCH","path":"USERS/ADA","user_id":"ADA","set":["title"]}`,
		`{"op":"update user","method":"PATCH","path":"USERS/SEEDED","user_id":"SEEDED","set":["active"]}`,
		`{"op":"create group","method":"POST","path":"GROUPS","group_id":"TEAM","domain":"acme.com",` +
			`"set":["displayName","externalId"]}`,
		`{"op":"update group","method":"PATCH","path":"GROUPS/TEAM","group_id":"TEAM","members_added":["ADA","SEEDED"]}`,
		`{"op":"delete user","method":"DELETE","path":"USERS/ADA","user_id":"ADA"}`,
	}, strings.NewReplacer("/SAAS/jersey/manager/api/scim/Users", "USERS", "/SAAS/jersey/manager/api/scim/Groups",
		"GROUPS", ada, "ADA", seeded, "SEEDED", team, "TEAM"))
	for _, word := range private {
		if strings.Contains(s.stdout.String(), word) {
			t.Errorf("the log holds %q", word)
		}
	}
}

// TestDryRunWithValues checks that values are told where they are asked for.
func TestDryRunWithValues(t *testing.T) {
	s := serveArgs(t, accesstest.Config{SeedUsers: 1}, []string{"serve", "--dry-run-values"})
	held := s.push(t, http.StatusOK, http.MethodGet, "/Users", nil)
	seeded := held.Body["Resources"].([]any)[0].(map[string]any)["id"].(string)
	s.push(t, http.StatusOK, http.MethodPatch, "/Users/"+seeded,
		okta.Patch(okta.Replace(okta.Object{"title": "Countess"})))
	s.stop(t)
	checkHeldBack(t, s.stdout.String(), []string{
		`{"op":"update user","method":"PATCH","path":"USERS/SEEDED","user_id":"SEEDED","set":["title"],` +
			`"body":{"schemas":["urn:scim:schemas:core:1.0"],"title":"Countess"}}`,
	}, strings.NewReplacer("/SAAS/jersey/manager/api/scim/Users", "USERS", seeded, "SEEDED"))
}

// checkHeldBack compares the lines about writes that were held back.
func checkHeldBack(t *testing.T, log string, want []string, names *strings.Replacer) {
	t.Helper()
	var got []map[string]any
	for line := range strings.Lines(log) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(names.Replace(line)), &fields); err != nil {
			t.Fatal(err)
		}
		if fields["msg"] == "write held back" {
			got = append(got, fields)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d writes were held back, want %d:\n%s", len(got), len(want), log)
	}
	for i, text := range want {
		var fields map[string]any
		if err := json.Unmarshal([]byte(text), &fields); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"level", "time", "logger", "msg"} {
			if got[i][name] == nil {
				t.Errorf("line %d has no %s", i, name)
			}
			delete(got[i], name)
		}
		if ids, ok := got[i]["members_added"].([]any); ok { // in the order of ids that are made up
			slices.SortFunc(ids, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		}
		a, _ := json.Marshal(got[i])
		b, _ := json.Marshal(fields)
		if string(a) != string(b) {
			t.Errorf("line %d is\n  %s\nwant\n  %s", i, a, b)
		}
	}
}
