package upstream_test

import (
	"errors"
	"fmt"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestGroupsThatAreNotOurs(t *testing.T) {
	c, access := start(t, accesstest.Config{Domains: []string{domain, "other.com"},
		Modes: accesstest.Modes{SyncedDomain: "corp.local"}})
	createGroup(t, c, "Sales", nil)
	if _, err := newClient(t, access, "other.com").CreateGroup(t.Context(), "other.com",
		upstream.Group{DisplayName: "Theirs"}); err != nil {
		t.Fatal(err)
	}
	page, err := c.Groups(t.Context(), 1, 100, true)
	if err != nil || page.Total != 1 || page.Resources[0].DisplayName != "Sales" {
		t.Errorf("listed %+v, %v; want Sales alone", page, err)
	}
	foreign := 0
	for _, g := range access.State().Groups {
		if g["displayName"] == "Sales" {
			continue
		}
		foreign++
		id := g["id"].(string)
		if _, err := c.Group(t.Context(), id, true); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("reading %v: %v, want not found", g["displayName"], err)
		}
		if _, err := setMembers(t, c, id, nil); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("emptying %v: %v, want not found", g["displayName"], err)
		}
		if err := c.DeleteGroup(t.Context(), id, anyGroup); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("deleting %v: %v, want not found", g["displayName"], err)
		}
		if _, err := c.CreateGroup(t.Context(), domain,
			upstream.Group{DisplayName: g["displayName"].(string)}); !errors.Is(err, upstream.ErrConflict) {
			t.Errorf("creating a second %v: %v, want a conflict", g["displayName"], err)
		}
	}
	if foreign < 3 {
		t.Errorf("the emulator had %d foreign groups, want at least 3", foreign)
	}
}

// Access does not document that its groups name domain and type: what is left
// out must not make a group foreign, and ALL USERS is none of ours all the same.
func TestGroupsAreJudgedLeniently(t *testing.T) {
	c, _ := start(t, accesstest.Config{Modes: accesstest.Modes{GroupOmitsExtension: true}})
	g := createGroup(t, c, "Sales", people(t, c, 1))
	page, err := c.Groups(t.Context(), 1, 10, true)
	if err != nil || page.Total != 1 || page.Resources[0].ID != g.ID {
		t.Errorf("listed %+v, %v; want Sales alone", page, err)
	}
}

func TestListsWithoutMembers(t *testing.T) {
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{ListOmitsMembers: true}})
	members := people(t, c, 2)
	for i := range 9 {
		createGroup(t, c, fmt.Sprintf("Group %d", i), members)
	}
	access.ClearRequests()
	page, err := c.Groups(t.Context(), 3, 5, true)
	if err != nil || page.Total != 9 || len(page.Resources) != 5 {
		t.Fatalf("listed %+v, %v", page, err)
	}
	for _, g := range page.Resources {
		if len(g.Members) != 2 {
			t.Errorf("%s has %d members, want 2", g.DisplayName, len(g.Members))
		}
	}
	if got := requests(access, ""); got != 6 {
		t.Errorf("it took %d requests, want the list and a read for each of the page", got)
	}
	access.ClearRequests()
	if _, err := c.Groups(t.Context(), 1, 100, false); err != nil || requests(access, "") != 1 {
		t.Errorf("a list without members took %d requests (%v), want 1", requests(access, ""), err)
	}
	found, err := c.FindGroups(t.Context(), upstream.ByDisplayName, "group 4", true)
	if err != nil || len(found) != 1 || len(found[0].Members) != 2 {
		t.Errorf("found %+v, %v; want one group of two", found, err)
	}
}

func TestFindGroups(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	if _, err := c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "Sales", ExternalID: "00g1"}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "B\u00fcro"}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name     string
		key      upstream.Key
		value    string
		want     int
		requests int
	}{
		{"by displayName in another case", upstream.ByDisplayName, "SALES", 1, 1},
		{"by displayName in the other normal form", upstream.ByDisplayName, "Bu\u0308ro", 1, 2},
		{"nobody by displayName", upstream.ByDisplayName, "Sale", 0, 1},
		{"ALL USERS is not ours", upstream.ByDisplayName, "ALL USERS", 0, 1},
		{"by externalId", upstream.ByExternalID, "00g1", 1, 1},
		{"nobody by externalId", upstream.ByExternalID, "00g", 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			access.ClearRequests()
			found, err := c.FindGroups(t.Context(), tt.key, tt.value, true)
			if err != nil || len(found) != tt.want || requests(access, "") != tt.requests {
				t.Errorf("found %d in %d requests, %v; want %d in %d", len(found), requests(access, ""), err,
					tt.want, tt.requests)
			}
		})
	}
	if _, err := c.FindGroups(t.Context(), upstream.ByUserName, "x", true); !errors.Is(err, upstream.ErrRefused) {
		t.Errorf("a key that is none of groups: %v, want refused", err)
	}
}
