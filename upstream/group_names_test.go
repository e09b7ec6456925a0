package upstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// askingFor is a fault of reads that ask for attributes.
func askingFor(status int) accesstest.Fault {
	return accesstest.Fault{Method: http.MethodGet, Path: scimPath + "/Groups", Query: "attributes=", Status: status}
}

// TestMembersMoveAgainAndAgain has the requests that ten changes of members in a row take,
// by how Access takes requests for some attributes.
func TestMembersMoveAgainAndAgain(t *testing.T) {
	for name, tt := range map[string]struct {
		modes             accesstest.Modes
		fault             accesstest.Fault
		first, next       string // of the client that made the group
		byOther, thenNext string // of one that has not seen it
	}{
		"Access shows what it is asked for": {first: "GET? PATCH", next: "GET? PATCH",
			byOther: "GET? PATCH", thenNext: "GET? PATCH"},
		"Access shows all": {modes: accesstest.Modes{IgnoreAttributes: true}, first: "GET? PATCH", next: "PATCH",
			byOther: "GET? PATCH", thenNext: "PATCH"},
		"Access refuses to be asked": {modes: accesstest.Modes{RefuseAttributes: true}, first: "GET? GET PATCH",
			next: "PATCH", byOther: "GET? GET PATCH", thenNext: "PATCH"},
		"Access leaves out whose it is": {modes: accesstest.Modes{AttributesOmitExtensions: true}, first: "GET? PATCH",
			next: "GET? PATCH", byOther: "GET? GET PATCH", thenNext: "PATCH"},
		"Access never tells whose it is": {modes: accesstest.Modes{GroupOmitsExtension: true}, first: "GET? PATCH",
			next: "GET? PATCH", byOther: "GET? GET PATCH", thenNext: "PATCH"},
	} {
		t.Run(name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{Modes: tt.modes})
			who := people(t, c, 20)
			team := createGroup(t, c, "team", nil)
			other := newClient(t, access, domain)
			for _, m := range who { // so that nobody is looked up
				if _, err := other.User(t.Context(), m.ID); err != nil {
					t.Fatal(err)
				}
			}
			for i, m := range who {
				by, want := c, tt.next
				switch {
				case i == 0:
					want = tt.first
				case i == 10:
					by, want = other, tt.byOther
				case i > 10:
					by, want = other, tt.thenNext
				}
				access.ClearRequests()
				if _, err := move(t, by, team.ID, []upstream.Member{m}, nil); err != nil || told(access) != want {
					t.Errorf("change %d took %s, %v; want %s", i+1, told(access), err, want)
				}
			}
			wantMembers(t, access, team.ID, who)
		})
	}
}

// That Access refuses to be asked is learnt of all groups.
func TestRefusedQuestionsAreLearnt(t *testing.T) {
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{RefuseAttributes: true}})
	who := people(t, c, 1)
	for i, want := range []string{"GET? GET PATCH", "GET PATCH", "GET PATCH"} {
		team := createGroup(t, c, fmt.Sprint("team ", i), nil)
		access.ClearRequests()
		if _, err := move(t, c, team.ID, who, nil); err != nil || told(access) != want {
			t.Errorf("the change of group %d took %s, %v; want %s", i+1, told(access), err, want)
		}
		wantMembers(t, access, team.ID, who)
	}
	gone := createGroup(t, c, "gone", nil)
	if _, err := c.Group(t.Context(), gone.ID, false); err != nil {
		t.Fatal(err)
	}
	if err := newClient(t, access, domain).DeleteGroup(t.Context(), gone.ID, anyGroup); err != nil {
		t.Fatal(err)
	}
	if _, err := move(t, c, gone.ID, who, nil); !errors.Is(err, upstream.ErrNotFound) {
		t.Errorf("a group that is gone: %v, want not found", err)
	}
}

