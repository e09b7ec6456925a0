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
	b := newBody(Attributes{displayNamePath: g.DisplayName})
	if g.ExternalID != "" {
		b["externalId"] = g.ExternalID
	}
	workspace := b.block(WorkspaceSchema)
	workspace["internalGroupType"] = GroupInternal
	workspace["domain"] = domain
	var created groupRecord
	err = c.access.send(ctx, call{op: opCreateGroup, method: http.MethodPost, path: groupsPath, body: b}, &created)
	if err != nil {
		return Group{}, c.orMisconfigured(ctx, opCreateGroup, err)
	}
	if !plausibleID(created.ID) || !c.ourGroup(created) {
		return Group{}, &Error{Op: opCreateGroup, Kind: ErrUnavailable, InDoubt: true,
			Err: errors.New("Access answered the creation with something that is not an internal group of the domain")}
	}
	c.memory.groups.note(created.ID, true)
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
		view := current
		view.Members = slices.Clone(current.Members) // change may build on the list it is shown
		want, err := change(view)
		if err != nil {
			return err
		}
		updated, err = c.applyToGroup(ctx, current, want)
		return err
	})
	return updated, err
}

// applyToGroup judges who may join before it writes anything.
func (c *Client) applyToGroup(ctx context.Context, current, want Group) (Group, error) {
	joining, unknown, err := c.withoutStrangers(ctx, distinct(want.Members, current.Members))
	if err != nil {
		return Group{}, err
	}
	if err := c.patchGroupNames(ctx, &current, want); err != nil {
		return Group{}, err
	}
	leaving := distinct(current.Members, want.Members)
	for batch := range slices.Chunk(leaving, memberBatch) {
		if err := c.removeMembers(ctx, current.ID, batch); err != nil {
			return Group{}, err
		}
	}
	next := current
	next.Members, next.LeftOut = distinct(current.Members, leaving), unknown
	next.Meta.Version = "" // that of the read; the state after the writes has one that was not read
	err = c.addMembers(ctx, &next, joining)
	return next, err
}

// patchGroupNames sends name and externalId where they changed.
func (c *Client) patchGroupNames(ctx context.Context, current *Group, want Group) error {
	set := Attributes{}
	if want.DisplayName != current.DisplayName {
		set[displayNamePath] = want.DisplayName
	}
	if want.ExternalID != "" && want.ExternalID != current.ExternalID {
		set[externalIDPath] = want.ExternalID
	}
	if len(set) == 0 {
		return nil
	}
	if err := c.groups.patch(ctx, opUpdateGroup, current.ID, newBody(set)); err != nil {
		return err
	}
	current.DisplayName = want.DisplayName
	if want.ExternalID != "" {
		current.ExternalID = want.ExternalID
	}
	return nil
}

// addMembers adds users of ours to the group, 100 a request, and those that
// Access does not know after all to its LeftOut.
func (c *Client) addMembers(ctx context.Context, g *Group, joining []Member) error {
	for batch := range slices.Chunk(joining, memberBatch) {
		added, unknown, err := c.addBatch(ctx, g.ID, batch)
		if err != nil {
			return err
		}
		g.Members = append(g.Members, added...)
		g.LeftOut = append(g.LeftOut, unknown...)
	}
	return nil
}

// addBatch adds members in one request. Where Access refuses them together, it
// looks which of them are users of ours by now and adds these: adding a member
// twice does no harm. A refusal of users that exist is an error.
func (c *Client) addBatch(ctx context.Context, id string, batch []Member) (added []Member, unknown []string,
	err error) {
	refusal := c.groups.patch(ctx, opUpdateGroup, id, memberBody(batch, false))
	if !isRefusal(refusal) {
		return batch, nil, refusal
	}
	c.memory.users.forget(memberIDs(batch)...)
	known, unknown, err := c.withoutStrangers(ctx, batch)
	if err != nil || len(known) == 0 {
		return nil, unknown, err
	}
	return known, unknown, c.groups.patch(ctx, opUpdateGroup, id, memberBody(known, false))
}

// removeMembers removes members in one request, singly where Access refuses
// them together: one that it no longer knows is as good as removed.
func (c *Client) removeMembers(ctx context.Context, id string, batch []Member) error {
	err := c.groups.patch(ctx, opUpdateGroup, id, memberBody(batch, true))
	switch {
	case !isRefusal(err):
		return err
	case len(batch) == 1:
		return c.unlessRemoved(ctx, id, batch[0], err)
	}
	for _, m := range batch {
		if err := c.removeMembers(ctx, id, []Member{m}); err != nil {
			return err
		}
	}
	return nil
}

// unlessRemoved is the refusal to remove m, or nil where m is no member.
func (c *Client) unlessRemoved(ctx context.Context, id string, m Member, refusal error) error {
	g, err := c.getGroup(ctx, opUpdateGroup, id)
	if err != nil {
		return err
	}
	if slices.Contains(memberIDs(g.Members), m.ID) {
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
