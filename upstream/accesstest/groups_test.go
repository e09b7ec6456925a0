package accesstest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestCreateGroup(t *testing.T) {
	tests := []struct {
		name, body string
		want       int
	}{
		{"a group is created", `{"displayName":"New"}`, 201},
		{"displayName is required", `{"externalId":"x"}`, 400},
		{"displayName is taken without case", `{"displayName":"SALES"}`, 409},
		{"displayName is taken in other domains too",
			`{` + schemas + `,"displayName":"Sales","` + workspace + `":{"domain":"Beta.example"}}`, 409},
		{"ALL USERS is taken", `{"displayName":"All Users"}`, 409},
		{"a synchronized group's name is taken", `{"displayName":"synced group"}`, 409},
		{"an unknown domain is refused", `{` + schemas + `,"displayName":"New","` + workspace + `":{"domain":"x"}}`, 400},
		{"EXTERNAL groups cannot be created", `{` + schemas + `,"displayName":"New","` + workspace +
			`":{"internalGroupType":"EXTERNAL"}}`, 400},
		{"an unknown member is refused", `{"displayName":"New","members":[{"value":"absent"}]}`, 404},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
			tn.group("Sales")
			got := tn.want(tt.want, http.MethodPost, groupsPath, tt.body)
			if tt.want >= 400 {
				checkError(t, got)
				return
			}
			same(t, got.json()["schemas"], `["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:workspace:1.0"]`)
			ext := got.json()[workspace].(object)
			delete(ext, "userStoreUuid")
			same(t, ext, `{"domain":"System Domain","internalGroupType":"INTERNAL"}`)
			if got.header.Get("Location") == "" || got.header.Get("ETag") == "" {
				t.Errorf("headers %v, want Location and ETag", got.header)
			}
		})
	}
}

