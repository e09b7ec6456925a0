package upstream_test

import (
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestAccounts(t *testing.T) {
	c, access := start(t, accesstest.Config{Domains: []string{domain, "other.com"}})
	ada := create(t, c, "ada@acme.com")
	local := seedLocal(t, access, "grace", domain)
	tests := []struct {
		name, ask string
		want      []string
		ours      bool
		kind      string
	}{
		{"by userName", "ADA@acme.com", []string{ada.ID}, true, "PROVISIONED"},
		{"by id", ada.ID, []string{ada.ID}, true, "PROVISIONED"},
		{"by the address", "ada@acme.com@acme.com", []string{ada.ID}, true, "PROVISIONED"},
		{"by externalId", "ext-ada@acme.com", []string{ada.ID}, true, "PROVISIONED"},
		{"by the name before the @", "ada", []string{ada.ID}, true, "PROVISIONED"},
		{"one that is not the bridge's", "grace", []string{local}, false, "LOCAL"},
		{"nobody", "alan", nil, false, ""},
		{"an id of nobody", "00000000-0000-0000-0000-000000000000", nil, false, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := c.Accounts(t.Context(), tt.ask)
			if len(found) == 0 && err == nil {
				found, err = c.SearchAccounts(t.Context(), "nobody", tt.ask)
			}
			if err != nil || len(found) != len(tt.want) {
				t.Fatalf("got %+v, %v, want %v", found, err, tt.want)
			}
			for i, a := range found {
				if a.ID != tt.want[i] || a.Ours != tt.ours || a.Kind != tt.kind || a.Status != upstream.StatusEnabled {
					t.Errorf("got %+v", a)
				}
			}
		})
	}
}

func TestCountUsers(t *testing.T) {
	c, access := start(t, accesstest.Config{Domains: []string{domain, "other.com"}, SeedUsers: 7,
		Modes: accesstest.Modes{MaxCount: 3}})
	seedLocal(t, access, "grace", domain)
	for _, tt := range []struct {
		domains []string
		want    int
	}{{[]string{domain}, 8}, {[]string{"other.com"}, 0}, {[]string{domain, "System Domain"}, 9}} {
		if got, err := c.CountUsers(t.Context(), tt.domains); err != nil || got != tt.want {
			t.Errorf("users of %v: %d, %v, want %d", tt.domains, got, err, tt.want)
		}
	}
}

func TestGroupAccounts(t *testing.T) {
	c, _ := start(t, accesstest.Config{Modes: accesstest.Modes{ListOmitsMembers: true, SyncedDomain: "corp.local"}})
	ada := create(t, c, "ada@acme.com")
	g, err := c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "Sales",
		Members: []upstream.Member{{ID: ada.ID}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, ask := range []string{"sales", g.ID} {
		found, err := c.GroupAccounts(t.Context(), ask)
		if err != nil || len(found) != 1 || !found[0].Ours || len(found[0].Members) != 1 || found[0].Domain != domain {
			t.Errorf("by %s: got %+v, %v", ask, found, err)
		}
	}
	for name, kind := range map[string]string{"Synced Group": "EXTERNAL", "all users": "ALL_USERS"} {
		found, err := c.GroupAccounts(t.Context(), name)
		if err != nil || len(found) != 1 || found[0].Ours || found[0].Kind != kind {
			t.Errorf("%s: got %+v, %v", name, found, err)
		}
	}
	for _, nobody := range []string{"nothing", "00000000-0000-0000-0000-000000000000"} {
		if found, err := c.GroupAccounts(t.Context(), nobody); err != nil || len(found) != 0 {
			t.Errorf("%s: got %+v, %v", nobody, found, err)
		}
	}
}
