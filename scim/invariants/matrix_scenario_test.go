package invariants

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// push is one request of Okta's.
type push struct {
	name         string
	method, path string
	body         any
	status       int     // of its success, or of a refusal of the data
	about        pending // what it may change before it is answered
	// acknowledged notes what the answer tells Okta, and returns what is wrong
	// with that answer.
	acknowledged func(r response) (problem string)
}

// pushes is a step of a scenario: the push that Okta makes, given what it knows.
type pushes func(l *ledger) push

// dialect is how Okta changes what is there.
type dialect string

const (
	patchDialect dialect = http.MethodPatch
	putDialect   dialect = http.MethodPut
)

// userStory is the life of a few users.
func userStory(d dialect, _ []string) []pushes {
	return []pushes{
		createUser("create a user", "ada", "ada@acme.com"),
		createUser("create it again", "ada", "ada@acme.com"),
		createUser("create another", "grace", "grace@acme.com"),
		findUser("find it", "grace"),
		refused("create a user whose name is taken", usersPath,
			toldUser{userName: "user-0001@acme.com", active: true}.resource("other")),
		changeUser(d, "deactivate a user", "grace", func(u *toldUser) { u.active = false }),
		createUser("revive it under a new name", "grace", "hopper@acme.com"),
		changeUser(d, "rename a user", "ada", func(u *toldUser) { u.userName = "countess@acme.com" }),
		changeUser(d, "deactivate another", "ada", func(u *toldUser) { u.active = false }),
		createUser("revive it under its own name", "ada", "countess@acme.com"),
		deleteUser("delete a user", "grace"),
		createUser("create it again", "grace", "hopper@acme.com"),
		changeUser(d, "update a user", "ada", func(u *toldUser) { u.title = "Countess" }),
	}
}

// groupStory is the life of a few groups. seeded are the ids of users that
// stand in Access beforehand.
func groupStory(d dialect, seeded []string) []pushes {
	some := func(n ...int) func(*ledger) map[string]bool {
		return func(*ledger) map[string]bool {
			members := map[string]bool{}
			for _, i := range n {
				members[seeded[i]] = true
			}
			return members
		}
	}
	members := func(n ...int) func(*ledger, *toldGroup) {
		return func(l *ledger, g *toldGroup) { g.members = some(n...)(l) }
	}
	return []pushes{
		createGroup("create a group with members", "sales", "Sales", some(0, 1)),
		createGroup("create an empty group", "later", "Later", some()),
		findGroup("find a group", "sales"),
		refused("create a group whose name is taken", groupsPath,
			toldGroup{name: "Legacy", members: set(seeded[1:2])}.resource()),
		changeGroup(d, "fill a group", "later", members(0, 1, 2)),
		changeGroup(d, "rename a group", "sales", func(_ *ledger, g *toldGroup) { g.name = "Sales Europe" }),
		changeGroup(d, "swap a member", "sales", members(0, 2)),
		changeGroup(d, "rename it and swap another", "sales", func(l *ledger, g *toldGroup) {
			g.name, g.members = "Sales Asia", some(1, 2)(l)
		}),
		changeGroup(d, "swap members, one of them unknown", "later", members(1, 2, 3),
			"00000000-0000-4000-8000-000000000000"),
		setMembers(d, "replace all members", "sales", some(0, 3)),
		setMembers(d, "empty a group", "sales", some()),
		deleteGroup("delete a group", "sales"),
		createGroup("create one of that name again", "sales", "Sales Asia", some(2)),
	}
}

// wholeStory is that of the users, and then that of the groups.
func wholeStory(d dialect, seeded []string) []pushes {
	return append(userStory(d, seeded), groupStory(d, seeded)...)
}

// longStory changes more members than one request to Access takes.
func longStory(d dialect, seeded []string) []pushes {
	ids := func(from, to int) func(*ledger) map[string]bool {
		return func(*ledger) map[string]bool { return set(seeded[from:to]) }
	}
	return []pushes{
		createGroup("create a group of 120", "large", "Large", ids(0, 120)),
		changeGroup(d, "remove 105 and add 5", "large", func(l *ledger, g *toldGroup) { g.members = ids(105, 125)(l) }),
		setMembers(d, "fill it", "large", ids(0, 125)),
		setMembers(d, "empty it", "large", ids(0, 0)),
	}
}

func set(ids []string) map[string]bool {
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out
}

func createUser(name, externalID, userName string) pushes {
	return func(l *ledger) push {
		u := toldUser{id: l.id(externalID), userName: userName, title: l.users[externalID].title, active: true}
		return push{
			name: name, method: http.MethodPost, path: usersPath, body: u.resource(externalID),
			status: http.StatusCreated, about: pending{externalID: externalID},
			acknowledged: func(r response) string {
				if u.id != "" && r.ID() != u.id {
					return fmt.Sprintf("the account %s became %s", u.id, r.ID())
				}
				u.id = r.ID()
				l.users[externalID] = u
				return u.answered(r)
			},
		}
	}
}

// answered compares an answer with what it is for.
func (u toldUser) answered(r response) string {
	if got := (toldUser{r.ID(), text(r.Body, "userName"), text(r.Body, "title"), r.Body["active"] == true}); got != u {
		return fmt.Sprintf("Okta asked for %+v and was answered %+v", u, got)
	}
	return ""
}

