package invariants

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ws1bridge/upstream/accesstest"
)

// model is the bridge as Okta may think of it: a ledger and the rules by which
// pushes are granted or refused. Its methods are the actions of the machine.
type model struct {
	*lab
	ledger *ledger
	faults bool // requests fail at random
}

// Names are few, so that they meet; two of each differ only in case.
var (
	externalIDs = []string{"e1", "e2", "e3", "e4"}
	userNames   = []string{"ada@acme.com", "Ada@acme.com", "grace@acme.com", "linus@acme.com", "barbara@acme.com"}
	titles      = []string{"Countess", "Admiral", "Dr. \"Quote\" \\ Müller"}
	groupNames  = []string{"Sales", "SALES", "Ops", "R&D (Köln)"}
)

func TestModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, machine(t, false))
}

func TestModelWhileRequestsFail(t *testing.T) {
	t.Parallel()
	rapid.Check(t, machine(t, true))
}

func machine(t *testing.T, faults bool) func(*rapid.T) {
	t.Helper()
	return func(rt *rapid.T) {
		seed := rapid.Uint64Max(1<<20).Draw(rt, "seed")
		w := newLab(t, labConfig{access: accesstest.Config{Seed: seed}, resilience: quick})
		m := &model{lab: w, ledger: newLedger(w.Access.State()), faults: faults}
		if faults {
			w.failAtRandom(faultShare, seed, passing)
		}
		actions := rapid.StateMachineActions(m)
		rt.Repeat(actions)
	}
}

// Check runs after every action.
func (m *model) Check(rt *rapid.T) {
	if problems := m.ledger.problems(m.Access.State(), pending{}); len(problems) > 0 {
		rt.Fatalf("Access does not hold what Okta was told:\n\t%s", strings.Join(problems, "\n\t"))
	}
}

// ask sends a request until it is answered otherwise than 429, and requires one
// of the statuses.
func (m *model) ask(rt *rapid.T, method, path string, body any, statuses ...int) response {
	r := m.insist(method, path, body)
	if !slices.Contains(statuses, r.Status) {
		rt.Fatalf("%s %s %v was answered %d %s, want %v", method, path, body, r.Status, r.Raw, statuses)
	}
	return r
}

// holderOf is the externalId of the user with that userName, "" for nobody.
func (m *model) holderOf(userName string) string {
	for externalID, u := range m.ledger.users {
		if strings.EqualFold(u.userName, userName) {
			return externalID
		}
	}
	return ""
}

// CreateUser grants a new account, the same one to the same push, and an
// inactive one to a person who comes back; all else is a conflict.
func (m *model) CreateUser(rt *rapid.T) {
	externalID := rapid.SampledFrom(externalIDs).Draw(rt, "externalId")
	u := toldUser{
		userName: rapid.SampledFrom(userNames).Draw(rt, "userName"),
		title:    rapid.SampledFrom(titles).Draw(rt, "title"), active: true,
	}
	holder := m.holderOf(u.userName)
	known, exists := m.ledger.users[externalID]
	if holder != "" && holder != externalID || exists && holder == "" && known.active {
		m.ask(rt, http.MethodPost, usersPath, u.resource(externalID), http.StatusConflict)
		return
	}
	r := m.ask(rt, http.MethodPost, usersPath, u.resource(externalID), http.StatusCreated)
	if exists && r.ID() != known.id {
		rt.Fatalf("the account %s became %s", known.id, r.ID())
	}
	u.id = r.ID()
	m.told(rt, externalID, u, r)
}

// told notes a user and compares it with the answer that told of it.
func (m *model) told(rt *rapid.T, externalID string, u toldUser, r response) {
	m.ledger.users[externalID] = u
	if problem := u.answered(r); problem != "" {
		rt.Fatal(problem)
	}
}

// someUser draws an existing user.
func (m *model) someUser(rt *rapid.T) (externalID string, u toldUser) {
	if len(m.ledger.users) == 0 {
		rt.Skip("no users")
	}
	externalID = rapid.SampledFrom(slices.Sorted(maps.Keys(m.ledger.users))).Draw(rt, "user")
	return externalID, m.ledger.users[externalID]
}

// PutUser replaces all that Okta knows of a user.
func (m *model) PutUser(rt *rapid.T) {
	externalID, u := m.someUser(rt)
	u.userName = rapid.SampledFrom(userNames).Draw(rt, "userName")
	u.title = rapid.SampledFrom(titles).Draw(rt, "title")
	u.active = rapid.Bool().Draw(rt, "active")
	m.update(rt, http.MethodPut, externalID, u, u.resource(externalID))
}