// What fails is not refused: the question is asked again.
func TestFailedQuestionsAreAskedAgain(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	team := createGroup(t, c, "team", nil)
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusForbidden} {
		access.AddFault(askingFor(status))
		access.ClearRequests()
		if _, err := move(t, c, team.ID, nil, nil); err == nil || told(access) != "GET?" {
			t.Errorf("a question answered %d: %s, %v", status, told(access), err)
		}
		if _, err := c.Groups(t.Context(), 1, 10, false); err == nil || told(access) != "GET? GET?" {
			t.Errorf("a list answered %d: %s, %v", status, told(access), err)
		}
		access.ClearFaults()
		access.ClearRequests()
		if _, err := move(t, c, team.ID, nil, nil); err != nil || told(access) != "GET?" {
			t.Errorf("after the answer %d: %s, %v", status, told(access), err)
		}
	}
}

// Names that cost all members to read are remembered for half a minute.
func TestNamesAreRememberedForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, access := bubbled(t, accesstest.Config{Modes: accesstest.Modes{IgnoreAttributes: true}}, 0)
		who := people(t, c, 2)
		team := createGroup(t, c, "team", nil)
		for i, tt := range []struct {
			after time.Duration
			want  string
		}{
			{0, "GET? PATCH"}, {10 * time.Second, "PATCH"}, {10 * time.Second, "PATCH"}, {9 * time.Second, "PATCH"},
			{time.Second, "GET? PATCH"}, {29 * time.Second, "PATCH"}, {time.Hour, "GET? PATCH"},
		} {
			time.Sleep(tt.after)
			access.ClearRequests()
			if _, err := move(t, c, team.ID, who, nil); err != nil || told(access) != tt.want {
				t.Errorf("change %d took %s, %v; want %s", i+1, told(access), err, tt.want)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c, access := bubbled(t, accesstest.Config{Modes: accesstest.Modes{IgnoreAttributes: true}}, -1)
		team := createGroup(t, c, "team", nil)
		for range 2 {
			access.ClearRequests()
			if _, err := move(t, c, team.ID, nil, nil); err != nil || told(access) != "GET?" {
				t.Errorf("where nothing is reused, a change took %s, %v", told(access), err)
			}
		}
	})
}

// A name that is remembered is not taken for the one that a group has after it was changed.
func TestRememberedNamesFollowChanges(t *testing.T) {
	rename := func(name string, members *upstream.MemberChange) upstream.GroupChange {
		return upstream.GroupChange{Make: named(name), Members: members}
	}
	none := &upstream.MemberChange{}
	for name, changes := range map[string][]upstream.GroupChange{
		"there and back":         {rename("crew", none), rename("team", none)},
		"there and back, wholly": {rename("crew", nil), rename("team", nil)},
		"there wholly, and back": {rename("crew", nil), rename("team", none)},
		"there, and back wholly": {rename("crew", none), rename("team", nil)},
		"there twice, and on, and back": {rename("crew", none), rename("crew", none), rename("x", none),
			rename("team", none)},
		"there in another case, and back":      {rename("TEAM", none), rename("team", none)},
		"there in the middle of other changes": {rename("team", none), rename("crew", none), rename("crew", none)},
	} {
		for _, modes := range []accesstest.Modes{{}, {IgnoreAttributes: true}, {RefuseAttributes: true},
			{AttributesOmitExtensions: true}, {IgnoreAttributes: true, Lag: time.Hour}} {
			t.Run(fmt.Sprintf("%s, %+v", name, modes.IgnoreAttributes), func(t *testing.T) {
				c, access := start(t, accesstest.Config{})
				team := createGroup(t, c, "team", people(t, c, 1))
				if err := access.SetModes(modes); err != nil {
					t.Fatal(err)
				}
				if _, err := move(t, c, team.ID, nil, nil); err != nil { // by which the name is remembered
					t.Fatal(err)
				}
				for i, change := range changes {
					want, _ := change.Make(upstream.Group{})
					got, err := c.UpdateGroup(t.Context(), team.ID, change)
					held := heldGroup(t, access, team.ID)["displayName"]
					if err != nil || got.DisplayName != want.DisplayName || held != want.DisplayName {
						t.Errorf("change %d: %s, %v; Access holds %v, want %s", i+1, got.DisplayName, err, held, want.DisplayName)
					}
				}
			})
		}
	}
}

