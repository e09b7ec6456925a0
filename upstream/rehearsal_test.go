package upstream_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// directory is what a client and a rehearsal of it have in common.
type directory interface {
	User(ctx context.Context, id string) (upstream.User, error)
	Users(ctx context.Context, start, count int) (upstream.Page[upstream.User], error)
	FindUsers(ctx context.Context, key upstream.Key, value string) ([]upstream.User, error)
	CreateUser(ctx context.Context, domain string, a upstream.Attributes) (upstream.User, error)
	UpdateUser(ctx context.Context, id string, change func(upstream.User) (upstream.Attributes, error)) (upstream.User, error)
	DeleteUser(ctx context.Context, id string, allow func(upstream.User) error) error
	Group(ctx context.Context, id string) (upstream.Group, error)
	Groups(ctx context.Context, start, count int, withMembers bool) (upstream.Page[upstream.Group], error)
	FindGroups(ctx context.Context, key upstream.Key, value string, withMembers bool) ([]upstream.Group, error)
	CreateGroup(ctx context.Context, domain string, g upstream.Group) (upstream.Group, error)
	UpdateGroup(ctx context.Context, id string, change func(upstream.Group) (upstream.Group, error)) (upstream.Group, error)
	DeleteGroup(ctx context.Context, id string, allow func(upstream.Group) error) error
}

// heard are the intentions that a rehearsal told.
type heard struct {
	mu  sync.Mutex // guards all
	all []upstream.Intent
}

func (h *heard) add(i upstream.Intent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, i)
}

func (h *heard) last(t *testing.T) upstream.Intent {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.all) == 0 {
		t.Fatal("nothing was told")
	}
	return h.all[len(h.all)-1]
}

func rehearse(t *testing.T, c *upstream.Client, maxPlans int) (*upstream.Rehearsal, *heard) {
	t.Helper()
	h := &heard{}
	r, err := upstream.NewRehearsal(c, h.add, maxPlans)
	if err != nil {
		t.Fatal(err)
	}
	return r, h
}

// actor does a random story on a directory and knows its records by number.
type actor struct {
	directory
	t             *testing.T
	users, groups []string // ids, "" for those that could not be made
}

// step does one thing, the same on every actor that gets the same numbers, and
// returns what came of it in words that do not depend on ids.
func (a *actor) step(n [4]int) string {
	ctx := a.t.Context()
	user := func() string { return pick(a.users, n[1]) }
	group := func() string { return pick(a.groups, n[1]) }
	name := fmt.Sprint("person", n[2]%6)
	team := fmt.Sprint("team", n[2]%4)
	switch n[0] % 10 {
	case 0, 1:
		attributes := attributes(name)
		attributes[upstream.Path{Name: "externalId"}] = fmt.Sprint("ext", n[3]%8)
		u, err := a.CreateUser(ctx, domain, attributes)
		a.users = append(a.users, u.ID)
		return fmt.Sprint("create ", a.showUser(u), outcome(err))
	case 2, 3:
		u, err := a.UpdateUser(ctx, user(), func(upstream.User) (upstream.Attributes, error) {
			changes := []upstream.Attributes{
				{{Name: "userName"}: name}, {{Name: "title"}: fmt.Sprint("title", n[2]%2)}, {{Name: "title"}: nil}, {{Name: "active"}: n[2]%2 == 0},
				{{Name: "phoneNumbers"}: []upstream.Element{{"value": fmt.Sprint(n[2] % 3)}}, {Schema: upstream.EnterpriseSchema, Name: "department"}: "d"},
			}
			return changes[n[3]%len(changes)], nil
		})
		return fmt.Sprint("update ", a.showUser(u), outcome(err))
	case 4:
		return fmt.Sprint("delete ", outcome(a.DeleteUser(ctx, user(), func(upstream.User) error { return nil })))
	case 5:
		g, err := a.CreateGroup(ctx, domain, upstream.Group{DisplayName: team, Members: a.members(n[3])})
		a.groups = append(a.groups, g.ID)
		return fmt.Sprint("create ", a.showGroup(g), outcome(err))
	case 6, 7:
		g, err := a.UpdateGroup(ctx, group(), func(g upstream.Group) (upstream.Group, error) {
			if n[2]%3 == 0 {
				g.DisplayName = team
			}
			if n[2]%3 == 1 {
				g.Members = a.members(n[3])
			} else {
				g.Members = append(g.Members, a.members(n[3])...)
			}
			return g, nil
		})
		return fmt.Sprint("update ", a.showGroup(g), outcome(err))
	case 8:
		return fmt.Sprint("delete group ", outcome(a.DeleteGroup(ctx, group(), func(upstream.Group) error { return nil })))
	}
	found, err := a.FindUsers(ctx, []upstream.Key{upstream.ByUserName, upstream.UserNameContains, upstream.UserNameStarts}[n[1]%3], strings.TrimSuffix(name, fmt.Sprint(n[3]%6)))
	return fmt.Sprint("find ", a.showUsers(found), outcome(err))
}

func pick(ids []string, n int) string {
	if len(ids) == 0 {
		return "nobody"
	}
	return cmp.Or(ids[n%len(ids)], "nobody")
}

