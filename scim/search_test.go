package scim_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ws1bridge/scim"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream/accesstest"
)

// library is a tenant with a few users and groups that differ in everything a
// query can ask for.
func library(t *testing.T, options ...func(*scim.Config)) *world {
	t.Helper()
	w := newWorld(t, accesstest.Config{Modes: accesstest.Modes{SyncedDomain: "corp.acme.com"}}, options...)
	for i, name := range []string{"ada", "Grace", "edsger", "barbara"} {
		u := user(name+"@acme.com", "ext-"+name)
		u["name"] = map[string]any{"givenName": name, "familyName": []string{"Lovelace", "hopper", "Dijkstra", "Liskov"}[i]}
		u["active"] = name != "edsger"
		if i%2 == 0 {
			u["title"] = fmt.Sprintf("Title %d", i)
			u[schema.Enterprise] = map[string]any{"department": "Engines", "manager": map[string]any{"value": "m-" + name}}
		}
		w.Want(http.StatusCreated, http.MethodPost, usersPath, u)
	}
	w.CreateGroup("Poets", w.idOf("ada@acme.com"))
	w.CreateGroup("admirals", w.idOf("grace@acme.com"), w.idOf("ada@acme.com"))
	w.CreateGroup("Empty")
	return w
}

func (w *world) idOf(userName string) string {
	w.T.Helper()
	found := resources(w.Want(http.StatusOK, http.MethodGet, filter(usersPath, `userName eq "`+userName+`"`), nil))
	if len(found) != 1 {
		w.T.Fatalf("%d users are called %s", len(found), userName)
	}
	return found[0]["id"].(string)
}

// named are the names of the resources in a list.
func named(r response) (names []string) {
	for _, resource := range resources(r) {
		name, ok := resource["userName"].(string)
		if !ok {
			name, _ = resource["displayName"].(string)
		}
		names = append(names, strings.TrimSuffix(name, "@acme.com"))
	}
	return names
}

func query(path string, parameters ...string) string {
	values := url.Values{}
	for pair := range slices.Chunk(parameters, 2) {
		values.Set(pair[0], pair[1])
	}
	return path + "?" + values.Encode()
}

