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

// Groups are the groups of the bridge. It is safe for concurrent use.
type Groups struct {
	*groupDoubts

	directory GroupDirectory
	domain    string // that new groups go to
}

// groupDoubts are what is in doubt of groups.
type groupDoubts struct {
	creations Creations
	order     Order
	guard     Guard
	finished  doubts[string, struct{}] // ids of groups that were answered for, which are nobody else's
	unshown   doubts[string, struct{}] // folded names that are taken by nobody who is shown
	deletions deletions
}

// NewGroups returns the groups of a directory. domain is the one that new groups
// go to.
func NewGroups(directory GroupDirectory, domain string, common Common) *Groups {
	doubts := &groupDoubts{creations: common.Creations, order: common.Order, guard: common.Guard}
	return &Groups{groupDoubts: doubts, directory: directory, domain: domain}
}

// With returns groups by another configuration, which have what is in doubt in common
// with g.
func (g *Groups) With(directory GroupDirectory, domain string) *Groups {
	return &Groups{groupDoubts: g.groupDoubts, directory: directory, domain: domain}
}

// Read reads one group, and its members only where they are used. upstream.ErrNotFound
// when there is none.
func (g *Groups) Read(ctx context.Context, id string, uses Uses) (Record, error) {
	g.creations.Used(ctx, id)
	return record(g.directory.Group(ctx, id, uses("members")))
}

// List lists count groups from the 1-based start, and says how many there are.
// Their members are read only where they are used.
func (g *Groups) List(ctx context.Context, start, count int, uses Uses) ([]Record, int, error) {
	page, err := g.directory.Groups(ctx, start, count, uses("members"))
	return toRecords(page.Resources, groupRecord), page.Total, err
}

// groupKeys are the comparisons of groups that Access can answer.
var groupKeys = map[Lookup]upstream.Key{
	{Attribute: "displayName", Operator: filter.Equal}:      upstream.ByDisplayName,
	{Attribute: "displayName", Operator: filter.Contains}:   upstream.DisplayNameContains,
	{Attribute: "displayName", Operator: filter.StartsWith}: upstream.DisplayNameStarts,
	{Attribute: "externalId", Operator: filter.Equal}:       upstream.ByExternalID,
	{Attribute: "members.value", Operator: filter.Equal}:    upstream.ByMember,
}

// Find asks Access for the groups that satisfy a comparison. It may give more, and
// ok is false where Access can't answer.
func (g *Groups) Find(ctx context.Context, l Lookup, uses Uses) (_ []Record, ok bool, _ error) {
	if l.isByID() {
		return single(g.Read(ctx, l.Value, uses))
	}
	by, ok := l.keyIn(groupKeys)
	if !ok {
		return nil, false, nil
	}
	values := []string{l.Value}
	if by == upstream.ByDisplayName {
		values = translate.GroupNames(l.Value)
	}
	var found []upstream.Group
	for _, value := range values {
		groups, err := g.directory.FindGroups(ctx, by, value, uses("members"))
		if err != nil {
			return unlessUnanswerable(err)
		}
		found = append(found, groups...)
	}
	return toRecords(found, groupRecord), true, nil
}

// Update changes the group. upstream.ErrNotFound when there is none.
func (g *Groups) Update(ctx context.Context, id string, change Change) (Record, error) {
	g.creations.Used(ctx, id)
	g.finished.add(id, struct{}{})
	write := func(current upstream.Group) (upstream.Group, error) {
		if err := change.allow(current.Meta); err != nil {
			return upstream.Group{}, err
		}
		next, err := change.Apply(func() schema.Resource { return translate.GroupToSCIM(current) })
		if err != nil {
			return upstream.Group{}, err
		}
		wanted, err := translate.ChangedGroup(current, next)
		if err == nil && !names.Same(wanted.DisplayName, current.DisplayName) {
			err = g.checkSpellings(ctx, wanted.DisplayName)
		}
		return wanted, err
	}
	members, err := change.members()
	if err != nil {
		return Record{}, err
	}
	updated, err := g.write(ctx, id, upstream.GroupChange{Make: write, Members: members, Fresh: change.Allow != nil})
	if errors.Is(err, upstream.ErrConflict) {
		return Record{}, problem.NewGroupNameTaken()
	}
	return record(updated, err)
}

// write changes a group while nobody else does, if the guard allows it.
func (g *Groups) write(ctx context.Context, id string, change upstream.GroupChange) (updated upstream.Group, _ error) {
	err := alone(ctx, g.order, func(ctx context.Context) (err error) {
		change.Leaving = func(leaving []upstream.Member) error {
			keys := make([]string, len(leaving))
			for i, m := range leaving {
				keys[i] = id + " " + m.ID
			}
			return g.guard.Allow(ctx, guard.MemberRemovals, keys...)
		}
		updated, err = g.directory.UpdateGroup(ctx, id, change)
		return err
	}, groupKind+" "+id)
	return updated, err
}

// members are who joins the group and who leaves it, nil where the change does not tell.
func (c Change) members() (*upstream.MemberChange, error) {
	if c.Members == nil {
		return nil, nil
	}
	join, err := translate.MembersFromSCIM(c.Members.Join)
	m := upstream.MemberChange{Join: join}
	for _, id := range c.Members.Leave {
		m.Leave = append(m.Leave, upstream.Member{ID: id})
	}
	return &m, err
}

// Delete deletes the group, unless allow fails for what Access holds; its error
// is returned as it is. upstream.ErrNotFound when there is none, unless an
// earlier deletion of it was left in doubt.
func (g *Groups) Delete(ctx context.Context, id string, allow func(upstream.Meta) error) error {
	g.creations.Used(ctx, id)
	err := alone(ctx, g.order, func(ctx context.Context) error {
		return g.directory.DeleteGroup(ctx, id, func(current upstream.Group) error {
			if err := allow(current.Meta); err != nil {
				return err
			}
			return g.guard.Allow(ctx, guard.Deletions, id)
		})
	}, groupKind+" "+id)
	return g.deletions.outcome(id, err)
}

func record(group upstream.Group, err error) (Record, error) {
	if err != nil {
		return Record{}, err
	}
	return groupRecord(group), nil
}

func groupRecord(group upstream.Group) Record {
	return Record{ID: group.ID, Resource: translate.GroupToSCIM(group), Domain: group.Domain, Meta: group.Meta,
		LeftOut: group.LeftOut}
}
