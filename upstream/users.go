package upstream

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"ws1bridge/upstream/names"
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
	asked := time.Now()
	u, err := c.readUser(ctx, opReadUser, id)
	if err == nil {
		c.userReadings.put(id, u, asked)
	}
	return u, err
}

// userToChange is readUser, without a request where the user was read a moment ago.
func (c *Client) userToChange(ctx context.Context, id string, fresh bool) (User, error) {
	u, ok := c.userReadings.take(id)
	if !ok || fresh {
		return c.readUser(ctx, opUpdateUser, id)
	}
	u.Groups = slices.Clone(u.Groups) // who read the user has them, too
	return c.withGroups(ctx, u)       // which may have been written since
}

// readUser is getUser with the groups that the user is in.
func (c *Client) readUser(ctx context.Context, op, id string) (User, error) {
	u, err := c.getUser(ctx, op, id)
	if err != nil {
		return User{}, err
	}
	return c.withGroups(ctx, u)
}

// withGroups is inOwnGroups for one user.
func (c *Client) withGroups(ctx context.Context, u User) (User, error) {
	users, err := c.inOwnGroups(ctx, []User{u})
	if err != nil {
		return User{}, err
	}
	return users[0], nil
}

// getUser reads a user of ours, with groups that nobody has judged.
func (c *Client) getUser(ctx context.Context, op, id string) (User, error) {
	if c.recentUsers.isDeleted(id) {
		return User{}, notFound(op)
	}
	var u userRecord
	err := c.get(ctx, call{op: opReadUser, path: usersPath, id: id}, &u)
	if err == nil && !c.ours(u) {
		err = notFound(op)
	}
	if errors.Is(err, ErrNotFound) && c.recentUsers.isHidden(id) {
		return User{}, lagging(op)
	}
	if errors.Is(err, ErrNotFound) {
		c.memory.lose(id)
	}
	if err != nil {
		return User{}, err
	}
	c.recentUsers.seen(id, false)
	return c.completeUser(u.User), nil
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
		found, err = c.usersByName(ctx, key, value)
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

func (c *Client) usersByName(ctx context.Context, key Key, name string) ([]User, error) {
	matches := func(a Attributes) bool { return key.matches(a.UserName(), name) }
	found, err := inEachSpelling(key.spellings(name), userID, func(spelled string) ([]User, error) {
		return c.selectUsers(ctx, search{op: opFindUsers, path: usersPath, key: key, value: spelled}, matches)
	})
	if err != nil {
		return nil, err
	}
	return c.withRecentUsers(ctx, found, key.wholeName(name), matches)
}

func userID(u User) string { return u.ID }

func (c *Client) usersByExternalID(ctx context.Context, externalID string) ([]User, error) {
	if found, err := c.RememberedUsers(ctx, externalID); err != nil || len(found) > 0 {
		return found, err
	}
	all, err := c.allUsers(ctx)
	return slices.DeleteFunc(all, func(u User) bool { return u.ExternalID() != externalID }), err
}

// selectUsers reads every page of a query and keeps what is ours and matches, in
// the order of names. A hit of Access's filter proves nothing by itself.
func (c *Client) selectUsers(ctx context.Context, s search, match func(Attributes) bool) ([]User, error) {
	list, err := readList[userRecord](ctx, c.access, s)
	if err != nil {
		return nil, err
	}
	var found []User
	for _, record := range list {
		if u, ok := c.judgeUser(record); ok && match(u.Attributes) {
			found = append(found, u)
		}
	}
	sortUsers(found)
	return found, nil
}

func sortUsers(users []User) {
	slices.SortFunc(users, func(a, b User) int { return byName(a.UserName(), a.ID, b.UserName(), b.ID) })
}

// judgeUser reports whether a user of a list is ours, notes that, and completes the
// reading.
func (c *Client) judgeUser(record userRecord) (_ User, ours bool) {
	if c.recentUsers.isDeleted(record.ID) {
		return User{}, false
	}
	if !c.ours(record) {
		c.memory.lose(record.ID)
		return User{}, false
	}
	c.recentUsers.seen(record.ID, true)
	return c.completeUser(record.User), true
}

// CreateUser creates a PROVISIONED user in one of the client's domains. The
// attributes must hold all that Access requires: userName, name.givenName,
// name.familyName, emails and externalId. ErrConflict when Access says that the
// userName or the externalId is taken.
func (c *Client) CreateUser(ctx context.Context, domain string, a Attributes) (User, error) {
	if err := c.checkDomain(opCreateUser, domain); err != nil {
		return User{}, err
	}
	b, err := creationBody(a, "internalUserType", UserProvisioned, domain).pack()
	if err != nil {
		return User{}, &Error{Op: opCreateUser, Kind: ErrRefused, Err: err}
	}
	var u userRecord
	err = c.access.send(ctx, call{op: opCreateUser, method: http.MethodPost, path: usersPath, body: b}, &u)
	if err != nil {
		return User{}, c.orMisconfigured(ctx, opCreateUser, err)
	}
	if !c.ours(u) || u.Domain != domain || !u.isAs(a) {
		return User{}, &Error{Op: opCreateUser, Kind: ErrUnavailable, InDoubt: true,
			Err: errors.New("Access answered the creation with something that is not the user that was sent")}
	}
	c.recentUsers.createUser(u.ID, domain, u.Meta, a.UserName(), b)
	c.memory.see(u.User)
	u.Groups = nil // nobody has put a new user into a group of ours
	return u.User, nil
}

// isAs reports whether the user has the names with which it was sent. An externalId
// that an answer leaves out does not count against it.
func (u userRecord) isAs(sent Attributes) bool {
	return names.Same(u.UserName(), sent.UserName()) &&
		(u.ExternalID() == "" || u.ExternalID() == sent.ExternalID())
}

// DeleteUser deletes the user, unless allow fails for what Access holds; its error
// is returned as it is. ErrNotFound when there is none of ours.
func (c *Client) DeleteUser(ctx context.Context, id string, allow func(User) error) error {
	return c.users.delete(ctx, opDeleteUser, id, allow)
}
