package upstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// people creates n users and returns them as members.
func people(t *testing.T, c *upstream.Client, n int) []upstream.Member {
	t.Helper()
	members := make([]upstream.Member, n)
	for i := range members {
		members[i] = upstream.Member{ID: create(t, c, fmt.Sprintf("user%03d", i)).ID}
	}
	return members
}

func createGroup(t *testing.T, c *upstream.Client, name string, members []upstream.Member) upstream.Group {
	t.Helper()
	g, err := c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: name, Members: members})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func setMembers(t *testing.T, c *upstream.Client, id string, members []upstream.Member) (upstream.Group, error) {
	t.Helper()
	return c.UpdateGroup(t.Context(), id, upstream.GroupChange{Make: func(g upstream.Group) (upstream.Group, error) {
		g.Members = members
		return g, nil
	}})
}

func ids(members []upstream.Member) []string {
	out := make([]string, len(members))
	for i, m := range members {
		out[i] = m.ID
	}
	slices.Sort(out)
	return out
}

// heldMembers are the ids of the members that Access holds, sorted.
func heldMembers(t *testing.T, access *accesstest.Running, id string) []string {
	t.Helper()
	list, _ := heldGroup(t, access, id)["members"].([]any)
	out := []string{}
	for _, m := range list {
		out = append(out, m.(map[string]any)["value"].(string))
	}
	slices.Sort(out)
	return out
}

func wantMembers(t *testing.T, access *accesstest.Running, id string, want []upstream.Member) {
	t.Helper()
	if got := heldMembers(t, access, id); !slices.Equal(got, ids(want)) {
		t.Errorf("Access holds %d members, want %d", len(got), len(want))
	}
}

func TestCreateGroupFillsItInBatches(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	members := people(t, c, 250)
	access.ClearRequests()
	g := createGroup(t, c, "Sales", members)
	if got := requests(access, ""); got != 4 {
		t.Errorf("it took %d requests, want 1 + 3", got)
	}
	wantMembers(t, access, g.ID, members)
	h := heldGroup(t, access, g.ID)
	extension, _ := h[upstream.WorkspaceSchema].(map[string]any)
	if extension["domain"] != domain || extension["internalGroupType"] != "INTERNAL" || h["displayName"] != "Sales" {
		t.Errorf("Access holds %v", h)
	}
}

func TestUpdateGroupSendsTheDifference(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	members := people(t, c, 130)
	g := createGroup(t, c, "Sales", members[:120])

	access.ClearRequests()
	reordered := slices.Clone(members[:120])
	slices.Reverse(reordered)
	if _, err := setMembers(t, c, g.ID, reordered); err != nil {
		t.Fatal(err)
	}
	if got := requests(access, ""); got != 1 {
		t.Errorf("the same members in another order took %d requests, want one read", got)
	}

	access.ClearRequests()
	got, err := setMembers(t, c, g.ID, members[10:])
	if err != nil {
		t.Fatal(err)
	}
	if n := requests(access, ""); n != 3 {
		t.Errorf("it took %d requests, want a read, a removal and an addition", n)
	}
	wantMembers(t, access, g.ID, members[10:])
	if !slices.Equal(ids(got.Members), ids(members[10:])) {
		t.Errorf("the client returned %d members, want 120", len(got.Members))
	}

	if _, err := setMembers(t, c, g.ID, nil); err != nil {
		t.Fatal(err)
	}
	wantMembers(t, access, g.ID, nil)
}

func TestUnknownMembersAreLeftOut(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	members := people(t, c, 30)
	strangers := []upstream.Member{{ID: "no-such-user"}, {ID: "../Users"}, {ID: "00000000-0000-0000-0000-000000000000"}}
	want := slices.Concat(members[:7], strangers[:1], members[7:], strangers[1:])
	g := createGroup(t, c, "Sales", want)
	wantMembers(t, access, g.ID, members)
	if !slices.Equal(slices.Sorted(slices.Values(g.LeftOut)), ids(strangers)) {
		t.Errorf("unknown are %q, want %q", g.LeftOut, ids(strangers))
	}
}

func TestRefusedMemberThatExistsIsAnError(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	members := people(t, c, 2)
	g := createGroup(t, c, "Sales", nil)
	access.AddFault(accesstest.Fault{Method: http.MethodPatch, Path: scimPath + "/Groups", Status: 400})
	if _, err := setMembers(t, c, g.ID, members); !errors.Is(err, upstream.ErrRefused) {
		t.Errorf("error = %v, want refused: the users exist, so it is the group that Access does not change", err)
	}
}

func TestRemovedMemberThatIsGoneIsFine(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	members := people(t, c, 3)
	g := createGroup(t, c, "Sales", members)
	// Between read and write, somebody deletes a member.
	_, err := c.UpdateGroup(t.Context(), g.ID, upstream.GroupChange{Make: func(g upstream.Group) (upstream.Group, error) {
		if err := newClient(t, access, domain).DeleteUser(t.Context(), members[0].ID, anyUser); err != nil {
			t.Fatal(err)
		}
		g.Members = members[2:]
		return g, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	wantMembers(t, access, g.ID, members[2:])
}

func TestRenameGroup(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	g := createGroup(t, c, "Sales", nil)
	createGroup(t, c, "Taken", nil)
	rename := func(name string) (upstream.Group, error) {
		return c.UpdateGroup(t.Context(), g.ID, upstream.GroupChange{Make: func(g upstream.Group) (upstream.Group, error) {
			g.DisplayName = name
			return g, nil
		}})
	}
	if got, err := rename("Sales EMEA"); err != nil || got.DisplayName != "Sales EMEA" || got.ID != g.ID {
		t.Errorf("rename: %+v, %v", got, err)
	}
	if _, err := rename("TAKEN"); !errors.Is(err, upstream.ErrConflict) {
		t.Errorf("rename onto a taken name: %v, want a conflict", err)
	}
}

func TestDeleteGroupTwice(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	g := createGroup(t, c, "Sales", nil)
	if err := c.DeleteGroup(t.Context(), g.ID, anyGroup); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteGroup(t.Context(), g.ID, anyGroup); !errors.Is(err, upstream.ErrNotFound) {
		t.Errorf("second deletion: %v, want not found", err)
	}
}

func TestConcurrentMemberChangesOfOneGroup(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	members := people(t, c, 40)
	g := createGroup(t, c, "Sales", members[:20])
	var wait sync.WaitGroup
	change := func(edit func([]upstream.Member) []upstream.Member) {
		wait.Go(func() {
			edited := func(g upstream.Group) (upstream.Group, error) {
				g.Members = edit(g.Members)
				return g, nil
			}
			_, err := c.UpdateGroup(t.Context(), g.ID, upstream.GroupChange{Make: edited})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for i := 20; i < 40; i += 5 {
		change(func(list []upstream.Member) []upstream.Member { return append(list, members[i:i+5]...) })
	}
	for i := 0; i < 10; i += 5 {
		change(func(list []upstream.Member) []upstream.Member {
			gone := ids(members[i : i+5])
			return slices.DeleteFunc(list, func(m upstream.Member) bool { return slices.Contains(gone, m.ID) })
		})
	}
	wait.Wait()
	wantMembers(t, access, g.ID, members[10:])
}
