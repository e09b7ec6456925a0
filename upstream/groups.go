package upstream

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
)

// The operations on groups, as metrics and errors name them.
const (
	opCreateGroup = "create group"
	opReadGroup   = "read group"
	opFindGroups  = "find groups"
	opListGroups  = "list groups"
	opUpdateGroup = "update group"
	opDeleteGroup = "delete group"
)

const (
	groupsPath = "/scim/Groups"
	// GroupInternal is the internalGroupType of groups that clients may change.
	GroupInternal = "INTERNAL"
	// allUsers is the group that every user is in, and nobody may change.
	allUsers = "ALL USERS"
)

// Group is a group of the bridge's own.
type Group struct {
	ID          string
	DisplayName string
	ExternalID  string
	// Domain is that of its directory, "" where Access does not tell.
	Domain string
	// Members are the users in the group. Groups within groups are left
	// out, and so are users who are not ours: they are neither shown nor changed.
	Members []Member
	// LeftOut are ids that should have become members and are those of no user of
	// ours. Only CreateGroup and UpdateGroup set it.
	LeftOut []string
	Meta    Meta

	// other is what of the group is not sure, nil where all is.
	other *otherGroup
}

// Member is a user in a group.
type Member struct {
	ID      string
	Display string
}

// ourGroup reports whether the group belongs to the bridge. Groups are judged
// leniently, because Access does not document that its answers name domain and
// type: what is left out does not count against the group.
func (c *Client) ourGroup(g groupRecord) bool {
	return g.ID != "" && !strings.EqualFold(g.DisplayName, allUsers) &&
		(g.kind == "" || strings.EqualFold(g.kind, GroupInternal)) &&
		(g.Domain == "" || c.manages(g.Domain))
}

// Group reads the group with that id, and its members where withMembers is set.
// ErrNotFound if there is none, or it is not the bridge's.
func (c *Client) Group(ctx context.Context, id string, withMembers bool) (Group, error) {
	if !withMembers {
		g, _, err := c.getGroupNames(ctx, opReadGroup, id)
		return g, err
	}
	asked := time.Now()
	g, err := c.readGroup(ctx, opReadGroup, id)
	if err == nil {
		c.groupReadings.put(id, g, asked)
	}
	return g, err
}

// readGroup is getGroup with the members that are ours.
func (c *Client) readGroup(ctx context.Context, op, id string) (Group, error) {
	g, err := c.getGroup(ctx, op, id)
	if err != nil {
		return Group{}, err
	}
	groups, err := c.withOwnMembers(ctx, []Group{g})
	if err != nil {
		return Group{}, err
	}
	return groups[0], nil
}

// getGroup reads a group of ours, with members that nobody has judged.
func (c *Client) getGroup(ctx context.Context, op, id string) (Group, error) {
	var g groupRecord
	if err := c.getGroupRecord(ctx, op, id, "", &g); err != nil {
		return Group{}, err
	}
	return c.judgedGroup(op, g)
}

// getGroupRecord reads a group, ours or not. query says what of it is asked for, "" for
// all.
func (c *Client) getGroupRecord(ctx context.Context, op, id, query string, g *groupRecord) error {
	if c.recentGroups.isDeleted(id) {
		return notFound(op)
	}
	err := c.get(ctx, call{op: opReadGroup, path: groupsPath, id: id, query: query}, g)
	if errors.Is(err, ErrNotFound) && c.recentGroups.isHidden(id) {
		return lagging(op)
	}
	if errors.Is(err, ErrNotFound) {
		c.memory.groups.forget(id) // a user who is in it is shown it as soon as it is there
	}
	return err
}

// judgedGroup is a group that was read by its id, if it is ours, completed.
func (c *Client) judgedGroup(op string, g groupRecord) (Group, error) {
	ours := c.ourGroup(g)
	c.memory.groups.note(g.ID, ours)
	if !ours {
		return Group{}, notFound(op)
	}
	c.recentGroups.seen(g.ID, false)
	return c.completeGroup(g), nil
}

