package upstream_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// TestListUsersOfSeveralDomains checks that every page is a piece of one list,
// whatever its bounds, and costs one request a domain.
func TestListUsersOfSeveralDomains(t *testing.T) {
	domains := []string{"beta.example", "empty.example", domain}
	_, access := start(t, accesstest.Config{Domains: append(slices.Clone(domains), "foreign.example")})
	c := newClient(t, access, domains...)
	var want []string
	for i, in := range []string{"beta.example", "beta.example", "beta.example", domain, domain, domain, domain} {
		u, err := c.CreateUser(t.Context(), in, attributes(fmt.Sprint("user", i)))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, u.ID)
	}
	if _, err := newClient(t, access, "foreign.example").CreateUser(t.Context(), "foreign.example",
		attributes("stranger")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Users(t.Context(), 2, 1); err != nil { // learns that nobody else is in the domains
		t.Fatal(err)
	}
	for first := range 9 {
		for count := range 9 {
			access.ClearRequests()
			page, err := c.Users(t.Context(), first, count)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, u := range page.Resources {
				got = append(got, u.ID)
			}
			from := min(max(first-1, 0), len(want))
			if piece := want[from:min(from+count, len(want))]; page.Total != len(want) || !slices.Equal(got, piece) {
				t.Errorf("%d from %d: got %d of %d, %v, want %v", count, first, len(got), page.Total, got, piece)
			}
			if n := requests(access, http.MethodGet); n != len(domains) {
				t.Errorf("%d from %d took %d requests", count, first, n)
			}
		}
	}
}

// TestListUsersOfSeveralDomainsAmongStrangers checks the list where local users
// stand in the domains too.
func TestListUsersOfSeveralDomainsAmongStrangers(t *testing.T) {
	_, access := start(t, accesstest.Config{Domains: []string{domain, "beta.example"}})
	c := newClient(t, access, domain, "beta.example")
	for i, in := range []string{domain, "beta.example"} {
		seedLocal(t, access, fmt.Sprint("local", i), in)
		if _, err := c.CreateUser(t.Context(), in, attributes(fmt.Sprint("user", i))); err != nil {
			t.Fatal(err)
		}
	}
	for first, want := range map[int]int{1: 2, 2: 1, 3: 0} {
		page, err := c.Users(t.Context(), first, 10)
		if err != nil || page.Total != 2 || len(page.Resources) != want {
			t.Errorf("from %d: got %d of %d, error %v, want %d of 2", first, len(page.Resources), page.Total, err, want)
		}
	}
	found, err := c.FindUsers(t.Context(), upstream.ByUserName, "user1")
	if err != nil || len(found) != 1 || found[0].Domain != "beta.example" {
		t.Errorf("found %v, error %v", found, err)
	}
}
