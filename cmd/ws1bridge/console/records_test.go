package console

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"ws1bridge/scim/journal"
	"ws1bridge/upstream/accesstest"
)

const someone = "user-0001@acme.com"

// seedGroup makes a group with members, as the bridge does.
func (w *world) seedGroup(t *testing.T, name string, members ...string) string {
	t.Helper()
	list := make([]map[string]any, len(members))
	for i, id := range members {
		list[i] = map[string]any{"value": id, "type": "User"}
	}
	id, err := w.access.SeedGroup(map[string]any{
		"schemas": []string{"urn:scim:schemas:core:1.0", "urn:scim:schemas:extension:workspace:1.0"}, "displayName": name,
		"members": list, "urn:scim:schemas:extension:workspace:1.0": map[string]any{"internalGroupType": "INTERNAL",
			"domain": "acme.com"}})
	must(t, err)
	return id
}

// heldID is the id of a user in Access.
func (w *world) heldID(t *testing.T, userName string) string {
	t.Helper()
	for _, u := range w.access.State().Users {
		if u["userName"] == userName {
			return u["id"].(string)
		}
	}
	t.Fatalf("Access has no user %s", userName)
	return ""
}

// TestPeople shows what Access holds of somebody, what Okta sees, whether a log-in is
// possible, and what was pushed.
func TestPeople(t *testing.T) {
	w := newWorld(t)
	id := w.heldID(t, someone)
	w.seedGroup(t, "Engineering", id)
	w.push(someone, 409, "")
	externalID := ""
	for _, u := range w.access.State().Users {
		if u["id"] == id {
			externalID, _ = u["externalId"].(string)
		}
	}
	for query, says := range map[string][]string{
		"":                                    {"<h1>People</h1>"},
		"name=" + id:                          {someone, id, "log-in verified", "Engineering", "userStatus 1", "the same"},
		"name=USER-0001@acme.com":             {id, "pushed by Okta, in the domain acme.com", "as Name ID"},
		"name=" + url.QueryEscape(externalID): {"Access has nobody", "look for those, too", "Nothing was pushed about"},
		"everywhere=1&name=" + url.QueryEscape(externalID): {id, "checked", "409 "},
		"name=admin":                       {"Okta does not see this account", "log-in impossible", "Access holds</h3>"},
		"name=" + url.QueryEscape(hostile): {"Access has nobody", "&lt;script&gt;"},
	} {
		w.shows(t, "/users?"+query, says...)
	}
}

// TestGroups shows a group, its members, and what was pushed.
func TestGroups(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for range someMembers + 1 {
		id, err := w.access.SeedUser(map[string]any{"schemas": []string{"urn:scim:schemas:core:1.0"},
			"userName": "member-" + strings.Repeat("x", len(ids)) + "@acme.com"})
		must(t, err)
		ids = append(ids, id)
	}
	id := w.seedGroup(t, hostile, ids...)
	for path, says := range map[string][]string{
		"/groups":            {"<h1>Groups</h1>"},
		"/groups?name=" + id: {"&lt;script&gt;", "The first 50 of 51", "/users?name=" + ids[0], "pushed by Okta"},
		"/groups?name=" + url.QueryEscape(hostile):     {id},
		"/groups?name=" + url.QueryEscape("ALL USERS"): {"nothing: it is not the bridge"},
		"/groups?name=nothing":                         {"no group with this name or id"},
	} {
		w.shows(t, path, says...)
	}
	code, body, _ := w.get(t, "/members.csv?group="+id)
	if code != http.StatusOK || strings.Count(body, "\n") != 1+len(ids) || !strings.Contains(body, ids[len(ids)-1]) {
		t.Errorf("the CSV of members is %d %s", code, body)
	}
	if code, _, _ = w.get(t, "/members.csv?group=absent"); code != http.StatusNotFound {
		t.Errorf("members of no group are answered %d", code)
	}
}

// TestAccessIsAway shows what was pushed all the same, and why there is no more.
func TestAccessIsAway(t *testing.T) {
	w := newWorld(t)
	w.push(someone, 409, "")
	w.access.AddFault(accesstest.Fault{Status: http.StatusForbidden})
	for _, path := range []string{"/users?name=" + someone, "/groups?name=" + someone} {
		w.shows(t, path, "Access cannot be asked", "What to do", "409 ")
	}
	if code, body, _ := w.get(t, "/members.csv?group=x"); code != http.StatusServiceUnavailable {
		t.Errorf("members were answered %d %s", code, body)
	}
}

// TestChecksThatAreCutOff conclude nothing.
func TestChecksThatAreCutOff(t *testing.T) {
	w := newWorld(t)
	w.access.AddFault(accesstest.Fault{Path: "/SAAS/jersey/manager/api/connectormanagement", Delay: time.Hour})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	c := console{Config: Config{Inspector: w.inspector}}
	var p records
	p.Name = someone
	if _, err := c.lookAtUsers(ctx, &p); err == nil || len(p.Users) != 1 || len(p.Users[0].Checks) == 0 ||
		p.Users[0].LogIns != nil {
		t.Errorf("got %+v, %v", p.Users, err)
	}
}

// TestPushesLeadToPages links a push to the person or the group that it is about.
func TestPushesLeadToPages(t *testing.T) {
	w := newWorld(t)
	w.push("ada@acme.com", 201, "")
	found, err := w.journal.Find(t.Context(), journal.Query{})
	must(t, err)
	group, nobody, unnamed := found[0], found[0], found[0]
	group.Kind, group.ID, group.Name = "group", "", "R & D"
	nobody.Kind, unnamed.ID, unnamed.Name = "", "", ""
	for _, tt := range []struct {
		of   journal.Record
		want string
	}{{found[0], "/users?name=id-ada%40acme.com"}, {group, "/groups?name=R+%26+D"}, {nobody, ""}, {unnamed, ""}} {
		if got := string(pageOf(tt.of)); got != tt.want {
			t.Errorf("the page of %+v is %q, want %q", tt.of, got, tt.want)
		}
	}
}
