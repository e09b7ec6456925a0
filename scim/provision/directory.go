package provision

import (
	"context"

	"ws1bridge/upstream"
)

// UserSearch finds users in Access.
type UserSearch interface {
	// FindUsers finds the users by a key, such as those whose userName equals
	// value. upstream.ErrRefused when Access can't search by that key.
	FindUsers(ctx context.Context, key upstream.Key, value string) ([]upstream.User, error)
	// RememberedUsers finds users by an external id without a search, as far as one
	// was seen to have it.
	RememberedUsers(ctx context.Context, externalID string) ([]upstream.User, error)
	// StrangerHasUserName reports whether somebody is shown to have the name who is not
	// the bridge's own.
	StrangerHasUserName(ctx context.Context, name string) (bool, error)
}

// UserDirectory is what is needed of the users in Access. Errors are
// *upstream.Error, and users that are not the bridge's own do not exist.
type UserDirectory interface {
	UserSearch
	// User reads one user. upstream.ErrNotFound when there is none.
	User(ctx context.Context, id string) (upstream.User, error)
	// Users lists count users from the 1-based start, in a stable order.
	Users(ctx context.Context, start, count int) (upstream.Page[upstream.User], error)
	// CreateUser creates a user. upstream.ErrConflict when its userName or its
	// externalId is taken. Not idempotent.
	CreateUser(ctx context.Context, domain string, a upstream.Attributes) (upstream.User, error)
	// UpdateUser turns the user into what change makes of it and returns what
	// Access holds afterwards. Idempotent; writes to one user keep their order.
	UpdateUser(ctx context.Context, id string, change upstream.UserChange) (upstream.User, error)
	// DeleteUser deletes a user, unless allow fails for it; its error is
	// returned as it is. upstream.ErrNotFound when there is none.
	DeleteUser(ctx context.Context, id string, allow func(upstream.User) error) error
}

// GroupSearch finds groups in Access.
type GroupSearch interface {
	// FindGroups finds the groups by a key, such as those whose displayName
	// equals value. upstream.ErrRefused when Access can't search by that key.
	FindGroups(ctx context.Context, key upstream.Key, value string, withMembers bool) ([]upstream.Group, error)
	// StrangerHasGroupName reports whether a group is shown to have the name that is not
	// the bridge's own.
	StrangerHasGroupName(ctx context.Context, name string) (bool, error)
}

// GroupDirectory is what is needed of the groups in Access. Errors are
// *upstream.Error, and groups that are not the bridge's own do not exist.
type GroupDirectory interface {
	GroupSearch
	// Group reads one group, with its members where withMembers is set.
	// upstream.ErrNotFound when there is none.
	Group(ctx context.Context, id string, withMembers bool) (upstream.Group, error)
	// Groups lists count groups from the 1-based start, in a stable order.
	Groups(ctx context.Context, start, count int, withMembers bool) (upstream.Page[upstream.Group], error)
	// CreateGroup creates a group and adds its members. upstream.ErrConflict
	// when the name is taken. Not idempotent: after an error with InDoubt the
	// group may be there, with some of its members.
	CreateGroup(ctx context.Context, domain string, g upstream.Group) (upstream.Group, error)
	// UpdateGroup turns the group into what change makes of it. Members that
	// are no users of the bridge are left out and listed in LeftOut. Idempotent;
	// writes to one group keep their order.
	UpdateGroup(ctx context.Context, id string, change upstream.GroupChange) (upstream.Group, error)
	// DeleteGroup deletes a group, unless allow fails for it; its error is
	// returned as it is. upstream.ErrNotFound when there is none.
	DeleteGroup(ctx context.Context, id string, allow func(upstream.Group) error) error
}
