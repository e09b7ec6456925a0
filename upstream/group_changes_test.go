package upstream_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// delta is a change that names who joins and who leaves, and leaves the names as they are.
func delta(join, leave []upstream.Member) upstream.GroupChange {
	return upstream.GroupChange{
		Make:    func(g upstream.Group) (upstream.Group, error) { return g, nil },
		Members: &upstream.MemberChange{Join: join, Leave: leave},
	}
}

// membersRead counts the answers in which Access gave members away.
func (tp *tamper) membersRead() (count func() int, stop func()) {
	n := 0
	stop = tp.with(func(req *http.Request, _ *http.Response, body string) string {
		if req.Method == http.MethodGet && strings.Contains(body, `"members":[`) {
			n++
		}
		return body
	})
	return func() int { return n }, stop
}

// Members come and go without anybody reading who is there, in every kind of tenant.
func TestMembersChangeAsDeltas(t *testing.T) {
	for name, tt := range map[string]struct {
		modes accesstest.Modes
		// reads is how often the members are read in ten changes.
		reads int
	}{
		"a tenant as documented":                        {accesstest.Modes{}, 0},
		"one that ignores which attributes are asked":   {accesstest.Modes{IgnoreAttributes: true}, 1},
		"one that refuses the question":                 {accesstest.Modes{RefuseAttributes: true}, 1},
		"one that leaves out extensions then":           {accesstest.Modes{AttributesOmitExtensions: true}, 0},
		"one that tells no owner of groups at all":      {accesstest.Modes{GroupOmitsExtension: true}, 0},
		"one that refuses to remove who is not there":   {accesstest.Modes{RefuseUnknownRemovals: true}, 10},
		"one that leaves members out of lists as well":  {accesstest.Modes{ListOmitsMembers: true}, 0},
		"one that ignores the question about a change":  {accesstest.Modes{PatchIgnoresAttributes: true}, 0},
		"one that clears nothing by meta.attributes":    {accesstest.Modes{IgnoreMetaAttributes: true}, 0},
		"one with a synchronized directory of its own ": {accesstest.Modes{SyncedDomain: "corp.local"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c, access, tp := startTampered(t, accesstest.Config{Modes: tt.modes})
			all := people(t, c, 13)
			g := createGroup(t, c, "Team", all[:2])
			count, stop := tp.membersRead()
			defer stop()
			for i := range 10 {
				// One more comes, and two go: one who is there, and one who never was.
				updated, err := c.UpdateGroup(t.Context(), g.ID, delta(all[i+2:i+3], []upstream.Member{all[i+1], all[12]}))
				if err != nil || updated.Members != nil || len(updated.LeftOut) > 0 {
					t.Fatalf("change %d: %+v, %v", i, updated, err)
				}
			}
			wantMembers(t, access, g.ID, []upstream.Member{all[0], all[11]})
			if count() > tt.reads {
				t.Errorf("the members were read %d times, want %d at most", count(), tt.reads)
			}
		})
	}
}

// A change costs two requests, however large the group is.
func TestDeltaCostsTwoRequests(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	all := people(t, c, 3)
	g := createGroup(t, c, "Team", all[:2])
	access.ClearRequests()
	if _, err := c.UpdateGroup(t.Context(), g.ID, delta(all[2:], nil)); err != nil || requests(access, "") != 2 {
		t.Errorf("it took %d requests, %v", requests(access, ""), err)
	}
	if _, err := c.Group(t.Context(), g.ID, true); err != nil {
		t.Fatal(err)
	}
	access.ClearRequests()
	if _, err := c.UpdateGroup(t.Context(), g.ID, delta(nil, all[2:])); err != nil || requests(access, "") != 1 {
		t.Errorf("after a read it took %d requests, %v", requests(access, ""), err)
	}
	wantMembers(t, access, g.ID, all[:2])
}

