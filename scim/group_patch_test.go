package scim_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// TestPatchGroup plays every form in which members come and go: how it is answered, what
// it costs, and who is in the group afterwards.
func TestPatchGroup(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(4)
	a, b, c, d := ids[0], ids[1], ids[2], ids[3]
	by := func(id string) map[string]any {
		return map[string]any{"op": "remove", "path": `members[value eq "` + id + `"]`}
	}
	op := func(op string, value any) map[string]any {
		return map[string]any{"op": op, "path": "members", "value": value}
	}
	member := func(id string) map[string]any { return map[string]any{"value": id} }
	tests := []struct {
		name       string
		query      string
		operations []map[string]any
		status     int
		requests   int
		held       []string // of a and b at first
	}{
		{"a member comes", "", []map[string]any{add(c)}, 204, 2, []string{a, b, c}},
		{"one comes alone, without a list", "", []map[string]any{op("add", member(c))}, 204, 2, []string{a, b, c}},
		{"one comes without a path", "",
			[]map[string]any{{"op": "add", "value": map[string]any{"members": []any{member(c)}}}}, 204, 2, []string{a, b, c}},
		{"one comes who is there", "", []map[string]any{add(a)}, 204, 2, []string{a, b}},
		{"one goes", "", []map[string]any{by(a)}, 204, 2, []string{b}},
		{"one goes by value", "", []map[string]any{op("remove", []any{member(a)})}, 204, 2, []string{b}},
		{"one goes who is not there", "", []map[string]any{by(d)}, 204, 2, []string{a, b}},
		{"one goes whom nobody knows", "",
			[]map[string]any{by("00000000-0000-4000-8000-000000000000")}, 204, 2, []string{a, b}},
		{"two go and two come", "", []map[string]any{by(a), by(b), add(c, d)}, 204, 3, []string{c, d}},
		{"one goes and comes back", "", []map[string]any{by(a), add(a)}, 204, 2, []string{a, b}},
		{"one comes and goes again", "", []map[string]any{add(c), by(c)}, 204, 2, []string{a, b}},
		{"nobody, by null", "", []map[string]any{op("add", nil)}, 204, 1, []string{a, b}},
		{"a group comes, which is left out", "",
			[]map[string]any{op("add", []any{map[string]any{"value": c, "type": "Group"}})}, 204, 1, []string{a, b}},
		{"the list is replaced", "", []map[string]any{op("replace", []any{member(c)})}, 204, 3, []string{c}},
		{"everybody goes", "", []map[string]any{{"op": "remove", "path": "members"}}, 204, 2, nil},
		{"Okta's own, with the name first", "", []map[string]any{
			{"op": "replace", "value": map[string]any{"displayName": "Team"}}, add(c)}, 204, 2, []string{a, b, c}},
		{"for a caller who wants the name", "?attributes=displayName", []map[string]any{add(c)}, 200, 2, []string{a, b, c}},
		{"for one who wants all but the members", "?excludedAttributes=members", []map[string]any{add(c)}, 200, 2,
			[]string{a, b, c}},
		{"for one who wants the members", "?attributes=members", []map[string]any{add(c)}, 200, 2, []string{a, b, c}},
		{"for one who wants nothing left out", "?excludedAttributes=externalId", []map[string]any{by(a)}, 200, 2,
			[]string{b}},
		{"a member without an id", "", []map[string]any{op("add", []any{map[string]any{"display": "c"}})}, 400, 0,
			[]string{a, b}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			id := w.CreateGroup("Team", a, b)
			defer w.Want(http.StatusNoContent, http.MethodDelete, groupsPath+"/"+id, nil)
			w.Access.ClearRequests()
			r := w.Want(tt.status, http.MethodPatch, groupsPath+"/"+id+tt.query, operations(tt.operations...))
			if n, _ := w.UpstreamRequests(); n != tt.requests {
				t.Errorf("it took %d requests to Access, want %d", n, tt.requests)
			}
			w.WantHeld("Team", tt.held...)
			list, hasMembers := r.Body["members"].([]any)
			wants := strings.Contains(tt.query, "=members") != strings.Contains(tt.query, "excluded") && tt.query != ""
			if tt.status < 400 && hasMembers != wants || hasMembers && len(list) != len(tt.held) {
				t.Errorf("answered with the members %v", r.Body["members"])
			}
			if (len(r.Raw) > 0) != (tt.status != http.StatusNoContent) {
				t.Errorf("answered %d with the body %s", r.Status, r.Raw)
			}
		})
	}
}

// TestMembersInEveryForm checks that members of a POST and a PUT are read the same in
// every form.
func TestMembersInEveryForm(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	ids := w.People(2)
	value := func(id string, more ...any) map[string]any {
		m := map[string]any{"value": id}
		for pair := range slices.Chunk(more, 2) {
			m[pair[0].(string)] = pair[1]
		}
		return m
	}
	tests := []struct {
		name    string
		members any
		status  int
		held    []string
	}{
		{"ids", []any{value(ids[0]), value(ids[1])}, 201, ids},
		{"as they are shown", []any{value(ids[0], "display", "x", "type", "User", "$ref", "https://x/Users/"+ids[0])}, 201,
			ids[:1]},
		{"in any case of the names", []any{map[string]any{"Value": ids[0], "DISPLAY": "x"}, value(ids[1])}, 201, ids},
		{"one of them a group", []any{value(ids[0], "type", "group"), value(ids[1])}, 201, ids[1:]},
		{"with what nobody knows", []any{value(ids[0], "color", "red"), value(ids[1])}, 201, ids},
		{"one alone, without a list", value(ids[0]), 201, ids[:1]},
		{"null", nil, 201, nil},
		{"a bare id", []any{ids[0]}, 400, nil},
		{"one without an id", []any{value(ids[0]), map[string]any{"display": "x"}}, 400, nil},
		{"null among them", []any{value(ids[0]), nil}, 400, nil},
		{"an id that is a list", []any{map[string]any{"value": []any{ids[0]}}}, 400, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := w.Want(tt.status, http.MethodPost, groupsPath, map[string]any{"displayName": "Team", "members": tt.members})
			if tt.status == http.StatusCreated {
				w.WantHeld("Team", tt.held...)
				defer w.Want(http.StatusNoContent, http.MethodDelete, groupsPath+"/"+r.ID(), nil)
			}
		})
	}
}

// TestReadsWithoutMembers checks that members that nobody wants are not read.
func TestReadsWithoutMembers(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	id := w.CreateGroup("Team", w.People(2)...)
	for _, path := range []string{
		groupsPath + "/" + id + "?excludedAttributes=members", groupsPath + "/" + id + "?attributes=displayName",
		groupsPath + "?excludedAttributes=members", filter(groupsPath, `displayName eq "Team"`) + "&attributes=displayName",
	} {
		w.Access.ClearRequests()
		r := w.Want(http.StatusOK, http.MethodGet, path, nil)
		if strings.Contains(string(r.Raw), `"members"`) || !strings.Contains(string(r.Raw), "Team") {
			t.Errorf("%s was answered %s", path, r.Raw)
		}
		for _, asked := range w.Access.Requests() {
			if !strings.Contains(asked.Query, "attributes=displayName") {
				t.Errorf("%s asked Access for %s?%s", path, asked.Path, asked.Query)
			}
		}
	}
}
