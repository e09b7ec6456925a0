package upstream

import (
	"context"
	"errors"
	"slices"
)

// shownGroup is where the state that Access showed and what was written lately differ.
type shownGroup struct {
	names   bool            // the name or the externalId
	members map[string]bool // ids of those who are in one of both
}

// isUnsure reports whether it is not sure that the group has, or lacks, the member.
func (g Group) isUnsure(id string) bool { return g.shown != nil && g.shown.members[id] }

// completeGroup completes the reading of a group by what was written since.
func (c *Client) completeGroup(g Group) Group {
	f := c.recentGroups.beyond(g.ID, g.Meta)
	if f == nil {
		return g
	}
	names := f.complete(g.names())
	g.shown = &shownGroup{members: map[string]bool{}}
	g.shown.names = names.text(displayNamePath) != g.DisplayName || names.ExternalID() != g.ExternalID
	g.DisplayName, g.ExternalID = names.text(displayNamePath), names.ExternalID()
	shown := setOf(memberIDs(g.Members))
	for id, added := range f.members {
		if added && c.recentUsers.isDeleted(id) {
			continue
		}
		if shown[id] != added {
			g.shown.members[id] = true
		}
		if added && !shown[id] {
			g.Members = append(g.Members, Member{ID: id})
		}
	}
	g.Members = slices.DeleteFunc(g.Members, func(m Member) bool { return g.isUnsure(m.ID) && !f.members[m.ID] })
	g.Meta = Meta{Created: g.Meta.Created}
	return g
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
	ctx context.Context, found []groupRecord, is recentGroup,
) ([]groupRecord, error) {
	missing := c.recentGroups.missing(func(f *footprint) bool { return is(f.set, f.members) },
		setOf(idsOf(found, groupRecord.recordID)))
	for _, id := range missing {
		g, err := c.getGroup(ctx, opFindGroups, id)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		default:
			found = append(found, groupRecord{Group: g, membersKnown: true})
		}
	}
	return found, nil
}

// completeGroups completes the groups that a user was read with by what was written to
// groups since.
func (c *Client) completeGroups(u *User) {
	held := setOf(idsOf(u.Groups, func(g Reference) string { return g.ID }))
	for id, f := range c.recentGroups.with(u.ID) {
		isMember := f.members[u.ID] && !f.deleted
		if isMember && !held[id] {
			u.Groups = append(u.Groups, Reference{ID: id, Display: f.set.text(displayNamePath), Type: "direct"})
		}
		if !isMember {
			u.Groups = slices.DeleteFunc(u.Groups, func(g Reference) bool { return g.ID == id })
		}
	}
}