// Whose group it is follows from what Access says, not from what a short answer leaves out.
func TestStrangeGroupsStayStrange(t *testing.T) {
	for name, modes := range map[string]accesstest.Modes{
		"as documented":      {},
		"without extensions": {AttributesOmitExtensions: true},
		"the question is ignored": {
			IgnoreAttributes: true},
		"the question is refused": {RefuseAttributes: true},
	} {
		t.Run(name, func(t *testing.T) {
			c, access := start(t, accesstest.Config{Modes: modes, Domains: []string{domain, "other.com"}})
			ada := create(t, c, "ada")
			foreign, err := access.SeedGroup(map[string]any{
				"schemas": []any{upstream.CoreSchema, upstream.WorkspaceSchema}, "displayName": "Foreign",
				upstream.WorkspaceSchema: map[string]any{
					"internalGroupType": "INTERNAL", "domain": "other.com"},
			})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err = c.UpdateGroup(t.Context(), foreign, delta([]upstream.Member{{ID: ada.ID}}, nil))
				if !errors.Is(err, upstream.ErrNotFound) || requests(access, http.MethodPatch) > 0 {
					t.Errorf("error = %v, want not found, and no write", err)
				}
				if _, err := c.Group(t.Context(), foreign, false); !errors.Is(err, upstream.ErrNotFound) {
					t.Errorf("a read without members: error = %v, want not found", err)
				}
				page, err := c.Groups(t.Context(), 1, 10, false)
				if err != nil || page.Total != 0 {
					t.Errorf("listed %v, %v", page, err)
				}
			}
		})
	}
}

// Those who are not the bridge's own stay, also where a change names them.
func TestDeltaLeavesStrangersAlone(t *testing.T) {
	c, access := start(t, accesstest.Config{})
	ada := create(t, c, "ada")
	g := createGroup(t, c, "Team", []upstream.Member{{ID: ada.ID}})
	local := seedLocal(t, access, "local", domain)
	joinBehindTheBridge(t, access, g.ID, local)
	updated, err := c.UpdateGroup(t.Context(), g.ID,
		delta([]upstream.Member{{ID: "00000000-0000-4000-8000-000000000000"}}, []upstream.Member{{ID: local}, {ID: ada.ID}}))
	if err != nil || len(updated.LeftOut) != 1 {
		t.Errorf("left out %v, %v", updated.LeftOut, err)
	}
	wantMembers(t, access, g.ID, []upstream.Member{{ID: local}})
}

// Who is not in the group keeps nobody from leaving it.
func TestLeavingWhoIsNotThere(t *testing.T) {
	c, access := start(t, accesstest.Config{Modes: accesstest.Modes{RefuseUnknownRemovals: true}})
	all := people(t, c, 90)
	g := createGroup(t, c, "Team", all[:40])
	access.ClearRequests()
	if _, err := c.UpdateGroup(t.Context(), g.ID, delta(nil, all[20:])); err != nil {
		t.Fatal(err)
	}
	wantMembers(t, access, g.ID, all[:20])
	if n := requests(access, ""); n > 4 { // the names, the refusal, the members, those who are there
		t.Errorf("it took %d requests", n)
	}
}

// Many members go out several requests at a time; those that get lost on the way are sent
// again.
func TestManyMembersAtOnce(t *testing.T) {
	c, access, tp := startTampered(t, accesstest.Config{SeedUsers: 1500})
	page, err := c.Users(t.Context(), 1, 1500)
	if err != nil {
		t.Fatal(err)
	}
	var all []upstream.Member
	for _, u := range page.Resources {
		all = append(all, upstream.Member{ID: u.ID})
	}
	hidden := 0
	stop := tp.with(func(req *http.Request, _ *http.Response, body string) string {
		if req.Method != http.MethodGet || !strings.Contains(req.URL.Path, "/Groups/") || hidden > 0 {
			return body
		}
		hidden++ // the look afterwards misses one
		return strings.Replace(body, all[700].ID, "00000000-0000-4000-8000-000000000000", 1)
	})
	defer stop()
	access.ClearRequests()
	g := createGroup(t, c, "Everybody", all)
	wantMembers(t, access, g.ID, all)
	if n := requests(access, http.MethodPatch); n != 16 || len(g.Members) != 1500 {
		t.Errorf("%d requests added %d members, want 16 and 1500", n, len(g.Members))
	}
	if _, err := c.UpdateGroup(t.Context(), g.ID, delta(nil, all)); err != nil {
		t.Error(err)
	}
	wantMembers(t, access, g.ID, nil)
}
