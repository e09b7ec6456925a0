package upstream

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

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
	groupsPath        = "/scim/Groups"
	groupTypeInternal = "INTERNAL"
	// allUsers is the group that every user is in, and nobody may change.
	allUsers = "ALL USERS"
	// memberReads bounds how many groups are read at once to learn their members.
	memberReads = 8
)

// Group is a group of the bridge's own.
type Group struct {
	ID          string
	DisplayName string
	ExternalID  string
	// Members are the users in the group. Groups within groups are nobody's
	// business here, nor are users who are not ours: they are neither shown nor
	// changed.
	Members []Member
	// Unknown are ids that should have become members and that Access does not
	// know. Only CreateGroup and UpdateGroup set it.
	Unknown []string
	Meta    Meta
}

// Member is a user in a group.
type Member struct {
	ID      string
	Display string
}

// groupRecord is a group as Access writes it, before anybody judged whose it is.
type groupRecord struct {
	Group
	kind, domain string
	// membersKnown says that the answer held the members: lists may omit them.
	membersKnown bool
}

// memberRecord is a value of members, or of a user's groups.
type memberRecord struct {
	Value   string `json:"value"`
	Display string `json:"display"`
	Type    string `json:"type"`
}

// UnmarshalJSON reads a group resource leniently.
func (g *groupRecord) UnmarshalJSON(b []byte) error {
	var raw struct {
		ID          string          `json:"id"`
		DisplayName string          `json:"displayName"`
		ExternalID  string          `json:"externalId"`
		Members     *[]memberRecord `json:"members"`
		Meta        Meta            `json:"meta"`
		Workspace   struct {
			Kind   string `json:"internalGroupType"`
			Domain string `json:"domain"`
		} `json:"urn:scim:schemas:extension:workspace:1.0"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	g.Group = Group{ID: raw.ID, DisplayName: raw.DisplayName, ExternalID: raw.ExternalID, Meta: raw.Meta}
	g.kind, g.domain, g.membersKnown = raw.Workspace.Kind, raw.Workspace.Domain, raw.Members != nil
	if raw.Members == nil {
		return nil
	}
	for _, m := range *raw.Members {
		if m.Value != "" && !strings.EqualFold(m.Type, "Group") {
			g.Members = append(g.Members, Member{ID: m.Value, Display: m.Display})
		}
	}
	return nil
}

// ourGroup reports whether the group belongs to the bridge. Groups are judged
// leniently, because Access does not document that its answers name domain and
// type: what is left out does not count against the group.
func (c *Client) ourGroup(g groupRecord) bool {
	return g.ID != "" && !strings.EqualFold(g.DisplayName, allUsers) &&
		(g.kind == "" || strings.EqualFold(g.kind, groupTypeInternal)) &&
		(g.domain == "" || c.manages(g.domain))
}

// Group reads the group with that id and its members. ErrNotFound if there is
// none, or it is not the bridge's.
func (c *Client) Group(ctx context.Context, id string) (Group, error) {
	return c.readGroup(ctx, opReadGroup, id)
}

func (c *Client) readGroup(ctx context.Context, op, id string) (Group, error) {
	if !plausibleID(id) {
		return Group{}, notFound(op)
	}
	var g groupRecord
	err := c.send(ctx, call{op: opReadGroup, method: http.MethodGet, path: groupsPath + "/" + url.PathEscape(id)}, &g)
	if err != nil {
		return Group{}, err
	}
	if g.ID != id || !c.ourGroup(g) {
		return Group{}, notFound(op)
	}
	c.knownGroups.see(g.ID)
	g.Members, err = c.ownMembers(ctx, g.Members)
	return g.Group, err
}

// ownMembers are the members that are users of ours: others, whom somebody else
// put into the group, do not exist for callers, and so nobody takes them out.
// That is known only once all users of ours were read; until then a member is
// taken for ours.
func (c *Client) ownMembers(ctx context.Context, members []Member) ([]Member, error) {
	if !c.known.complete.Load() {
		return members, nil
	}
	maybe := slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return c.known.isStranger(m.ID) })
	own, strangers, err := c.withoutStrangers(ctx, maybe)
	for _, id := range strangers {
		c.known.seeStranger(id)
	}
	return own, err
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
	var match func(Group) bool
	switch key {
	case ByDisplayName, DisplayNameContains, DisplayNameStarts:
		match = func(g Group) bool { return key.matches(g.DisplayName, value) }
	case ByMember:
		match = func(Group) bool { return true }
	case ByExternalID:
		s.key, match = "", func(g Group) bool { return g.ExternalID == value }
	default:
		return nil, noSuchKey(opFindGroups, key)
	}
	found, err := c.selectGroups(ctx, s, match)
	if err != nil {
		return nil, err
	}
	return c.groupsOf(ctx, found, withMembers)
}

// Groups lists count groups of ours from the 1-based start in a stable order,
// with their members where withMembers is set. It reads the list of all groups
// of the tenant, for only so can the page be cut and the total be true.
func (c *Client) Groups(ctx context.Context, start, count int, withMembers bool) (Page[Group], error) {
	all, err := c.selectGroups(ctx, search{op: opListGroups, path: groupsPath}, func(Group) bool { return true })
	if err != nil {
		return Page[Group]{}, err
	}
	page := slicePage(all, start, count)
	groups, err := c.groupsOf(ctx, page.Resources, withMembers)
	return Page[Group]{Total: page.Total, Resources: groups}, err
}

// selectGroups reads every page of a query and keeps what is ours and matches,
// in the order of names: Access's own is not documented.
func (c *Client) selectGroups(ctx context.Context, s search, match func(Group) bool) ([]groupRecord, error) {
	var found []groupRecord
	err := readPages(ctx, c.access, s, func(g groupRecord) {
		if !c.ourGroup(g) {
			return
		}
		c.knownGroups.see(g.ID)
		if match(g.Group) {
			found = append(found, g)
		}
	})
	slices.SortFunc(found, func(a, b groupRecord) int { return byName(a.DisplayName, a.ID, b.DisplayName, b.ID) })
	return found, err
}

// byName orders records by their names in any case, and by their ids.
func byName(nameA, idA, nameB, idB string) int {
	return cmp.Or(strings.Compare(strings.ToLower(nameA), strings.ToLower(nameB)), strings.Compare(idA, idB))
}

// groupsOf unwraps the records. Where the list left members out and the caller
// wants them, it reads those groups, a few at a time.
func (c *Client) groupsOf(ctx context.Context, records []groupRecord, withMembers bool) ([]Group, error) {
	groups := make([]Group, len(records))
	gone := make([]bool, len(records))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(memberReads)
	for i, r := range records {
		groups[i] = r.Group
		if !withMembers {
			continue
		}
		work.Go(func() (err error) {
			if r.membersKnown {
				groups[i].Members, err = c.ownMembers(ctx, r.Members)
				return err
			}
			g, err := c.readGroup(ctx, opReadGroup, r.ID)
			if errors.Is(err, ErrNotFound) {
				gone[i] = true // deleted since the list was read
				return nil
			}
			groups[i] = g
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	kept := groups[:0]
	for i, g := range groups {
		if !gone[i] {
			kept = append(kept, g)
		}
	}
	return kept, nil
}

// DeleteGroup deletes the group, unless allow fails for what Access holds; its error
// is returned as it is. ErrNotFound when there is none of ours.
func (c *Client) DeleteGroup(ctx context.Context, id string, allow func(Group) error) error {
	unlock, err := c.groupWrites.lock(ctx, id)
	if err != nil {
		return waitedTooLong(ctx, opDeleteGroup)
	}
	defer unlock()
	current, err := c.readGroup(ctx, opDeleteGroup, id)
	if err != nil {
		return err
	}
	if err := allow(current); err != nil {
		return err
	}
	err = c.send(ctx, call{op: opDeleteGroup, method: http.MethodDelete, path: groupsPath + "/" + url.PathEscape(id)}, nil)
	if errors.Is(err, ErrNotFound) {
		return nil // somebody else was faster: what was asked for is so
	}
	return err
}
