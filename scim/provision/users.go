package provision

import (
	"context"
	"errors"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/guard"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// Users are the users of the bridge. It is safe for concurrent use.
type Users struct {
	*userDoubts

	directory  UserDirectory
	translator *translate.Translator
	deletes    bool
}

// userDoubts are what is in doubt of users.
type userDoubts struct {
	order     Order
	guard     Guard
	creations Creations                           // of users without externalId, and the one that was made up
	unshown   doubts[translate.UserKey, struct{}] // that are taken by nobody who is shown
	deletions deletions
}

// NewUsers returns the users of a directory.
func NewUsers(directory UserDirectory, translator *translate.Translator, deletes bool, common Common) *Users {
	doubts := &userDoubts{creations: common.Creations, order: common.Order, guard: common.Guard}
	return &Users{userDoubts: doubts, directory: directory, translator: translator, deletes: deletes}
}

// With returns users by another configuration, who have what is in doubt in common
// with u.
func (u *Users) With(directory UserDirectory, translator *translate.Translator, deletes bool) *Users {
	return &Users{userDoubts: u.userDoubts, directory: directory, translator: translator, deletes: deletes}
}

// Read reads one user. upstream.ErrNotFound when there is none.
func (u *Users) Read(ctx context.Context, id string, _ Uses) (Record, error) {
	u.creations.Used(ctx, id)
	return u.record(u.directory.User(ctx, id))
}

// List lists count users from the 1-based start, and says how many there are.
func (u *Users) List(ctx context.Context, start, count int, _ Uses) ([]Record, int, error) {
	page, err := u.directory.Users(ctx, start, count)
	return toRecords(page.Resources, u.toRecord), page.Total, err
}

// userKeys are the comparisons of users that Access can answer.
var userKeys = map[Lookup]upstream.Key{
	{Attribute: "userName", Operator: filter.Equal}:      upstream.ByUserName,
	{Attribute: "userName", Operator: filter.Contains}:   upstream.UserNameContains,
	{Attribute: "userName", Operator: filter.StartsWith}: upstream.UserNameStarts,
	{Attribute: "externalId", Operator: filter.Equal}:    upstream.ByExternalID,
}

// Find asks Access for the users that satisfy a comparison. It may give more, and
// ok is false where Access can't answer.
func (u *Users) Find(ctx context.Context, l Lookup, uses Uses) (_ []Record, ok bool, _ error) {
	if l.isByID() {
		return single(u.Read(ctx, l.Value, uses))
	}
	by, names, ok := u.inAccess(l)
	if !ok {
		return nil, false, nil
	}
	var found []upstream.User
	for _, name := range names {
		users, err := u.directory.FindUsers(ctx, by, name)
		if err != nil {
			return unlessUnanswerable(err)
		}
		found = append(found, users...)
	}
	return toRecords(found, u.toRecord), true, nil
}

// inAccess is what to ask Access for where Okta asks for a value: rules may have
// given it another. It is not ok where Access can't be asked.
func (u *Users) inAccess(l Lookup) (by upstream.Key, values []string, ok bool) {
	by, ok = l.keyIn(userKeys)
	switch by {
	case upstream.ByUserName:
		return by, u.translator.UserNames(l.Value), true
	case upstream.ByExternalID:
		ok = u.translator.KeepsExternalID()
	case upstream.UserNameContains, upstream.UserNameStarts:
		ok = u.translator.KeepsInUserName(l.Value, by == upstream.UserNameStarts)
	}
	return by, []string{l.Value}, ok
}

// Update changes the user. upstream.ErrNotFound when there is none.
func (u *Users) Update(ctx context.Context, id string, change Change) (Record, error) {
	u.creations.Used(ctx, id)
	var overruled []string
	write := func(current upstream.User) (upstream.Attributes, error) {
		if err := change.allow(current.Meta); err != nil {
			return nil, err
		}
		next, err := change.Apply(func() schema.Resource { return u.translator.UserToSCIM(current) })
		if err != nil {
			return nil, err
		}
		wanted, err := u.translator.UserChange(current, next)
		overruled = u.translator.Overruled(current, next)
		if err == nil && !names.Same(wanted.UserName(), current.UserName()) {
			err = u.checkSpellings(ctx, current.Domain, wanted.UserName())
		}
		return wanted, err
	}
	updated, err := u.write(ctx, id, upstream.UserChange{Make: write, Fresh: change.Allow != nil})
	if errors.Is(err, upstream.ErrConflict) {
		return Record{}, problem.NewUserNameTaken()
	}
	r, err := u.record(updated, err)
	r.Overruled = overruled
	return r, err
}

// write changes a user while nobody else does, if the guard allows it.
func (u *Users) write(ctx context.Context, id string, change upstream.UserChange) (updated upstream.User, _ error) {
	err := alone(ctx, u.order, func(ctx context.Context) (err error) {
		change.Make = u.guarded(ctx, id, change.Make)
		updated, err = u.directory.UpdateUser(ctx, id, change)
		return err
	}, userKind+" "+id)
	return updated, err
}

// guarded is a change that the guard judges where it shuts the person out.
func (u *Users) guarded(
	ctx context.Context, id string, change func(upstream.User) (upstream.Attributes, error),
) func(upstream.User) (upstream.Attributes, error) {
	var held error // once it is, for every state that Access may hold
	return func(current upstream.User) (upstream.Attributes, error) {
		wanted, err := change(current)
		if err != nil || !wanted.Deactivate() {
			return wanted, err
		}
		if held == nil && current.Active() {
			held = u.guard.Allow(ctx, guard.Deactivations, id)
		}
		return wanted, held
	}
}

// Delete deletes the user, unless allow fails for what Access holds; its error is
// returned as it is. upstream.ErrNotFound when there is none, unless an earlier
// deletion of it was left in doubt. Where users are not deleted, it deactivates the user.
func (u *Users) Delete(ctx context.Context, id string, allow func(upstream.Meta) error) error {
	if !u.deletes {
		_, err := u.Update(ctx, id, Change{Allow: allow, Apply: deactivated})
		return err
	}
	u.creations.Used(ctx, id)
	err := alone(ctx, u.order, func(ctx context.Context) error {
		return u.directory.DeleteUser(ctx, id, func(current upstream.User) error {
			if err := allow(current.Meta); err != nil {
				return err
			}
			return u.guard.Allow(ctx, guard.Deactivations, id)
		})
	}, userKind+" "+id)
	return u.deletions.outcome(id, err)
}

// deactivated is a user who may log in no more.
func deactivated(current func() schema.Resource) (schema.Resource, error) {
	r := current()
	r["active"] = false
	return r, nil
}

func (u *Users) record(user upstream.User, err error) (Record, error) {
	if err != nil {
		return Record{}, err
	}
	return u.toRecord(user), nil
}

// toRecord is the user as callers see it, without links.
func (u *Users) toRecord(user upstream.User) Record {
	resource := u.translator.UserToSCIM(user)
	groups := make([]any, len(user.Groups))
	for i, g := range user.Groups {
		groups[i] = schema.Resource{"value": g.ID, "display": g.Display, "type": g.Type}
	}
	resource["groups"] = groups
	return Record{ID: user.ID, Resource: resource, Domain: user.Domain, Meta: user.Meta}
}
