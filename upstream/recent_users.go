package upstream

import (
	"context"
	"errors"
	"maps"
)

// otherwise is the user in another state that Access may hold: all of which it is not
// sure is otherwise than in u. A change that makes a difference to either is to be sent.
// Who may log in counts as not sure in any case.
func (u User) otherwise() (_ User, ok bool) {
	if u.shown == nil {
		return u, false
	}
	other := maps.Clone(u.Attributes)
	maps.Copy(other, u.shown)
	for p := range u.Attributes {
		if _, ok := u.shown[p]; !ok {
			delete(other, p)
		}
	}
	for k, v := range u.doubted {
		if p, isPath := k.(Path); isPath && !sameOrEmpty(v, u.Attributes[p]) {
			other[p] = v
		}
	}
	other[activePath] = !u.Active()
	u.Attributes = other
	return u, true
}

// completeUser notes a user of ours that was read, and completes the reading by what
// was written since.
func (c *Client) completeUser(u User) User {
	if f := c.recentUsers.beyond(u.ID, u.Meta, false); f != nil {
		completed, agrees := f.complete(u.Attributes)
		if !agrees || !c.recentUsers.caughtUp(u.ID, f, u.Meta) {
			u.shown, u.doubted = u.Attributes, f.doubted
			u.Attributes, u.Meta = completed, u.Meta.unsettled()
		}
	}
	c.memory.see(u)
	return u
}

// withRecentUsers adds the users that match by what was written lately, and that a
// list does not show yet. With a name, only users of that name are looked at.
func (c *Client) withRecentUsers(
	ctx context.Context, found []User, name string, match func(Attributes) bool,
) ([]User, error) {
	missing := c.recentUsers.missing(name, func(f *footprint) bool {
		a := f.searched()
		return a.UserName() != "" && match(a)
	}, setOf(idsOf(found, userID)))
	for _, id := range missing {
		u, err := c.getUser(ctx, opFindUsers, id)
		if f := c.recentUsers.of(id); errors.Is(err, ErrLagging) && f != nil {
			u, err = f.createdUser(id), nil
		}
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case match(u.Attributes):
			found = append(found, u)
		}
	}
	return found, nil
}

// createdUser is a user who was created within the lag, as Access confirmed it.
func (f *footprint) createdUser(id string) User {
	a := Attributes{activePath: true} // SCIM's default
	maps.Copy(a, f.set)
	return User{ID: id, Domain: f.domain, Attributes: a, Meta: Meta{Unsettled: true}}
}
