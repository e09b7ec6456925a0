package upstream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// running runs a client until it has read all users.
func running(t *testing.T, access *accesstest.Running) *upstream.Client {
	t.Helper()
	c := newClient(t, access, domain)
	access.ClearRequests() // before the client sends any: one that is forgotten would be waited for in vain
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { _ = c.Run(ctx) })
	t.Cleanup(func() { stop(); work.Wait() })
	deadline := time.Now().Add(10 * time.Second)
	for quiet, seen := 0, 0; seen < 2 || quiet < 10; time.Sleep(5 * time.Millisecond) { // what was asked is read, too
		if now := requests(access, http.MethodGet); now != seen {
			quiet, seen = 0, now
		}
		if quiet++; time.Now().After(deadline) {
			t.Fatal("the client reads no users and groups")
		}
	}
	return c
}

// withoutLists sends requests, apart from those for lists, which fail.
type withoutLists struct{ next http.RoundTripper }

func (w withoutLists) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet && (r.URL.Path == scimPath+"/Users" || r.URL.Path == scimPath+"/Groups") {
		failed := httptest.NewRecorder()
		failed.WriteHeader(http.StatusServiceUnavailable)
		return failed.Result(), nil
	}
	return w.next.RoundTrip(r)
}

// listless is a client that gets no lists from Access.
func listless(t *testing.T, access *accesstest.Running) *upstream.Client {
	t.Helper()
	client := authorized(t, access)
	client.Transport = withoutLists{client.Transport}
	return newClientFrom(t, access, upstream.Config{
		Domains: []string{domain}, HTTPClient: client, Resilience: upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20},
	})
}

// everyStart runs a test on clients that know nothing, everything, or can read no list.
func everyStart(t *testing.T, access *accesstest.Running, test func(t *testing.T, c *upstream.Client, lists bool)) {
	t.Helper()
	t.Run("just started", func(t *testing.T) { test(t, newClient(t, access, domain), true) })
	t.Run("while lists fail", func(t *testing.T) { test(t, listless(t, access), false) })
	t.Run("after the reading in the background", func(t *testing.T) { test(t, running(t, access), true) })
}

func administrator(t *testing.T, access *accesstest.Running) string {
	t.Helper()
	for _, u := range access.State().Users {
		if u["userName"] == "admin" {
			return u["id"].(string)
		}
	}
	t.Fatal("the tenant has no administrator")
	return ""
}

// The tenant's administrator does not exist for Okta, as a member neither.
func TestForeignUsersBecomeNoMembers(t *testing.T) {
	before, access := start(t, accesstest.Config{SeedUsers: 3})
	ada := create(t, before, "ada")
	admin := administrator(t, access)
	everyStart(t, access, func(t *testing.T, c *upstream.Client, _ bool) {
		t.Helper()
		g := createGroup(t, c, t.Name(), []upstream.Member{{ID: ada.ID}, {ID: admin}})
		wantMembers(t, access, g.ID, []upstream.Member{{ID: ada.ID}})
		if len(g.LeftOut) != 1 || g.LeftOut[0] != admin {
			t.Errorf("unknown are %q, want the administrator", g.LeftOut)
		}
		// Who came later by another way is looked up, and is a member all the same.
		later := create(t, before, "grace "+t.Name())
		g, err := setMembers(t, c, g.ID, []upstream.Member{{ID: later.ID}, {ID: admin}})
		if err != nil || len(g.LeftOut) != 1 || g.LeftOut[0] != admin {
			t.Errorf("unknown are %q, %v, want the administrator", g.LeftOut, err)
		}
		wantMembers(t, access, g.ID, []upstream.Member{{ID: later.ID}})
	})
}

// Whom somebody else put into a group of ours is not shown, and stays in it.
func TestForeignMembersAreLeftAlone(t *testing.T) {
	before, access := start(t, accesstest.Config{SeedUsers: 3})
	ada := create(t, before, "ada")
	admin := administrator(t, access)
	everyStart(t, access, func(t *testing.T, c *upstream.Client, lists bool) {
		t.Helper()
		g := createGroup(t, before, t.Name(), []upstream.Member{{ID: ada.ID}})
		joinBehindTheBridge(t, access, g.ID, admin)
		wantMembers(t, access, g.ID, []upstream.Member{{ID: ada.ID}, {ID: admin}})
		isAdaAlone := func(how string, found upstream.Group, err error) {
			t.Helper()
			if err != nil || len(found.Members) != 1 || found.Members[0].ID != ada.ID {
				t.Errorf("%s: the members are %v, %v; want ada alone", how, found.Members, err)
			}
		}
		if lists {
			page, err := c.FindGroups(t.Context(), upstream.ByDisplayName, t.Name(), true)
			isAdaAlone("listed", page[0], err)
			found, err := c.FindGroups(t.Context(), upstream.ByMember, ada.ID, true)
			isAdaAlone("found", found[0], err)
			whole, err := c.Groups(t.Context(), 1, 10, true)
			isAdaAlone("listed", whole.Resources[0], err)
			names, err := c.Groups(t.Context(), 1, 10, false)
			if err != nil || len(names.Resources[0].Members) != 0 {
				t.Errorf("a list without members has %v, %v", names.Resources[0].Members, err)
			}
		}
		read, err := c.Group(t.Context(), g.ID, true)
		isAdaAlone("read", read, err)
		if _, err := setMembers(t, c, g.ID, nil); err != nil {
			t.Fatal(err)
		}
		wantMembers(t, access, g.ID, []upstream.Member{{ID: admin}})
		access.ClearRequests()
		if _, err := c.Group(t.Context(), g.ID, true); err != nil || requests(access, "") != 1 {
			t.Errorf("reading the group again took %d requests, %v; want one: who is a stranger is remembered",
				requests(access, ""), err)
		}
	})
}

