package upstream

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Group reads one group as it would be.
func (r *Rehearsal) Group(ctx context.Context, id string) (Group, error) {
	return r.readGroup(ctx, opReadGroup, id)
}

func (r *Rehearsal) readGroup(ctx context.Context, op, id string) (Group, error) {
	plan, ok := r.plans.group(id)
	if ok && plan.created && !plan.deleted {
		return r.shown(plan, plan.group, true), nil
	}
	if ok && plan.deleted || strings.HasPrefix(id, inventedPrefix) {
		return Group{}, notFound(op)
	}
	g, err := r.access.readGroup(ctx, op, id)
	if err != nil {
		return Group{}, err
	}
	return r.shown(plan, g, true), nil
}

// shown is a group as it would be, without users that would be gone.
func (r *Rehearsal) shown(plan groupPlan, g Group, withMembers bool) Group {
	g = plan.of(g, withMembers)
	g.Members = r.plans.remaining(g.Members)
	return g
}

// of is a group as it would be. Without members they are left as they are.
func (p groupPlan) of(g Group, withMembers bool) Group {
	if p.at.IsZero() {
		return g
	}
	if p.name != "" {
		g.DisplayName = p.name
	}
	if p.externalID != "" {
		g.ExternalID = p.externalID
	}
	g.Meta = rehearsedMeta(g.Meta, p.at)
	if !withMembers {
		return g
	}
	g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(m Member) bool {
		_, leaves := p.removed[m.ID]
		_, joins := p.added[m.ID]
		return leaves || joins
	})
	for _, id := range p.joined {
		if m, ok := p.added[id]; ok {
			g.Members = append(g.Members, m)
		}
	}
	return g
}

// Groups lists groups as they would be. Those that exist in the rehearsal alone
// come last.
func (r *Rehearsal) Groups(ctx context.Context, start, count int, withMembers bool) (Page[Group], error) {
	list := overlay[Group]{
		page: func(start, count int) (Page[Group], error) { return r.access.Groups(ctx, start, count, withMembers) },
		planned: func(g Group) (Group, bool) {
			plan, _ := r.plans.group(g.ID)
			return r.shown(plan, g, withMembers), !plan.deleted
		},
	}
	_, all := r.plans.allGroups()
	for _, plan := range all {
		switch {
		case plan.deleted:
			list.anyGone = list.anyGone || !plan.created
		case plan.created:
			list.created = append(list.created, r.shown(plan, plan.group, true))
		}
	}
	return list.read(start, count)
}

// FindGroups finds groups by what they would be.
func (r *Rehearsal) FindGroups(ctx context.Context, key Key, value string, withMembers bool) ([]Group, error) {
	matches := groupMatcher(key, value)
	var held []Group
	var err error
	if key != ByMember || !strings.HasPrefix(value, inventedPrefix) {
		if held, err = r.access.FindGroups(ctx, key, value, withMembers || key == ByMember); err != nil {
			return nil, err
		}
	}
	seen := map[string]bool{}
	var found []Group
	for _, g := range held {
		seen[g.ID] = true
		plan, _ := r.plans.group(g.ID)
		if g = r.shown(plan, g, withMembers || key == ByMember); !plan.deleted && matches(g) {
			found = append(found, g)
		}
	}
	// What Access does not find yet would be found once the plans were real.
	ids, all := r.plans.allGroups()
	for i, plan := range all {
		if seen[ids[i]] || plan.deleted {
			continue
		}
		if hint := plan.of(plan.group, true); !matches(hint) {
			continue
		}
		g, err := r.readGroup(ctx, opFindGroups, ids[i])
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case matches(g):
			found = append(found, g)
		}
	}
	return found, nil
}

func groupMatcher(key Key, value string) func(Group) bool {
	switch key {
	case ByMember:
		return func(g Group) bool { return memberSet(g.Members)[value] }
	case ByExternalID:
		return func(g Group) bool { return g.ExternalID == value }
	}
	return func(g Group) bool { return key.matches(g.DisplayName, value) }
}

// CreateGroup makes up a group. ErrConflict as of Client.CreateGroup.
func (r *Rehearsal) CreateGroup(ctx context.Context, domain string, g Group) (Group, error) {
	if err := r.access.checkDomain(opCreateGroup, domain); err != nil {
		return Group{}, err
	}
	unlock, err := r.lock(ctx, opCreateGroup, "group name:"+strings.ToLower(g.DisplayName))
	if err != nil {
		return Group{}, err
	}
	defer unlock()
	if err := r.checkGroupName(ctx, opCreateGroup, "", g.DisplayName); err != nil {
		return Group{}, err
	}
	known, unknown, err := r.withoutStrangers(ctx, g.Members)
	if err != nil {
		return Group{}, err
	}
	id, at := inventedID(), rehearsalTime()
	plan := groupPlan{at: at, created: true, group: Group{ID: id, Meta: rehearsedMeta(Meta{}, at)}, name: g.DisplayName, externalID: g.ExternalID}.clone()
	plan.change(nil, known)
	r.plans.putGroup(id, plan)
	intent := Intent{Op: opCreateGroup, GroupID: id, Domain: domain, Set: []string{"displayName"}, Added: sortedIDs(known)}
	if g.ExternalID != "" {
		intent.Set = append(intent.Set, "externalId")
	}
	r.onWrite(intent)
	created := r.shown(plan, plan.group, true)
	created.Unknown = unknown
	return created, nil
}

