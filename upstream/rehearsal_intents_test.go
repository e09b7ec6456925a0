package upstream_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestRehearsalTellsDifferences(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	r, told := rehearse(t, c, 0)
	ctx := t.Context()
	grace, err := r.CreateUser(ctx, domain, attributes("grace"))
	if err != nil || !strings.HasPrefix(grace.ID, "dry-run-") || grace.Meta.Version == "" {
		t.Fatalf("got %+v, error %v", grace, err)
	}
	check := func(want string) {
		t.Helper()
		b, _ := json.Marshal(told.last(t))
		got := strings.NewReplacer(grace.ID, "GRACE", ada.ID, "ADA").Replace(string(b))
		if !strings.Contains(got, want) {
			t.Errorf("told %s, want %s", got, want)
		}
		if strings.Contains(got, "Countess") || strings.Contains(got, "ada@") || strings.Contains(got, "Engineers") {
			t.Errorf("told %s, which quotes a value", got)
		}
	}
	check(`"Op":"create user","UserID":"GRACE","GroupID":"","Domain":"acme.com","Set":["active","emails","externalId","name.familyName","name.givenName","userName"],"Cleared":null`)
	set := func(a upstream.Attributes) {
		t.Helper()
		if _, err := r.UpdateUser(ctx, ada.ID, func(upstream.User) (upstream.Attributes, error) { return a, nil }); err != nil {
			t.Fatal(err)
		}
	}
	set(upstream.Attributes{{Name: "title"}: "Countess", {Name: "nickName"}: "A"})
	check(`"Op":"update user","UserID":"ADA","GroupID":"","Domain":"","Set":["nickName","title"],"Cleared":null`)
	set(upstream.Attributes{{Name: "title"}: nil, {Name: "nickName"}: "A"})
	check(`"Set":null,"Cleared":["title"]`)
	n := len(told.all)
	set(upstream.Attributes{{Name: "title"}: nil})
	if len(told.all) != n {
		t.Error("a change of nothing was told")
	}
	g, err := r.CreateGroup(ctx, domain, upstream.Group{DisplayName: "Engineers", Members: []upstream.Member{{ID: ada.ID}, {ID: grace.ID}, {ID: "stranger"}}})
	if err != nil || !slices.Equal(g.Unknown, []string{"stranger"}) {
		t.Fatalf("got %+v, error %v", g, err)
	}
	ids := []string{ada.ID, grace.ID}
	slices.Sort(ids)
	if got := told.last(t); !slices.Equal(got.Added, ids) || got.GroupID != g.ID || !slices.Equal(got.Set, []string{"displayName"}) {
		t.Errorf("told %+v", got)
	}
	if _, err := r.UpdateGroup(ctx, g.ID, func(g upstream.Group) (upstream.Group, error) { g.Members = nil; return g, nil }); err != nil {
		t.Fatal(err)
	}
	if got := told.last(t); !slices.Equal(got.Removed, ids) || len(got.Added) > 0 {
		t.Errorf("told %+v", got)
	}
	refusal := errors.New("not that one")
	if err := r.DeleteUser(ctx, ada.ID, func(upstream.User) error { return refusal }); !errors.Is(err, refusal) {
		t.Errorf("got %v, want the refusal", err)
	}
	if err := r.DeleteUser(ctx, ada.ID, func(upstream.User) error { return nil }); err != nil {
		t.Fatal(err)
	}
	check(`"Op":"delete user","UserID":"ADA"`)
}

