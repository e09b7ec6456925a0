package accesstest

import (
	"slices"
	"strings"

	"github.com/google/uuid"
)

// store is all that the tenant holds. The emulator's lock guards it.
type store struct {
	modes Modes
	made  int // records made so far

	users     []*user // in order of creation
	usersByID map[string]*user
	userNames map[scoped]*user
	// externalIDs counts the users that hold an externalId in a domain.
	externalIDs map[scoped]int
	tombstones  map[scoped]bool

	groups     []*group // in order of creation
	groupsByID map[string]*group
	groupNames map[string]*group // by lower-case displayName
	everyone   *group            // ALL USERS

	directories []*directory
	providers   []object
	oktaID      string // of the seeded provider for Okta
	roles       []object
	networkID   string
	policyID    string
}

// scoped is a name within a domain: domains are compared exactly (Access documentation), user
// names in lower case (caseExact false), external ids as they are.
type scoped struct{ domain, name string }

func newStore(m Modes) *store {
	return &store{
		modes: m, usersByID: map[string]*user{}, userNames: map[scoped]*user{},
		externalIDs: map[scoped]int{}, tombstones: map[scoped]bool{},
		groupsByID: map[string]*group{}, groupNames: map[string]*group{},
		networkID: uuid.NewString(), policyID: uuid.NewString(),
		roles: []object{
			{"id": uuid.NewString(), "displayName": "User"},
			{"id": uuid.NewString(), "displayName": "Administrator"},
		},
	}
}

func userNameKey(u *user) scoped {
	return scoped{u.workspace("domain"), strings.ToLower(u.core("userName"))}
}

func externalIDKey(u *user) scoped {
	return scoped{u.workspace("domain"), u.core("externalId")}
}

// index makes a user be found; unindex undoes that.
func (s *store) index(u *user) {
	s.userNames[userNameKey(u)] = u
	if key := externalIDKey(u); key.name != "" {
		s.externalIDs[key]++
	}
}

func (s *store) unindex(u *user) {
	delete(s.userNames, userNameKey(u))
	if key := externalIDKey(u); key.name != "" {
		s.externalIDs[key]--
		if s.externalIDs[key] == 0 {
			delete(s.externalIDs, key)
		}
	}
}

func (s *store) addUser(u *user) {
	s.users = append(s.users, u)
	s.usersByID[u.id] = u
	s.index(u)
}

func (s *store) removeUser(u *user) {
	for _, g := range u.memberOf {
		g.removeMember(u.id)
		g.touch()
	}
	s.unindex(u)
	s.tombstones[userNameKey(u)] = true
	delete(s.usersByID, u.id)
	s.users = slices.DeleteFunc(s.users, func(other *user) bool { return other == u })
}

func (s *store) addGroup(g *group) {
	s.groups = append(s.groups, g)
	s.groupsByID[g.id] = g
	s.groupNames[strings.ToLower(g.core("displayName"))] = g
}

func (s *store) removeGroup(g *group) {
	for _, id := range g.members {
		if u := s.usersByID[id]; u != nil {
			delete(u.memberOf, g.id)
		}
	}
	for _, parent := range s.groups {
		parent.removeMember(g.id)
	}
	delete(s.groupNames, strings.ToLower(g.core("displayName")))
	delete(s.groupsByID, g.id)
	s.groups = slices.DeleteFunc(s.groups, func(other *group) bool { return other == g })
}

// directoryOf returns the directory of a domain, compared exactly, or nil.
func (s *store) directoryOf(domain string) *directory {
	for _, d := range s.directories {
		if slices.Contains(d.domains, domain) {
			return d
		}
	}
	return nil
}

// state is the whole store as it is served.
func (s *store) state() State {
	out := State{Users: []object{}, Groups: []object{}, Directories: []object{}}
	for _, u := range s.users {
		out.Users = append(out.Users, s.userView(u))
	}
	for _, g := range s.groups {
		out.Groups = append(out.Groups, s.groupView(g))
	}
	for _, d := range s.directories {
		view := d.view()
		view["domains"] = d.domains
		out.Directories = append(out.Directories, view)
	}
	return out
}
