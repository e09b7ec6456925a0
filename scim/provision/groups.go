package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ws1bridge/scim/filter"
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
	finished  doubts[string, struct{}] // ids of groups that were answered for, which are nobody else's
	unshown   doubts[string, struct{}] // folded names that are taken by nobody who is shown
	deletions deletions
}

// NewGroups returns the groups of a directory. domain is the one that new groups
// go to.
func NewGroups(directory GroupDirectory, domain string, creations Creations, order Order) *Groups {
	return &Groups{groupDoubts: &groupDoubts{creations: creations, order: order}, directory: directory, domain: domain}
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

// write changes a group while nobody else does.
func (g *Groups) write(ctx context.Context, id string, change upstream.GroupChange) (updated upstream.Group, _ error) {
	err := alone(ctx, g.order, func(ctx context.Context) (err error) {
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
		return g.directory.DeleteGroup(ctx, id, func(current upstream.Group) error { return allow(current.Meta) })
	}, groupKind+" "+id)
	return g.deletions.outcome(id, err)
}

// Create creates a group, or finishes one whose creation broke off before:
// creating a group takes several requests, and Okta repeats a push that was
// answered 429 from its beginning.
func (g *Groups) Create(ctx context.Context, r schema.Resource) (made Record, _ error) {
	wanted, err := translate.GroupFromSCIM(r)
	if err != nil {
		return Record{}, err
	}
	err = alone(ctx, g.order, func(ctx context.Context) (err error) {
		made, err = g.create(ctx, wanted)
		return err
	}, groupKind+" called "+g.creationName(wanted))
	return made, err
}

func (g *Groups) create(ctx context.Context, wanted upstream.Group) (_ Record, err error) {
	answered := "" // the id that an earlier attempt was answered with
	if wanted.ExternalID == "" {
		// By it the group is known to be made by the bridge, and for this push.
		wanted.ExternalID, answered = g.creations.Begin(ctx, groupKind, g.creationName(wanted), translate.InventExternalID())
	}
	var group upstream.Group
	if err = g.checkSpellings(ctx, wanted.DisplayName); err == nil {
		group, err = g.directory.CreateGroup(ctx, g.domain, wanted)
	}
	if upstream.InDoubt(err) || errors.Is(err, upstream.ErrConflict) {
		group, err = g.resume(ctx, wanted, answered, err)
	}
	if err == nil {
		g.finished.add(group.ID, struct{}{})
		if translate.IsInvented(wanted.ExternalID) { // others are known by what the caller sent
			g.creations.Made(ctx, groupKind, g.creationName(wanted), group.ID)
		}
	}
	return record(group, err)
}

// groupKind is what creations of groups are.
const groupKind = "group"

// creationName is the name of a creation: what Access has once.
func (g *Groups) creationName(wanted upstream.Group) string {
	return creationName(g.domain, wanted.DisplayName)
}

// checkSpellings is as for users.
func (g *Groups) checkSpellings(ctx context.Context, name string) error {
	if len(names.Spellings(name)) == 1 {
		return nil
	}
	found, err := g.directory.FindGroups(ctx, upstream.ByDisplayName, name, false)
	if len(found) > 0 {
		return upstream.ErrConflict
	}
	return err
}

// resume finds the group that stands in the way of a creation, or that a
// creation of unknown outcome may have made, and decides whether it is the
// beginning of that very creation.
func (g *Groups) resume(
	ctx context.Context, wanted upstream.Group, answered string, failure error,
) (upstream.Group, error) {
	found, err := g.directory.FindGroups(ctx, upstream.ByDisplayName, wanted.DisplayName, true)
	switch {
	case upstream.InDoubt(failure) && (err != nil || len(found) == 0):
		return upstream.Group{}, failure // Okta's repetition decides
	case err != nil:
		return upstream.Group{}, err
	case len(found) == 0:
		return upstream.Group{}, fmt.Errorf("%w: %w", g.takenElsewhere(ctx, wanted.DisplayName), failure)
	}
	i := slices.IndexFunc(found, func(existing upstream.Group) bool { return g.resumable(existing, wanted, answered) })
	if i < 0 {
		return upstream.Group{}, problem.GroupTaken(found[0].ID).HeldBy(found[0].ID)
	}
	if found[i].ExternalID != wanted.ExternalID {
		g.creations.Adopt(groupKind, g.creationName(wanted), found[i].ExternalID)
	}
	group, err := g.write(ctx, found[i].ID, upstream.GroupChange{
		Make: func(current upstream.Group) (upstream.Group, error) {
			current.Members = wanted.Members
			return current, nil
		},
	})
	return group, unlessFound(err)
}

// takenElsewhere is the problem where a name is taken and no group of the bridge's is
// shown to have it.
func (g *Groups) takenElsewhere(ctx context.Context, name string) error {
	stranger, err := g.directory.StrangerHasGroupName(ctx, name)
	return g.unshown.takenBy(stranger, err, names.Fold(name), problem.GroupTakenElsewhere())
}

// resumable reports whether existing is what is left of an earlier attempt to create
// wanted. Only what the bridge itself demonstrably made is:
//   - the group with the externalId that Okta sent;
//   - the one that an earlier attempt was answered with, while the caller has not used its
//     id, if it is as wanted: the answer was lost;
//   - the one with the externalId that was made up for the push, if nobody is in it who is
//     not wanted;
//   - one with an externalId that a bridge made up, which lacks wanted members and is
//     not older than Okta's repetitions last: its bridge ended in between. One that is
//     complete was not left behind, nor one that this process answered for: that is a
//     duplicate.
func (g *Groups) resumable(existing, wanted upstream.Group, answered string) bool {
	same := existing.ExternalID == wanted.ExternalID
	if !translate.IsInvented(wanted.ExternalID) {
		return same
	}
	known := map[string]bool{}
	for _, m := range wanted.Members {
		known[m.ID] = true
	}
	if slices.ContainsFunc(existing.Members, func(m upstream.Member) bool { return !known[m.ID] }) {
		return false
	}
	if existing.ID == answered {
		return existing.DisplayName == wanted.DisplayName && len(existing.Members) == len(known)
	}
	if _, finished := g.finished.get(existing.ID); finished && !same {
		return false
	}
	recent := time.Since(existing.Meta.Created) < doubtLasts
	return same || translate.IsInvented(existing.ExternalID) && recent && len(existing.Members) < len(known)
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
