package upstream_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// Who reads is told what Access holds, however often that is.
func TestReadsAreAskedOfAccess(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	other := newClient(t, access, domain)
	ada := create(t, c, "ada")
	team := createGroup(t, c, "team", []upstream.Member{{ID: ada.ID}})
	for i := range 3 {
		name := fmt.Sprint("title ", i)
		if _, err := update(t, other, ada.ID, upstream.Attributes{upstream.CorePath("title"): name}); err != nil {
			t.Fatal(err)
		}
		if _, err := setMembers(t, other, team.ID, []upstream.Member{{ID: ada.ID}}[i%2:]); err != nil {
			t.Fatal(err)
		}
		access.ClearRequests()
		u, err := c.User(t.Context(), ada.ID)
		if err != nil || u.Attributes[upstream.CorePath("title")] != name {
			t.Errorf("read: %v, %v; want %s", u.Attributes, err, name)
		}
		found, err := c.FindUsers(t.Context(), upstream.ByUserName, "ada")
		if err != nil || len(found) != 1 || found[0].Attributes[upstream.CorePath("title")] != name {
			t.Errorf("found: %v, %v; want %s", found, err, name)
		}
		g, err := c.Group(t.Context(), team.ID, true)
		if err != nil || len(g.Members) != 1-i%2 {
			t.Errorf("read: %v, %v", g.Members, err)
		}
		if got := requests(access, ""); got != 3 {
			t.Errorf("it took %d requests, want one each", got)
		}
	}
}

// A record that is gone since it was read is not there, where there is something to send.
func TestChangesOfWhatIsGone(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	other := newClient(t, access, domain)
	ada := create(t, c, "ada")
	name := func(g upstream.Group) (upstream.Group, error) { g.DisplayName = "renamed"; return g, nil }
	same := func(g upstream.Group) (upstream.Group, error) { return g, nil }
	one := []upstream.Member{{ID: ada.ID}}
	for how, change := range map[string]upstream.GroupChange{
		"renamed":                        {Make: name},
		"emptied":                        {Make: members()},
		"renamed by a change of members": {Make: name, Members: &upstream.MemberChange{}},
		"joined":                         {Make: same, Members: &upstream.MemberChange{Join: one}},
		"left":                           {Make: same, Members: &upstream.MemberChange{Leave: one}},
	} {
		for _, modes := range []accesstest.Modes{{}, {IgnoreAttributes: true}, {RefuseAttributes: true}} {
			if err := access.SetModes(modes); err != nil {
				t.Fatal(err)
			}
			team := createGroup(t, c, "team", one)
			if _, err := c.Group(t.Context(), team.ID, true); err != nil {
				t.Fatal(err)
			}
			if err := other.DeleteGroup(t.Context(), team.ID, anyGroup); err != nil {
				t.Fatal(err)
			}
			if _, err := c.UpdateGroup(t.Context(), team.ID, change); !errors.Is(err, upstream.ErrNotFound) {
				t.Errorf("a group that is gone and %s, %+v: %v, want not found", how, modes, err)
			}
			if _, err := c.UpdateGroup(t.Context(), team.ID, change); !errors.Is(err, upstream.ErrNotFound) {
				t.Errorf("%s again: %v, want not found", how, err)
			}
		}
	}
	for how, a := range map[string]upstream.Attributes{
		"set": {upstream.CorePath("title"): "x"}, "cleared": {upstream.CorePath("locale"): nil},
		"shut out": {upstream.CorePath("active"): false},
	} {
		sent := attributes("grace")
		sent[upstream.CorePath("locale")] = "en"
		grace, err := c.CreateUser(t.Context(), domain, sent)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.User(t.Context(), grace.ID); err != nil {
			t.Fatal(err)
		}
		if err := other.DeleteUser(t.Context(), grace.ID, anyUser); err != nil {
			t.Fatal(err)
		}
		if _, err := update(t, c, grace.ID, a); !errors.Is(err, upstream.ErrNotFound) {
			t.Errorf("a user who is gone and %s: %v, want not found", how, err)
		}
	}
}

