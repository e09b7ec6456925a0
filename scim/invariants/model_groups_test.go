package invariants

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"ws1bridge/scim/schema"
)

func (m *model) groupIDs() map[string]bool { return set(slices.Collect(maps.Keys(m.ledger.groups))) }

// groupNamed is the group with that name; its id is "" where there is none.
func (m *model) groupNamed(name string) toldGroup {
	for _, g := range m.ledger.groups {
		if strings.EqualFold(g.name, name) {
			return g
		}
	}
	return toldGroup{}
}

// someMembers draws users.
func (m *model) someMembers(rt *rapid.T) map[string]bool {
	members := map[string]bool{}
	for _, id := range slices.Sorted(maps.Keys(m.userIDs())) {
		if rapid.Bool().Draw(rt, "member") {
			members[id] = true
		}
	}
	return members
}

// CreateGroup grants a name that is free. A group that Okta was told of is no one else's.
func (m *model) CreateGroup(rt *rapid.T) {
	g := toldGroup{name: rapid.SampledFrom(append(groupNames, "ALL USERS")).Draw(rt, "name"), members: m.someMembers(rt)}
	strangers := make([]string, rapid.IntRange(0, 1).Draw(rt, "strangers"))
	for i := range strangers {
		strangers[i] = "stranger"
	}
	existing := m.groupNamed(g.name)
	status := http.StatusConflict
	if existing.id == "" && g.name != "ALL USERS" {
		status = http.StatusCreated
	}
	r := m.ask(rt, http.MethodPost, groupsPath, g.resource(strangers...), status)
	if r.Status == http.StatusConflict {
		return
	}
	g.id = r.ID()
	m.toldGroup(rt, g, r)
	// Until its id is used, the same push would be the same again.
	m.ask(rt, http.MethodGet, groupsPath+"/"+g.id, nil, http.StatusOK)
}

func (m *model) toldGroup(rt *rapid.T, g toldGroup, r response) {
	m.ledger.groups[g.id] = g
	if problem := g.answered(r); problem != "" {
		rt.Fatal(problem)
	}
}

// someGroup draws an existing group, which may be changed.
func (m *model) someGroup(rt *rapid.T) toldGroup {
	if len(m.ledger.groups) == 0 {
		rt.Skip("no groups")
	}
	g := m.ledger.groups[rapid.SampledFrom(slices.Sorted(maps.Keys(m.ledger.groups))).Draw(rt, "group")]
	g.members = maps.Clone(g.members)
	return g
}

func (m *model) updateGroup(rt *rapid.T, method string, g toldGroup, body any) {
	if holder := m.groupNamed(g.name); holder.id != "" && holder.id != g.id {
		m.ask(rt, method, groupsPath+"/"+g.id, body, http.StatusConflict)
		return
	}
	m.toldGroup(rt, g, m.ask(rt, method, groupsPath+"/"+g.id, body, changedGroup(method)))
}

// PutGroup sets name and members.
func (m *model) PutGroup(rt *rapid.T) {
	g := m.someGroup(rt)
	g.name, g.members = rapid.SampledFrom(groupNames).Draw(rt, "name"), m.someMembers(rt)
	m.updateGroup(rt, http.MethodPut, g, g.resource("stranger"))
}

// PatchGroup sends the difference, name and all.
func (m *model) PatchGroup(rt *rapid.T) {
	was := m.someGroup(rt)
	g := was
	g.name, g.members = rapid.SampledFrom(groupNames).Draw(rt, "name"), m.someMembers(rt)
	m.updateGroup(rt, http.MethodPatch, g, operations(g.difference(was, nil)...))
}

// RenameGroup leaves the members as they are; without them, a PUT does too.
func (m *model) RenameGroup(rt *rapid.T) {
	g := m.someGroup(rt)
	g.name = rapid.SampledFrom(groupNames).Draw(rt, "name")
	m.updateGroup(rt, http.MethodPut, g, map[string]any{"schemas": []string{schema.Group}, "displayName": g.name})
}

// SetMembers replaces the list.
func (m *model) SetMembers(rt *rapid.T) {
	g := m.someGroup(rt)
	g.members = m.someMembers(rt)
	list := values(slices.Sorted(maps.Keys(g.members)))
	m.updateGroup(rt, http.MethodPatch, g, operations(map[string]any{"op": "replace", "path": "members", "value": list}))
}

// AddAndRemoveMembers does not care who is a member already.
func (m *model) AddAndRemoveMembers(rt *rapid.T) {
	g := m.someGroup(rt)
	leaving, coming := m.someMembers(rt), m.someMembers(rt)
	ops := remove(slices.Sorted(maps.Keys(leaving))...)
	ops = append(ops, add(slices.Sorted(maps.Keys(coming))...))
	g.members = set(minus(g.members, leaving))
	maps.Copy(g.members, coming)
	m.updateGroup(rt, http.MethodPatch, g, operations(ops...))
}

// DeleteGroup leaves its members alone.
func (m *model) DeleteGroup(rt *rapid.T) {
	g := m.someGroup(rt)
	m.ask(rt, http.MethodDelete, groupsPath+"/"+g.id, nil, http.StatusNoContent)
	delete(m.ledger.groups, g.id)
	if !m.faults {
		m.ask(rt, http.MethodDelete, groupsPath+"/"+g.id, nil, http.StatusNotFound)
	}
	m.ask(rt, http.MethodPut, groupsPath+"/"+g.id, g.resource(), http.StatusNotFound)
}

// FindGroup searches by name, and reads what it finds.
func (m *model) FindGroup(rt *rapid.T) {
	name := rapid.SampledFrom(append(groupNames, "all users")).Draw(rt, "name")
	g := m.groupNamed(name)
	if g.id == "" {
		m.wantHits(rt, groupsPath, `displayName eq "`+name+`"`, nil)
		return
	}
	m.wantHits(rt, groupsPath, `displayName eq "`+name+`"`, []string{g.id})
	if problem := g.answered(m.ask(rt, http.MethodGet, groupsPath+"/"+g.id, nil, http.StatusOK)); problem != "" {
		rt.Fatal(problem)
	}
}
