package upstream

import (
	"context"
	"errors"
	"slices"
)

// memberBatch is how many members one request adds or removes. The limit of
// Access is not documented; 100 is what its public clients stay within.
const memberBatch = 100

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
		case errors.Is(err, ErrNotFound) && !c.recentUsers.isWritten(m.ID):
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
	r := call{op: opUpdateGroup, id: g.ID, body: body{members: batch, leaving: !add}}
	err := c.groups.patch(ctx, r, nil, func(now Group) bool {
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

// removeMembers removes members in one request. Where Access refuses that, it removes
// those who are in the group, singly where that is refused too: one that Access no longer
// knows is as good as removed.
func (c *Client) removeMembers(ctx context.Context, g *Group, batch []Member) error {
	err := c.moveMembers(ctx, g, batch, false)
	switch {
	case err == nil:
		c.recentGroups.move(g.ID, batch, false)
		return nil
	case !isRefusal(err):
		return err
	}
	refusal := err
	now, err := c.getGroup(ctx, opUpdateGroup, g.ID)
	if err != nil {
		return err
	}
	switch present, err := now.among(batch); {
	case err != nil:
		return err
	case len(present) == 0:
		return nil
	case len(present) < len(batch):
		return c.removeMembers(ctx, g, present)
	case len(batch) == 1:
		return refusal
	}
	for _, m := range batch {
		if err := c.removeMembers(ctx, g, []Member{m}); err != nil {
			return err
		}
	}
	return nil
}

// among are those of the members that are in the group. Where that is not sure, it is to
// be asked again.
func (g Group) among(members []Member) ([]Member, error) {
	if slices.ContainsFunc(members, func(m Member) bool { return g.isUnsure(m.ID) }) {
		return nil, markInDoubt(lagging(opUpdateGroup))
	}
	return both(members, g.Members), nil
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
