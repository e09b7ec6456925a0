package endurance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// holdings is what Access holds.
func holdings(t *testing.T, controlURL string) accesstest.State {
	t.Helper()
	status, body := cmdtest.Get(t, controlURL+"/state")
	var state accesstest.State
	if err := json.Unmarshal([]byte(body), &state); err != nil || status != http.StatusOK {
		t.Fatalf("the state was answered %d: %v", status, err)
	}
	return state
}

// tally is how what Access holds differs from what was acknowledged.
type tally struct {
	lost, duplicated, wrong int
	examples                []string
}

func (d *tally) String() string {
	return fmt.Sprintf("%d lost, %d duplicated, %d wrong", d.lost, d.duplicated, d.wrong)
}

func (d *tally) note(count *int, format string, args ...any) {
	*count++
	if len(d.examples) < 20 {
		d.examples = append(d.examples, fmt.Sprintf(format, args...))
	}
}

// report fails the test unless everything is as it was acknowledged.
func (d *tally) report(t *testing.T) {
	t.Helper()
	if d.lost+d.duplicated+d.wrong > 0 {
		t.Errorf("%s:\n%s", d, strings.Join(d.examples, "\n"))
	}
}

// compare holds what was acknowledged against what Access holds. About what is
// pending it only asks that nothing is there twice.
func compare(state accesstest.State, workers []*worker) *tally {
	d := &tally{}
	d.comparePeople(state.Users, workers)
	d.compareTeams(state.Groups, workers)
	return d
}

func text(resource okta.Object, name string) string { s, _ := resource[name].(string); return s }

func (d *tally) comparePeople(users []okta.Object, workers []*worker) {
	held := map[string]okta.Object{}
	names := map[string]bool{}
	for _, u := range users {
		externalID, name := text(u, "externalId"), strings.ToLower(text(u, "userName"))
		if name == "admin" {
			continue
		}
		if held[externalID] != nil || names[name] {
			d.note(&d.duplicated, "the user %s (%s) is there twice", name, externalID)
		}
		held[externalID], names[name] = u, true
	}
	for _, w := range workers {
		for _, p := range w.people {
			u := held[p.externalID]
			delete(held, p.externalID)
			switch {
			case p.pending:
			case u == nil:
				d.note(&d.lost, "the user %+v is not there", *p)
			default:
				d.comparePerson(p, u)
			}
		}
	}
	for _, u := range held {
		d.note(&d.wrong, "the user %v is there though it was deleted, or never pushed", u)
	}
}

func (d *tally) comparePerson(p *person, u okta.Object) {
	name, _ := u["name"].(okta.Object)
	if text(u, "id") != p.id || text(u, "userName") != p.userName || text(u, "title") != p.title ||
		text(name, "familyName") != p.family || text(name, "givenName") != p.given || u["active"] != p.active {
		d.note(&d.wrong, "the user %+v is held as %v", *p, u)
	}
}

// part is a worker's share in a team; of most teams it is the whole.
type part struct {
	*team
	owner *worker
}

func (d *tally) compareTeams(groups []okta.Object, workers []*worker) {
	parts := map[string][]part{} // by name
	renamed := map[string]bool{}
	owners := map[string]*worker{} // of people, by id
	people := map[string]*person{}
	for _, w := range workers {
		for _, list := range [][]*team{w.teams, w.shares} {
			for _, one := range list {
				parts[one.name] = append(parts[one.name], part{one, w})
				renamed[one.next] = true
			}
		}
		for _, p := range w.people {
			owners[p.id], people[p.id] = w, p
		}
	}
	seen := map[string]bool{}
	for _, g := range groups {
		name := text(g, "displayName")
		if name == "ALL USERS" {
			continue
		}
		if seen[strings.ToLower(name)] {
			d.note(&d.duplicated, "the group %s is there twice", name)
		}
		seen[strings.ToLower(name)] = true
		if parts[name] == nil {
			if !renamed[name] {
				d.note(&d.wrong, "the group %s is there though it was deleted, or never pushed", name)
			}
			continue
		}
		d.compareMembers(g, parts[name], owners, people)
		delete(parts, name)
	}
	for name, list := range parts {
		if !list[0].pending {
			d.note(&d.lost, "the group %s is not there", name)
		}
	}
}

