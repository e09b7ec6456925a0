package upstream

import (
	"context"
	"errors"
	"slices"
	"time"
)

// settleDelay is how long a read that does not show a confirmed write is given
// before it is repeated: Access documents no delay, and promises none either.
const settleDelay = 500 * time.Millisecond

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
		if d := compare(current.Attributes, want); !d.empty() {
			updated, err = c.applyToUser(ctx, current, d)
		}
		return err
	})
	return updated, err
}

func (c *Client) applyToUser(ctx context.Context, current User, d difference) (User, error) {
	if err := c.users.patch(ctx, opUpdateUser, current.ID, patchBody(current.Attributes, d)); err != nil {
		return User{}, err
	}
	updated, err := c.reread(ctx, current.ID, d)
	if err != nil {
		return User{}, err
	}
	if left := stillSet(updated.Attributes, d.clear); len(left) > 0 {
		if err := c.users.patch(ctx, opUpdateUser, current.ID, emptyBody(updated.Attributes, left)); err != nil {
			return User{}, err
		}
		if updated, err = c.readUser(ctx, opUpdateUser, current.ID); err != nil {
			return User{}, inDoubt(err)
		}
	}
	return updated, tookEffect(updated, d)
}

// reread reads the user after a write, once more when the answer is older than
// the write.
func (c *Client) reread(ctx context.Context, id string, d difference) (User, error) {
	updated, err := c.readUser(ctx, opUpdateUser, id)
	if err == nil && tookEffect(updated, d) != nil {
		sleep(ctx, settleDelay)
		updated, err = c.readUser(ctx, opUpdateUser, id)
	}
	return updated, inDoubt(err)
}

// inDoubt marks the failure of the read that follows a confirmed write: to the
// caller, the write may or may not be there.
func inDoubt(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.InDoubt = true
	}
	return err
}

func stillSet(a Attributes, cleared []Path) []Path {
	return slices.DeleteFunc(slices.Clone(cleared), func(p Path) bool { return isEmpty(a[p]) })
}

// tookEffect checks the two attributes that must never be believed unseen: who
// may log in, and under which name. Whether the userName of a provisioned user
// can be changed is not documented.
func tookEffect(u User, d difference) error {
	if want, ok := d.set[userNamePath]; ok && u.UserName() != want {
		return &Error{Op: opUpdateUser, Kind: ErrRefused, Err: ErrNameKept}
	}
	if want, ok := d.set[activePath]; ok && u.Active() != want {
		return &Error{Op: opUpdateUser, Kind: ErrUnavailable, InDoubt: true,
			Err: errors.New("Access confirmed the change of active and still shows the old value")}
	}
	return nil
}
