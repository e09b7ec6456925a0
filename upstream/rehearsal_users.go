package upstream

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
)

// User reads one user as it would be.
func (r *Rehearsal) User(ctx context.Context, id string) (User, error) {
	return r.readUser(ctx, opReadUser, id)
}

func (r *Rehearsal) readUser(ctx context.Context, op, id string) (User, error) {
	plan, ok := r.plans.user(id)
	if ok && plan.created && !plan.deleted {
		return r.planned(plan.user, plan), nil
	}
	if ok && plan.deleted || strings.HasPrefix(id, inventedPrefix) {
		return User{}, notFound(op)
	}
	u, err := r.access.readUser(ctx, op, id)
	if err != nil {
		return User{}, err
	}
	return r.planned(u, plan), nil
}

// planned is a user as it would be, in the groups that it would be in.
func (r *Rehearsal) planned(u User, plan userPlan) User {
	if plan.change.set != nil || plan.change.clear != nil {
		u.Attributes = plan.change.apply(u.Attributes)
		u.Meta = rehearsedMeta(u.Meta, plan.at)
	}
	u.Groups = slices.Clone(u.Groups)
	ids, groups := r.plans.allGroups()
	for i, g := range groups {
		_, leaves := g.removed[u.ID]
		_, joins := g.added[u.ID]
		at := slices.IndexFunc(u.Groups, func(have Reference) bool { return have.ID == ids[i] })
		switch {
		case at >= 0 && (g.deleted || leaves):
			u.Groups = slices.Delete(u.Groups, at, at+1)
		case at >= 0 && g.name != "":
			u.Groups[at].Display = g.name
		case at < 0 && joins && !g.deleted:
			u.Groups = append(u.Groups, Reference{ID: ids[i], Display: cmp.Or(g.name, g.group.DisplayName), Type: "direct"})
		}
	}
	return u
}

// Users lists users as they would be. Those that exist in the rehearsal alone
// come last.
func (r *Rehearsal) Users(ctx context.Context, start, count int) (Page[User], error) {
	list := overlay[User]{
		page: func(start, count int) (Page[User], error) { return r.access.Users(ctx, start, count) },
		planned: func(u User) (User, bool) {
			plan, _ := r.plans.user(u.ID)
			return r.planned(u, plan), !plan.deleted
		},
	}
	_, all := r.plans.allUsers()
	for _, plan := range all {
		switch {
		case plan.deleted:
			list.anyGone = list.anyGone || !plan.created
		case plan.created:
			list.created = append(list.created, r.planned(plan.user, plan))
		}
	}
	return list.read(start, count)
}

// FindUsers finds users by what they would be.
func (r *Rehearsal) FindUsers(ctx context.Context, key Key, value string) ([]User, error) {
	matches := func(u User) bool { return key.matches(u.UserName(), value) }
	if key == ByExternalID {
		matches = func(u User) bool { return u.ExternalID() == value }
	}
	held, err := r.access.FindUsers(ctx, key, value)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var found []User
	for _, u := range held {
		seen[u.ID] = true
		plan, _ := r.plans.user(u.ID)
		if u = r.planned(u, plan); !plan.deleted && matches(u) {
			found = append(found, u)
		}
	}
	// What Access does not find yet would be found once the plans were real.
	ids, all := r.plans.allUsers()
	for i, plan := range all {
		hint := User{Attributes: plan.change.set}
		if plan.created {
			hint.Attributes = plan.change.apply(plan.user.Attributes)
		}
		if seen[ids[i]] || plan.deleted || !matches(hint) {
			continue
		}
		u, err := r.readUser(ctx, opFindUsers, ids[i])
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case matches(u):
			found = append(found, u)
		}
	}
	return found, nil
}

// CreateUser makes up a user. ErrConflict as of Client.CreateUser.
func (r *Rehearsal) CreateUser(ctx context.Context, domain string, a Attributes) (User, error) {
	if err := r.access.checkDomain(opCreateUser, domain); err != nil {
		return User{}, err
	}
	u := User{ID: inventedID(), Domain: domain, Attributes: withoutEmpty(a)}
	if _, ok := u.Attributes[activePath]; !ok {
		u.Attributes[activePath] = true
	}
	unlock, err := r.lock(ctx, opCreateUser, "name:"+strings.ToLower(u.UserName()))
	if err != nil {
		return User{}, err
	}
	defer unlock()
	if err := r.checkFree(ctx, opCreateUser, u); err != nil {
		return User{}, err
	}
	at := rehearsalTime()
	u.Meta = rehearsedMeta(Meta{}, at)
	r.plans.putUser(u.ID, userPlan{at: at, created: true, user: u})
	set, _ := difference{set: u.Attributes}.names()
	r.onWrite(Intent{Op: opCreateUser, UserID: u.ID, Domain: domain, Set: set})
	return u, nil
}

