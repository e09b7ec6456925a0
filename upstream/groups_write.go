package upstream

import (
	"context"
	"errors"
	"net/http"
	"slices"
)

// memberBatch is how many members one request adds or removes. The limit of
// Access is not documented; 100 is what its public clients stay within.
const memberBatch = 100

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
	names := withoutEmpty(g.names())
	b := newBody(names)
	workspace := b.block(WorkspaceSchema)
	workspace["internalGroupType"] = GroupInternal
	workspace["domain"] = domain
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
	unlock, err := c.groups.writes.lock(ctx, created.ID)
	if err != nil {
		return Group{}, markInDoubt(waitedTooLong(ctx, opCreateGroup)) // the group is there
	}
	defer unlock()
	group := created.Group
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

// UpdateGroup reads the group, asks change what its name, externalId and
// members should be, and sends Access the difference: the name first, because
// that can be refused for good, then members to remove, then members to add,
// 100 a request. Where there is no difference, nothing is sent. An error of
// change is returned as it is.
//
// Ids of no user of ours are left out and listed in LeftOut;
// the rest is applied. UpdateGroup is idempotent. ErrNotFound when there is no
// such group of ours, ErrConflict when a new name is taken.
func (c *Client) UpdateGroup(ctx context.Context, id string, change func(Group) (Group, error)) (Group, error) {
	var updated Group
	err := c.groups.hold(ctx, opUpdateGroup, id, func(current Group) error {
		d, err := current.difference(change)
		if err != nil {
			return err
		}
		updated, err = c.applyToGroup(ctx, current, d)
		return err
	})
	return updated, err
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
	for batch := range slices.Chunk(d.leaving, memberBatch) {
		if err := c.removeMembers(ctx, &next, batch); err != nil {
			return Group{}, err
		}
	}
	next.Members = distinct(next.Members, d.leaving)
	err = c.addMembers(ctx, &next, joining)
	return next, err
}

// patchGroupNames sends name and externalId where they changed.
func (c *Client) patchGroupNames(ctx context.Context, g *Group, names Attributes) error {
	if len(names) == 0 {
		return nil
	}
	d := difference{set: names}
	err := c.groups.patch(ctx, opUpdateGroup, g.ID, newBody(names), func(now Group) bool {
		return compare(now.names(), names).empty()
	})
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

// addMembers adds users of ours to the group, 100 a request, and those that
// Access does not know after all to its LeftOut.
func (c *Client) addMembers(ctx context.Context, g *Group, joining []Member) error {
	var joined []Member
	defer func() { c.recentGroups.move(g.ID, joined, true) }()
	for batch := range slices.Chunk(joining, memberBatch) {
		added, unknown, err := c.addBatch(ctx, g, batch)
		joined = append(joined, added...)
		g.LeftOut = append(g.LeftOut, unknown...)
		if err != nil {
			return err
		}
	}
	g.Members = append(g.Members, distinct(joined, g.Members)...)
	return nil
}

// addBatch adds members in one request. Where Access refuses them together, it
// looks which of them are users of ours by now and adds these: adding a member
// twice does no harm. Where that is refused too, they are added one by one, and
// those that Access does not find are left out like those that are not ours.
func (c *Client) addBatch(ctx context.Context, g *Group, batch []Member) (added []Member, unknown []string, _ error) {
	refusal := c.moveMembers(ctx, g, batch, true)
	switch {
	case refusal == nil:
		return batch, nil, nil
	case !isRefusal(refusal):
		return nil, nil, refusal
	}
	c.memory.users.forget(memberIDs(batch)...)
	known, unknown, err := c.withoutStrangers(ctx, batch)
	if err != nil || len(known) == 0 {
		return nil, unknown, err
	}
	if len(known) < len(batch) {
		refusal = c.moveMembers(ctx, g, known, true)
		switch {
		case refusal == nil:
			return known, unknown, nil
		case !isRefusal(refusal):
			return nil, unknown, refusal
		}
	}
	if _, err := c.getGroup(ctx, opUpdateGroup, g.ID); err != nil {
		return nil, unknown, err // the group itself is gone
	}
	for _, m := range known {
		err := c.moveMembers(ctx, g, []Member{m}, true)
		switch {
		case err == nil:
			added = append(added, m)
		case errors.Is(err, ErrNotFound) && c.recentUsers.of(m.ID) == nil:
			unknown = append(unknown, m.ID)
		case errors.Is(err, ErrNotFound):
			return added, unknown, lagging(opUpdateGroup)
		default:
			return added, unknown, err
		}
	}
	return added, unknown, nil
}

// moveMembers adds members in one request, or takes them out.
func (c *Client) moveMembers(ctx context.Context, g *Group, batch []Member, add bool) error {
	err := c.groups.patch(ctx, opUpdateGroup, g.ID, memberBody(batch, !add), func(now Group) bool {
		isIn := setOf(memberIDs(now.Members))
		return !slices.ContainsFunc(batch, func(m Member) bool { return isIn[m.ID] != add || now.isUnsure(m.ID) })
	})
	switch {
	case err == nil:
		g.Meta = g.Meta.unsettled()
	case InDoubt(err):
		c.recentGroups.doubtMembers(g.ID, batch)
	}
	return err
}

// removeMembers removes members in one request, singly where Access refuses
// them together: one that it no longer knows is as good as removed.
func (c *Client) removeMembers(ctx context.Context, g *Group, batch []Member) error {
	err := c.moveMembers(ctx, g, batch, false)
	switch {
	case err == nil:
		c.recentGroups.move(g.ID, batch, false)
		return nil
	case !isRefusal(err):
		return err
	case len(batch) == 1:
		return c.unlessRemoved(ctx, g.ID, batch[0], err)
	}
	for _, m := range batch {
		if err := c.removeMembers(ctx, g, []Member{m}); err != nil {
			return err
		}
	}
	return nil
}

// unlessRemoved is the refusal to remove m, or nil where m is no member. Where that is
// not sure, it is to be tried again.
func (c *Client) unlessRemoved(ctx context.Context, id string, m Member, refusal error) error {
	g, err := c.getGroup(ctx, opUpdateGroup, id)
	if err != nil {
		return err
	}
	switch {
	case g.isUnsure(m.ID):
		return markInDoubt(lagging(opUpdateGroup))
	case slices.Contains(memberIDs(g.Members), m.ID):
		return refusal
	}
	return nil
}

// memberBody adds members, or removes them. Access's PATCH merges members, it
// never replaces the list; type and value go together in every request, because
// the SDK that Access is probably built on matches by both.
func memberBody(members []Member, remove bool) body {
	list := make([]Element, len(members))
	for i, m := range members {
		list[i] = Element{"value": m.ID, "type": "User"}
		if remove {
			list[i]["operation"] = "delete"
		}
	}
	return body{"schemas": []string{CoreSchema}, "members": list}
}

func setOf(ids []string) map[string]bool {
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}

func memberIDs(members []Member) []string {
	return idsOf(members, func(m Member) string { return m.ID })
}

// distinct are those of members that others does not hold, each once.
func distinct(members, others []Member) []Member {
	seen := setOf(memberIDs(others))
	var out []Member
	for _, m := range members {
		if !seen[m.ID] {
			seen[m.ID] = true
			out = append(out, m)
		}
	}
	return out
}
