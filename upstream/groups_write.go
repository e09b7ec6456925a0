package upstream

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// CreateGroup creates an internal group in domain, empty, and then adds the
// members, 100 a request. ErrConflict when any group of the tenant has the
// name. When adding members fails, the group is there without some of them and
// the error has InDoubt set; UpdateGroup can finish it.
func (c *Client) CreateGroup(ctx context.Context, domain string, g Group) (Group, error) {
	if err := c.checkDomain(opCreateGroup, domain); err != nil {
		return Group{}, err
	}
	joining, unknown, err := c.withoutStrangers(ctx, distinct(g.Members, nil))
	if err != nil {
		return Group{}, err
	}
	names := g.sentNames()
	b := creationBody(names, "internalGroupType", GroupInternal, domain)
	var created groupRecord
	err = c.access.send(ctx, call{op: opCreateGroup, method: http.MethodPost, path: groupsPath, body: b}, &created)
	if err != nil {
		return Group{}, c.orMisconfigured(ctx, opCreateGroup, err)
	}
	if !c.ourGroup(created) || !created.isAs(g) {
		return Group{}, &Error{Op: opCreateGroup, Kind: ErrUnavailable, InDoubt: true,
			Err: errors.New("Access answered the creation with something that is not the group that was sent")}
	}
	c.memory.groups.note(created.ID, true)
	c.recentGroups.create(created.ID, domain, created.Meta, names)
	unlock, err := c.groups.writes.Lock(ctx, created.ID)
	if err != nil {
		return Group{}, markInDoubt(waitedTooLong(ctx, opCreateGroup)) // the group is there
	}
	defer unlock()
	defer c.groups.drop(created.ID) // it may have been read before it was filled
	group := created.Group
	group.Domain = domain
	group.Members, group.LeftOut = nil, unknown
	err = markInDoubt(c.addMembers(ctx, &group, joining))
	return group, err
}

// isAs reports whether the group has the names with which it was sent. An externalId
// that an answer leaves out does not count against it.
func (g groupRecord) isAs(sent Group) bool {
	return ByDisplayName.matches(g.DisplayName, sent.DisplayName) &&
		(g.ExternalID == "" || g.ExternalID == sent.ExternalID)
}

// GroupChange is a change of a group.
type GroupChange struct {
	// Make says what name, externalId and members should be. Its error is returned as it
	// is.
	Make func(current Group) (Group, error)
	// Members, if not nil, is all that happens to the members. Make is then given a group
	// without any, and what it says of them does not count.
	Members *MemberChange
	// Fresh says that a reading of a moment ago will not do.
	Fresh bool
	// Leaving is told who will leave the group, before anything is written, and not where
	// nobody does. Its error is returned as it is. Optional.
	Leaving func([]Member) error
}

// MemberChange is who is to join a group, and who is to leave it. Nobody is in both.
type MemberChange struct{ Join, Leave []Member }

// UpdateGroup reads the group, unless that was done a moment ago, and sends Access what
// the change makes different: the name first, because that can be refused for good, then
// members to remove, then members to add, 100 a request. Where there is no difference,
// nothing is sent. With Members, it does not read who is in the group, and returns it
// without members.
//
// Ids of no user of ours are left out and listed in LeftOut;
// the rest is applied. UpdateGroup is idempotent. ErrNotFound when there is no
// such group of ours, ErrConflict when a new name is taken.
func (c *Client) UpdateGroup(ctx context.Context, id string, change GroupChange) (Group, error) {
	var updated Group
	read := func(ctx context.Context) (Group, error) { return c.groupToChange(ctx, id, change) }
	err := c.groups.hold(ctx, opUpdateGroup, id, read, func(current Group) error {
		d, err := current.difference(change.Make)
		if err != nil {
			return err
		}
		if change.Members != nil {
			d.joining, d.leaving, err = c.ownAmong(ctx, *change.Members)
		}
		if err == nil && len(d.leaving) > 0 && change.Leaving != nil {
			err = change.Leaving(d.leaving)
		}
		if err == nil {
			updated, err = c.applyToGroup(ctx, current, d)
		}
		if change.Members != nil {
			updated.Members = nil // some of them
		}
		return err
	})
	return updated, err
}

// groupToChange reads a group, as far as the change needs it.
func (c *Client) groupToChange(ctx context.Context, id string, change GroupChange) (Group, error) {
	g, ok := c.groupReadings.take(id)
	switch {
	case change.Members != nil && ok && !change.Fresh:
		g.Members = nil
		return g, nil
	case change.Members != nil:
		return c.groupNamesToChange(ctx, id)
	case ok && !change.Fresh:
		gone := func(m Member) bool { // since it was read
			return c.recentUsers.isDeleted(m.ID) || c.memory.users.isStranger(m.ID)
		}
		g.Members = slices.DeleteFunc(slices.Clone(g.Members), gone)
		return g, nil
	}
	return c.readGroup(ctx, opUpdateGroup, id)
}

// ownAmong keeps those who leave that are users of ours: others do not exist for callers,
// and nobody takes them out. Who joins is judged later.
func (c *Client) ownAmong(ctx context.Context, m MemberChange) (joining, leaving []Member, err error) {
	own, err := c.ownUsers(ctx, memberIDs(m.Leave), sampleToShow)
	return distinct(m.Join, nil), slices.DeleteFunc(slices.Clone(m.Leave), func(m Member) bool { return !own[m.ID] }), err
}

// applyToGroup judges who may join before it writes anything.
func (c *Client) applyToGroup(ctx context.Context, current Group, d groupDifference) (Group, error) {
	joining, unknown, err := c.withoutStrangers(ctx, d.joining)
	if err != nil {
		return Group{}, err
	}
	next := current
	next.LeftOut = unknown
	if err := c.patchGroupNames(ctx, &next, d.names); err != nil {
		return Group{}, err
	}
	if err := c.removeMembers(ctx, &next, d.leaving); err != nil {
		return Group{}, err
	}
	err = c.addMembers(ctx, &next, joining)
	return next, err
}

// patchGroupNames sends name and externalId where they changed.
func (c *Client) patchGroupNames(ctx context.Context, g *Group, names Attributes) error {
	if len(names) == 0 {
		return nil
	}
	d := difference{set: names}
	err := c.groups.patch(ctx, call{op: opUpdateGroup, id: g.ID, body: newBody(names)}, nil, func(now Group) bool {
		return compare(now.names(), names).empty()
	})
	c.groupNames.drop(g.ID)
	switch err = c.groups.orStillThere(ctx, opUpdateGroup, g.ID, err); {
	case InDoubt(err):
		c.recentGroups.doubt(g.ID, d)
	case err == nil:
		c.recentGroups.write(g.ID, d)
		g.Meta = g.Meta.unsettled()
		g.setNames(names)
	}
	return err
}

func (g *Group) setNames(names Attributes) {
	if name := names.text(displayNamePath); name != "" {
		g.DisplayName = name
	}
	if id := names.ExternalID(); id != "" {
		g.ExternalID = id
	}
}
