package upstream

import (
	"context"
	"errors"
)

// states are what Access may hold of the user: a reading can be older than the last
// write, and the memory of that can be older than a write by others.
func (u User) states() []Attributes {
	if u.shown == nil {
		return []Attributes{u.Attributes}
	}
	return []Attributes{u.Attributes, u.shown}
}

// completeUser notes a user of ours that was read, and completes the reading by what
// was written since.
func (c *Client) completeUser(u User) User {
	if f := c.recentUsers.beyond(u.ID, u.Meta); f != nil {
		u.shown = u.Attributes
		u.Attributes = f.complete(u.Attributes)
		u.Meta = Meta{Created: u.Meta.Created}
	}
	c.memory.see(u)
	return u
}

// withRecentUsers adds the users that match by what was written lately, and that a
// list does not show yet.
func (c *Client) withRecentUsers(ctx context.Context, found []User, match func(Attributes) bool) ([]User, error) {
	missing := c.recentUsers.missing(func(f *footprint) bool {
		_, named := f.set[userNamePath]
		return named && match(f.set)
	}, setOf(idsOf(found, userID)))
	for _, id := range missing {
		u, err := c.getUser(ctx, opFindUsers, id)
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