// A group that was deleted is not there, though its names are remembered.
func TestRememberedNamesEndWithTheGroup(t *testing.T) {
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{IgnoreAttributes: true}})
	team := createGroup(t, c, "team", nil)
	if _, err := move(t, c, team.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteGroup(t.Context(), team.ID, anyGroup); err != nil {
		t.Fatal(err)
	}
	access.ClearRequests()
	if _, err := move(t, c, team.ID, nil, nil); !errors.Is(err, upstream.ErrNotFound) {
		t.Errorf("a change of a group that was deleted: %v, %s", err, told(access))
	}
}

// strange makes a group of each kind that is none of the bridge's, and tells their ids by
// what they are.
func strange(t *testing.T, access *accesstest.Running) map[string]string {
	t.Helper()
	seed := func(name string, extension map[string]any) string {
		id, err := access.SeedGroup(map[string]any{"schemas": []string{upstream.CoreSchema, upstream.WorkspaceSchema},
			"displayName": name, upstream.WorkspaceSchema: extension})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	groups := map[string]string{
		"a group of another domain": seed("theirs", map[string]any{"domain": "other.com", "internalGroupType": "INTERNAL"}),
		"a dynamic group":           seed("dynamic", map[string]any{"domain": domain, "internalGroupType": "DYNAMIC"}),
		"a group of the system":     seed("system", map[string]any{"internalGroupType": "INTERNAL"}),
	}
	for _, g := range access.State().Groups {
		extension, _ := g[upstream.WorkspaceSchema].(map[string]any)
		switch kind, _ := extension["internalGroupType"].(string); {
		case strings.HasPrefix(kind, "EXTERNAL"):
			groups["a synchronized group"] = g["id"].(string)
		case g["displayName"] == "ALL USERS":
			groups["everybody"] = g["id"].(string)
		}
	}
	if len(groups) != 5 {
		t.Fatalf("there are %v", groups)
	}
	return groups
}

// Whose group it is, is never judged by what an answer leaves out.
func TestStrangeGroupsAreNeverTouched(t *testing.T) {
	for name, modes := range map[string]accesstest.Modes{
		"Access shows what it is asked for":     {},
		"Access shows all":                      {IgnoreAttributes: true},
		"Access refuses to be asked":            {RefuseAttributes: true},
		"Access leaves out whose it is":         {AttributesOmitExtensions: true},
		"Access leaves that out, in lists only": {AttributesOmitExtensions: true, RefuseAttributes: true},
	} {
		modes.SyncedDomain = "corp.local"
		c, access := start(t, accesstest.Config{Domains: []string{domain, "other.com"}, Modes: modes})
		who := people(t, c, 2)
		for what, id := range strange(t, access) {
			t.Run(name+", "+what, func(t *testing.T) {
				writes := requests(access, http.MethodPatch) + requests(access, http.MethodDelete)
				for range 2 { // what was learnt by the first time makes no difference
					for how, change := range map[string]upstream.GroupChange{
						"renamed": {Make: named("mine")}, "renamed by its name alone": {Make: named("mine"),
							Members: &upstream.MemberChange{}},
						"joined": {Make: asItIs, Members: &upstream.MemberChange{Join: who}},
						"left":   {Make: asItIs, Members: &upstream.MemberChange{Leave: who}},
					} {
						if _, err := c.UpdateGroup(t.Context(), id, change); !errors.Is(err, upstream.ErrNotFound) {
							t.Errorf("%s: %v, want not found", how, err)
						}
					}
					for _, withMembers := range []bool{false, true} {
						if _, err := c.Group(t.Context(), id, withMembers); !errors.Is(err, upstream.ErrNotFound) {
							t.Errorf("read with members %t: %v, want not found", withMembers, err)
						}
						if page, err := c.Groups(t.Context(), 1, 10, withMembers); err != nil || page.Total > 0 {
							t.Errorf("listed with members %t: %+v, %v", withMembers, page, err)
						}
					}
					if err := c.DeleteGroup(t.Context(), id, anyGroup); !errors.Is(err, upstream.ErrNotFound) {
						t.Errorf("deleted: %v, want not found", err)
					}
				}
				if now := requests(access, http.MethodPatch) + requests(access, http.MethodDelete); now != writes {
					t.Errorf("%d writes were sent", now-writes)
				}
			})
		}
	}
}