func (d *tally) compareMembers(g okta.Object, parts []part, owners map[string]*worker, people map[string]*person) {
	name := text(g, "displayName")
	pending := map[*worker]bool{}
	expected := map[string]bool{}
	for _, one := range parts {
		pending[one.owner] = one.pending
		for p := range one.members {
			expected[p.id] = true
		}
	}
	members, _ := g["members"].([]any)
	held := map[string]bool{}
	for _, m := range members {
		id := text(m.(okta.Object), "value")
		if held[id] {
			d.note(&d.duplicated, "the group %s has the member %s twice", name, id)
		}
		held[id] = true
		p := people[id]
		partPending, hasPart := pending[owners[id]]
		if !expected[id] && (p == nil || !hasPart || !p.pending && !partPending) {
			d.note(&d.wrong, "the group %s has the member %s though it was removed, or never pushed", name, id)
		}
	}
	for id := range expected {
		if !held[id] && !people[id].pending && !pending[owners[id]] {
			d.note(&d.lost, "the group %s lacks the member %s", name, id)
		}
	}
}

// TestCompare makes sure that the other tests would see what they look for.
func TestCompare(t *testing.T) {
	t.Parallel()
	ada, gone := newPerson(0, 1), newPerson(0, 2)
	ada.id, gone.id, gone.pending = "ada", "gone", true
	w := &worker{people: []*person{ada, gone}}
	w.teams = []*team{{name: "Engineers", members: map[*person]bool{ada: true, gone: true}}}
	user := func(title string) okta.Object {
		return okta.Object{"id": "ada", "externalId": ada.externalID, "userName": ada.userName, "active": true,
			"title": title,
			"name":  okta.Object{"givenName": ada.given, "familyName": ada.family}}
	}
	group := func(name string, ids ...string) okta.Object {
		members := []any{}
		for _, id := range ids {
			members = append(members, okta.Object{"value": id})
		}
		return okta.Object{"displayName": name, "members": members}
	}
	all := []okta.Object{group("Engineers", "ada")}
	tests := []struct {
		name          string
		users, groups []okta.Object
		want          string
	}{
		{"all as it was told", []okta.Object{user("")}, all, "0 lost, 0 duplicated, 0 wrong"},
		{"what is pending may be so or so", []okta.Object{user("")}, []okta.Object{group("Engineers", "ada", "gone")},
			"0 lost, 0 duplicated, 0 wrong"},
		{"a user is missing", nil, all, "1 lost, 0 duplicated, 0 wrong"},
		{"a user is there twice", []okta.Object{user(""), user("")}, all, "0 lost, 1 duplicated, 0 wrong"},
		{"a user has another title", []okta.Object{user("Countess")}, all, "0 lost, 0 duplicated, 1 wrong"},
		{"a user too many", []okta.Object{user(""), {"externalId": "x", "userName": "x"}}, all,
			"0 lost, 0 duplicated, 1 wrong"},
		{"a group is missing", []okta.Object{user("")}, nil, "1 lost, 0 duplicated, 0 wrong"},
		{"a group is there twice", []okta.Object{user("")}, append(all, group("engineers")), "0 lost, 1 duplicated, 1 wrong"},
		{"a group too many", []okta.Object{user("")}, append(all, group("On call")), "0 lost, 0 duplicated, 1 wrong"},
		{"a member is missing", []okta.Object{user("")}, []okta.Object{group("Engineers")}, "1 lost, 0 duplicated, 0 wrong"},
		{"a member is there twice", []okta.Object{user("")}, []okta.Object{group("Engineers", "ada", "ada")},
			"0 lost, 1 duplicated, 0 wrong"},
		{"a member too many", []okta.Object{user("")}, []okta.Object{group("Engineers", "ada", "x")},
			"0 lost, 0 duplicated, 1 wrong"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := compare(accesstest.State{Users: tt.users, Groups: tt.groups}, []*worker{w}); got.String() != tt.want {
				t.Errorf("got %s, want %s: %v", got, tt.want, got.examples)
			}
		})
	}
}