// checkFree is ErrConflict where another user of the domain has the userName, or
// is known to have the externalId. Users that are not the bridge's count too.
func (r *Rehearsal) checkFree(ctx context.Context, op string, u User) error {
	taken := false
	other := func(id, domain string, a Attributes) {
		held := User{Attributes: a}
		sameName := strings.EqualFold(held.UserName(), u.UserName())
		sameID := u.ExternalID() != "" && held.ExternalID() == u.ExternalID()
		taken = taken || id != u.ID && domain == u.Domain && (sameName || sameID)
	}
	err := readPages(ctx, r.access.access, search{op: op, path: usersPath, key: ByUserName, value: u.UserName()}, func(held userRecord) {
		if plan, _ := r.plans.user(held.ID); !plan.deleted {
			other(held.ID, held.Domain, plan.change.apply(held.Attributes))
		}
	})
	if err != nil {
		return err
	}
	ids, all := r.plans.allUsers()
	for i, plan := range all {
		if !plan.deleted {
			other(ids[i], plan.user.Domain, plan.change.apply(plan.user.Attributes))
		}
	}
	if id, known := r.access.memory.externalIDs.id(u.Domain, u.ExternalID()); known && id != u.ID {
		plan, _ := r.plans.user(id)
		taken = taken || !plan.deleted
	}
	if taken {
		return &Error{Op: op, Kind: ErrConflict, Message: "Another user has the same userName or externalId."}
	}
	return nil
}

// UpdateUser is Client.UpdateUser without the write.
func (r *Rehearsal) UpdateUser(ctx context.Context, id string, change func(User) (Attributes, error)) (User, error) {
	unlock, err := r.lock(ctx, opUpdateUser, "user:"+id)
	if err != nil {
		return User{}, err
	}
	defer unlock()
	current, err := r.readUser(ctx, opUpdateUser, id)
	if err != nil {
		return User{}, err
	}
	want, err := change(current)
	if err != nil {
		return User{}, err
	}
	d := compare(current.Attributes, want)
	if d.empty() {
		return current, nil
	}
	next := current
	next.Attributes = d.apply(current.Attributes)
	if _, renamed := d.set[userNamePath]; renamed {
		if err := r.checkFree(ctx, opUpdateUser, next); err != nil {
			return User{}, err
		}
	}
	plan, planned := r.plans.user(id)
	if !planned {
		plan.user.Domain = current.Domain
	}
	plan.at, plan.change = rehearsalTime(), plan.change.then(d)
	r.plans.putUser(id, plan)
	set, cleared := d.names()
	r.onWrite(Intent{Op: opUpdateUser, UserID: id, Set: set, Cleared: cleared})
	next.Meta = rehearsedMeta(current.Meta, plan.at)
	return next, nil
}

// then is the difference that d and then e make.
func (d difference) then(e difference) difference {
	out := difference{set: d.apply(nil), clear: slices.Clone(d.clear)}
	for _, p := range sortedPaths(e.set) {
		out.set[p] = e.set[p]
		out.clear = slices.DeleteFunc(out.clear, func(c Path) bool { return c == p })
	}
	for _, p := range e.clear {
		delete(out.set, p)
		if !slices.Contains(out.clear, p) {
			out.clear = append(out.clear, p)
		}
	}
	return out
}

// DeleteUser is Client.DeleteUser without the write.
func (r *Rehearsal) DeleteUser(ctx context.Context, id string, allow func(User) error) error {
	unlock, err := r.lock(ctx, opDeleteUser, "user:"+id)
	if err != nil {
		return err
	}
	defer unlock()
	current, err := r.readUser(ctx, opDeleteUser, id)
	if err != nil {
		return err
	}
	if err := allow(current); err != nil {
		return err
	}
	plan, _ := r.plans.user(id)
	plan.at, plan.deleted, plan.user.Attributes, plan.change = rehearsalTime(), true, nil, difference{}
	r.plans.putUser(id, plan)
	r.onWrite(Intent{Op: opDeleteUser, UserID: id})
	return nil
}