// checkGroupName is ErrConflict where any other group of the tenant has the name.
func (r *Rehearsal) checkGroupName(ctx context.Context, op, id, name string) error {
	taken := false
	err := readPages(ctx, r.access.access, search{op: op, path: groupsPath, key: ByDisplayName, value: name}, func(g groupRecord) {
		plan, _ := r.plans.group(g.ID)
		held := plan.of(g.Group, false)
		taken = taken || g.ID != id && !plan.deleted && strings.EqualFold(held.DisplayName, name)
	})
	if err != nil {
		return err
	}
	ids, all := r.plans.allGroups()
	for i, plan := range all {
		taken = taken || ids[i] != id && !plan.deleted && strings.EqualFold(plan.name, name)
	}
	if taken {
		return &Error{Op: op, Kind: ErrConflict, Message: "Another group has the same displayName."}
	}
	return nil
}

// change notes who leaves and who joins.
func (p *groupPlan) change(leaving, joining []Member) {
	for _, m := range leaving {
		delete(p.added, m.ID)
		if !p.created {
			p.removed[m.ID] = m
		}
	}
	p.joined = slices.DeleteFunc(p.joined, func(id string) bool { _, stays := p.added[id]; return !stays })
	for _, m := range joining {
		delete(p.removed, m.ID)
		if _, there := p.added[m.ID]; !there {
			p.joined = append(p.joined, m.ID)
		}
		p.added[m.ID] = m
	}
}

// withoutStrangers parts members into those who would be users and others.
func (r *Rehearsal) withoutStrangers(ctx context.Context, members []Member) (known []Member, strangers []string, err error) {
	var inAccess []Member
	seen := map[string]bool{}
	for _, m := range members {
		plan, planned := r.plans.user(m.ID)
		switch {
		case seen[m.ID]:
		case planned && plan.deleted, !planned && strings.HasPrefix(m.ID, inventedPrefix):
			strangers = append(strangers, m.ID)
		case planned:
			known = append(known, m)
		default:
			inAccess = append(inAccess, m)
		}
		seen[m.ID] = true
	}
	users, unknown, err := r.access.withoutStrangers(ctx, inAccess)
	return append(known, users...), append(strangers, unknown...), err
}

// UpdateGroup is Client.UpdateGroup without the writes.
func (r *Rehearsal) UpdateGroup(ctx context.Context, id string, change func(Group) (Group, error)) (Group, error) {
	unlock, err := r.lock(ctx, opUpdateGroup, "group:"+id)
	if err != nil {
		return Group{}, err
	}
	defer unlock()
	current, err := r.readGroup(ctx, opUpdateGroup, id)
	if err != nil {
		return Group{}, err
	}
	view := current
	view.Members = slices.Clone(current.Members)
	want, err := change(view)
	if err != nil {
		return Group{}, err
	}
	return r.applyToGroup(ctx, current, want)
}

func (r *Rehearsal) applyToGroup(ctx context.Context, current, want Group) (Group, error) {
	id := current.ID
	plan, planned := r.plans.group(id)
	if !planned {
		plan = groupPlan{group: Group{DisplayName: current.DisplayName}}.clone()
	}
	intent := Intent{Op: opUpdateGroup, GroupID: id}
	if want.DisplayName != current.DisplayName {
		if err := r.checkGroupName(ctx, opUpdateGroup, id, want.DisplayName); err != nil {
			return Group{}, err
		}
		plan.name = want.DisplayName
		intent.Set = append(intent.Set, "displayName")
	}
	if want.ExternalID != "" && want.ExternalID != current.ExternalID {
		plan.externalID = want.ExternalID
		intent.Set = append(intent.Set, "externalId")
	}
	wanted, present := memberSet(want.Members), memberSet(current.Members)
	leaving := slices.DeleteFunc(slices.Clone(current.Members), func(m Member) bool { return wanted[m.ID] })
	joining := slices.DeleteFunc(slices.Clone(want.Members), func(m Member) bool { return present[m.ID] })
	joining, unknown, err := r.withoutStrangers(ctx, joining)
	if err != nil {
		return Group{}, err
	}
	intent.Added, intent.Removed = sortedIDs(joining), sortedIDs(leaving)
	next := current
	if len(intent.Set)+len(joining)+len(leaving) > 0 {
		plan.at = rehearsalTime()
		plan.change(leaving, joining)
		r.plans.putGroup(id, plan)
		r.onWrite(intent)
		if plan.created {
			next = plan.group
		}
		next = r.shown(plan, next, true)
	}
	next.Unknown = unknown
	return next, nil
}

// DeleteGroup is Client.DeleteGroup without the write.
func (r *Rehearsal) DeleteGroup(ctx context.Context, id string, allow func(Group) error) error {
	unlock, err := r.lock(ctx, opDeleteGroup, "group:"+id)
	if err != nil {
		return err
	}
	defer unlock()
	current, err := r.readGroup(ctx, opDeleteGroup, id)
	if err != nil {
		return err
	}
	if err := allow(current); err != nil {
		return err
	}
	plan, _ := r.plans.group(id)
	r.plans.putGroup(id, groupPlan{at: rehearsalTime(), created: plan.created, deleted: true})
	r.onWrite(Intent{Op: opDeleteGroup, GroupID: id})
	return nil
}
