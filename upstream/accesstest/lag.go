package accesstest

import (
	"net/http"
	"time"
)

// The reads that [Modes.LagReads] can name.
const (
	readsByID    = "ids"
	readsOfLists = "lists"
)

// hidden is a change that reads do not show yet.
type hidden struct {
	change func(shown *store)
	until  time.Time
}

// lagging hides what a write does for as long as the modes say. Chosen: that a tenant lags as one, so
// that what was written later never shows before what was written earlier.
func (s *store) lagging(write endpoint) endpoint {
	return func(r *http.Request) (answer, error) {
		if s.modes.Lag > 0 {
			if s.shown == nil {
				s.shown = s.copy()
			}
			s.show()
			s.until = time.Now().Add(s.modes.Lag)
			defer func() { s.until = time.Time{} }()
		}
		return write(r)
	}
}

// later makes a change to what reads show, too, after all that are hidden.
func (s *store) later(change func(shown *store)) {
	if s.shown != nil {
		s.hidden = append(s.hidden, hidden{change, s.until})
	}
}

// show makes the changes that are no longer hidden.
func (s *store) show() {
	now := time.Now()
	for len(s.hidden) > 0 && !now.Before(s.hidden[0].until) {
		s.hidden[0].change(s.shown)
		s.hidden = s.hidden[1:]
	}
}

// seen is the tenant as reads of a kind show it.
func (s *store) seen(kind string) *store {
	s.show()
	if len(s.hidden) == 0 || s.modes.LagReads != "" && s.modes.LagReads != kind {
		return s
	}
	s.shown.modes = s.modes
	return s.shown
}

// copy has the users and groups. What a record holds is shared: a change replaces it.
func (s *store) copy() *store {
	out := newStore(s.modes)
	out.roles = s.roles
	for _, u := range s.users {
		out.setUser(u.record)
	}
	for _, g := range s.groups {
		out.setGroup(g.record)
		for id := range g.members.all() {
			out.setMember(g.id, id, true)
		}
	}
	out.everyone = out.groupsByID[s.everyone.id]
	return out
}
