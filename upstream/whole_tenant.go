package upstream

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ws1bridge/upstream/names"
)

const opCountUsers = "count users"

// Account is any user of the tenant, ours or not, for an operator
// who wants to know why a person cannot log in.
type Account struct {
	User
	// Kind is the internalUserType: PROVISIONED, LOCAL, …
	Kind string
	// Status is the userStatus: "1" enabled, "2" disabled, "3" deleted (Omnissa
	// Access OpenAPI), or "" where Access does not tell.
	Status string
	// Ours says that the user is the bridge's own, which Okta sees.
	Ours bool
}

// StatusEnabled is the Status of a user who may log in.
const StatusEnabled = "1"

func (c *Client) account(u userRecord) Account {
	return Account{User: u.User, Kind: u.kind, Status: u.status, Ours: c.ours(u)}
}

// Accounts finds the users with an id or userName, ours or not. It takes one request, or two.
func (c *Client) Accounts(ctx context.Context, name string) ([]Account, error) {
	if looksLikeID(name) {
		var u userRecord
		err := c.get(ctx, call{op: opReadUser, path: usersPath, id: name}, &u)
		if err == nil {
			return []Account{c.account(u)}, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	byName := search{op: opFindUsers, path: usersPath, key: ByUserName, value: name}
	return c.selectAccounts(ctx, byName, func(u userRecord) bool { return strings.EqualFold(u.UserName(), name) })
}

// SearchAccounts finds the users that a person may mean by one of the names, ours or not: by
// userName, whole or before its @, e-mail address or externalId. It reads all users of the
// tenant.
func (c *Client) SearchAccounts(ctx context.Context, anyOf ...string) ([]Account, error) {
	return c.selectAccounts(ctx, search{op: opFindUsers, path: usersPath}, func(u userRecord) bool {
		return slices.ContainsFunc(anyOf, func(name string) bool { return meant(u, name) })
	})
}

// looksLikeID reports whether name is a UUID, as all ids of Access are.
func looksLikeID(name string) bool {
	return len(name) == 36 && strings.Count(name, "-") == 4 && plausibleID(name)
}

func meant(u userRecord, name string) bool {
	local, _, _ := strings.Cut(u.UserName(), "@")
	for _, other := range []string{u.UserName(), u.Attributes.text(emailsPath), u.ExternalID(), local} {
		if other != "" && names.Same(other, name) {
			return true
		}
	}
	return false
}

func (c *Client) selectAccounts(ctx context.Context, s search, match func(userRecord) bool) ([]Account, error) {
	list, err := readList[userRecord](ctx, c.access, s)
	var found []Account
	for _, u := range list {
		if match(u) {
			found = append(found, c.account(u))
		}
	}
	return found, err
}

// EachAccount gives all users of the tenant to use, ours or not, a page at a time, so that
// nobody has to hold them all. With isFirst the list begins again: it changed while it was
// read, and what was given before does not count.
func (c *Client) EachAccount(ctx context.Context, use func(page []Account, isFirst bool)) error {
	return eachPage(ctx, c.access, search{op: opListUsers, path: usersPath}, func(page []userRecord, isFirst bool) {
		accounts := make([]Account, len(page))
		for i, u := range page {
			accounts[i] = c.account(u)
		}
		use(accounts, isFirst)
	})
}

// SomeUsers reads up to count users of ours in a domain, by one request: those whose names
// come first.
func (c *Client) SomeUsers(ctx context.Context, domain string, count int) (some []User, err error) {
	page, err := readPage[userRecord](ctx, c.access, domainSearch(domain), 1, count)
	for _, record := range page.Resources {
		if c.ours(record) && record.Domain == domain {
			some = append(some, record.User)
		}
	}
	return some, err
}

// CountUsers counts the users of the domains, of any kind. It reads all users
// of the tenant, because whether a filter by domain finds everybody is not
// documented.
func (c *Client) CountUsers(ctx context.Context, domains []string) (int, error) {
	n := 0
	s := search{op: opCountUsers, path: usersPath}
	err := eachPage(ctx, c.access, s, func(page []userRecord, isFirst bool) {
		if isFirst {
			n = 0
		}
		for _, u := range page {
			if slices.Contains(domains, u.Domain) {
				n++
			}
		}
	})
	return n, err
}

// GroupAccount is any group of the tenant, ours or not.
type GroupAccount struct {
	Group
	// Kind is the internalGroupType: INTERNAL, EXTERNAL, …, "" where Access does not tell.
	Kind string
	// Ours says that the group is the bridge's own, which Okta sees.
	Ours bool
	// MembersKnown says that Members are those of the group; lists may leave them out.
	MembersKnown bool
}

func (c *Client) group(g groupRecord) GroupAccount {
	return GroupAccount{Group: g.Group, Kind: g.kind, Ours: c.ourGroup(g),
		MembersKnown: g.membersKnown()}
}

// EachGroup is EachAccount for groups.
func (c *Client) EachGroup(ctx context.Context, use func(page []GroupAccount, isFirst bool)) error {
	return eachPage(ctx, c.access, search{op: opListGroups, path: groupsPath}, func(page []groupRecord, isFirst bool) {
		groups := make([]GroupAccount, len(page))
		for i, g := range page {
			groups[i] = c.group(g)
		}
		use(groups, isFirst)
	})
}

// GroupAccounts finds the groups that a person may mean by name, ours or not: by id or displayName, with their members.
func (c *Client) GroupAccounts(ctx context.Context, name string) ([]GroupAccount, error) {
	if looksLikeID(name) {
		g, err := c.groupAccount(ctx, name)
		if err == nil {
			return []GroupAccount{g}, nil
		}
		if !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	byName := search{op: opFindGroups, path: groupsPath, key: ByDisplayName, value: name}
	list, err := readList[groupRecord](ctx, c.access, byName)
	if err != nil {
		return nil, err
	}
	var found []GroupAccount
	for _, g := range list {
		if !strings.EqualFold(g.DisplayName, name) {
			continue
		}
		whole, err := c.groupAccount(ctx, g.ID) // lists may leave members out
		if err != nil {
			return nil, err
		}
		found = append(found, whole)
	}
	return found, nil
}

func (c *Client) groupAccount(ctx context.Context, id string) (GroupAccount, error) {
	var g groupRecord
	err := c.get(ctx, call{op: opReadGroup, path: groupsPath, id: id}, &g)
	return c.group(g), err
}

// StrangerHasUserName reports whether Access shows a user with the name who is not
// ours.
func (c *Client) StrangerHasUserName(ctx context.Context, name string) (bool, error) {
	s := search{op: opFindUsers, path: usersPath, key: ByUserName, value: name}
	list, err := readList[userRecord](ctx, c.access, s)
	return slices.ContainsFunc(list, func(u userRecord) bool {
		return ByUserName.matches(u.UserName(), name) && !c.ours(u)
	}), err
}

// StrangerHasGroupName reports whether Access shows a group with the name that is not
// ours.
func (c *Client) StrangerHasGroupName(ctx context.Context, name string) (bool, error) {
	s := search{op: opFindGroups, path: groupsPath, key: ByDisplayName, value: name}
	list, err := readList[groupRecord](ctx, c.access, s)
	return slices.ContainsFunc(list, func(g groupRecord) bool {
		return ByDisplayName.matches(g.DisplayName, name) && !c.ourGroup(g)
	}), err
}
