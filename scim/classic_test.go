package scim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// essentials are the users and groups that Access holds, without what differs from tenant
// to tenant.
func essentials(t *testing.T, w *world) string {
	t.Helper()
	state := w.Access.State()
	names := map[string]string{}
	for _, u := range state.Users {
		names[u["id"].(string)] = u["userName"].(string)
	}
	var out []string
	for _, u := range state.Users {
		extension, _ := u[workspace11].(map[string]any)
		kept := object{}
		for _, name := range []string{"userName", "name", "emails", "displayName", "locale", "externalId", "active", "title",
			enterprise11} {
			kept[name] = u[name]
		}
		if emails, ok := u["emails"].([]any); ok { // Access keeps one, and the bridge sends its value
			kept["emails"] = emails[0].(map[string]any)["value"]
		}
		kept["domain"], kept["type"] = extension["domain"], extension["internalUserType"]
		b, err := json.Marshal(kept)
		must(t, err)
		out = append(out, string(b))
	}
	for _, g := range state.Groups {
		var members []string
		list, _ := g["members"].([]any)
		for _, m := range list {
			members = append(members, names[m.(map[string]any)["value"].(string)])
		}
		slices.Sort(members)
		out = append(out, g["displayName"].(string)+": "+strings.Join(members, " "))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestClassicStory plays the app before the bridge, and as it was before that.
func TestClassicStory(t *testing.T) {
	direct := newWorld(t, accesstest.Config{})
	appBeforeAccess(direct).story()
	want := essentials(t, direct)
	for name, modes := range map[string]accesstest.Modes{
		"as it is": {}, "lists without members": {ListOmitsMembers: true},
		"groups without extension": {GroupOmitsExtension: true},
		"attributes refused":       {RefuseAttributes: true}, "a synchronized directory": {SyncedDomain: "corp.local"},
		"deletions with 200": {DeleteOK: true}, "all attributes": {IgnoreAttributes: true},
	} {
		for _, puts := range []bool{false, true} {
			for _, said := range []string{"acme.vmwareidentity.com", "", domain} {
				w := newWorld(t, accesstest.Config{Modes: modes})
				app := appBefore(w)
				app.puts, app.domain = puts, said
				app.story()
				got := essentials(t, w)
				if modes.SyncedDomain == "" && got != want {
					t.Errorf("%s, puts: %t, domain %q: Access holds\n%s\nwant\n%s", name, puts, said, got, want)
				}
			}
		}
	}
}

// TestClassicLists searches with the names of SCIM 1.1, and gets them.
func TestClassicLists(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	a := appBefore(w)
	ada := a.push("ada@acme.com", "00u1")
	a.push("grace@acme.com", "00u2")
	a.base = w.Bridge.URL + "/scim/v1" // both paths are the same
	for query, want := range map[string]int{
		"": 2, "?startIndex=2&count=1": 1, "?filter=userName+eq+%22ADA@acme.com%22": 1,
		"?filter=urn:scim:schemas:core:1.0:externalId+eq+%2200u2%22":                1,
		"?filter=urn:scim:schemas:extension:enterprise:1.0:manager.managerId+pr":    2,
		"?filter=urn:scim:schemas:extension:enterprise:1.0:department+eq+%22x%22":   0,
		"?sortBy=urn:scim:schemas:core:1.0:userName&sortOrder=descending&count=1":   1,
		"?attributes=userName,urn:scim:schemas:extension:enterprise:1.0:department": 2,
	} {
		r := a.want(http.MethodGet, "/Users"+query, nil, http.StatusOK)
		list, _ := r.body["Resources"].([]any)
		if len(list) != want || !slices.Equal(r.body["schemas"].([]any), []any{core11}) ||
			strings.Contains(string(r.raw), "urn:ietf") || strings.Contains(string(r.raw), "$ref") {
			t.Errorf("%s: got %s, want %d", query, r.raw, want)
		}
		if _, isNumber := r.body["totalResults"].(float64); !isNumber || r.body["startIndex"] == nil ||
			r.body["itemsPerPage"] != float64(want) {
			t.Errorf("%s: the counts are %s", query, r.raw)
		}
	}
	found := a.want(http.MethodPost, "/Users/.search", object{"filter": `userName sw "grace"`}, http.StatusOK)
	if found.body["totalResults"] != 1.0 {
		t.Errorf("the search found %s", found.raw)
	}
	one := a.want(http.MethodGet, "/Users/"+ada, nil, http.StatusOK)
	meta := one.body["meta"].(object)
	if want := w.Bridge.URL + "/SAAS/jersey/manager/api/scim/Users/" + ada; meta["location"] != want ||
		meta["resourceType"] != nil || one.body[enterprise11].(object)["manager"].(object)["managerId"] != "00u9" {
		t.Errorf("got %s", one.raw)
	}
}

// TestClassicPatch has every form of SCIM 1.1.
func TestClassicPatch(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	a := appBefore(w)
	ada := a.push("ada@acme.com", "00u1")
	a.change(ada, object{"title": "Countess", "phoneNumbers": []object{{"value": "1", "type": "work"},
		{"value": "2", "type": "mobile"}}})
	r := a.want(http.MethodPatch, "/Users/"+ada, object{"meta": object{"attributes": []string{"title",
		enterprise11 + ":department"}}, "phoneNumbers": []object{{"value": "1", "operation": "delete"},
		{"value": "3", "type": "home"}}}, http.StatusOK)
	got, _ := json.Marshal([]any{r.body["title"], r.body[enterprise11].(object)["department"], phones(r)})
	if string(got) != `[null,null,["2","3"]]` {
		t.Errorf("got %s of %s", got, r.raw)
	}
	a.want(http.MethodPatch, "/Users/"+ada, object{"schemas": []string{core11}}, http.StatusOK) // asks for nothing
	overridden := a.send(http.MethodPost, "/Users/"+ada, object{"active": false}, "X-HTTP-Method-Override", "PATCH")
	if overridden.status != http.StatusOK || overridden.body["active"] != false {
		t.Errorf("the overridden POST was answered %d %s", overridden.status, overridden.raw)
	}
}

func phones(r classicReply) (values []string) {
	list, _ := r.body["phoneNumbers"].([]any)
	for _, item := range list {
		values = append(values, item.(object)["value"].(string))
	}
	slices.Sort(values)
	return values
}

// TestClassicErrors have the form of SCIM 1.1 and the texts of SCIM 2.0.
func TestClassicErrors(t *testing.T) {
	w := newWorld(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	a := appBefore(w)
	a.push("ada@acme.com", "00u1")
	stranger := ""
	for _, u := range w.Access.State().Users {
		if u["userName"] == "synced-0001" {
			stranger = u["id"].(string)
		}
	}
	for name, tt := range map[string]struct {
		method, path string
		body         any
		status       int
		says         string
	}{
		"an unknown person":       {http.MethodGet, "/Users/absent", nil, 404, "(request "},
		"somebody else's":         {http.MethodPatch, "/Users/" + stranger, object{"active": false}, 404, "(request "},
		"a name that is taken":    {http.MethodPost, "/Users", a.user("ada@acme.com", "00u9"), 409, "ada@acme.com"},
		"something missing":       {http.MethodPost, "/Users", object{"userName": "x@acme.com"}, 400, "is missing"},
		"a filter that is none":   {http.MethodGet, "/Users?filter=userName", nil, 400, "filter"},
		"an unknown path":         {http.MethodGet, "/Roles", nil, 404, "(request "},
		"an unknown method":       {http.MethodPut, "/Users", object{}, 405, "PUT"},
		"a body that is no JSON":  {http.MethodPost, "/Users", "x", 400, ""},
		"an unknown path of SAAS": {http.MethodGet, "/../../catalog", nil, 404, "(request "},
	} {
		t.Run(name, func(t *testing.T) {
			a.t = t
			r := a.send(tt.method, tt.path, tt.body)
			errors, _ := r.body["Errors"].([]any)
			if r.status != tt.status || len(errors) != 1 || errors[0].(object)["code"] != fmt.Sprint(tt.status) ||
				!strings.Contains(errors[0].(object)["description"].(string), tt.says) {
				t.Errorf("got %d %s", r.status, r.raw)
			}
		})
	}
	a.t = t
	w.Access.AddFault(accesstest.Fault{Path: accessAPI, Status: http.StatusServiceUnavailable, RetryAfter: 7})
	if r := a.send(http.MethodPost, "/Users", a.user("grace@acme.com", "00u2")); r.status != 429 ||
		r.header.Get("Retry-After") != "7" || r.body["Errors"] == nil {
		t.Errorf("while Access is away: %d %v %s", r.status, r.header, r.raw)
	}
}

func TestClassicDiscovery(t *testing.T) {
	a := appBefore(newWorld(t, accesstest.Config{}))
	config := a.want(http.MethodGet, "/ServiceProviderConfigs", nil, http.StatusOK)
	if config.body["patch"].(object)["supported"] != true || config.body["bulk"].(object)["supported"] != false {
		t.Errorf("got %s", config.raw)
	}
	schemas := a.want(http.MethodGet, "/Schemas", nil, http.StatusOK)
	list, _ := schemas.body["Resources"].([]any)
	if len(list) != 2 || strings.Contains(string(schemas.raw), "urn:ietf") ||
		!strings.Contains(string(schemas.raw), `"schema":"`+enterprise11+`"`) {
		t.Errorf("got %s", schemas.raw)
	}
}