func TestRehearsalRefusesAsTheClientDoes(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	create(t, c, "ada")
	seedLocal(t, access, "local", domain)
	r, told := rehearse(t, c, 0)
	for name, want := range map[string]error{"ADA": upstream.ErrConflict, "local": upstream.ErrConflict} {
		if _, err := r.CreateUser(t.Context(), domain, attributes(name)); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
	if _, err := r.CreateUser(t.Context(), "other.example", attributes("x")); !errors.Is(err, upstream.ErrRefused) {
		t.Errorf("a domain that is not managed: %v", err)
	}
	if _, err := r.CreateGroup(t.Context(), "other.example", upstream.Group{DisplayName: "x"}); !errors.Is(err, upstream.ErrRefused) {
		t.Errorf("a group in a domain that is not managed: %v", err)
	}
	if _, err := r.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "all users"}); !errors.Is(err, upstream.ErrConflict) {
		t.Errorf("the name of a group that is not the bridge's: %v", err)
	}
	if _, err := r.User(t.Context(), "dry-run-of-another-process"); !errors.Is(err, upstream.ErrNotFound) {
		t.Errorf("a record of an earlier rehearsal: %v", err)
	}
	if len(told.all) != 0 {
		t.Errorf("told %v", told.all)
	}
}

// TestRehearsalForgets checks that the memory of a rehearsal is bounded, oldest
// first.
func TestRehearsalForgets(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	r, _ := rehearse(t, c, 5)
	var ids []string
	for i := range 8 {
		u, err := r.CreateUser(t.Context(), domain, attributes(fmt.Sprint("user", i)))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, u.ID)
	}
	for i, id := range ids {
		if _, err := r.User(t.Context(), id); (err != nil) != (i < 3) {
			t.Errorf("user %d: %v", i, err)
		}
	}
	members := []upstream.Member{{ID: ids[5]}, {ID: ids[6]}, {ID: ids[7]}}
	g, err := r.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "large", Members: members})
	if err != nil || len(g.Members) != 3 {
		t.Fatalf("got %+v, error %v", g, err)
	}
	if page, err := r.Users(t.Context(), 1, 10); err != nil || page.Total != 1 {
		t.Errorf("beside a group of three, %d users are remembered, error %v", page.Total, err)
	}
}

func TestRehearsalListsInPages(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	for i := range 5 {
		create(t, c, fmt.Sprint("held", i))
	}
	r, _ := rehearse(t, c, 0)
	for i := range 4 {
		if _, err := r.CreateUser(t.Context(), domain, attributes(fmt.Sprint("planned", i))); err != nil {
			t.Fatal(err)
		}
	}
	check := func(total int) {
		t.Helper()
		whole, err := r.Users(t.Context(), 1, 100)
		if err != nil || whole.Total != total || len(whole.Resources) != total {
			t.Fatalf("got %d of %d, error %v, want %d", len(whole.Resources), whole.Total, err, total)
		}
		for start := range total + 2 {
			for count := range total + 2 {
				page, err := r.Users(t.Context(), start, count)
				from := min(max(start-1, 0), total)
				want := whole.Resources[from:min(from+count, total)]
				same := func(a, b upstream.User) bool { return a.ID == b.ID }
				if err != nil || page.Total != total || !slices.EqualFunc(page.Resources, want, same) {
					t.Errorf("%d from %d: got %d of %d, error %v, want %d", count, start, len(page.Resources), page.Total, err, len(want))
				}
			}
		}
	}
	check(9)
	found, err := r.FindUsers(t.Context(), upstream.ByUserName, "held2")
	if err != nil || len(found) != 1 {
		t.Fatalf("found %v, error %v", found, err)
	}
	if err := r.DeleteUser(t.Context(), found[0].ID, func(upstream.User) error { return nil }); err != nil {
		t.Fatal(err)
	}
	check(8)
}

func TestNewRehearsalNeedsItsParts(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	if _, err := upstream.NewRehearsal(nil, func(upstream.Intent) {}, 0); err == nil {
		t.Error("a rehearsal of nothing was made")
	}
	if _, err := upstream.NewRehearsal(c, nil, 0); err == nil {
		t.Error("a rehearsal that tells nobody was made")
	}
}

// TestRehearsalOfOneNameAtOnce checks that of several creations of one user, one
// is made.
func TestRehearsalOfOneNameAtOnce(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	r, told := rehearse(t, c, 0)
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			if _, err := r.CreateUser(t.Context(), domain, maps.Clone(attributes("ada"))); err != nil && !errors.Is(err, upstream.ErrConflict) {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if len(told.all) != 1 {
		t.Errorf("%d users were created", len(told.all))
	}
}
