package upstream_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// TestListsOfNames has the requests for groups without their members, the first time and
// later, by how Access takes requests for some attributes.
func TestListsOfNames(t *testing.T) {
	tests := []struct {
		name                         string
		modes                        accesstest.Modes
		refused                      bool
		first, next, byID, byIDLater string
	}{
		{"Access shows what it is asked for", accesstest.Modes{}, false, "GET?", "GET?", "GET?", "GET?"},
		{"Access shows all", accesstest.Modes{IgnoreAttributes: true}, false, "GET?", "GET?", "GET?", "GET?"},
		{"Access leaves out whose they are", accesstest.Modes{AttributesOmitExtensions: true}, false,
			"GET? GET", "GET", "GET?", "GET?"},
		{"Access never tells whose they are", accesstest.Modes{GroupOmitsExtension: true}, false,
			"GET? GET", "GET", "GET?", "GET?"},
		{"Access refuses to be asked for one", accesstest.Modes{RefuseAttributes: true}, false,
			"GET?", "GET?", "GET? GET", "GET"},
		{"Access refuses to be asked", accesstest.Modes{}, true, "GET? GET", "GET", "GET? GET", "GET"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !tt.modes.GroupOmitsExtension { // by which strange groups would be judged leniently
				tt.modes.SyncedDomain = "corp.local"
			}
			c, access := start(t, accesstest.Config{Domains: []string{domain, "other.com"}, Modes: tt.modes})
			who := people(t, c, 2)
			ours := map[string]bool{}
			for i := range 3 {
				ours[createGroup(t, c, fmt.Sprint("team ", i), who).ID] = true
			}
			if tt.modes.SyncedDomain != "" {
				strange(t, access)
			}
			if tt.refused {
				access.AddFault(askingFor(http.StatusBadRequest))
			}
			check := func(how, want string, found []upstream.Group, err error) {
				t.Helper()
				if got := told(access); err != nil || got != want {
					t.Errorf("%s took %s, %v; want %s", how, got, err, want)
				}
				for _, g := range found {
					if !ours[g.ID] || !strings.HasPrefix(g.DisplayName, "team ") || len(g.Members) > 0 {
						t.Errorf("%s shows %+v", how, g)
					}
				}
				access.ClearRequests()
			}
			access.ClearRequests()
			for _, want := range []string{tt.first, tt.next, tt.next} {
				page, err := c.Groups(t.Context(), 1, 10, false)
				if check("a list", want, page.Resources, err); page.Total != 3 {
					t.Errorf("there are %d groups, want 3", page.Total)
				}
			}
			for key, value := range map[upstream.Key]string{upstream.ByDisplayName: "Team 1", upstream.ByMember: who[0].ID,
				upstream.DisplayNameStarts: "team", upstream.ByExternalID: ""} {
				found, err := c.FindGroups(t.Context(), key, value, false)
				if check(string(key), tt.next, found, err); len(found) == 0 {
					t.Errorf("%s finds nothing", key)
				}
			}
			want := tt.byID
			for id := range ours {
				g, err := c.Group(t.Context(), id, false)
				check("a group", want, []upstream.Group{g}, err)
				want = tt.byIDLater
			}
			whole, err := c.Groups(t.Context(), 1, 10, true)
			if got := told(access); err != nil || got != "GET" || len(whole.Resources) != 3 ||
				len(whole.Resources[0].Members) != 2 {
				t.Errorf("a list with members took %s, %v: %+v", got, err, whole)
			}
		})
	}
}

// A search for names takes its part in what it asks for.
func TestListsOfNamesAskForThem(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	createGroup(t, c, "team", nil)
	access.ClearRequests()
	if _, err := c.FindGroups(t.Context(), upstream.ByDisplayName, "team", false); err != nil {
		t.Fatal(err)
	}
	query, err := url.ParseQuery(access.Requests()[0].Query)
	if err != nil || query.Get("filter") != `displayName eq "team"` || query.Get("startIndex") != "1" ||
		query.Get("attributes") != "displayName,externalId,"+upstream.WorkspaceSchema+":internalGroupType,"+
			upstream.WorkspaceSchema+":domain" {
		t.Errorf("asked was %v, %v", query, err)
	}
}

// Lists of several pages ask the same of each, also where members are left out of lists.
func TestListsOfNamesInPages(t *testing.T) {
	for name, modes := range map[string]accesstest.Modes{
		"of what is asked for": {MaxCount: 3}, "without members": {MaxCount: 3, ListOmitsMembers: true},
		"of all":                   {MaxCount: 3, IgnoreAttributes: true},
		"without whose they are":   {MaxCount: 3, AttributesOmitExtensions: true},
		"without that, or members": {MaxCount: 3, AttributesOmitExtensions: true, ListOmitsMembers: true},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := start(t, accesstest.Config{Modes: modes})
			who := people(t, c, 1)
			for i := range 10 {
				createGroup(t, c, fmt.Sprint("team ", i), who)
			}
			for range 2 {
				page, err := c.Groups(t.Context(), 4, 5, false)
				if err != nil || page.Total != 10 || len(page.Resources) != 5 || page.Resources[0].DisplayName != "team 3" {
					t.Errorf("listed %+v, %v", page, err)
				}
			}
		})
	}
}