// FindGroups finds the bridge's groups by a key of displayName, ByExternalID or
// ByMember, with their members where withMembers is set. ErrRefused for other
// keys, and where Access can't search by one.
//
// By name or member it takes one request for each 1,000 groups found, and one
// more for each of them where Access leaves members out of lists; by external
// id it reads all groups and compares by itself. What ByMember finds is Access's
// own judgement: who needs to know looks at the members.
func (c *Client) FindGroups(ctx context.Context, key Key, value string, withMembers bool) ([]Group, error) {
	s := search{op: opFindGroups, path: groupsPath, key: key, value: value}
	var is recentGroup
	switch key {
	case ByDisplayName, DisplayNameContains, DisplayNameStarts:
		is = func(names Attributes, _ map[string]bool) bool { return key.matches(names.text(displayNamePath), value) }
	case ByMember:
		is = func(_ Attributes, members map[string]bool) bool {
			return members[value] && !c.recentUsers.isDeleted(value)
		}
	case ByExternalID:
		s.key = ""
		is = func(names Attributes, _ map[string]bool) bool { return names.ExternalID() == value }
	default:
		return nil, noSuchKey(opFindGroups)
	}
	id := func(g groupRecord) string { return g.ID }
	found, err := inEachSpelling(key.spellings(value), id, func(spelled string) ([]groupRecord, error) {
		s.value = spelled
		return c.selectGroups(ctx, s, is, withMembers)
	})
	if err == nil {
		found, err = c.withRecentGroups(ctx, found, key.wholeName(value), is)
	}
	if err != nil {
		return nil, err
	}
	return c.groupsOf(ctx, found, withMembers)
}

// Groups lists count groups of ours from the 1-based start in a stable order,
// with their members where withMembers is set. It reads the list of all groups
// of the tenant, because otherwise neither the page nor the total would be right.
func (c *Client) Groups(ctx context.Context, start, count int, withMembers bool) (Page[Group], error) {
	all, err := c.allGroups(ctx, withMembers)
	if err != nil {
		return Page[Group]{}, err
	}
	page := slicePage(all, start, count)
	groups, err := c.groupsOf(ctx, page.Resources, withMembers)
	return Page[Group]{Total: page.Total, Resources: groups}, err
}

func (c *Client) allGroups(ctx context.Context, withMembers bool) ([]groupRecord, error) {
	all := func(Attributes, map[string]bool) bool { return true }
	found, err := c.selectGroups(ctx, search{op: opListGroups, path: groupsPath}, all, withMembers)
	if err != nil {
		return nil, err
	}
	return c.withRecentGroups(ctx, found, "", all)
}

// selectGroups reads every page of a query and keeps what is ours and matches,
// in the order of names: Access's own is not documented.
func (c *Client) selectGroups(
	ctx context.Context, s search, is recentGroup, withMembers bool,
) ([]groupRecord, error) {
	list, err := c.listGroups(ctx, s, withMembers)
	if err != nil {
		return nil, err
	}
	var found []groupRecord
	for _, g := range list {
		if c.judgeGroup(&g) && (s.key == ByMember || is(g.names(), nil)) {
			found = append(found, g)
		}
	}
	slices.SortFunc(found, func(a, b groupRecord) int { return byName(a.DisplayName, a.ID, b.DisplayName, b.ID) })
	return found, nil
}

// judgeGroup reports whether a group of a list is ours, notes that, and completes
// the reading.
func (c *Client) judgeGroup(g *groupRecord) (ours bool) {
	if c.recentGroups.isDeleted(g.ID) {
		return false
	}
	c.recentGroups.seen(g.ID, true)
	ours = c.ourGroup(*g)
	c.memory.groups.note(g.ID, ours)
	g.Group = c.completeGroup(*g)
	return ours
}

// byName orders records by their names in any case, and by their ids.
func byName(nameA, idA, nameB, idB string) int {
	return cmp.Or(strings.Compare(strings.ToLower(nameA), strings.ToLower(nameB)), strings.Compare(idA, idB))
}

// groupsOf unwraps the records, with their members where the caller wants them.
func (c *Client) groupsOf(ctx context.Context, records []groupRecord, withMembers bool) ([]Group, error) {
	if !withMembers {
		groups := make([]Group, len(records))
		for i, r := range records {
			groups[i] = r.Group
			groups[i].Members = nil // what a list tells of them is not judged
		}
		return groups, nil
	}
	groups, err := c.complete(ctx, records)
	if err != nil {
		return nil, err
	}
	return c.withOwnMembers(ctx, groups)
}

// complete reads those groups whose members the list left out, a few at a time.
func (c *Client) complete(ctx context.Context, records []groupRecord) ([]Group, error) {
	groups := make([]Group, len(records))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(parallelReads)
	for i, r := range records {
		groups[i] = r.Group
		if r.membersKnown() {
			continue
		}
		work.Go(func() (err error) {
			groups[i], err = c.getGroup(ctx, opReadGroup, r.ID)
			if errors.Is(err, ErrNotFound) {
				return nil // deleted since the list was read
			}
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(groups, func(g Group) bool { return g.ID == "" }), nil
}

// DeleteGroup deletes the group, unless allow fails for what Access holds; its error
// is returned as it is. ErrNotFound when there is none of ours.
func (c *Client) DeleteGroup(ctx context.Context, id string, allow func(Group) error) error {
	return c.groups.delete(ctx, opDeleteGroup, id, allow)
}
