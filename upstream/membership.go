package upstream

import (
	"context"
	"slices"
)

// This file is the rule by which it is judged who is the bridge's own.
//
// A user or a group is ours, is not ours (a stranger), or is not known. Only an
// answer of Access that holds the record, or says that there is none, makes it
// one of the first two: see Client.ours and Client.ourGroup. Each such answer is
// remembered: what is ours until Access says otherwise, a stranger for some minutes.
//
// What is not known is looked up before it matters: before a member is shown,
// taken out or added, and before a group is shown among those of a user. A few
// are read by id; for many the list of what is ours is read, which is complete, and
// some that are not in it by id. Where that fails, the operation fails before
// anything is written, and its repetition goes on with what is not known yet.
//
// So no path takes an unknown id for ours, and nothing depends on what was read
// before: the reading in the background (Client.Run) only saves look-ups.

// memory is what the client has learnt of the tenant.
type memory struct {
	users, groups verdicts
	externalIDs   externalIDs
	layout        domainLayout
	writes        showsWrites
}

// see notes a user of ours that was read.
func (m *memory) see(u User) {
	m.users.note(u.ID, true)
	m.externalIDs.see(u)
}

// lose notes that an id is that of no user of ours.
func (m *memory) lose(id string) {
	m.users.note(id, false)
	m.externalIDs.forget(id)
}

// loseGroup notes that an id is that of no group of ours.
func (c *Client) loseGroup(id string) {
	c.memory.groups.note(id, false)
	c.groupNames.drop(id)
}

// ownUsers returns those of the ids that are users of ours.
func (c *Client) ownUsers(ctx context.Context, ids []string, sample int) (map[string]bool, error) {
	return c.memory.users.judge(ctx, ids, lookUp{
		sample: sample,
		read: func(ctx context.Context, id string) error {
			_, err := c.getUser(ctx, opReadUser, id)
			return err
		},
		list: c.learnUsers,
	})
}

// ownGroups returns those of the ids that are groups of ours.
func (c *Client) ownGroups(ctx context.Context, ids []string) (map[string]bool, error) {
	return c.memory.groups.judge(ctx, ids, lookUp{
		sample: sampleToShow,
		read: func(ctx context.Context, id string) error {
			_, err := c.getGroup(ctx, opReadGroup, id)
			return err
		},
		list: func(ctx context.Context) error {
			_, err := c.allGroups(ctx, false)
			return err
		},
	})
}

// inOwnGroups leaves each user only those of its groups that are ours.
func (c *Client) inOwnGroups(ctx context.Context, users []User) ([]User, error) {
	var ids []string
	for i := range users {
		c.completeGroups(&users[i])
		for _, g := range users[i].Groups {
			ids = append(ids, g.ID)
		}
	}
	if c.memory.groups.areOwn(ids) {
		return users, nil
	}
	own, err := c.ownGroups(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range users {
		users[i].Groups = slices.DeleteFunc(users[i].Groups, func(g Reference) bool { return !own[g.ID] })
	}
	return users, nil
}

// withOwnMembers leaves each group only those of its members that are users of
// ours. Others, whom something else put there, do not exist for callers, and so
// nobody takes them out.
func (c *Client) withOwnMembers(ctx context.Context, groups []Group) ([]Group, error) {
	var ids []string
	for _, g := range groups {
		ids = append(ids, memberIDs(g.Members)...)
	}
	if c.memory.users.areOwn(ids) {
		return groups, nil
	}
	own, err := c.ownUsers(ctx, ids, sampleToShow)
	if err != nil {
		return nil, err
	}
	for i := range groups {
		groups[i].Members = slices.DeleteFunc(groups[i].Members, func(m Member) bool { return !own[m.ID] })
	}
	return groups, nil
}

// withoutStrangers divides those who are to become members into users of ours and
// ids that are none. A stranger that is remembered is looked up again, unless there
// are many: to leave out somebody who became ours meanwhile would lose the membership.
func (c *Client) withoutStrangers(
	ctx context.Context, members []Member,
) (known []Member, strangers []string, err error) {
	ids := memberIDs(members)
	if c.memory.users.areOwn(ids) {
		return members, nil, nil
	}
	if len(ids) <= fewUnknown {
		c.memory.users.forgetStrangers(ids)
	}
	own, err := c.ownUsers(ctx, ids, sampleToJoin)
	if err != nil {
		return nil, nil, err
	}
	for _, m := range members {
		if own[m.ID] {
			known = append(known, m)
		} else {
			strangers = append(strangers, m.ID)
		}
	}
	return known, strangers, nil
}

func idsOf[T any](records []T, id func(T) string) []string {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = id(r)
	}
	return ids
}
