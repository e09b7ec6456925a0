package upstream_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestDryRunTellsDifferences(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	r, told := dryRun(t, c, 0)
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
	check(`"Op":"create user","UserID":"GRACE","GroupID":"","Domain":"acme.com",` +
		`"Set":["active","emails","externalId","name.familyName","name.givenName","userName"],"Cleared":null`)
	set := func(a upstream.Attributes) {
		t.Helper()
		if _, err := r.UpdateUser(ctx, ada.ID, upstream.UserChange{Make: func(upstream.User) (upstream.Attributes, error) {
			return a,
				nil
		}}); err != nil {
			t.Fatal(err)
		}
	}
	set(upstream.Attributes{upstream.CorePath("title"): "Countess", upstream.CorePath("nickName"): "A"})
	check(`"Op":"update user","UserID":"ADA","GroupID":"","Domain":"","Set":["nickName","title"],"Cleared":null`)
	check(`"Method":"PATCH","Path":"/SAAS/jersey/manager/api/scim/Users/ADA","Body":null`)
	set(upstream.Attributes{upstream.CorePath("title"): nil, upstream.CorePath("nickName"): "A"})
	check(`"Set":null,"Cleared":["title"]`)
	n := len(told.all)
	set(upstream.Attributes{upstream.CorePath("title"): nil})
	if len(told.all) != n {
		t.Error("a change of nothing was told")
	}
	g, err := r.CreateGroup(ctx, domain, upstream.Group{DisplayName: "Engineers",
		Members: []upstream.Member{{ID: ada.ID}, {ID: grace.ID}, {ID: "stranger"}}})
	if err != nil || !slices.Equal(g.LeftOut, []string{"stranger"}) {
		t.Fatalf("got %+v, error %v", g, err)
	}
	ids := []string{ada.ID, grace.ID}
	slices.Sort(ids)
	creation, filling := told.all[len(told.all)-2], told.last(t)
	if creation.Op != "create group" || creation.GroupID != g.ID || !slices.Equal(creation.Set, []string{"displayName"}) {
		t.Errorf("told %+v", creation)
	}
	if filling.Op != "update group" || filling.GroupID != g.ID || !slices.Equal(filling.Added, ids) {
		t.Errorf("told %+v", filling)
	}
	if _, err := r.UpdateGroup(ctx, g.ID, upstream.GroupChange{Make: func(g upstream.Group) (upstream.Group, error) {
		g.Members = nil
		return g,
			nil
	}}); err != nil {
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

// TestDryRunShowsTheRequest checks that what a dry run tells is what Access gets
// in earnest.
func TestDryRunShowsTheRequest(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	sent := &recorder{next: authorized(t, access).Transport}
	real := newClientFrom(t, access, upstream.Config{Domains: []string{domain}, HTTPClient: &http.Client{Transport: sent}})
	h := &heard{}
	dry, err := upstream.NewDryRun(newClient(t, access, domain), upstream.DryRunConfig{Tell: h.add, Values: true})
	if err != nil {
		t.Fatal(err)
	}
	members := people(t, c, 130)
	for _, d := range []directory{dry, real} {
		a := upstream.Attributes{upstream.CorePath("title"): "Countess",
			upstream.CorePath("phoneNumbers"): []upstream.Element{{"value": "1"}}}
		for range 2 {
			if _, err := d.UpdateUser(t.Context(), ada.ID, setting(a, nil)); err != nil {
				t.Fatal(err)
			}
			a = upstream.Attributes{upstream.CorePath("title"): nil,
				upstream.CorePath("phoneNumbers"): []upstream.Element{{"value": "2"}}}
		}
		g, err := d.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "Sales", Members: members[:110]})
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.UpdateGroup(t.Context(), g.ID, upstream.GroupChange{Make: func(g upstream.Group) (upstream.Group, error) {
			g.DisplayName, g.Members = "Support", members[2:]
			return g, nil
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.DeleteGroup(t.Context(), g.ID, anyGroup); err != nil {
			t.Fatal(err)
		}
	}
	var told []string
	for _, w := range h.all {
		told = append(told, w.Method+" "+path.Dir(w.Path)+" "+string(w.Body))
	}
	if len(told) != 9 || !slices.Equal(told, sent.writes) {
		t.Errorf("told\n%s\nsent\n%s", strings.Join(told, "\n"), strings.Join(sent.writes, "\n"))
	}
}

// recorder remembers writes, without the ids in their paths.
type recorder struct {
	next   http.RoundTripper
	writes []string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method != http.MethodGet && strings.HasPrefix(req.URL.Path, scimPath) {
		var content []byte
		if req.Body != nil {
			content, _ = io.ReadAll(req.Body)
			req.Body = io.NopCloser(bytes.NewReader(content))
		}
		r.writes = append(r.writes, req.Method+" "+path.Dir(req.URL.Path)+" "+string(content))
	}
	return r.next.RoundTrip(req)
}

func TestDryRunRefusesAsTheClientDoes(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	create(t, c, "ada")
	seedLocal(t, access, "local", domain)
	r, told := dryRun(t, c, 0)
	for name, want := range map[string]error{"ADA": upstream.ErrConflict, "local": upstream.ErrConflict} {
		if _, err := r.CreateUser(t.Context(), domain, attributes(name)); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
	}
	if _, err := r.CreateUser(t.Context(), "other.example", attributes("x")); !errors.Is(err, upstream.ErrRefused) {
		t.Errorf("a domain that is not managed: %v", err)
	}
	if _, err := r.CreateGroup(t.Context(), "other.example", upstream.Group{DisplayName: "x"}); !errors.Is(err,
		upstream.ErrRefused) {
		t.Errorf("a group in a domain that is not managed: %v", err)
	}
	if _, err := r.CreateGroup(t.Context(), domain, upstream.Group{DisplayName: "all users"}); !errors.Is(err,
		upstream.ErrConflict) {
		t.Errorf("the name of a group that is not the bridge's: %v", err)
	}
	if _, err := r.User(t.Context(), "dry-run-of-another-process"); !errors.Is(err, upstream.ErrNotFound) {
		t.Errorf("a record of an earlier dry run: %v", err)
	}
	if len(told.all) != 0 {
		t.Errorf("told %v", told.all)
	}
}

// TestDryRunForgets checks that the memory of a dry run is bounded, oldest
// first.
func TestDryRunForgets(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	r, _ := dryRun(t, c, 5)
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

func TestDryRunListsInPages(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	for i := range 5 {
		create(t, c, fmt.Sprint("held", i))
	}
	r, _ := dryRun(t, c, 0)
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
					t.Errorf("%d from %d: got %d of %d, error %v, want %d", count, start, len(page.Resources), page.Total, err,
						len(want))
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

func TestNewDryRunNeedsItsParts(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	if _, err := upstream.NewDryRun(nil, upstream.DryRunConfig{Tell: func(upstream.HeldBack) {}}); err == nil {
		t.Error("a dry run of nothing was made")
	}
	if _, err := upstream.NewDryRun(c, upstream.DryRunConfig{}); err == nil {
		t.Error("a dry run that tells nobody was made")
	}
}

// TestDryRunOfOneNameAtOnce checks that of several creations of one user, one
// is made.
func TestDryRunOfOneNameAtOnce(t *testing.T) {
	c, _ := start(t, accesstest.Config{})
	r, told := dryRun(t, c, 0)
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			if _, err := r.CreateUser(t.Context(), domain, maps.Clone(attributes("ada"))); err != nil &&
				!errors.Is(err, upstream.ErrConflict) {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if len(told.all) != 1 {
		t.Errorf("%d users were created", len(told.all))
	}
}