func TestPatchGroup(t *testing.T) {
	tests := []struct {
		name, body string // $a, $b, $c are users, $a and $b members; $g a group
		modes      accesstest.Modes
		want       int
		members    string
	}{
		{name: "members are added", body: `{"members":[{"value":"$c","type":"User"}]}`, members: `["a","b","c"]`},
		{name: "a member that is there is harmless", body: `{"members":[{"value":"$a"},{"value":"$c"}]}`,
			members: `["a","b","c"]`},
		{name: "members are removed by value alone", body: `{"members":[{"value":"$a","operation":"delete","type":"x"}]}`,
			members: `["b"]`},
		{name: "removing one that is absent is harmless",
			body:    `{"members":[{"value":"$c","operation":"delete"},{"value":"gone","operation":"delete"}]}`,
			members: `["a","b"]`},
		{name: "unless that is refused", modes: accesstest.Modes{RefuseUnknownRemovals: true},
			body: `{"members":[{"value":"$a","operation":"delete"},{"value":"$c","operation":"delete"}]}`,
			want: 404, members: `["a","b"]`},
		{name: "what nobody knows is refused too", modes: accesstest.Modes{RefuseUnknownRemovals: true},
			body: `{"members":[{"value":"gone","operation":"delete"}]}`, want: 404, members: `["a","b"]`},
		{name: "but not one who is a member", modes: accesstest.Modes{RefuseUnknownRemovals: true},
			body: `{"members":[{"value":"$a","operation":"delete"},{"value":"$c"}]}`, members: `["b","c"]`},
		{name: "one request adds and removes", body: `{"members":[{"value":"$c"},{"operation":"delete","value":"$b"}]}`,
			members: `["a","c"]`},
		{name: "one who comes again is the last", body: `{"members":[{"value":"$a","operation":"delete"},{"value":"$a"}]}`,
			members: `["b","a"]`},
		{name: "an unknown member refuses all", body: `{"displayName":"X","members":[{"value":"$c"},{"value":"absent"}]}`,
			want: 404, members: `["a","b"]`},
		{name: "a group can be a member", body: `{"members":[{"value":"$g"}]}`, members: `["a","b","Nested"]`},
		{name: "a group cannot be its own member", body: `{"members":[{"value":"$self"}]}`, want: 400, members: `["a","b"]`},
		{name: "a member needs a value", body: `{"members":[{"type":"User"}]}`, want: 400, members: `["a","b"]`},
		{name: "meta.attributes replaces the list", body: `{"meta":{"attributes":["members"]},"members":[{"value":"$c"}]}`,
			members: `["c"]`},
		{name: "unless it is ignored", modes: accesstest.Modes{IgnoreMetaAttributes: true},
			body: `{"meta":{"attributes":["members"]},"members":[{"value":"$c"}]}`, members: `["a","b","c"]`},
		{name: "a taken name refuses all", body: `{"displayName":"nested","members":[{"value":"$c"}]}`, want: 409,
			members: `["a","b"]`},
		{name: "an empty name is refused", body: `{"displayName":""}`, want: 400, members: `["a","b"]`},
		{name: "the domain cannot change", body: `{` + schemas + `,"` + workspace + `":{"domain":"Beta.example"}}`, want: 400,
			members: `["a","b"]`},
		{name: "the type cannot change", body: `{` + schemas + `,"` + workspace + `":{"internalGroupType":"EXTERNAL"}}`,
			members: `["a","b"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{Modes: tt.modes})
			ids := map[string]string{"self": tn.group("Sales"), "g": tn.group("Nested")}
			for _, name := range []string{"a", "b", "c"} {
				ids[name] = tn.user(name)
			}
			path := groupsPath + "/" + ids["self"]
			tn.want(http.StatusNoContent, http.MethodPatch, path, expand(`{"members":[{"value":"$a"},{"value":"$b"}]}`, ids))
			if tt.want == 0 {
				tt.want = http.StatusNoContent
			}
			tn.want(tt.want, http.MethodPatch, path, expand(tt.body, ids))
			got := tn.getGroup(ids["self"])
			same(t, displays(got), tt.members)
			same(t, got["displayName"], `"Sales"`)
			same(t, got[workspace].(object)["internalGroupType"], `"INTERNAL"`)
		})
	}
}

func expand(body string, ids map[string]string) string {
	for _, name := range []string{"self", "a", "b", "c", "g"} {
		body = strings.ReplaceAll(body, "$"+name, ids[name])
	}
	return body
}

func displays(group object) []string {
	out := []string{}
	members, _ := group["members"].([]any)
	for _, m := range members {
		out = append(out, m.(object)["display"].(string))
	}
	return out
}

func TestMemberAttributes(t *testing.T) {
	tn := start(t, accesstest.Config{})
	id, group := tn.user("ada"), tn.group("Sales")
	tn.want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+group, `{"members":[{"value":"`+id+`"}]}`)
	whole := fmt.Sprintf(`[{"display":"ada","type":"User","value":%q}]`, id)
	for attributes, want := range map[string]string{
		"displayName":                 `null`,
		"members":                     whole,
		"members.value":               fmt.Sprintf(`[{"value":%q}]`, id),
		"members.type,members.value":  fmt.Sprintf(`[{"type":"User","value":%q}]`, id),
		"members,members.value":       whole,
		"members.display,members":     whole,
		"members.primary,displayName": `[{}]`,
	} {
		got := tn.want(http.StatusOK, http.MethodGet, groupsPath+"/"+group+"?attributes="+attributes, "").json()
		if text(t, got["members"]) != want {
			t.Errorf("%s shows the members %v, want %s", attributes, got["members"], want)
		}
	}
}

func TestGroupMembership(t *testing.T) {
	tn := start(t, accesstest.Config{})
	id, outer, inner := tn.user("ada"), tn.group("Outer"), tn.group("Inner")
	tn.want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+outer,
		`{"members":[{"value":"`+id+`"},{"value":"`+inner+`"}]}`)
	same(t, tn.getGroup(outer)["members"], fmt.Sprintf(
		`[{"display":"ada","type":"User","value":%q},{"display":"Inner","type":"Group","value":%q}]`, id, inner))
	groups := tn.getUser(id)["groups"].([]any)
	same(t, groups[1], fmt.Sprintf(`{"display":"Outer","type":"direct","value":%q}`, outer))
	same(t, tn.found(groupsPath, `members.value eq "`+id+`"`, "displayName"), `["ALL USERS","Outer"]`)

	tn.want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+outer, `{"displayName":"Renamed"}`)
	same(t, tn.getUser(id)["groups"].([]any)[1].(object)["display"], `"Renamed"`)
	tn.group("Outer") // the old name is free
	tn.want(http.StatusNoContent, http.MethodDelete, groupsPath+"/"+inner, "")
	same(t, displays(tn.getGroup(outer)), `["ada"]`)
	tn.want(http.StatusNoContent, http.MethodDelete, groupsPath+"/"+outer, "")
	same(t, len(tn.getUser(id)["groups"].([]any)), `1`)
	tn.want(http.StatusNotFound, http.MethodDelete, groupsPath+"/"+outer, "")
	tn.want(http.StatusNotFound, http.MethodPatch, groupsPath+"/"+outer, `{}`)
	tn.want(http.StatusMethodNotAllowed, http.MethodPut, groupsPath+"/"+inner, `{}`)
}

// TestMembersCostOnlyWhereTheyAreShown bounds what other requests cost: the same for groups of all sizes.
func TestMembersCostOnlyWhereTheyAreShown(t *testing.T) {
	tests := []struct {
		name         string
		status       int
		method, path string
		body         string
	}{
		{"a read of the name", 200, "GET", "$group?attributes=displayName", ``},
		{"a list without members", 200, "GET", groupsPath, ``},
		{"a change that shows the name", 200, "PATCH", "$group?attributes=displayName", `{"displayName":"Sales"}`},
		{"a member who comes", 204, "PATCH", "$group", `{"members":[{"value":"$last"}]}`},
		{"a member who leaves", 204, "PATCH", "$group", `{"members":[{"value":"$last","operation":"delete"}]}`},
	}
	allocations := func(size int) (each []float64) {
		a := ask(t, 0, accesstest.Modes{ListOmitsMembers: true})
		ids := a.users(size)
		named := strings.NewReplacer("$group", a.group(ids), "$last", ids[size-1])
		for _, tt := range tests {
			path, body := named.Replace(tt.path), named.Replace(tt.body)
			each = append(each, testing.AllocsPerRun(20, func() { a.send(tt.status, tt.method, path, body) }))
		}
		return each
	}
	few, many := allocations(5), allocations(1000)
	for i, tt := range tests {
		if many[i] > few[i]+50 {
			t.Errorf("%s takes %v allocations in a large group, %v in a small one", tt.name, many[i], few[i])
		}
	}
}

func TestGroupsThatCannotChange(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	tn.user("ada")
	for _, g := range tn.State().Groups {
		path := groupsPath + "/" + g["id"].(string)
		checkError(t, tn.want(http.StatusForbidden, http.MethodPatch, path, `{"displayName":"x"}`))
		checkError(t, tn.want(http.StatusForbidden, http.MethodDelete, path, ""))
	}
	same(t, displays(tn.State().Groups[0]), `["admin","synced-0001","synced-0002","ada"]`)
	same(t, displays(tn.State().Groups[1]), `["synced-0001","synced-0002"]`)
}

func TestGroupModes(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{ListOmitsMembers: true, GroupOmitsExtension: true}})
	id := tn.group("Sales")
	listed := tn.want(http.StatusOK, http.MethodGet, groupsPath+"?attributes=members,displayName",
		"").json()["Resources"].([]any)
	searched := tn.want(http.StatusOK, http.MethodPost, groupsPath+"/.search", `{}`).json()["Resources"].([]any)
	for _, item := range append(listed, searched...) {
		if _, ok := item.(object)["members"]; ok {
			t.Errorf("a list has members: %v", item)
		}
	}
	got := tn.getGroup(id)
	same(t, keys(got[workspace].(object)), `["userStoreUuid"]`)
	same(t, got["members"], `[]`)
	same(t, tn.State().Groups[1][workspace].(object)["domain"], `"acme.com"`)
}
