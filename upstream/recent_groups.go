package upstream

import (
	"context"
	"errors"
	"slices"
)

// otherGroup is what of a group is not sure, because the state that Access showed and
// what was written lately differ, or a write is in doubt.
type otherGroup struct {
	names   Group           // with the name and the externalId that it may have
	members map[string]bool // ids of those who are members, or not
}

// isUnsure reports whether it is not sure that the group has, or lacks, the member.
func (g Group) isUnsure(id string) bool { return g.other != nil && g.other.members[id] }

// otherwise is the group in another state that Access may hold: all of which it is not
// sure is otherwise than in g. A change that makes a difference to either is to be sent.
func (g Group) otherwise() (_ Group, ok bool) {
	if g.other == nil {
		return g, false
	}
	other := g
	other.DisplayName, other.ExternalID = g.other.names.DisplayName, g.other.names.ExternalID
	other.Members = nil
	has := setOf(memberIDs(g.Members))
	for _, m := range g.Members {
		if !g.isUnsure(m.ID) {
			other.Members = append(other.Members, m)
		}
	}
	for id := range g.other.members {
		if !has[id] {
			other.Members = append(other.Members, Member{ID: id})
		}
	}
	return other, true
}

// completeGroup is the reading of a group, completed by what was written since.
func (c *Client) completeGroup(read groupRecord) Group {
	g := read.Group
	f := c.recentGroups.beyond(g.ID, g.Meta, read.membersKnown())
	if f == nil {
		return g
	}
	if !read.membersKnown() && len(f.set) == 0 && len(f.doubted) == 0 {
		g.Meta = g.Meta.unsettled() // the names were not written
		return g
	}
	names, agrees := f.complete(g.names())
	differ, members := map[string]bool{}, g.Members
	if read.membersKnown() {
		differ, members = c.completeMembers(g.Members, f)
	} else {
		agrees = agrees && !f.moved
	}
	if agrees && len(differ) == 0 && c.recentGroups.caughtUp(g.ID, f, g.Meta) {
		return g
	}
	other := otherGroup{g, differ}
	for k, v := range f.doubted {
		switch text, _ := v.(string); k {
		case displayNamePath:
			other.names.DisplayName = text
		case externalIDPath:
			other.names.ExternalID = text
		default:
			id, _ := k.(string)
			differ[id] = true
		}
	}
	g.other = &other
	g.DisplayName, g.ExternalID, g.Members = names.text(displayNamePath), names.ExternalID(), members
	g.Meta = g.Meta.unsettled()
	return g
}

// completeMembers completes the members that a group was read with, and tells the ids
// by which the two differ.
func (c *Client) completeMembers(read []Member, f *footprint) (differ map[string]bool, members []Member) {
	differ = map[string]bool{}
	shown := setOf(memberIDs(read))
	for id, added := range f.members {
		if shown[id] != added && !(added && c.recentUsers.isDeleted(id)) {
			differ[id] = true
		}
	}
	for _, m := range read {
		if !differ[m.ID] {
			members = append(members, m)
		}
	}
	for id := range differ {
		if f.members[id] {
			members = append(members, Member{ID: id})
		}
	}
	return differ, members
}

// names are the attributes of the group beside its members.
func (g Group) names() Attributes {
	return Attributes{displayNamePath: g.DisplayName, externalIDPath: g.ExternalID}
}

// recentGroup reports whether a search is for a group that has the names, and of
// whose members those that are true are known to be in it.
type recentGroup func(names Attributes, members map[string]bool) bool

// withRecentGroups adds the groups that match by what was written lately, and that a
// list does not show yet.
func (c *Client) withRecentGroups(
	ctx context.Context, found []groupRecord, name string, is recentGroup,
) ([]groupRecord, error) {
	missing := c.recentGroups.missing(name, func(f *footprint) bool { return is(f.set, f.members) },
		setOf(idsOf(found, groupRecord.recordID)))
	for _, id := range missing {
		g, err := c.getGroup(ctx, opFindGroups, id)
		if f := c.recentGroups.of(id); errors.Is(err, ErrLagging) && f != nil {
			g, err = f.createdGroup(id), nil
		}
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		default:
			found = append(found, groupRecord{Group: g, membersTold: true})
		}
	}
	return found, nil
}

// createdGroup is a group that was created within the lag, as Access confirmed it.
func (f *footprint) createdGroup(id string) Group {
	g := Group{ID: id, Domain: f.domain, DisplayName: f.set.text(displayNamePath), ExternalID: f.set.ExternalID(),
		Meta: Meta{Unsettled: true}}
	for member, added := range f.members {
		if added {
			g.Members = append(g.Members, Member{ID: member})
		}
	}
	return g
}

// completeGroups completes the groups that a user was read with by what was written to
// groups since.
func (c *Client) completeGroups(u *User) {
	held := setOf(idsOf(u.Groups, func(g Reference) string { return g.ID }))
	for _, s := range c.recentGroups.shifts(u.ID) {
		if s.isMember && !held[s.group] {
			u.Groups = append(u.Groups, Reference{ID: s.group, Display: s.name, Type: "direct"})
		}
		if !s.isMember {
			u.Groups = slices.DeleteFunc(u.Groups, func(g Reference) bool { return g.ID == s.group })
		}
	}
}