// What was asked for before a write and answered after it is not what the next change
// begins with.
func TestReadingsThatAWriteOvertakes(t *testing.T) {
	c, access, b := startBetween(t, accesstest.Config{})
	ada, grace := create(t, c, "ada"), create(t, c, "grace")
	team := createGroup(t, c, "team", []upstream.Member{{ID: ada.ID}})
	both := []upstream.Member{{ID: ada.ID}, {ID: grace.ID}}
	titled := upstream.Attributes{upstream.CorePath("title"): "Countess"}

	t.Run("of a user", func(t *testing.T) {
		b.once(http.MethodGet, func() {
			if _, err := update(t, c, ada.ID, titled); err != nil {
				t.Error(err)
			}
		})
		if _, err := c.User(t.Context(), ada.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := update(t, c, ada.ID, upstream.Attributes{upstream.CorePath("title"): nil}); err != nil {
			t.Fatal(err)
		}
		if got := held(t, access, ada.ID)["title"]; got != nil {
			t.Errorf("Access holds the title %v, which was taken away", got)
		}
	})
	t.Run("of a user who is found", func(t *testing.T) {
		b.once(http.MethodGet, func() {
			if _, err := update(t, c, ada.ID, titled); err != nil {
				t.Error(err)
			}
		})
		if _, err := c.FindUsers(t.Context(), upstream.ByUserName, "ada"); err != nil {
			t.Fatal(err)
		}
		if _, err := update(t, c, ada.ID, upstream.Attributes{upstream.CorePath("title"): nil}); err != nil {
			t.Fatal(err)
		}
		if got := held(t, access, ada.ID)["title"]; got != nil {
			t.Errorf("Access holds the title %v, which was taken away", got)
		}
	})
	for name, write := range map[string]func() error{
		"of a group": func() error {
			_, err := setMembers(t, c, team.ID, both)
			return err
		},
		"of a group that somebody joins": func() error {
			_, err := c.UpdateGroup(t.Context(), team.ID, upstream.GroupChange{
				Make:    func(g upstream.Group) (upstream.Group, error) { return g, nil },
				Members: &upstream.MemberChange{Join: both},
			})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b.once(http.MethodGet, func() {
				if err := write(); err != nil {
					t.Error(err)
				}
			})
			if _, err := c.Group(t.Context(), team.ID, true); err != nil {
				t.Fatal(err)
			}
			if _, err := setMembers(t, c, team.ID, both[:1]); err != nil {
				t.Fatal(err)
			}
			wantMembers(t, access, team.ID, both[:1])
		})
	}
}

// What is read of a group while it is filled is not all of it.
func TestReadingsOfAGroupThatIsBeingFilled(t *testing.T) {
	c, access, b := startBetween(t, accesstest.Config{})
	all := people(t, c, 150)
	b.once(http.MethodPatch, func() { // after the first hundred
		found, err := c.FindGroups(t.Context(), upstream.ByDisplayName, "team", false)
		if err != nil || len(found) != 1 {
			t.Fatalf("found %v, %v", found, err)
		}
		if _, err := c.Group(t.Context(), found[0].ID, true); err != nil {
			t.Error(err)
		}
	})
	team := createGroup(t, c, "team", all)
	if _, err := setMembers(t, c, team.ID, nil); err != nil {
		t.Fatal(err)
	}
	wantMembers(t, access, team.ID, nil)
}

// Whoever changes a user who joined a group since the user was read is told so.
func TestGroupsOfAUserWhoWasReadBefore(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	left := createGroup(t, c, "left", []upstream.Member{{ID: ada.ID}})
	gone := createGroup(t, c, "gone", []upstream.Member{{ID: ada.ID}})
	if u, err := c.User(t.Context(), ada.ID); err != nil || len(u.Groups) != 2 {
		t.Fatalf("read %+v, %v", u, err)
	}
	team := createGroup(t, c, "team", []upstream.Member{{ID: ada.ID}})
	if _, err := setMembers(t, c, left.ID, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.DeleteGroup(t.Context(), gone.ID, anyGroup); err != nil {
		t.Fatal(err)
	}
	u, err := update(t, c, ada.ID, upstream.Attributes{upstream.CorePath("title"): "x"})
	if err != nil || len(u.Groups) != 1 || u.Groups[0].ID != team.ID {
		t.Errorf("the user is in %+v, %v; want the team alone", u.Groups, err)
	}
}
