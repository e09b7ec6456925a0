package upstream_test

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// asItIs changes nothing of a group.
func asItIs(g upstream.Group) (upstream.Group, error) { return g, nil }

func named(name string) func(upstream.Group) (upstream.Group, error) {
	return func(g upstream.Group) (upstream.Group, error) {
		g.DisplayName = name
		return g, nil
	}
}

// move has members join a group, and others leave it.
func move(t *testing.T, c *upstream.Client, id string, join, leave []upstream.Member) (upstream.Group, error) {
	t.Helper()
	return c.UpdateGroup(t.Context(), id, upstream.GroupChange{Make: asItIs,
		Members: &upstream.MemberChange{Join: join, Leave: leave}})
}

// TestMembersMove has who is to join a group and who is to leave it, and the requests that
// it takes. The group has the first three of five people, and the administrator, who is
// not the bridge's.
func TestMembersMove(t *testing.T) {
	const admin, nobody, noID = 5, 6, 7 // their places among the people
	tests := []struct {
		name        string
		join, leave []int
		rename      string
		requests    string
		want        []int // who of ours is in it in the end
		leftOut     []int
	}{
		{"nobody moves", nil, nil, "", "GET?", []int{0, 1, 2}, nil},
		{"somebody joins", []int{3}, nil, "", "GET? PATCH", []int{0, 1, 2, 3}, nil},
		{"several join", []int{4, 3}, nil, "", "GET? PATCH", []int{0, 1, 2, 3, 4}, nil},
		{"somebody joins twice", []int{3, 3}, nil, "", "GET? PATCH", []int{0, 1, 2, 3}, nil},
		{"somebody joins who is in it", []int{0}, nil, "", "GET? PATCH", []int{0, 1, 2}, nil},
		{"somebody leaves", nil, []int{1}, "", "GET? PATCH", []int{0, 2}, nil},
		{"everybody leaves", nil, []int{0, 1, 2}, "", "GET? PATCH", nil, nil},
		{"somebody leaves who is not in it", nil, []int{4}, "", "GET? PATCH", []int{0, 1, 2}, nil},
		{"some leave, others join", []int{3, 4}, []int{0, 1}, "", "GET? PATCH PATCH", []int{2, 3, 4}, nil},
		{"the name changes", nil, nil, "crew", "GET? PATCH", []int{0, 1, 2}, nil},
		{"the name changes, some leave and others join", []int{3}, []int{0}, "crew", "GET? PATCH PATCH PATCH",
			[]int{1, 2, 3}, nil},
		{"a stranger who is in it is to leave", nil, []int{admin}, "", "GET? GET", []int{0, 1, 2}, nil},
		{"a stranger is among those who leave", nil, []int{0, admin}, "", "GET? GET PATCH", []int{1, 2}, nil},
		{"a stranger who is in it is to join", []int{admin}, nil, "", "GET? GET", []int{0, 1, 2}, []int{admin}},
		{"a stranger is among those who join", []int{3, admin}, nil, "", "GET? GET PATCH", []int{0, 1, 2, 3},
			[]int{admin}},
		{"nobody knows who is to leave", nil, []int{nobody, 0}, "", "GET? GET PATCH", []int{1, 2}, nil},
		{"nobody knows who is to join", []int{nobody}, nil, "", "GET? GET", []int{0, 1, 2}, []int{nobody}},
		{"what is no id is to join and to leave", []int{noID}, []int{noID}, "", "GET?", []int{0, 1, 2}, []int{noID}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{})
			who := append(people(t, c, 5), upstream.Member{ID: administrator(t, access)},
				upstream.Member{ID: "00000000-0000-0000-0000-000000000000"}, upstream.Member{ID: "../Users"})
			among := func(places []int) (members []upstream.Member) {
				for _, i := range places {
					members = append(members, who[i])
				}
				return members
			}
			team := createGroup(t, c, "team", who[:3])
			joinBehindTheBridge(t, access, team.ID, who[admin].ID)
			access.ClearRequests()
			made := 0
			g, err := c.UpdateGroup(t.Context(), team.ID, upstream.GroupChange{
				Make: func(g upstream.Group) (upstream.Group, error) {
					if made++; len(g.Members) > 0 {
						t.Errorf("the change is made to a group with the members %v", g.Members)
					}
					g.Members = []upstream.Member{who[4]} // which does not count
					if tt.rename != "" {
						g.DisplayName = tt.rename
					}
					return g, nil
				},
				Members: &upstream.MemberChange{Join: among(tt.join), Leave: among(tt.leave)},
			})
			if got := told(access); err != nil || got != tt.requests || made == 0 {
				t.Errorf("it took %s, %v; want %s", got, err, tt.requests)
			}
			if len(g.Members) > 0 || !slices.Equal(slices.Sorted(slices.Values(g.LeftOut)), ids(among(tt.leftOut))) {
				t.Errorf("the group is returned with %v, %q left out", g.Members, g.LeftOut)
			}
			wantMembers(t, access, team.ID, append(among(tt.want), who[admin]))
			name := heldGroup(t, access, team.ID)["displayName"]
			if want := cmp.Or(tt.rename, "team"); name != want || g.DisplayName != want {
				t.Errorf("the name is %v, returned was %s", name, g.DisplayName)
			}
		})
	}
}

