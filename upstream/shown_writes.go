package upstream

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/go-json-experiment/json/jsontext"
)

// This file is how a change of a user is confirmed by the answer to it: Access may show
// the attributes that the request asks for (SCIM 1.1 section 3.3.2). Where it does not,
// the user is read after the change.

// shownUser is what Access shows of a user in its answer to a change: what was asked
// for, or nothing.
type shownUser struct{ userRecord }

// UnmarshalJSONFrom reads what the answer says, and takes nothing for granted beside.
func (u *shownUser) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*u = shownUser{}
	err := u.decode(d)
	if _, told := u.Attributes[activePath]; told {
		u.settleActive()
	}
	return err
}

func (u *shownUser) verify(r call) error { return u.reported.verify(r, u.ID) }

// proves reports whether Access showed the difference made. What is cleared proves
// nothing by being absent.
func (u *shownUser) proves(d difference) bool {
	return u.ID != "" && len(d.clear) == 0 && compare(u.Attributes, d.set).empty()
}

// maxSilent is how many answers in a row show nothing before the client asks no more.
const maxSilent = 3

// showsWrites is what the client has learnt about answers to changes.
type showsWrites struct {
	silent atomic.Int32 // answers in a row that showed nothing
	shown  atomic.Bool  // one showed something
}

// note learns from a change that was confirmed.
func (s *showsWrites) note(u *shownUser) {
	if u.ID == "" {
		s.silent.Add(1)
		return
	}
	s.silent.Store(0)
	s.shown.Store(true)
}

// sendUserChange sends a change of a user until Access confirms it, and returns what it
// shows of that.
func (c *Client) sendUserChange(ctx context.Context, id string, b body, d difference) (shown shownUser, err error) {
	r := call{op: opUpdateUser, id: id, body: b}
	applied := func(u User) bool {
		shown = shownUser{} // of an answer that is no confirmation
		return u.shows(d)
	}
	answers := &c.memory.writes
	if len(d.clear) > 0 || answers.silent.Load() >= maxSilent {
		return shown, c.users.patch(ctx, r, nil, applied)
	}
	asking := r
	asking.query = "attributes=" + url.QueryEscape(d.attributes())
	err = c.users.patch(ctx, asking, &shown, applied)
	switch {
	case err == nil:
		answers.note(&shown)
	case errors.Is(err, ErrRefused) && !answers.shown.Load(): // it may be the question that is refused
		if err = c.users.patch(ctx, r, nil, applied); err == nil {
			answers.silent.Store(maxSilent)
		}
	}
	return shown, err
}

// attributes names those that are set, as a query does.
func (d difference) attributes() string {
	var names []string
	seen := map[string]bool{}
	for _, p := range sortedPaths(d.set) {
		if name := PathOf(p.Schema(), p.Name(), "").String(); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return strings.Join(names, ",")
}

// asShown is the user after a change that Access showed.
func (u User) asShown(shown shownUser, d difference) User {
	u.Attributes, u.Meta = maps.Clone(u.Attributes), u.Meta.unsettled()
	for p := range d.set {
		u.Attributes[p] = shown.Attributes[p]
	}
	if !shown.Meta.LastModified.IsZero() {
		u.Meta = shown.Meta
	}
	u.shown, u.doubted = nil, nil
	return u
}
