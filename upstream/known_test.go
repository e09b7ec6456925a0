package upstream_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// running runs a client until it knows who is the bridge's own.
func running(t *testing.T, access *accesstest.Running) *upstream.Client {
	t.Helper()
	c := newClient(t, access, domain)
	access.ClearRequests() // before the client sends any: one that is forgotten would be waited for in vain
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { _ = c.Run(ctx) })
	t.Cleanup(func() { stop(); work.Wait() })
	for deadline := time.Now().Add(10 * time.Second); requests(access, http.MethodGet) < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the client reads no users and groups")
		}
	}
	time.Sleep(50 * time.Millisecond) // the answer to the last of them
	return c
}

// The tenant's administrator does not exist for Okta, as a member neither.
func TestForeignUsersBecomeNoMembers(t *testing.T) {
	before, access := start(t, accesstest.Config{SeedUsers: 3})
	ada := create(t, before, "ada")
	c := running(t, access)
	var admin string
	for _, u := range access.State().Users {
		if u["userName"] == "admin" {
			admin = u["id"].(string)
		}
	}
	g := createGroup(t, c, "Sales", []upstream.Member{{ID: ada.ID}, {ID: admin}})
	wantMembers(t, access, g.ID, []upstream.Member{{ID: ada.ID}})
	if len(g.Unknown) != 1 || g.Unknown[0] != admin {
		t.Errorf("unknown are %q, want the administrator", g.Unknown)
	}
	// Who came later by another way is looked up, and is a member all the same.
	later := create(t, before, "grace")
	if _, err := setMembers(t, c, g.ID, []upstream.Member{{ID: later.ID}}); err != nil {
		t.Fatal(err)
	}
	wantMembers(t, access, g.ID, []upstream.Member{{ID: later.ID}})
}

// Whom somebody else put into a group of ours is not shown, and stays in it.
func TestForeignMembersAreLeftAlone(t *testing.T) {
	before, access := start(t, accesstest.Config{SeedUsers: 3})
	ada := create(t, before, "ada")
	admin, _ := access.State().Users[0]["id"].(string)
	// A client that has not read who is ours adds whom Access knows.
	g := createGroup(t, before, "Sales", []upstream.Member{{ID: ada.ID}, {ID: admin}})
	wantMembers(t, access, g.ID, []upstream.Member{{ID: ada.ID}, {ID: admin}})
	c := running(t, access)
	isAdaAlone := func(how string, found upstream.Group, err error) {
		t.Helper()
		if err != nil || len(found.Members) != 1 || found.Members[0].ID != ada.ID {
			t.Errorf("%s: the members are %v, %v; want ada alone", how, found.Members, err)
		}
	}
	read, err := c.Group(t.Context(), g.ID)
	isAdaAlone("read", read, err)
	page, err := c.Groups(t.Context(), 1, 10, true)
	isAdaAlone("listed", page.Resources[0], err)
	found, err := c.FindGroups(t.Context(), upstream.ByMember, ada.ID, true)
	isAdaAlone("found", found[0], err)
	if _, err := setMembers(t, c, g.ID, nil); err != nil {
		t.Fatal(err)
	}
	wantMembers(t, access, g.ID, []upstream.Member{{ID: admin}})
	access.ClearRequests()
	if _, err := c.Group(t.Context(), g.ID); err != nil || requests(access, "") != 1 {
		t.Errorf("reading the group again took %d requests, %v; want one: who is a stranger is remembered", requests(access, ""), err)
	}
}

// A bridge that has just been started knows who has which externalId.
func TestExternalIDsAreKnownFromTheStart(t *testing.T) {
	before, access := start(t, accesstest.Config{Modes: accesstest.Modes{ShareExternalID: true}})
	ada := create(t, before, "ada")
	c := running(t, access)
	access.ClearRequests()
	found, err := c.FindUsers(t.Context(), upstream.ByExternalID, "ext-ada")
	if err != nil || len(found) != 1 || found[0].ID != ada.ID || requests(access, "") != 1 {
		t.Errorf("found %v, %v in %d requests; want ada in one", found, err, requests(access, ""))
	}
}

func TestForeignGroupsOfAUserAreLeftOut(t *testing.T) {
	before, access := start(t, accesstest.Config{Domains: []string{domain, "other.com"}})
	ada := create(t, before, "ada")
	ours := createGroup(t, before, "Ours", []upstream.Member{{ID: ada.ID}})
	theirs := newClient(t, access, domain, "other.com")
	if _, err := theirs.CreateGroup(t.Context(), "other.com", upstream.Group{DisplayName: "Theirs", Members: []upstream.Member{{ID: ada.ID}}}); err != nil {
		t.Fatal(err)
	}
	u, err := running(t, access).User(t.Context(), ada.ID)
	if err != nil || len(u.Groups) != 1 || u.Groups[0].ID != ours.ID {
		t.Errorf("groups are %v, %v; want ours alone", u.Groups, err)
	}
}
