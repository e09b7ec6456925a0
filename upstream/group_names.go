package upstream

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"
)

// This file reads a group without its members, of whom there may be many thousands: a
// change that names those who join and leave needs only to know whose group it is, and
// its names.

// namesFor is how long the names of a group are remembered that cost all of its members to
// read.
const namesFor = 30 * time.Second

// groupNames asks for what a group is apart from its members (SCIM 1.1 section 3.2.2.2).
var groupNames = strings.Join([]string{
	displayNamePath.String(), externalIDPath.String(),
	WorkspaceSchema + ":internalGroupType", WorkspaceSchema + ":domain",
}, ",")

// groupNamesQuery asks for them.
var groupNamesQuery = "attributes=" + url.QueryEscape(groupNames)

// tellsOwner reports whether an answer to groupNames says whose group it is. That is
// judged leniently elsewhere, but here may be what Access left out.
func (g groupRecord) tellsOwner() bool {
	isInternal := strings.EqualFold(g.kind, GroupInternal)
	return g.kind != "" && (g.Domain != "" || !isInternal) || strings.EqualFold(g.DisplayName, allUsers)
}

// groupNamesToChange is getGroupNames, without a request where that had to read all
// members a moment ago.
func (c *Client) groupNamesToChange(ctx context.Context, id string) (Group, error) {
	if g, ok := c.groupNames.peek(id); ok && !c.recentGroups.isDeleted(id) {
		return g, nil
	}
	asked := time.Now()
	g, cheap, err := c.getGroupNames(ctx, opUpdateGroup, id)
	if err == nil && !cheap {
		remembered := g
		remembered.Meta = g.Meta.unsettled() // it is to serve several changes
		c.groupNames.put(id, remembered, asked)
	}
	return g, err
}

// getGroupNames reads a group of ours without its members. It is cheap where Access
// leaves them out.
func (c *Client) getGroupNames(ctx context.Context, op, id string) (_ Group, cheap bool, _ error) {
	query := groupNamesQuery
	if c.memory.layout.unprojected.Load() {
		query = ""
	}
	g := groupRecord{namesOnly: true}
	err := c.getGroupRecord(ctx, op, id, query, &g)
	switch {
	case query != "" && errors.Is(err, ErrRefused):
		c.memory.layout.unprojected.Store(true)
		return c.getGroupNames(ctx, op, id)
	case err != nil:
		return Group{}, false, err
	case query != "" && !g.tellsOwner() && !c.memory.groups.isOwn(id):
		group, err := c.getGroup(ctx, op, id)
		group.Members = nil
		return group, false, err
	}
	group, err := c.judgedGroup(op, g)
	return group, !g.membersTold, err
}

// listGroups reads the groups of a search, ours or not, without their members if these
// are not wanted and Access can leave them out.
func (c *Client) listGroups(ctx context.Context, s search, withMembers bool) ([]groupRecord, error) {
	layout := &c.memory.layout
	if withMembers || layout.unprojected.Load() || layout.wholeLists.Load() {
		return readList[groupRecord](ctx, c.access, s)
	}
	short := s
	short.attributes = groupNames
	list, refusal := readList[groupRecord](ctx, c.access, short)
	switch {
	case refusal != nil && !errors.Is(refusal, ErrRefused):
		return nil, refusal
	case refusal == nil && !slices.ContainsFunc(list, func(g groupRecord) bool { return !g.tellsOwner() }):
		return list, nil
	}
	list, err := readList[groupRecord](ctx, c.access, s)
	if err == nil {
		layout.wholeLists.Store(true)
	}
	return list, err
}
