package upstream

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// settleDelays are the pauses after which a read is repeated that does not show a
// confirmed write: together as long as a push can wait.
var settleDelays = []time.Duration{0, 500 * time.Millisecond, time.Second, 2 * time.Second}

// UpdateUser reads the user, asks change what its attributes should be, and
// sends Access the difference. A path that change does not name is left alone,
// one named with no value is cleared. Where there is no difference, nothing is
// sent. The answer is the user as Access holds it afterwards; an error of
// change is returned as it is.
//
// UpdateUser is idempotent. ErrNotFound when there is no such user of ours,
// ErrConflict when a new userName is taken, ErrRefused when Access keeps the
// old userName.
func (c *Client) UpdateUser(ctx context.Context, id string, change func(User) (Attributes, error)) (User, error) {
	var updated User
	err := c.users.hold(ctx, opUpdateUser, id, func(current User) error {
		want, err := change(current)
		if err != nil {
			return err
		}
		updated = current
		if d := current.difference(want); !d.empty() {
			updated, err = c.applyToUser(ctx, current, d)
		}
		return err
	})
	return updated, err
}

// difference is what has to be sent to the user. Who may log in is sent in any case
// while the reading of it may be old.
func (u User) difference(want Attributes) difference {
	d := compare(want, u.states()...)
	if active, ok := want[activePath]; ok && u.shown != nil {
		d.set[activePath] = active
	}
	return d
}

// everyValue are the attributes of the user with each value that Access may hold of
// its lists, so that all can be taken out.
func (u User) everyValue() Attributes {
	if u.shown == nil {
		return u.Attributes
	}
	all := maps.Clone(u.Attributes)
	for p, v := range u.shown.Attributes {
		list, _ := all[p].([]Element)
		if more, ok := v.([]Element); ok {
			all[p] = append(slices.Clone(list), more...)
		}
	}
	return all
}

func (c *Client) applyToUser(ctx context.Context, current User, d difference) (User, error) {
	if err := c.patchUser(ctx, current, patchBody(current.everyValue(), d), d); err != nil {
		return User{}, err
	}
	updated, err := c.reread(ctx, current, d)
	if err != nil {
		return User{}, err
	}
	if left := stillSet(updated.lastShown(), d.clear); len(left) > 0 {
		if err := c.patchUser(ctx, current, emptyBody(updated.lastShown(), left), d); err != nil {
			return User{}, err
		}
		if updated, err = c.reread(ctx, current, d); err != nil {
			return User{}, err
		}
	}
	return updated, c.tookEffect(current, updated, d)
}

// patchUser sends a change of the user, and notes it once it is confirmed.
func (c *Client) patchUser(ctx context.Context, current User, b body, d difference) error {
	err := c.users.patch(ctx, opUpdateUser, current.ID, b, func(u User) bool {
		return u.shows(d)
	})
	if err == nil {
		c.recentUsers.write(current.ID, current.version(), d)
	}
	return err
}

// lastShown are the attributes in the state that Access showed.
func (u User) lastShown() Attributes {
	states := u.states()
	return states[len(states)-1]
}

// shows reports whether Access showed the user with the difference made.
func (u User) shows(d difference) bool {
	return compare(d.set, u.lastShown()).empty() && len(stillSet(u.lastShown(), d.clear)) == 0
}

// isYounger reports whether a reading after a write is surely not older than that.
func (u User) isYounger(before User) bool {
	return before.shown == nil && u.version() != before.version()
}

// reread reads the user after a write, again where the answer may be older than that.
// The version of a reading that shows the write is the one after it.
func (c *Client) reread(ctx context.Context, before User, d difference) (u User, err error) {
	for _, delay := range settleDelays {
		if delay > 0 && !sleep(ctx, delay) {
			return User{}, markInDoubt(waitedTooLong(ctx, opUpdateUser))
		}
		if u, err = c.readUser(ctx, opUpdateUser, before.ID); err != nil {
			return User{}, markInDoubt(err)
		}
		if u.shows(d) {
			c.recentUsers.confirm(u.ID, u.version())
		}
		if u.confirms(d) || u.isYounger(before) {
			break
		}
	}
	return u, nil
}

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
// it where a reading that is surely younger than the write still shows the old one.
func (c *Client) tookEffect(before, after User, d difference) error {
	if after.confirms(d) {
		return nil
	}
	want, renamed := d.set[userNamePath]
	shown := after.lastShown().UserName()
	if renamed && shown != want && (after.isYounger(before) || c.recentUsers.namedLongAgo(after.ID)) {
		c.recentUsers.keepName(after.ID, shown)
		return &Error{Op: opUpdateUser, Kind: ErrRefused, Err: ErrNameKept}
	}
	return markInDoubt(lagging(opUpdateUser))
}