func changeUser(d dialect, name, externalID string, change func(*toldUser)) pushes {
	return func(l *ledger) push {
		was := l.users[externalID]
		u := was
		change(&u)
		p := push{
			name: name, method: string(d), path: usersPath + "/" + u.id, body: u.resource(externalID),
			status: http.StatusOK, about: pending{externalID: externalID},
			acknowledged: func(r response) string { l.users[externalID] = u; return u.answered(r) },
		}
		if d == patchDialect {
			value := u.resource(externalID)
			maps.DeleteFunc(value, func(name string, _ any) bool {
				return (name != "userName" || u.userName == was.userName) && (name != "title" || u.title == was.title) &&
					(name != "active" || u.active == was.active)
			})
			p.body = operations(map[string]any{"op": "replace", "value": value})
		}
		return p
	}
}

func deleteUser(name, externalID string) pushes {
	return func(l *ledger) push {
		return push{
			name: name, method: http.MethodDelete, path: usersPath + "/" + l.id(externalID),
			status: http.StatusNoContent, about: pending{externalID: externalID},
			acknowledged: func(response) string { l.forgetUser(externalID); return "" },
		}
	}
}

func createGroup(name, key, displayName string, members func(*ledger) map[string]bool) pushes {
	return func(l *ledger) push {
		g := toldGroup{name: displayName, members: members(l)}
		return push{
			name: name, method: http.MethodPost, path: groupsPath, body: g.resource(),
			status: http.StatusCreated, about: pending{group: displayName},
			acknowledged: func(r response) string { g.id = r.ID(); l.groups[key] = g; return g.answered(r) },
		}
	}
}

func (g toldGroup) answered(r response) string {
	if r.Status == http.StatusNoContent {
		return "" // says nothing
	}
	if r.ID() != g.id || text(r.Body, "displayName") != g.name {
		return fmt.Sprintf("Okta asked for %s (%s) and was answered %s", g.name, g.id, r.Raw)
	}
	return firstOf(sameMembers(r.Body, g.members, ""))
}

// changeGroup sends strangers as members too.
func changeGroup(d dialect, name, key string, change func(*ledger, *toldGroup), strangers ...string) pushes {
	return func(l *ledger) push {
		was := l.groups[key]
		g := was
		g.members = maps.Clone(was.members)
		change(l, &g)
		p := push{
			name: name, method: string(d), path: groupsPath + "/" + g.id, body: g.resource(strangers...),
			status: changedGroup(string(d)), about: pending{group: g.id},
			acknowledged: func(r response) string { l.groups[key] = g; return g.answered(r) },
		}
		if d == patchDialect {
			p.body = operations(g.difference(was, strangers)...)
		}
		return p
	}
}

// difference is Okta's PATCH: the name first, then each removal, then all
// additions.
func (g toldGroup) difference(was toldGroup, strangers []string) []map[string]any {
	ops := []map[string]any{{"op": "replace", "value": map[string]any{"id": g.id, "displayName": g.name}}}
	for _, id := range minus(was.members, g.members) {
		ops = append(ops, map[string]any{"op": "remove", "path": `members[value eq "` + id + `"]`})
	}
	if more := append(minus(g.members, was.members), strangers...); len(more) > 0 {
		ops = append(ops, map[string]any{"op": "add", "path": "members", "value": values(more)})
	}
	return ops
}

// setMembers sends the whole list in both dialects.
func setMembers(d dialect, name, key string, members func(*ledger) map[string]bool) pushes {
	return func(l *ledger) push {
		p := changeGroup(putDialect, name, key, func(l *ledger, g *toldGroup) { g.members = members(l) })(l)
		if d == patchDialect {
			p.method, p.status = http.MethodPatch, changedGroup(http.MethodPatch)
			ids := slices.Sorted(maps.Keys(members(l)))
			p.body = operations(map[string]any{"op": "replace", "path": "members", "value": values(ids)})
		}
		return p
	}
}

func deleteGroup(name, key string) pushes {
	return func(l *ledger) push {
		return push{
			name: name, method: http.MethodDelete, path: groupsPath + "/" + l.groups[key].id,
			status: http.StatusNoContent, about: pending{group: l.groups[key].id},
			acknowledged: func(response) string { delete(l.groups, key); return "" },
		}
	}
}

// refused is a creation that no repetition can make good.
func refused(name, path string, body any) pushes {
	return func(*ledger) push {
		return push{
			name: name, method: http.MethodPost, path: path, body: body, status: http.StatusConflict,
			acknowledged: func(response) string { return "" },
		}
	}
}

// findUser is how Okta looks whether a user exists, before it assigns one.
func findUser(name, externalID string) pushes {
	return func(l *ledger) push {
		u := l.users[externalID]
		return push{
			name: name, method: http.MethodGet, path: filter(usersPath, `userName eq "`+u.userName+`"`), status: http.StatusOK,
			acknowledged: func(r response) string { return onlyHit(r, u.id) },
		}
	}
}

func findGroup(name, key string) pushes {
	return func(l *ledger) push {
		g := l.groups[key]
		return push{
			name: name, method: http.MethodGet, path: filter(groupsPath, `displayName eq "`+g.name+`"`), status: http.StatusOK,
			acknowledged: func(r response) string { return onlyHit(r, g.id) },
		}
	}
}

func onlyHit(r response, id string) string {
	hits, _ := r.Body["Resources"].([]any)
	if r.Body["totalResults"] != 1.0 || len(hits) != 1 || text(hits[0].(map[string]any), "id") != id {
		return fmt.Sprintf("a search for %s found %s", id, r.Raw)
	}
	return ""
}

func firstOf(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