// Many unknown members are looked up in the list of users, by one request.
func TestManyMembersAreJudgedByTheList(t *testing.T) {
	before, access := start(t, accesstest.Config{})
	members := people(t, before, 120)
	var groups []upstream.Group
	for _, name := range []string{"Sales", "Support"} {
		g := createGroup(t, before, name, members)
		joinBehindTheBridge(t, access, g.ID, administrator(t, access))
		groups = append(groups, g)
	}
	c := newClient(t, access, domain)
	access.ClearRequests()
	page, err := c.Groups(t.Context(), 1, 10, true)
	if err != nil || len(page.Resources) != 2 {
		t.Fatalf("listed %d groups, %v", len(page.Resources), err)
	}
	for i, g := range page.Resources {
		if !slices.Equal(ids(g.Members), ids(groups[i].Members)) {
			t.Errorf("%s has %d members, want %d", g.DisplayName, len(g.Members), len(members))
		}
	}
	if got := requests(access, ""); got != 3 {
		t.Errorf("it took %d requests, want the list of groups, that of users, and the administrator", got)
	}
}

// Where look-ups fail nothing is written: a part of the change neither.
func TestNothingIsWrittenWhereLookUpsFail(t *testing.T) {
	before, access := start(t, accesstest.Config{})
	members := people(t, before, 2)
	g := createGroup(t, before, "Sales", nil)
	for _, status := range []int{http.StatusServiceUnavailable, http.StatusBadRequest} {
		c := newClient(t, access, domain)
		access.AddFault(accesstest.Fault{Method: http.MethodGet, Path: scimPath + "/Users", Status: status})
		access.ClearRequests()
		_, err := c.UpdateGroup(t.Context(), g.ID, upstream.GroupChange{Make: func(g upstream.Group) (upstream.Group, error) {
			g.DisplayName, g.Members = "Renamed", members
			return g, nil
		}})
		if !errors.Is(err, upstream.ErrUnavailable) {
			t.Errorf("look-ups are answered %d: %v, want unavailable", status, err)
		}
		_, err = c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "Support", Members: members})
		if !errors.Is(err, upstream.ErrUnavailable) {
			t.Errorf("look-ups are answered %d: %v, want unavailable", status, err)
		}
		if got := requests(access, http.MethodPatch) + requests(access, http.MethodPost); got != 0 {
			t.Errorf("%d writes were sent", got)
		}
		access.ClearFaults()
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
	for i := range 60 {
		g := upstream.Group{DisplayName: fmt.Sprint("Theirs ", i), Members: []upstream.Member{{ID: ada.ID}}}
		if _, err := theirs.CreateGroup(t.Context(), "other.com", g); err != nil {
			t.Fatal(err)
		}
		if i != 1 && i != 59 {
			continue
		}
		everyStart(t, access, func(t *testing.T, c *upstream.Client, lists bool) {
			t.Helper()
			access.ClearRequests()
			u, err := c.User(t.Context(), ada.ID)
			if i == 59 && !lists { // too many to look up one by one
				if !errors.Is(err, upstream.ErrUnavailable) {
					t.Errorf("groups are %v, %v; want unavailable", u.Groups, err)
				}
				return
			}
			if err != nil || len(u.Groups) != 1 || u.Groups[0].ID != ours.ID {
				t.Errorf("groups are %v, %v; want ours alone", u.Groups, err)
			}
			if got := requests(access, ""); got > 4 {
				t.Errorf("it took %d requests, want the user and 3 groups, or one list of them", got)
			}
			access.ClearRequests()
			if lists {
				page, err := c.FindUsers(t.Context(), upstream.ByUserName, "ada")
				if err != nil || len(page) != 1 || len(page[0].Groups) != 1 || requests(access, "") != 1 {
					t.Errorf("found %v, %v in %d requests; want ada in one group, by one request", page, err, requests(access, ""))
				}
			}
		})
	}
}

// halfLists sends requests, and loses the second half of each list of users: who
// moves from page to page while a list is read can be missed.
type halfLists struct{ next http.RoundTripper }

func (h halfLists) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := h.next.RoundTrip(r)
	if err != nil || r.URL.Path != scimPath+"/Users" || r.Method != http.MethodGet {
		return res, err
	}
	defer res.Body.Close()
	var list map[string]any
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		return nil, err
	}
	all, _ := list["Resources"].([]any)
	list["Resources"], list["totalResults"] = all[:len(all)/2], len(all)/2
	b, err := json.Marshal(list)
	res.Body, res.ContentLength = io.NopCloser(bytes.NewReader(b)), int64(len(b))
	return res, err
}

// Absence from a list proves nothing: who is not in it is read before being left out.
func TestMembersThatAListLeavesOut(t *testing.T) {
	_, access := start(t, accesstest.Config{SeedUsers: 200})
	client := authorized(t, access)
	client.Transport = halfLists{client.Transport}
	c := newClientFrom(t, access, upstream.Config{Domains: []string{domain}, HTTPClient: client})
	var all []upstream.Member
	for _, u := range access.State().Users {
		if u["userName"] != "admin" {
			all = append(all, upstream.Member{ID: u["id"].(string)})
		}
	}
	g, err := c.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "Everybody", Members: all})
	if err != nil || len(g.LeftOut) != 0 || len(g.Members) != 200 {
		t.Errorf("got %d members, %d left out, %v; want all 200", len(g.Members), len(g.LeftOut), err)
	}
}
