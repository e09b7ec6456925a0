package upstream

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
	return u.ID != "" && strings.EqualFold(u.kind, userTypeProvisioned) && c.manages(u.Domain)
}

// User reads the user with that id. ErrNotFound if there is none, or it is not
// the bridge's.
func (c *Client) User(ctx context.Context, id string) (User, error) {
	return c.readUser(ctx, opReadUser, id)
}

func (c *Client) readUser(ctx context.Context, op, id string) (User, error) {
	if !plausibleID(id) {
		return User{}, notFound(op)
	}
	var u userRecord
	err := c.send(ctx, call{op: opReadUser, method: http.MethodGet, path: usersPath + "/" + url.PathEscape(id)}, &u)
	if errors.Is(err, ErrNotFound) {
		c.known.forget(id)
	}
	if err != nil {
		return User{}, err
	}
	if u.ID != id || !c.ours(u) {
		return User{}, notFound(op)
	}
	c.known.see(u.User)
	u.Groups = slices.DeleteFunc(u.Groups, c.knownGroups.foreign)
	return u.User, nil
}

// plausibleID reports whether id can be an id of Access (a UUID today). What
// cannot be one is not worth a request, and never becomes part of a URL.
func plausibleID(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for _, r := range id {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		if !letter && r != '-' && r != '_' {
			return false
		}
	}
	return true
}

// FindUsers finds the bridge's users by a key of userName, or ByExternalID.
// ErrRefused for other keys, and where Access can't search by one.
//
// By name it takes a request for each 1,000 users found. By external id it
// reads the user that it remembers to have that id, else all managed users, and
// compares by itself: whether Access can filter users by externalId is not known.
func (c *Client) FindUsers(ctx context.Context, key Key, value string) ([]User, error) {
	switch key {
	case ByUserName, UserNameContains, UserNameStarts:
		s := search{op: opFindUsers, path: usersPath, key: key, value: value}
		return c.selectUsers(ctx, s, func(u User) bool { return key.matches(u.UserName(), value) })
	case ByExternalID:
		return c.usersByExternalID(ctx, value)
	}
	return nil, noSuchKey(opFindUsers, key)
}

func (c *Client) usersByExternalID(ctx context.Context, externalID string) ([]User, error) {
	if found, err := c.knownByExternalID(ctx, externalID); err != nil || len(found) > 0 {
		return found, err
	}
	all, err := c.allUsers(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(u User) bool { return u.ExternalID() != externalID }), nil
}

// selectUsers reads every page of a query and keeps what is ours and matches, in
// the order of names.
// A hit of Access's filter alone proves nothing.
func (c *Client) selectUsers(ctx context.Context, s search, match func(User) bool) ([]User, error) {
	var found []User
	err := readPages(ctx, c.access, s, func(u userRecord) {
		if c.ours(u) && match(u.User) {
			c.known.see(u.User)
			u.Groups = slices.DeleteFunc(u.Groups, c.knownGroups.foreign)
			found = append(found, u.User)
		}
	})
	slices.SortFunc(found, func(a, b User) int { return byName(a.UserName(), a.ID, b.UserName(), b.ID) })
	return found, err
}

// CreateUser creates a PROVISIONED user in one of the client's domains. The
// attributes must hold all that Access requires: userName, name.givenName,
// name.familyName, emails and externalId. ErrConflict when the userName is
// taken, or when the externalId is known to belong to a user of the domain.
func (c *Client) CreateUser(ctx context.Context, domain string, a Attributes) (User, error) {
	if err := c.checkDomain(opCreateUser, domain); err != nil {
		return User{}, err
	}
	if _, taken := c.known.id(domain, a.ExternalID()); taken {
		return User{}, &Error{Op: opCreateUser, Kind: ErrConflict, Message: "Another user has the same externalId."}
	}
	b := newBody(withoutEmpty(a))
	workspace := b.block(WorkspaceSchema)
	workspace["internalUserType"] = userTypeProvisioned
	workspace["domain"] = domain
	var u userRecord
	err := c.send(ctx, call{op: opCreateUser, method: http.MethodPost, path: usersPath, body: b}, &u)
	if err != nil {
		return User{}, c.orMisconfigured(ctx, opCreateUser, err)
	}
	if !c.ours(u) {
		return User{}, &Error{Op: opCreateUser, Kind: ErrUnavailable, InDoubt: true,
			Err: errors.New("Access answered the creation with something that is not a provisioned user of the domain")}
	}
	c.known.see(u.User)
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
	unlock, err := c.userWrites.lock(ctx, id)
	if err != nil {
		return waitedTooLong(ctx, opDeleteUser)
	}
	defer unlock()
	current, err := c.readUser(ctx, opDeleteUser, id)
	if err != nil {
		return err
	}
	if err := allow(current); err != nil {
		return err
	}
	err = c.send(ctx, call{op: opDeleteUser, method: http.MethodDelete, path: usersPath + "/" + url.PathEscape(id)}, nil)
	c.known.forget(id)
	if errors.Is(err, ErrNotFound) {
		return nil // somebody else was faster: what was asked for is so
	}
	return err
}