// RenameUser is a PATCH with a path.
func (m *model) RenameUser(rt *rapid.T) {
	externalID, u := m.someUser(rt)
	u.userName = rapid.SampledFrom(userNames).Draw(rt, "userName")
	m.update(rt, http.MethodPatch, externalID, u, operations(
		map[string]any{"op": "replace", "path": "userName", "value": u.userName}))
}

// SwitchUser activates or deactivates a user, as Okta does it.
func (m *model) SwitchUser(rt *rapid.T) {
	externalID, u := m.someUser(rt)
	u.active = rapid.Bool().Draw(rt, "active")
	m.update(rt, http.MethodPatch, externalID, u, operations(
		map[string]any{"op": "replace", "value": map[string]any{"active": u.active}}))
}

func (m *model) update(rt *rapid.T, method, externalID string, u toldUser, body any) {
	if holder := m.holderOf(u.userName); holder != "" && holder != externalID {
		m.ask(rt, method, usersPath+"/"+u.id, body, http.StatusConflict)
		return
	}
	m.told(rt, externalID, u, m.ask(rt, method, usersPath+"/"+u.id, body, http.StatusOK))
}

// DeleteUser takes the user out of its groups too.
func (m *model) DeleteUser(rt *rapid.T) {
	externalID, u := m.someUser(rt)
	m.ask(rt, http.MethodDelete, usersPath+"/"+u.id, nil, http.StatusNoContent)
	m.ledger.forgetUser(externalID)
	if !m.faults { // a deletion that needed repeating is remembered, and granted again
		m.ask(rt, http.MethodDelete, usersPath+"/"+u.id, nil, http.StatusNotFound)
	}
	m.ask(rt, http.MethodGet, usersPath+"/"+u.id, nil, http.StatusNotFound)
}

// FindUser searches by each of the attributes that Okta searches by.
func (m *model) FindUser(rt *rapid.T) {
	userName := rapid.SampledFrom(userNames).Draw(rt, "userName")
	var want []string
	if holder := m.holderOf(userName); holder != "" {
		want = []string{m.ledger.id(holder)}
	}
	m.wantHits(rt, usersPath, `userName eq "`+userName+`"`, want)
	externalID := rapid.SampledFrom(externalIDs).Draw(rt, "externalId")
	want = nil
	if u, ok := m.ledger.users[externalID]; ok {
		want = []string{u.id}
		m.wantHits(rt, usersPath, `id eq "`+u.id+`"`, want)
		if problem := u.answered(m.ask(rt, http.MethodGet, usersPath+"/"+u.id, nil, http.StatusOK)); problem != "" {
			rt.Fatal(problem)
		}
	}
	m.wantHits(rt, usersPath, `externalId eq "`+externalID+`"`, want)
}

func (m *model) wantHits(rt *rapid.T, path, expression string, want []string) {
	r := m.ask(rt, http.MethodGet, filter(path, expression), nil, http.StatusOK)
	if got := idsIn(r); r.Body["totalResults"] != float64(len(want)) || !slices.Equal(got, want) {
		rt.Fatalf("%s finds %v of %v, want %v", expression, got, r.Body["totalResults"], want)
	}
}

func idsIn(r response) (ids []string) {
	list, _ := r.Body["Resources"].([]any)
	for _, resource := range list {
		ids = append(ids, text(resource.(map[string]any), "id"))
	}
	return ids
}

// List reads all users and all groups, two at a time.
func (m *model) List(rt *rapid.T) {
	for path, want := range map[string]map[string]bool{usersPath: m.userIDs(), groupsPath: m.groupIDs()} {
		got := map[string]bool{}
		for start := 1; start <= len(want)+1; start += 2 {
			r := m.ask(rt, http.MethodGet, fmt.Sprintf("%s?startIndex=%d&count=2", path, start), nil, http.StatusOK)
			if r.Body["totalResults"] != float64(len(want)) {
				rt.Fatalf("%s has %v resources, want %d", path, r.Body["totalResults"], len(want))
			}
			maps.Copy(got, set(idsIn(r)))
		}
		if !maps.Equal(got, want) {
			rt.Fatalf("%s lists %v, want %v", path, got, want)
		}
	}
}

func (m *model) userIDs() map[string]bool {
	ids := map[string]bool{}
	for _, u := range m.ledger.users {
		ids[u.id] = true
	}
	return ids
}
