package upstream

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// UserChange is a change of a user.
type UserChange struct {
	// Make says what the attributes of the user should be. A path that it does not name is
	// left alone, one named with no value is cleared. Its error is returned as it is.
	Make func(current User) (Attributes, error)
	// Fresh says that a reading of a moment ago will not do.
	Fresh bool
}

// UpdateUser reads the user, unless that was done a moment ago, and sends Access what
// the change makes different. Where there is no difference, nothing is sent. The answer
// is the user as Access holds it afterwards.
//
// UpdateUser is idempotent. ErrNotFound when there is no such user of ours,
// ErrConflict when a new userName is taken, ErrRefused when Access keeps the
// old userName.
func (c *Client) UpdateUser(ctx context.Context, id string, change UserChange) (User, error) {
	var updated User
	read := func(ctx context.Context) (User, error) { return c.userToChange(ctx, id, change.Fresh) }
	err := c.users.hold(ctx, opUpdateUser, id, read, func(current User) error {
		d, err := current.difference(change.Make)
		if err != nil {
			return err
		}
		updated = current
		if !d.empty() {
			updated, err = c.applyToUser(ctx, current, d)
		}
		return err
	})
	return updated, err
}

// difference is what has to be sent to the user.
func (u User) difference(change func(User) (Attributes, error)) (difference, error) {
	var named []Path
	if other, ok := u.otherwise(); ok {
		if want, err := change(other); err == nil {
			named = compare(other.Attributes, want).paths()
		}
	}
	want, err := change(u)
	return compare(u.Attributes, want, named...), err
}

// everyValue are the attributes of the user with each value that Access may hold of
// its lists, so that all can be taken out.
func (u User) everyValue() Attributes {
	if u.shown == nil {
		return u.Attributes
	}
	all := maps.Clone(u.Attributes)
	for p, v := range u.shown {
		list, _ := all[p].([]Element)
		if more, ok := v.([]Element); ok {
			all[p] = append(slices.Clone(list), more...)
		}
	}
	return all
}

func (c *Client) applyToUser(ctx context.Context, current User, d difference) (User, error) {
	shown, err := c.patchUser(ctx, current, patchBody(current.everyValue(), d), d)
	if err != nil {
		return User{}, err
	}
	if shown.proves(d) {
		updated := current.asShown(shown, d)
		c.recentUsers.confirmName(updated.ID)
		c.recentUsers.showed(updated.ID, updated.Meta)
		c.memory.see(updated)
		return updated, nil
	}
	updated, err := c.reread(ctx, current.ID, d)
	if err != nil {
		return User{}, err
	}
	if left := stillSet(updated.lastShown(), d.clear); len(left) > 0 {
		if _, err := c.patchUser(ctx, updated, emptyBody(updated.lastShown(), left), d); err != nil {
			return User{}, err
		}
		if updated, err = c.reread(ctx, current.ID, d); err != nil {
			return User{}, err
		}
	}
	return updated, c.tookEffect(updated, d)
}

// patchUser sends a change of the user, and notes it once it is confirmed.
func (c *Client) patchUser(ctx context.Context, current User, b body, d difference) (shownUser, error) {
	shown, err := c.sendUserChange(ctx, current.ID, b, d)
	err = c.users.orStillThere(ctx, opUpdateUser, current.ID, err)
	switch {
	case err == nil:
		c.recentUsers.write(current.ID, d)
	case InDoubt(err):
		c.recentUsers.doubt(current.ID, d)
	}
	return shown, err
}

// lastShown are the attributes in the state that Access showed.
func (u User) lastShown() Attributes {
	if u.shown == nil {
		return u.Attributes
	}
	return u.shown
}

// shows reports whether Access showed the user with the difference made.
func (u User) shows(d difference) bool {
	return compare(u.lastShown(), d.set).empty() && len(stillSet(u.lastShown(), d.clear)) == 0
}

// reread reads the user after a write, again where the answer may be older than that.
func (c *Client) reread(ctx context.Context, id string, d difference) (u User, err error) {
	for pause, left := firstSettle, c.guard.limits.Settle; ; pause, left = 2*pause, left-pause {
		if u, err = c.readUser(ctx, opUpdateUser, id); err != nil {
			return User{}, markInDoubt(err)
		}
		switch {
		case u.confirms(d):
			c.recentUsers.confirmName(u.ID)
			return u, nil
		case left <= 0:
			return u, nil
		}
		if !sleep(ctx, min(pause, left)) {
			return User{}, markInDoubt(waitedTooLong(ctx, opUpdateUser))
		}
	}
}

// firstSettle is the first pause before a read is repeated that may be older than a
// write. It doubles.
const firstSettle = 500 * time.Millisecond

// confirms reports whether Access showed what must never be believed unseen: who may
// log in, and under which name.
func (u User) confirms(d difference) bool {
	must := maps.Clone(d.set)
	maps.DeleteFunc(must, func(p Path, _ Value) bool { return p != userNamePath && p != activePath })
	return u.shows(difference{set: must})
}

// markInDoubt marks the failure of the read that follows a confirmed write: to the
// caller, the write may or may not be there.
func markInDoubt(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.InDoubt = true
	}
	return err
}

func stillSet(a Attributes, cleared []Path) []Path {
	return slices.DeleteFunc(slices.Clone(cleared), func(p Path) bool { return isEmpty(a[p]) })
}

// tookEffect checks the two attributes that must never be believed unseen. Whether
// the userName of a provisioned user can be changed is not documented: Access keeps
// it where it still shows the old one when no reading can be older than the first try.
func (c *Client) tookEffect(after User, d difference) error {
	if after.confirms(d) {
		return nil
	}
	want, renamed := d.set[userNamePath]
	shown := after.lastShown().UserName()
	if renamed && shown != want && c.recentUsers.namedLongAgo(after.ID) {
		c.recentUsers.keepName(after.ID, shown)
		return &Error{Op: opUpdateUser, Kind: ErrRefused, Err: ErrNameKept}
	}
	return markInDoubt(lagging(opUpdateUser))
}
