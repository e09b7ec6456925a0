package upstream

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The operations on users, as metrics and errors name them.
const (
	opCreateUser = "create user"
	opReadUser   = "read user"
	opFindUsers  = "find users"
	opListUsers  = "list users"
	opUpdateUser = "update user"
	opDeleteUser = "delete user"
)

const usersPath = "/scim/Users"

// ours reports whether the user belongs to the bridge. Users are judged
// strictly: Access documents type and domain in its answers.
func (c *Client) ours(u userRecord) bool {
	return u.ID != "" && strings.EqualFold(u.kind, UserProvisioned) && c.manages(u.Domain)
}

// User reads the user with that id. ErrNotFound if there is none, or it is not
// the bridge's.
func (c *Client) User(ctx context.Context, id string) (User, error) {
	return c.readUser(ctx, opReadUser, id)
}

// readUser is getUser with the groups that the user is in.
func (c *Client) readUser(ctx context.Context, op, id string) (User, error) {
	u, err := c.getUser(ctx, op, id)
	if err != nil {
		return User{}, err
	}
	users, err := c.inOwnGroups(ctx, []User{u})
	if err != nil {
		return User{}, err
	}
	return users[0], nil
}

// getUser reads a user of ours, with groups that nobody has judged.
func (c *Client) getUser(ctx context.Context, op, id string) (User, error) {
	var u userRecord
	err := c.get(ctx, opReadUser, usersPath, id, &u)
	if err == nil && (u.ID != id || !c.ours(u)) {
		err = notFound(op)
	}
	if errors.Is(err, ErrNotFound) {
		c.memory.lose(id)
	}
	if err != nil {
		return User{}, err
	}
	c.memory.see(u.User)
	return u.User, nil
}

// FindUsers finds the bridge's users by a key of userName, or ByExternalID.
// ErrRefused for other keys, and where Access can't search by one.
//
// By name it takes a request for each 1,000 users found. By external id it
// reads the user that it remembers to have that id, else all managed users, and
// compares by itself: whether Access can filter users by externalId is not known.
func (c *Client) FindUsers(ctx context.Context, key Key, value string) (found []User, err error) {
	switch key {
	case ByUserName, UserNameContains, UserNameStarts:
		found, err = inEachSpelling(key.spellings(value), userID, func(spelled string) ([]User, error) {
			s := search{op: opFindUsers, path: usersPath, key: key, value: spelled}
			return c.selectUsers(ctx, s, func(u User) bool { return key.matches(u.UserName(), value) })
		})
	case ByExternalID:
		found, err = c.usersByExternalID(ctx, value)
	default:
		return nil, noSuchKey(opFindUsers)
	}
	if err != nil {
		return nil, err
	}
	return c.inOwnGroups(ctx, found)
}

func userID(u User) string { return u.ID }

func (c *Client) usersByExternalID(ctx context.Context, externalID string) ([]User, error) {
	if found, err := c.knownByExternalID(ctx, externalID); err != nil || len(found) > 0 {
		return found, err
	}
	all, err := c.allUsers(ctx)
	return slices.DeleteFunc(all, func(u User) bool { return u.ExternalID() != externalID }), err
}

// selectUsers reads every page of a query and keeps what is ours and matches, in
// the order of names. A hit of Access's filter proves nothing by itself.
func (c *Client) selectUsers(ctx context.Context, s search, match func(User) bool) ([]User, error) {
	var found []User
	err := readPages(ctx, c.access, s, func(u userRecord) {
		if c.judgeUser(u) && match(u.User) {
			found = append(found, u.User)
		}
	})
	slices.SortFunc(found, func(a, b User) int { return byName(a.UserName(), a.ID, b.UserName(), b.ID) })
	return found, err
}

// judgeUser reports whether a user of a list is ours, and notes that.
func (c *Client) judgeUser(u userRecord) bool {
	ours := c.ours(u)
	if ours {
		c.memory.see(u.User)
	} else if plausibleID(u.ID) {
		c.memory.lose(u.ID)
	}
	return ours
}

// CreateUser creates a PROVISIONED user in one of the client's domains. The
// attributes must hold all that Access requires: userName, name.givenName,
// name.familyName, emails and externalId. ErrConflict when the userName is
// taken, or when the externalId is known to belong to a user of the domain.
func (c *Client) CreateUser(ctx context.Context, domain string, a Attributes) (User, error) {
	if err := c.checkDomain(opCreateUser, domain); err != nil {
		return User{}, err
	}
	if _, taken := c.memory.externalIDs.id(domain, a.ExternalID()); taken {
		return User{}, &Error{Op: opCreateUser, Kind: ErrConflict, Message: "Another user has the same externalId."}
	}
	b := newBody(withoutEmpty(a))
	workspace := b.block(WorkspaceSchema)
	workspace["internalUserType"] = UserProvisioned
	workspace["domain"] = domain
	var u userRecord
	err := c.access.send(ctx, call{op: opCreateUser, method: http.MethodPost, path: usersPath, body: b}, &u)
	if err != nil {
		return User{}, c.orMisconfigured(ctx, opCreateUser, err)
	}
	if !c.ours(u) {
		return User{}, &Error{Op: opCreateUser, Kind: ErrUnavailable, InDoubt: true,
			Err: errors.New("Access answered the creation with something that is not a provisioned user of the domain")}
	}
	c.memory.see(u.User)
	u.Groups = nil // nobody has put a new user into a group of ours
	return u.User, nil
}

func withoutEmpty(a Attributes) Attributes {
	out := maps.Clone(a)
	maps.DeleteFunc(out, func(_ Path, v Value) bool { return isEmpty(v) })
	return out
}

// DeleteUser deletes the user, unless allow fails for what Access holds; its error
// is returned as it is. ErrNotFound when there is none of ours.
func (c *Client) DeleteUser(ctx context.Context, id string, allow func(User) error) error {
	return c.users.delete(ctx, opDeleteUser, id, allow)
}

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
			return User{}, markInDoubt(err)
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
	return updated, markInDoubt(err)
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
