package accesstest_test

import (
	"fmt"
	"net/http"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestListPages(t *testing.T) {
	tn := start(t, accesstest.Config{SeedUsers: 30, Modes: accesstest.Modes{MaxCount: 25}}) // 31 with the administrator
	tests := []struct {
		name, query   string
		total, items  int
		start, status int
		first         string
	}{
		{name: "the default is 20", total: 31, items: 20, start: 1, first: "admin"},
		{name: "0 and 1 are the same start", query: "?startIndex=0", total: 31, items: 20, start: 1, first: "admin"},
		{name: "the start counts from 1", query: "?startIndex=2&count=1", total: 31, items: 1, start: 2,
			first: "user-0001@acme.com"},
		{name: "pages are capped", query: "?count=9999", total: 31, items: 25, start: 1, first: "admin"},
		{name: "the last page is short", query: "?startIndex=26&count=25", total: 31, items: 6, start: 26,
			first: "user-0025@acme.com"},
		{name: "behind the end is nothing", query: "?startIndex=99", total: 31, start: 99},
		{name: "a count of 0 counts", query: "?count=0", total: 31, start: 1},
		{name: "unknown parameters are ignored", query: "?count=1&nonsense=1", total: 31, items: 1, start: 1, first: "admin"},
		{name: "sorted down", query: "?count=1&sortBy=username&sortOrder=descending", total: 31, items: 1, start: 1,
			first: "user-0030@acme.com"},
		{name: "sorted by a sub-attribute", query: "?count=1&sortBy=name.familyName", total: 31, items: 1, start: 1,
			first: "admin"},
		{name: "a wrong count is 404", query: "?count=x", status: 404},
		{name: "a wrong start is 404", query: "?startIndex=-1", status: 404},
		{name: "a wrong sort is 404", query: "?sortBy=nonsense", status: 404},
		{name: "a wrong attribute is 400", query: "?attributes=nonsense", status: 400},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.status != 0 {
				checkError(t, tn.want(tt.status, http.MethodGet, usersPath+tt.query, ""))
				return
			}
			got := tn.want(http.StatusOK, http.MethodGet, usersPath+tt.query, "").json()
			items := got["Resources"].([]any)
			same(t, []any{got["totalResults"], got["itemsPerPage"], got["startIndex"], len(items)},
				fmt.Sprintf("[%d,%d,%d,%d]", tt.total, tt.items, tt.start, tt.items))
			if tt.first != "" {
				same(t, items[0].(object)["userName"], fmt.Sprintf("%q", tt.first))
			}
		})
	}
}

func TestSearch(t *testing.T) {
	tn := start(t, accesstest.Config{SeedUsers: 3})
	got := tn.want(http.StatusOK, http.MethodPost, usersPath+"/.search",
		`{"filter":"userName sw \"user\"","startIndex":2,"count":1,"attributes":["active","emails"],"sortBy":"userName",
		"sortOrder":"descending","excludedAttributes":"emails","customSchemaExtensionTypes":null}`).json()
	same(t, got["totalResults"], `3`)
	u := got["Resources"].([]any)[0].(object)
	same(t, u["userName"], `"user-0002@acme.com"`)
	same(t, keys(u), `["active","id","meta","schemas","userName"]`)
	checkError(t, tn.want(http.StatusBadRequest, http.MethodPost, usersPath+"/.search", `{"filter":"userName pr"}`))
	checkError(t, tn.want(http.StatusBadRequest, http.MethodPost, usersPath+"/.search", ``))
}

// TestListIsCheap bounds what finding one of 10,000 users costs: less than an allocation a user.
func TestListIsCheap(t *testing.T) {
	tn := start(t, accesstest.Config{SeedUsers: 10_000})
	allocations := testing.AllocsPerRun(3, func() {
		same(t, tn.found(usersPath, `userName eq "user-9999@acme.com"`, "userName"), `["user-9999@acme.com"]`)
	})
	if allocations > 10_000 {
		t.Errorf("it took %v allocations, want fewer than there are users", allocations)
	}
}
