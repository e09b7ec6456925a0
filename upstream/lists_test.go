package upstream_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// editList changes a list that Access answers, and writes it again.
func editList(t *testing.T, body string, edit func(list map[string]any, records []any) []any) string {
	t.Helper()
	var list map[string]any
	if err := json.Unmarshal([]byte(body), &list); err != nil {
		t.Fatal(err)
	}
	records, _ := list["Resources"].([]any)
	list["Resources"] = edit(list, records)
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func startOf(req *http.Request) int {
	start, _ := strconv.Atoi(req.URL.Query().Get("startIndex"))
	return start
}

// Ten users come in pages of three, and one page is not what it should be.
func TestListsThatAreNotComplete(t *testing.T) {
	for name, edit := range map[string]func(req *http.Request, list map[string]any, records []any) []any{
		"a page is empty": func(_ *http.Request, _ map[string]any, _ []any) []any { return []any{} },
		"the total shrinks": func(_ *http.Request, list map[string]any, records []any) []any {
			list["totalResults"] = 5
			return records[:1]
		},
		"the total grows": func(_ *http.Request, list map[string]any, records []any) []any {
			list["totalResults"] = 15
			return records
		},
		"a page is missing": func(_ *http.Request, _ map[string]any, records []any) []any { return records[1:] },
		"a page comes again": func(_ *http.Request, _ map[string]any, records []any) []any {
			return append(records, records[len(records)-1])
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, access, tp := startTampered(t, accesstest.Config{SeedUsers: 10, Modes: accesstest.Modes{MaxCount: 3}})
			team, err := c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "team"})
			if err != nil {
				t.Fatal(err)
			}
			defer tp.with(func(req *http.Request, _ *http.Response, body string) string {
				if startOf(req) < 4 || !strings.HasSuffix(req.URL.Path, "/Users") {
					return body
				}
				return editList(t, body, func(list map[string]any, records []any) []any { return edit(req, list, records) })
			})()
			found, err := c.FindUsers(t.Context(), upstream.UserNameStarts, "")
			if !errors.Is(err, upstream.ErrUnavailable) {
				t.Errorf("finding gave %d users and the error %v, want unavailable", len(found), err)
			}
			if _, err := c.FindUsers(t.Context(), upstream.ByExternalID, "nobody's"); !errors.Is(err, upstream.ErrUnavailable) {
				t.Errorf("by externalId: error = %v, want unavailable", err)
			}
			if _, err := c.Group(t.Context(), team.ID, true); err != nil {
				t.Errorf("a group, for which no list is needed: %v", err)
			}
			if n := requests(access, http.MethodGet); n > 100 {
				t.Errorf("it took %d requests", n)
			}
		})
	}
}

// A list that changes while it is read is read again, and is right then.
func TestListsThatChange(t *testing.T) {
	for name, happens := range map[string]struct{ goes, comes bool }{
		"somebody comes":             {comes: true},
		"somebody goes":              {goes: true},
		"one goes and another comes": {goes: true, comes: true},
	} {
		t.Run(name, func(t *testing.T) {
			c, access, tp := startTampered(t, accesstest.Config{Modes: accesstest.Modes{MaxCount: 3}})
			other := newClient(t, access, domain)
			var first string
			for i := range 8 {
				u := create(t, other, fmt.Sprintf("user-%d", i))
				if i == 0 {
					first = u.ID
				}
			}
			changed := false
			defer tp.with(func(req *http.Request, _ *http.Response, body string) string {
				if strings.HasSuffix(req.URL.Path, "/Users") && startOf(req) > 1 && !changed {
					changed = true
					if happens.comes {
						create(t, other, "zoe")
					}
					if happens.goes && other.DeleteUser(t.Context(), first, anyUser) != nil {
						t.Error("the deletion failed")
					}
				}
				return body
			})()
			page, err := c.FindUsers(t.Context(), upstream.UserNameContains, "")
			if err != nil || !changed {
				t.Fatalf("changed %t, error %v", changed, err)
			}
			var got, want []string
			for _, u := range page {
				got = append(got, u.ID)
			}
			for _, u := range access.State().Users {
				if u["userName"] != "admin" {
					want = append(want, u["id"].(string))
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("found %d users, want the %d that Access holds", len(got), len(want))
			}
		})
	}
}

// Access may take neither the filter by domain nor the sorting, which it says by 404
// too (Omnissa Access OpenAPI).
func TestListsWithoutFilter(t *testing.T) {
	for _, status := range []int{400, 404} {
		c, _, tp := startTampered(t, accesstest.Config{SeedUsers: 5})
		refusing := func(req *http.Request, res *http.Response, body string) string {
			if query, _ := url.ParseQuery(req.URL.RawQuery); query.Has("sortBy") {
				res.StatusCode = status
				return accessError
			}
			return body
		}
		stop := tp.with(refusing)
		if page, err := c.Users(t.Context(), 1, 10); err != nil || page.Total != 5 {
			t.Errorf("%d: %d users, %v; want 5", status, page.Total, err)
		}
		stop()
	}
}