// TestSearch asks in both ways, by GET and by POST to .search.
func TestSearch(t *testing.T) {
	w := library(t)
	ada := w.idOf("ada@acme.com")
	where := func(filter string) map[string]any { return map[string]any{"filter": filter} }
	tests := []struct {
		name, path string
		body       map[string]any
		want       string // names, sorted where the query does not say an order
	}{
		{"all users", usersPath, nil, "Grace ada barbara edsger"},
		{"a filter that Access can't answer", usersPath, where(`title pr`), "ada edsger"},
		{"a filter on an extension", usersPath, where(schema.Enterprise + `:department eq "engines"`), "ada edsger"},
		{"a filter on a flag", usersPath, where(`active eq false`), "edsger"},
		{"a filter on e-mail", usersPath, where(`emails[value sw "GRACE" and type eq "work"]`), "Grace"},
		{"a filter on meta", usersPath, where(`meta.created gt "2000-01-01T00:00:00Z" and meta.resourceType eq "User"`),
			"Grace ada barbara edsger"},
		{"a filter on groups", usersPath, where(`groups.display eq "poets"`), "ada"},
		{"part of a userName", usersPath, where(`userName co "RA"`), "Grace barbara"},
		{"the beginning of a userName, and more", usersPath, where(`userName sw "a" and active eq true`), "ada"},
		{"one of two names", usersPath, where(`userName eq "ada@acme.com" or userName eq "GRACE@acme.com"`), "Grace ada"},
		{"everybody but one", usersPath, where(`not (userName eq "ada@acme.com")`), "Grace barbara edsger"},
		{"an id and a condition that fails", usersPath, where(`id eq "` + ada + `" and active eq false`), ""},
		{"an externalId in another case", usersPath, where(`externalId eq "EXT-ada"`), ""},
		{"the administrator does not exist", usersPath, where(`userName eq "admin"`), ""},
		{"nor do synchronized users", usersPath, where(`userName pr`), "Grace ada barbara edsger"},
		{"sorted by a name in any case", usersPath, map[string]any{"sortBy": "name.familyName"}, "edsger Grace barbara ada"},
		{"sorted the other way round", usersPath, map[string]any{"sortBy": "NAME.familyname", "sortOrder": "Descending"},
			"ada barbara Grace edsger"},
		{"sorted by what some do not have", usersPath,
			map[string]any{"sortBy": "title", "sortOrder": "ascending", "count": 2}, "ada edsger"},
		{"the others come first when descending", usersPath,
			map[string]any{"sortBy": "title", "sortOrder": "descending", "startIndex": 3}, "edsger ada"},
		{"sorted by e-mail without a sub-attribute", usersPath, map[string]any{"sortBy": "emails"},
			"ada barbara edsger Grace"},
		{"sorted by a date", usersPath, map[string]any{"sortBy": "meta.created", "count": 1}, "ada"},
		{"sorted by a flag", usersPath, map[string]any{"sortBy": "active", "count": 1}, "edsger"},
		{"filtered, sorted and cut", usersPath,
			map[string]any{"filter": "active eq true", "sortBy": "userName", "startIndex": 2, "count": 1}, "barbara"},
		{"groups by a part of the name", groupsPath, where(`displayName co "o" or displayName sw "adm"`), "Poets admirals"},
		{"groups by a member", groupsPath, where(`members.value eq "` + ada + `"`), "Poets admirals"},
		{"groups by a member in brackets", groupsPath,
			where(`members[value eq "` + ada + `"] and displayName ne "poets"`), "admirals"},
		{"groups without members", groupsPath, where(`not (members pr)`), "Empty"},
		{"groups sorted", groupsPath, map[string]any{"sortBy": "displayName"}, "admirals Empty Poets"},
		{"ALL USERS does not exist", groupsPath, where(`displayName sw "all"`), ""},
		{"everything", root, nil, "Empty Grace Poets ada admirals barbara edsger"},
		{"everything with a name that begins alike", root, where(`userName sw "a" or displayName sw "a"`), "ada admirals"},
		{"an attribute that only users have", root, where(`userName pr`), "Grace ada barbara edsger"},
		{"an attribute that only groups have", root, where(`members pr and displayName pr`), "Poets admirals"},
		{"one type of everything", root, where(`meta.resourceType eq "Group"`), "Empty Poets admirals"},
		{"an attribute with the URN of its type", root, where(schema.Group + `:displayName pr`), "Empty Poets admirals"},
		{"everything, sorted over both types", root,
			map[string]any{"sortBy": "displayName", "sortOrder": "descending", "count": 1, "filter": `displayName sw "p"`},
			"Poets"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var parameters []string
			for name, value := range tt.body {
				parameters = append(parameters, name, fmt.Sprint(value))
			}
			got := named(w.Want(http.StatusOK, http.MethodGet, query(tt.path, parameters...), nil))
			body := map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}}
			maps.Copy(body, tt.body)
			searched := named(w.Want(http.StatusOK, http.MethodPost, tt.path+"/.search", body))
			if tt.body["sortBy"] == nil {
				slices.Sort(got)
				slices.Sort(searched)
			}
			if strings.Join(got, " ") != tt.want || strings.Join(searched, " ") != tt.want {
				t.Errorf("GET gives %v, .search %v; want %s", got, searched, tt.want)
			}
		})
	}
}

const root = "/scim/v2"

func TestSearchRefusals(t *testing.T) {
	w := library(t, func(c *scim.Config) { c.MaxScan = 3 })
	tests := []struct {
		name, method, path string
		body               any
		scimType           string
		detail             string
	}{
		{"more users than may be looked through", "GET", query(usersPath, "filter", "title pr"), nil,
			"tooMany", "more than 3"},
		{"more users than may be sorted", "GET", query(usersPath, "sortBy", "title"), nil, "tooMany", "more than 3"},
		{"more of everything than may be looked through", "GET", root, nil, "tooMany", "more than 3"},
		{"an order of a complex attribute", "GET", query(usersPath, "sortBy", "name"), nil,
			"invalidValue", "name.familyName"},
		{"an order of what no schema has", "GET", query(usersPath, "sortBy", "shoeSize"), nil, "invalidValue", "sortBy"},
		{"an order that is a filter", "GET", query(usersPath, "sortBy", `emails[type eq "work"]`), nil,
			"invalidValue", "sortBy"},
		{"an order in no direction", "GET", query(usersPath, "sortBy", "title", "sortOrder", "up"), nil,
			"invalidValue", "sortOrder"},
		{"attributes that are in and out", "GET", query(usersPath, "attributes", "title", "excludedAttributes", "name"), nil,
			"invalidValue", "exclude each other"},
		{"an attribute that neither type has", "GET", query(root, "filter", "shoeSize pr"), nil, "invalidFilter", "/Schemas"},
		{"a filter that is no text", "POST", usersPath + "/.search", `{"filter":7}`, "invalidSyntax",
			"filter has the wrong type"},
		{"a count that is no number", "POST", usersPath + "/.search", `{"count":"7"}`, "invalidSyntax",
			"count has the wrong type"},
		{"a count that is not whole", "POST", root + "/.search", `{"count":1.5}`, "invalidSyntax",
			"count has the wrong type"},
		{"a search without a body", "POST", groupsPath + "/.search", ``, "invalidSyntax", "empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := w.Want(http.StatusBadRequest, tt.method, tt.path, tt.body)
			if r.Body["scimType"] != tt.scimType || !strings.Contains(r.Detail(), tt.detail) {
				t.Errorf("answered %s, want %s and a detail that says %q", r.Raw, tt.scimType, tt.detail)
			}
		})
	}
	t.Run("what Access can search for is no scan", func(t *testing.T) {
		w.Want(http.StatusOK, http.MethodGet, filter(usersPath, `title pr and userName eq "ada@acme.com"`), nil)
	})
}

