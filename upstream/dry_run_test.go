package upstream_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// directory is what a client and a dry run of it have in common.
type directory interface {
	userDirectory
	groupDirectory
}

type userDirectory interface {
	User(ctx context.Context, id string) (upstream.User, error)
	Users(ctx context.Context, start, count int) (upstream.Page[upstream.User], error)
	FindUsers(ctx context.Context, key upstream.Key, value string) ([]upstream.User, error)
	CreateUser(ctx context.Context, domain string, a upstream.Attributes) (upstream.User, error)
	UpdateUser(ctx context.Context, id string, change upstream.UserChange) (upstream.User, error)
	DeleteUser(ctx context.Context, id string, allow func(upstream.User) error) error
}

type groupDirectory interface {
	Group(ctx context.Context, id string, withMembers bool) (upstream.Group, error)
	Groups(ctx context.Context, start, count int, withMembers bool) (upstream.Page[upstream.Group], error)
	FindGroups(ctx context.Context, key upstream.Key, value string, withMembers bool) ([]upstream.Group, error)
	CreateGroup(ctx context.Context, domain string, g upstream.Group) (upstream.Group, error)
	UpdateGroup(ctx context.Context, id string, change upstream.GroupChange) (upstream.Group, error)
	DeleteGroup(ctx context.Context, id string, allow func(upstream.Group) error) error
}

// heard are the intentions that a dry run told.
type heard struct {
	mu  sync.Mutex // guards all
	all []upstream.HeldBack
}

func (h *heard) add(i upstream.HeldBack) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, i)
}

func (h *heard) last(t *testing.T) upstream.HeldBack {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.all) == 0 {
		t.Fatal("nothing was told")
	}
	return h.all[len(h.all)-1]
}

func dryRun(t *testing.T, c *upstream.Client, maxPlans int) (*upstream.Client, *heard) {
	t.Helper()
	h := &heard{}
	r, err := upstream.NewDryRun(c, upstream.DryRunConfig{Tell: h.add, MaxPlans: maxPlans})
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
		attributes[upstream.CorePath("externalId")] = fmt.Sprint("ext", n[3]%8)
		u, err := a.CreateUser(ctx, domain, attributes)
		a.users = append(a.users, u.ID)
		return fmt.Sprint("create ", a.showUser(u), outcome(err))
	case 2, 3:
		u, err := a.UpdateUser(ctx, user(), upstream.UserChange{Make: func(upstream.User) (upstream.Attributes, error) {
			changes := []upstream.Attributes{
				{upstream.CorePath("userName"): name}, {upstream.CorePath("title"): fmt.Sprint("title", n[2]%2)},
				{upstream.CorePath("title"): nil},
				{upstream.CorePath("active"): n[2]%2 == 0},
				{upstream.CorePath("phoneNumbers"): []upstream.Element{{"value": fmt.Sprint(n[2] % 3)}},
					upstream.PathOf(upstream.EnterpriseSchema, "department", ""): "d"},
			}
			return changes[n[3]%len(changes)], nil
		}})
		return fmt.Sprint("update ", a.showUser(u), outcome(err))
	case 4:
		return fmt.Sprint("delete ", outcome(a.DeleteUser(ctx, user(), func(upstream.User) error { return nil })))
	case 5:
		g, err := a.CreateGroup(ctx, domain, upstream.Group{DisplayName: team, Members: a.members(n[3])})
		a.groups = append(a.groups, g.ID)
		return fmt.Sprint("create ", a.showGroup(g), outcome(err))
	case 6, 7:
		g, err := a.UpdateGroup(ctx, group(), upstream.GroupChange{Make: func(g upstream.Group) (upstream.Group, error) {
			if n[2]%3 == 0 {
				g.DisplayName = team
			}
			if n[2]%3 == 1 {
				g.Members = a.members(n[3])
			} else {
				g.Members = append(g.Members, a.members(n[3])...)
			}
			return g, nil
		}})
		return fmt.Sprint("update ", a.showGroup(g), outcome(err))
	case 8:
		return fmt.Sprint("delete group ", outcome(a.DeleteGroup(ctx, group(), func(upstream.Group) error { return nil })))
	}
	found, err := a.FindUsers(ctx, []upstream.Key{upstream.ByUserName, upstream.UserNameContains,
		upstream.UserNameStarts}[n[1]%3], strings.TrimSuffix(name, fmt.Sprint(n[3]%6)))
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
	for _, id := range g.LeftOut {
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

// TestDryRunIsLikeTheRealThing plays random stories twice: on a client, whose
// tenant changes, and on a dry run, whose tenant must not.
func TestDryRunIsLikeTheRealThing(t *testing.T) {
	stories := 12
	if testing.Short() {
		stories = 3
	}
	for seed := range uint64(stories) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			shared := accesstest.Config{Modes: accesstest.Modes{ShareExternalID: true}} // a dry run takes what is not documented
			real, tenant := start(t, shared)
			client, untouched := start(t, shared)
			before := &actor{directory: client, t: t}
			doer := &actor{directory: real, t: t}
			random := rand.New(rand.NewPCG(seed, 7))
			draw := func() [4]int {
				return [4]int{random.IntN(1000), random.IntN(1000), random.IntN(1000), random.IntN(1000)}
			}
			for range 8 { // what is there before the dry run begins
				n := draw()
				doer.step(n)
				before.step(n)
			}
			state := stateOf(t, untouched)
			untouched.ClearRequests()
			dry, _ := dryRun(t, client, 0)
			player := &actor{directory: dry, t: t, users: before.users, groups: before.groups}
			for i := range 40 {
				n := draw()
				if want, got := doer.step(n), player.step(n); got != want {
					t.Fatalf("step %d %v: the dry run says\n%s\nthe client\n%s\n%s", i, n, got, want, player.world())
				}
				if want, got := doer.world(), player.world(); got != want {
					t.Fatalf("after step %d %v the dry run shows\n%s\nthe client\n%s", i, n, got, want)
				}
			}
			for _, r := range untouched.Requests() {
				if r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "/oauthtoken") {
					t.Errorf("Access was sent %s %s", r.Method, r.Path)
				}
			}
			if got := stateOf(t, untouched); got != state {
				t.Error("the tenant of the dry run changed")
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
