package upstream_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// A change right after a read does not read again: once, not after a write, not for long,
// and only if nobody asks for what is there now.
func TestReadingsServeOneChange(t *testing.T) {
	const keep = 200 * time.Millisecond
	reads := map[string]struct {
		before func(t *testing.T, c *upstream.Client, u upstream.User)
		fresh  bool
		want   int // reads for the change
	}{
		"nothing before": {func(*testing.T, *upstream.Client, upstream.User) {}, false, 1},
		"a read":         {readIt, false, 0},
		"a search, which may show more than reads by id": {func(t *testing.T, c *upstream.Client, u upstream.User) {
			t.Helper()
			if found, err := c.FindUsers(t.Context(), upstream.ByUserName, u.UserName()); err != nil || len(found) != 1 {
				t.Errorf("found %v, %v", found, err)
			}
		}, false, 1},
		"a read, for a caller who wants what is there now": {readIt, true, 1},
		"a read, and a change": {func(t *testing.T, c *upstream.Client, u upstream.User) {
			t.Helper()
			readIt(t, c, u)
			if _, err := c.UpdateUser(t.Context(), u.ID, setting(upstream.Attributes{titlePath: "Miss"}, nil)); err != nil {
				t.Error(err)
			}
		}, false, 1},
		"a read some time ago": {func(t *testing.T, c *upstream.Client, u upstream.User) {
			t.Helper()
			readIt(t, c, u)
			time.Sleep(2 * keep)
		}, false, 1},
	}
	for name, tt := range reads {
		t.Run(name, func(t *testing.T) {
			_, access := start(t, accesstest.Config{})
			c := newClientFrom(t, access, upstream.Config{Domains: []string{domain}, ReuseReads: keep})
			u := create(t, c, "ada")
			tt.before(t, c, u)
			access.ClearRequests()
			change := setting(upstream.Attributes{titlePath: "Countess"}, nil)
			change.Fresh = tt.fresh
			if _, err := c.UpdateUser(t.Context(), u.ID, change); err != nil || requests(access, http.MethodGet) != tt.want {
				t.Errorf("%d reads, %v; want %d", requests(access, http.MethodGet), err, tt.want)
			}
		})
	}
}

func readIt(t *testing.T, c *upstream.Client, u upstream.User) {
	t.Helper()
	if _, err := c.User(t.Context(), u.ID); err != nil {
		t.Error(err)
	}
}

// Nobody who reads is answered from memory, and a change of who is gone is not done.
func TestReadingsAnswerNobody(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	u := create(t, c, "ada")
	readIt(t, c, u)
	other := newClient(t, access, domain)
	if err := other.DeleteUser(t.Context(), u.ID, anyUser); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Millisecond)
	_, err := c.UpdateUser(t.Context(), u.ID, setting(upstream.Attributes{titlePath: "Countess"}, nil))
	if err == nil || !errors.Is(err, upstream.ErrNotFound) && !errors.Is(err, upstream.ErrUnavailable) {
		t.Errorf("error = %v, want that the user is not there", err)
	}
	access.ClearRequests()
	if _, err := c.User(t.Context(), u.ID); err == nil || requests(access, "") != 1 {
		t.Errorf("the user was read with %d requests, %v", requests(access, ""), err)
	}
	off := newClientFrom(t, access, upstream.Config{Domains: []string{domain}, ReuseReads: -1})
	grace := create(t, off, "grace")
	readIt(t, off, grace)
	if _, n := entitle(t, off, access, grace.ID, "Admiral"); n != 2 {
		t.Errorf("with the memory off, a change took %d requests, want 2", n)
	}
}

// What is written elsewhere shows in what a change makes of a reading: groups in users, and
// users in groups.
func TestReadingsFollowOtherWrites(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	all := people(t, c, 3)
	team, other := createGroup(t, c, "Team", all[:2]), createGroup(t, c, "Other", nil)
	if _, err := c.Group(t.Context(), team.ID, true); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteUser(t.Context(), all[0].ID, anyUser); err != nil {
		t.Fatal(err)
	}
	renamed := func(g upstream.Group) (upstream.Group, error) { g.DisplayName = "Teams"; return g, nil }
	g, err := c.UpdateGroup(t.Context(), team.ID, upstream.GroupChange{Make: renamed})
	if err != nil || !slices.Equal(ids(g.Members), ids(all[1:2])) {
		t.Errorf("after a member was deleted: %v, %v", g.Members, err)
	}
	if _, err := c.User(t.Context(), all[2].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := setMembers(t, c, other.ID, all[2:]); err != nil {
		t.Fatal(err)
	}
	u, err := c.UpdateUser(t.Context(), all[2].ID, setting(upstream.Attributes{titlePath: "Countess"}, nil))
	if err != nil || len(u.Groups) != 1 || u.Groups[0].ID != other.ID {
		t.Errorf("after joining a group: %v, %v", u.Groups, err)
	}
}

// Who turned out to be gone since a group was read is not in it after a change.
func TestReadingsOfGroupsLoseWhoIsGone(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada, bob := create(t, c, "ada"), create(t, c, "bob")
	g, err := c.CreateGroup(t.Context(), domain, upstream.Group{
		DisplayName: "Sales", Members: []upstream.Member{{ID: ada.ID}, {ID: bob.ID}},
	})
	if err == nil {
		_, err = c.Group(t.Context(), g.ID, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	lost := accesstest.Fault{Method: http.MethodDelete, Status: http.StatusServiceUnavailable, Apply: true, Count: 1}
	access.AddFault(lost)
	if err := c.DeleteUser(t.Context(), ada.ID, anyUser); !upstream.InDoubt(err) {
		t.Fatalf("error = %v, want one that leaves the deletion in doubt", err)
	}
	if err := c.DeleteUser(t.Context(), ada.ID, anyUser); !errors.Is(err, upstream.ErrNotFound) {
		t.Fatalf("error = %v, want that the user is not there", err)
	}
	rename := func(g upstream.Group) (upstream.Group, error) {
		g.DisplayName = "Marketing"
		return g, nil
	}
	changed, err := c.UpdateGroup(t.Context(), g.ID, upstream.GroupChange{Make: rename})
	if err != nil || len(changed.Members) != 1 || changed.Members[0].ID != bob.ID {
		t.Errorf("the group has %v, %v; want %s alone", changed.Members, err, bob.ID)
	}
}