// TestUpstreamRequestsOfSearches bounds what a query costs Access.
func TestUpstreamRequestsOfSearches(t *testing.T) {
	w := library(t)
	ada := w.idOf("ada@acme.com")
	tests := []struct {
		name, path string
		want       int
	}{
		{"a userName among other terms",
			filter(usersPath, `active eq true and (userName eq "ada@acme.com" and title pr)`), 1},
		{"part of a userName", filter(usersPath, `userName co "ada"`), 1},
		{"an id among other terms", filter(usersPath, `title pr and id eq "`+ada+`"`), 1},
		{"a scan", filter(usersPath, `title pr`), 1},
		{"a displayName among other terms", filter(groupsPath, `displayName eq "Poets" and members pr`), 1},
		{"groups of a member", filter(groupsPath, `members[value eq "`+ada+`"]`), 1},
		{"what only one type can have", filter(root, `userName eq "ada@acme.com"`), 1},
		{"a value that no group can have", filter(root, `members.value eq "`+ada+`"`), 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w.Access.ClearRequests()
			w.Want(http.StatusOK, http.MethodGet, tt.path, nil)
			if all, _ := w.UpstreamRequests(); all != tt.want {
				t.Errorf("it took %d requests to Access, want %d", all, tt.want)
			}
		})
	}
}

// TestSearchWhereAccessKnowsNoSuchFilter checks that what Access refuses to
// search for is looked for here.
func TestSearchWhereAccessKnowsNoSuchFilter(t *testing.T) {
	w := library(t)
	ada := w.idOf("ada@acme.com")
	w.Access.AddFault(accesstest.Fault{
		Method: http.MethodGet, Path: accessAPI + "/scim/Groups", Status: http.StatusBadRequest, Count: 1,
	})
	got := named(w.Want(http.StatusOK, http.MethodGet, filter(groupsPath, `members.value eq "`+ada+`"`), nil))
	if slices.Sort(got); strings.Join(got, " ") != "Poets admirals" {
		t.Errorf("got %v", got)
	}
}

func TestPaging(t *testing.T) {
	w := library(t)
	tests := []struct {
		name, query string
		start, page int
	}{
		{"no count", "", 1, 4},
		{"a page", "startIndex=2&count=2", 2, 2},
		{"the end", "startIndex=4&count=2", 4, 1},
		{"beyond the end", "startIndex=5&count=2", 5, 0},
		{"far beyond the end", "startIndex=9223372036854775807&count=2", 1<<63 - 1, 0},
		{"further than numbers go", "startIndex=99999999999999999999", 1<<63 - 1, 0},
		{"count=0", "count=0", 1, 0},
		{"a negative count", "count=-1", 1, 0},
		{"a negative start", "startIndex=-7&count=1", 1, 1},
		{"start 0", "startIndex=0&count=1", 1, 1},
		{"a huge count", "count=99999999999999999999", 1, 4},
		{"an empty count", "startIndex=2&count=", 2, 3},
		{"names in any case", "startindex=2&COUNT=1", 2, 1},
	}
	for _, tt := range tests {
		for kind, path := range map[string]string{
			"of Access": usersPath + "?", "of a scan": usersPath + "?filter=userName+pr&",
		} {
			t.Run(tt.name+" "+kind, func(t *testing.T) {
				body := w.Want(http.StatusOK, http.MethodGet, path+tt.query, nil).Body
				list := body["Resources"].([]any)
				if body["totalResults"] != 4.0 || body["startIndex"] != float64(tt.start) ||
					body["itemsPerPage"] != float64(len(list)) || len(list) != tt.page {
					t.Errorf("total %v, start %v, per page %v, %d resources; want 4, %d, %d",
						body["totalResults"], body["startIndex"], body["itemsPerPage"], len(list), tt.start, tt.page)
				}
			})
		}
	}
}

// resources are those of a list.
func resources(r response) (found []map[string]any) {
	list, _ := r.Body["Resources"].([]any)
	for _, item := range list {
		found = append(found, item.(map[string]any))
	}
	return found
}
