package accesstest

import (
	"net/http"
	"slices"
	"time"
)

// The reads that [Modes.LagReads] can name.
const (
	readsByID    = "ids"
	readsOfLists = "lists"
)

// hidden is a write that reads do not show yet, and what they show meanwhile.
type hidden struct {
	before *store
	until  time.Time
}

// lagging hides what a write did for as long as the modes say. Chosen: that a tenant lags as one, so
// that what was written later never shows before what was written earlier.
func (s *store) lagging(write endpoint) endpoint {
	return func(r *http.Request) (answer, error) {
		if s.modes.Lag == 0 {
			return write(r)
		}
		before := s.copy()
		a, err := write(r)
		if err == nil {
			s.hidden = append(s.hidden, hidden{before, time.Now().Add(s.modes.Lag)})
		}
		return a, err
	}
}

// seen is the tenant as reads of a kind show it.
func (s *store) seen(kind string) *store {
	now := time.Now()
	s.hidden = slices.DeleteFunc(s.hidden, func(h hidden) bool { return !now.Before(h.until) })
	if len(s.hidden) == 0 || s.modes.LagReads != "" && s.modes.LagReads != kind {
		return s
	}
	before := s.hidden[0].before
	before.modes = s.modes
	return before
}

// copy is what reads need of the users and groups. What a record holds is shared: a write replaces it.
func (s *store) copy() *store {
	out := &store{usersByID: map[string]*user{}, groupsByID: map[string]*group{}, roles: s.roles}
	for _, u := range s.users {
		u = &user{record: u.record, memberOf: map[string]*group{}}
		out.users, out.usersByID[u.id] = append(out.users, u), u
	}
	for _, g := range s.groups {
		g := &group{record: g.record, members: slices.Clone(g.members), store: out}
		out.groups, out.groupsByID[g.id] = append(out.groups, g), g
		for _, id := range g.members {
			if u := out.usersByID[id]; u != nil {
				u.memberOf[g.id] = g
			}
		}
	}
	out.everyone = out.groupsByID[s.everyone.id]
	return out
}