// What is asked of the group is whose it is, and its names; never who is in it.
func TestMembersMoveWithoutBeingRead(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	who := people(t, c, 250)
	team := createGroup(t, c, "team", who[:130])
	access.ClearRequests()
	if _, err := move(t, c, team.ID, who[130:], who[:130]); err != nil {
		t.Fatal(err)
	}
	wantMembers(t, access, team.ID, who[130:])
	if got := told(access); got != "GET? PATCH PATCH PATCH PATCH" {
		t.Errorf("it took %s", got)
	}
	for _, r := range access.Requests() {
		query, _ := url.ParseQuery(r.Query)
		if got := query.Get("attributes"); r.Method == http.MethodGet && (strings.Contains(got, "members") ||
			!strings.Contains(got, "displayName,externalId") || !strings.Contains(got, upstream.WorkspaceSchema+":domain") ||
			!strings.Contains(got, upstream.WorkspaceSchema+":internalGroupType")) {
			t.Errorf("asked for was %s", got)
		}
	}
}

// Before anything is written, it is known who may join, and what the change makes.
func TestNothingMovesWhereSomethingFails(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	who := people(t, c, 2)
	team := createGroup(t, c, "team", who[:1])
	unknown := []upstream.Member{{ID: "unknown"}}
	refuse := func(g upstream.Group) (upstream.Group, error) { return g, errors.New("mine") }
	failing := accesstest.Fault{Method: http.MethodGet, Path: scimPath + "/Users", Status: http.StatusServiceUnavailable}
	access.AddFault(failing)
	for name, change := range map[string]upstream.GroupChange{
		"who joins cannot be judged":  {Make: named("crew"), Members: &upstream.MemberChange{Join: unknown, Leave: who[:1]}},
		"who leaves cannot be judged": {Make: named("crew"), Members: &upstream.MemberChange{Join: who[1:], Leave: unknown}},
		"the change itself fails":     {Make: refuse, Members: &upstream.MemberChange{Join: who[1:], Leave: who[:1]}},
	} {
		access.ClearRequests()
		if _, err := c.UpdateGroup(t.Context(), team.ID, change); err == nil || requests(access, http.MethodPatch) > 0 {
			t.Errorf("%s: %v, and %d writes", name, err, requests(access, http.MethodPatch))
		}
	}
	wantMembers(t, access, team.ID, who[:1])
}

// Those who are not in the group keep nobody in it, where Access refuses to remove them.
func TestRemovalsThatAccessRefuses(t *testing.T) {
	modes := accesstest.Modes{RefuseUnknownRemovals: true}
	tests := []struct {
		name     string
		in, out  int // how many leave who are in the group, and how many who are not
		requests int
	}{
		{"one who is in it", 1, 0, 2},
		{"one who is not", 0, 1, 3},
		{"a hundred who are in it", 100, 0, 2},
		{"a hundred who are not", 0, 100, 3},
		{"one of a hundred is not", 99, 1, 4},
		{"one of a hundred is", 1, 99, 4},
		{"some of two hundred and fifty are not", 200, 50, 10},
	}
	for _, tt := range tests {
		for name, whole := range map[string]bool{"named": false, "by what is left": true} {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				c, access := start(t, accesstest.Config{Modes: modes})
				who := people(t, c, tt.in+tt.out+1)
				team := createGroup(t, c, "team", who[:tt.in+1]) // the first one stays
				access.ClearRequests()
				if whole {
					if _, err := setMembers(t, c, team.ID, who[:1]); err != nil {
						t.Fatal(err)
					}
				} else {
					leaving := slices.Clone(who[1:])
					slices.SortFunc(leaving, func(a, b upstream.Member) int { return strings.Compare(a.ID, b.ID) }) // mixed
					if _, err := move(t, c, team.ID, nil, leaving); err != nil {
						t.Fatal(err)
					}
					if got := requests(access, ""); got > tt.requests {
						t.Errorf("it took %d requests, want %d: %s", got, tt.requests, told(access))
					}
				}
				wantMembers(t, access, team.ID, who[:1])
			})
		}
	}
}

// A member whom Access does not show yet is not taken for one who is not there.
func TestRefusedRemovalsWhileAccessLags(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	who := people(t, c, 2)
	team := createGroup(t, c, "team", nil)
	if err := access.SetModes(accesstest.Modes{RefuseUnknownRemovals: true, Lag: time.Hour}); err != nil {
		t.Fatal(err)
	}
	if _, err := move(t, c, team.ID, who[:1], nil); err != nil {
		t.Fatal(err)
	}
	if _, err := move(t, c, team.ID, nil, who); !errors.Is(err, upstream.ErrLagging) || !upstream.InDoubt(err) {
		t.Errorf("the removal ends with %v, want it to be asked for again", err)
	}
	wantMembers(t, access, team.ID, who[:1])
	if err := access.SetModes(accesstest.Modes{RefuseUnknownRemovals: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := move(t, c, team.ID, nil, who); err != nil {
		t.Errorf("once Access shows the member, the removal ends with %v", err)
	}
	wantMembers(t, access, team.ID, nil)
}

// What Access refuses though everybody is in the group is told.
func TestRemovalsThatAccessRefusesForGood(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	who := people(t, c, 100)
	team := createGroup(t, c, "team", who)
	access.AddFault(accesstest.Fault{Method: http.MethodPatch, Path: scimPath + "/Groups", Status: http.StatusBadRequest})
	for _, n := range []int{1, 2, 100} {
		want := "GET? PATCH GET"
		if n > 1 {
			want += " PATCH GET" // and of one alone
		}
		access.ClearRequests()
		if _, err := move(t, c, team.ID, nil, who[:n]); !errors.Is(err, upstream.ErrRefused) || told(access) != want {
			t.Errorf("the removal of %d took %s, %v; want %s, refused", n, told(access), err, want)
		}
	}
	wantMembers(t, access, team.ID, who)
}
