package accesstest

import "slices"

// All changes of users and groups are made by the functions here. They name records by their ids, and
// replace what these hold rather than change it: so a change can be made once more, later, to what
// reads show.

// setUser makes a user be as the record says. A new one comes after all others.
func (s *store) setUser(r record) *user {
	u := s.usersByID[r.id]
	if u == nil {
		u = &user{memberOf: map[string]*group{}}
		s.users, s.usersByID[r.id] = append(s.users, u), u
	} else {
		s.unindex(u)
	}
	u.record = r
	s.index(u)
	s.later(func(shown *store) { shown.setUser(r) })
	return u
}

// index makes a user be found; unindex undoes that.
func (s *store) index(u *user) {
	name := fold(u.core("userName"))
	s.userNames[name] = append(s.userNames[name], u)
	if key := externalIDKey(u); key.name != "" {
		s.externalIDs[key]++
	}
}

func (s *store) unindex(u *user) {
	name := fold(u.core("userName"))
	s.userNames[name] = slices.DeleteFunc(s.userNames[name], func(other *user) bool { return other == u })
	if len(s.userNames[name]) == 0 {
		delete(s.userNames, name)
	}
	if key := externalIDKey(u); key.name != "" {
		s.externalIDs[key]--
		if s.externalIDs[key] == 0 {
			delete(s.externalIDs, key)
		}
	}
}

// dropUser takes away a user who is in no group.
func (s *store) dropUser(id string) {
	u := s.usersByID[id]
	s.unindex(u)
	delete(s.usersByID, id)
	s.users = slices.DeleteFunc(s.users, func(other *user) bool { return other == u })
	s.later(func(shown *store) { shown.dropUser(id) })
}

// setGroup makes a group be as the record says. A new one comes after all others.
func (s *store) setGroup(r record) *group {
	g := s.groupsByID[r.id]
	if g == nil {
		g = &group{store: s}
		s.groups, s.groupsByID[r.id] = append(s.groups, g), g
	} else {
		delete(s.groupNames, fold(g.core("displayName")))
	}
	g.record = r
	s.groupNames[fold(g.core("displayName"))] = g
	s.later(func(shown *store) { shown.setGroup(r) })
	return g
}

func (s *store) dropGroup(id string) {
	g := s.groupsByID[id]
	for member := range g.members.all() {
		if u := s.usersByID[member]; u != nil {
			delete(u.memberOf, id)
		}
	}
	for _, parent := range s.groups {
		parent.members.set(id, false)
	}
	delete(s.groupNames, fold(g.core("displayName")))
	delete(s.groupsByID, id)
	s.groups = slices.DeleteFunc(s.groups, func(other *group) bool { return other == g })
	s.later(func(shown *store) { shown.dropGroup(id) })
}

// setMember makes a user or a group be a member of a group or not.
func (s *store) setMember(groupID, id string, in bool) {
	g := s.groupsByID[groupID]
	if !g.members.set(id, in) {
		return
	}
	if u := s.usersByID[id]; u != nil && in {
		u.memberOf[groupID] = g
	} else if u != nil {
		delete(u.memberOf, groupID)
	}
	s.later(func(shown *store) { shown.setMember(groupID, id, in) })
}