func (a *actor) members(n int) []upstream.Member {
	var out []upstream.Member
	for i, id := range append(slices.Clone(a.users), "0f4d2b7e-stranger") {
		if id != "" && (n>>(i%8))&1 == 1 {
			out = append(out, upstream.Member{ID: id})
		}
	}
	return out
}

func outcome(err error) string {
	for _, kind := range []error{upstream.ErrNotFound, upstream.ErrConflict, upstream.ErrRefused} {
		if errors.Is(err, kind) {
			return " " + kind.Error()
		}
	}
	if err != nil {
		return " " + err.Error()
	}
	return ""
}

func (a *actor) number(ids []string, id string) string {
	if i := slices.Index(ids, id); i >= 0 && id != "" {
		return fmt.Sprint("#", i)
	}
	return id
}

func (a *actor) showUser(u upstream.User) string {
	var lines []string
	for p, v := range u.Attributes {
		b, _ := json.Marshal(v)
		lines = append(lines, p.String()+"="+string(b))
	}
	for _, g := range u.Groups {
		lines = append(lines, "in "+a.number(a.groups, g.ID)+" "+g.Display)
	}
	slices.Sort(lines)
	return strings.Join(lines, " ")
}

func (a *actor) showUsers(users []upstream.User) string {
	var lines []string
	for _, u := range users {
		lines = append(lines, a.number(a.users, u.ID)+" "+a.showUser(u))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (a *actor) showGroup(g upstream.Group) string {
	var ids []string
	for _, m := range g.Members {
		ids = append(ids, a.number(a.users, m.ID))
	}
	var unknown []string
	for _, id := range g.Unknown {
		unknown = append(unknown, a.number(a.users, id))
	}
	slices.Sort(ids)
	slices.Sort(unknown)
	return fmt.Sprint(g.DisplayName, ids, " unknown ", unknown)
}

// world is all that the actor can see.
func (a *actor) world() string {
	ctx := a.t.Context()
	var out strings.Builder
	users, err := a.Users(ctx, 1, 1000)
	_, _ = fmt.Fprintln(&out, users.Total, a.showUsers(users.Resources), outcome(err))
	groups, err := a.Groups(ctx, 1, 1000, true)
	var lines []string
	for _, g := range groups.Resources {
		lines = append(lines, a.number(a.groups, g.ID)+" "+a.showGroup(g))
	}
	slices.Sort(lines)
	_, _ = fmt.Fprintln(&out, groups.Total, lines, outcome(err))
	for i, id := range a.users {
		if id == "" {
			continue
		}
		u, err := a.User(ctx, id)
		_, _ = fmt.Fprintln(&out, i, a.showUser(u), outcome(err))
		in, err := a.FindGroups(ctx, upstream.ByMember, id, true)
		names := []string{}
		for _, g := range in {
			names = append(names, g.DisplayName)
		}
		slices.Sort(names)
		_, _ = fmt.Fprintln(&out, i, names, outcome(err))
	}
	return out.String()
}

// TestRehearsalIsLikeTheRealThing plays random stories twice: on a client, whose
// tenant changes, and on a rehearsal, whose tenant must not.
func TestRehearsalIsLikeTheRealThing(t *testing.T) {
	stories := 12
	if testing.Short() {
		stories = 3
	}
	for seed := range uint64(stories) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			real, tenant := start(t, accesstest.Config{})
			client, untouched := start(t, accesstest.Config{})
			before := &actor{directory: client, t: t}
			doer := &actor{directory: real, t: t}
			random := rand.New(rand.NewPCG(seed, 7))
			draw := func() [4]int {
				return [4]int{random.IntN(1000), random.IntN(1000), random.IntN(1000), random.IntN(1000)}
			}
			for range 8 { // what is there before the rehearsal begins
				n := draw()
				doer.step(n)
				before.step(n)
			}
			state := stateOf(t, untouched)
			untouched.ClearRequests()
			rehearsal, _ := rehearse(t, client, 0)
			player := &actor{directory: rehearsal, t: t, users: before.users, groups: before.groups}
			for i := range 40 {
				n := draw()
				if want, got := doer.step(n), player.step(n); got != want {
					t.Fatalf("step %d %v: the rehearsal says\n%s\nthe client\n%s\n%s", i, n, got, want, player.world())
				}
				if want, got := doer.world(), player.world(); got != want {
					t.Fatalf("after step %d %v the rehearsal shows\n%s\nthe client\n%s", i, n, got, want)
				}
			}
			for _, r := range untouched.Requests() {
				if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/oauthtoken") {
					t.Errorf("Access was sent %s %s", r.Method, r.Path)
				}
			}
			if got := stateOf(t, untouched); got != state {
				t.Error("the tenant of the rehearsal changed")
			}
			_ = tenant
		})
	}
}

func stateOf(t *testing.T, access *accesstest.Running) string {
	t.Helper()
	b, err := json.Marshal(access.State())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

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
	if got := told.last(t); !slices.Equal(got.Removed, ids) || got.Added != nil && len(got.Added) > 0 {
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
