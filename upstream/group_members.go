package upstream

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// memberBatch is how many members one request adds or removes. The limit of
// Access is not documented; 100 is what its public clients stay within.
const memberBatch = 100

// addMembers adds users of ours to the group, 100 a request, and those that
// Access does not know after all to its LeftOut.
func (c *Client) addMembers(ctx context.Context, g *Group, joining []Member) error {
	if len(joining) == 0 {
		return nil
	}
	batches := slices.Collect(slices.Chunk(joining, memberBatch))
	joined, unknown := make([][]Member, len(batches)), make([][]string, len(batches))
	err := eachBatch(batches, func(i int) (err error) {
		joined[i], unknown[i], err = c.addBatch(ctx, g.ID, batches[i])
		return err
	})
	all := slices.Concat(joined...)
	if err == nil && len(batches) > oneByOne {
		err = c.moveAgain(ctx, g.ID, all, true)
	}
	c.recentGroups.move(g.ID, all, true)
	g.Meta = g.Meta.unsettled()
	g.LeftOut = append(g.LeftOut, slices.Concat(unknown...)...)
	if len(g.Members) > 0 {
		all = slices.Concat(g.Members, distinct(all, g.Members))
	}
	g.Members = all
	return err
}

const (
	// oneByOne is how many batches of a change are sent one after the other. More are sent
	// several at a time: the change must be done within the time of one request.
	oneByOne = 10
	// batchesAtOnce is how many.
	batchesAtOnce = 4
)

// eachBatch does something with each of the batches. After a failure it begins no more.
func eachBatch(batches [][]Member, do func(i int) error) error {
	var work errgroup.Group
	work.SetLimit(1)
	if len(batches) > oneByOne {
		work.SetLimit(batchesAtOnce)
	}
	var failed atomic.Bool
	for i := range batches {
		if failed.Load() {
			break
		}
		work.Go(func() error {
			err := do(i)
			failed.Store(failed.Load() || err != nil)
			return err
		})
	}
	return work.Wait()
}

// moveAgain adds those who are not in the group although Access confirmed it, or removes
// those who are: nothing promises that it merges lists that come at the same time. A
// reading that shows nothing of what was sent is older than that, and tells nothing.
func (c *Client) moveAgain(ctx context.Context, id string, moved []Member, add bool) error {
	var now groupRecord
	if err := c.getGroupRecord(ctx, opUpdateGroup, id, "", &now); err != nil {
		return markInDoubt(err)
	}
	lost := both(moved, now.Members)
	if add {
		lost = distinct(moved, now.Members)
	}
	if len(lost) == len(moved) {
		return nil
	}
	for batch := range slices.Chunk(lost, memberBatch) {
		var err error
		if add {
			_, _, err = c.addBatch(ctx, id, batch)
		} else {
			err = c.removeBatch(ctx, id, batch)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// addBatch adds members in one request. Where Access refuses them together, it
// looks which of them are users of ours by now and adds these: adding a member
// twice does no harm. Where that is refused too, they are added one by one, and
// those that Access does not find are left out like those that are not ours.
func (c *Client) addBatch(ctx context.Context, id string, batch []Member) (added []Member, unknown []string, _ error) {
	refusal := c.moveMembers(ctx, id, batch, true)
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
		refusal = c.moveMembers(ctx, id, known, true)
		switch {
		case refusal == nil:
			return known, unknown, nil
		case !isRefusal(refusal):
			return nil, unknown, refusal
		}
	}
	if _, err := c.getGroup(ctx, opUpdateGroup, id); err != nil {
		return nil, unknown, err // the group itself is gone
	}
	for _, m := range known {
		err := c.moveMembers(ctx, id, []Member{m}, true)
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
func (c *Client) moveMembers(ctx context.Context, id string, batch []Member, add bool) error {
	r := call{op: opUpdateGroup, id: id, body: body{members: batch, leaving: !add}}
	err := c.groups.patch(ctx, r, nil, func(now Group) bool {
		isIn := setOf(memberIDs(now.Members))
		return !slices.ContainsFunc(batch, func(m Member) bool { return isIn[m.ID] != add || now.isUnsure(m.ID) })
	})
	if InDoubt(err) {
		c.recentGroups.doubtMembers(id, batch)
	}
	return err
}

// removeMembers removes members, 100 a request.
func (c *Client) removeMembers(ctx context.Context, g *Group, leaving []Member) error {
	if len(leaving) == 0 {
		return nil
	}
	g.Members, g.Meta = distinct(g.Members, leaving), g.Meta.unsettled()
	batches := slices.Collect(slices.Chunk(leaving, memberBatch))
	err := eachBatch(batches, func(i int) error { return c.removeBatch(ctx, g.ID, batches[i]) })
	if err == nil && len(batches) > oneByOne {
		err = c.moveAgain(ctx, g.ID, leaving, false)
	}
	return err
}

// removeBatch removes members in one request. Where Access refuses that, it removes
// those who are in the group, singly where that is refused too: one that Access no longer
// knows is as good as removed.
func (c *Client) removeBatch(ctx context.Context, id string, batch []Member) error {
	err := c.moveMembers(ctx, id, batch, false)
	switch {
	case err == nil:
		c.recentGroups.move(id, batch, false)
		return nil
	case !isRefusal(err):
		return err
	}
	refusal := err
	now, err := c.getGroup(ctx, opUpdateGroup, id)
	if err != nil {
		return err
	}
	switch present, err := now.among(batch); {
	case err != nil:
		return err
	case len(present) == 0:
		return nil
	case len(present) < len(batch):
		return c.removeBatch(ctx, id, present)
	case len(batch) == 1:
		return refusal
	}
	for _, m := range batch {
		if err := c.removeBatch(ctx, id, []Member{m}); err != nil {
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
