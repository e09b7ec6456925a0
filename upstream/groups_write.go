package upstream

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"golang.org/x/sync/errgroup"
)

// memberBatch is how many members one request adds or removes. The limit of
// Access is not documented; 100 is what its public clients stay within.
const memberBatch = 100

// CreateGroup creates an internal group in domain, empty, and then adds the
// members, 100 a request. ErrConflict when any group of the tenant has the
// name. When adding members fails, the group stands without some of them and
// the error has InDoubt set; UpdateGroup can finish it.
func (c *Client) CreateGroup(ctx context.Context, domain string, g Group) (Group, error) {
	if err := c.checkDomain(opCreateGroup, domain); err != nil {
		return Group{}, err
	}
	b := newBody(Attributes{{Name: "displayName"}: g.DisplayName})
	if g.ExternalID != "" {
		b["externalId"] = g.ExternalID
	}
	workspace := b.block(WorkspaceSchema)
	workspace["internalGroupType"] = groupTypeInternal
	workspace["domain"] = domain
	var created groupRecord
	err := c.send(ctx, call{op: opCreateGroup, method: http.MethodPost, path: groupsPath, body: b}, &created)
	if err != nil {
		return Group{}, c.orMisconfigured(ctx, opCreateGroup, err)
	}
	if !plausibleID(created.ID) || !c.ourGroup(created) {
		return Group{}, &Error{Op: opCreateGroup, Kind: ErrUnavailable, InDoubt: true,
			Err: errors.New("Access answered the creation with something that is not an internal group of the domain")}
	}
	unlock, err := c.groupWrites.lock(ctx, created.ID)
	if err != nil {
		return Group{}, inDoubt(waitedTooLong(ctx, opCreateGroup)) // the group stands
	}
	defer unlock()
	created.Members, created.Unknown, err = c.addMembers(ctx, created.ID, created.Members, g.Members)
	return created.Group, inDoubt(err)
}

// UpdateGroup reads the group, asks change what its name, externalId and
// members should be, and sends Access the difference: the name first, because
// that can be refused for good, then members to remove, then members to add,
// 100 a request. Where there is no difference, nothing is sent. An error of
// change is returned as it is.
//
// Ids that Access does not know as members are left out and listed in Unknown;
// the rest is applied. UpdateGroup is idempotent. ErrNotFound when there is no
// such group of ours, ErrConflict when a new name is taken.
func (c *Client) UpdateGroup(ctx context.Context, id string, change func(Group) (Group, error)) (Group, error) {
	unlock, err := c.groupWrites.lock(ctx, id)
	if err != nil {
		return Group{}, waitedTooLong(ctx, opUpdateGroup)
	}
	defer unlock()
	current, err := c.readGroup(ctx, opUpdateGroup, id)
	if err != nil {
		return Group{}, err
	}
	view := current
	view.Members = slices.Clone(current.Members) // change may build on the list it is shown
	want, err := change(view)
	if err != nil {
		return Group{}, err
	}
	return c.applyToGroup(ctx, current, want)
}

func (c *Client) applyToGroup(ctx context.Context, current, want Group) (Group, error) {
	if err := c.patchGroupNames(ctx, &current, want); err != nil {
		return Group{}, err
	}
	wanted := memberSet(want.Members)
	kept := slices.DeleteFunc(slices.Clone(current.Members), func(m Member) bool { return !wanted[m.ID] })
	present := memberSet(kept)
	leaving := slices.DeleteFunc(slices.Clone(current.Members), func(m Member) bool { return present[m.ID] })
	for batch := range slices.Chunk(leaving, memberBatch) {
		if err := c.removeMembers(ctx, current.ID, batch); err != nil {
			return Group{}, err
		}
	}
	var err error
	current.Members, current.Unknown, err = c.addMembers(ctx, current.ID, kept, want.Members)
	current.Meta.Version = "" // that of the read; the state after the writes has one that was not read
	return current, err
}

// patchGroupNames sends name and externalId where they changed.
func (c *Client) patchGroupNames(ctx context.Context, current *Group, want Group) error {
	set := Attributes{}
	if want.DisplayName != current.DisplayName {
		set[Path{Name: "displayName"}] = want.DisplayName
	}
	if want.ExternalID != "" && want.ExternalID != current.ExternalID {
		set[externalIDPath] = want.ExternalID
	}
	if len(set) == 0 {
		return nil
	}
	if err := c.patchGroup(ctx, current.ID, newBody(set)); err != nil {
		return err
	}
	current.DisplayName = want.DisplayName
	if want.ExternalID != "" {
		current.ExternalID = want.ExternalID
	}
	return nil
}

// addMembers adds those of want that present does not hold, and returns all
// that are members then, in that order, and those that Access does not know.
func (c *Client) addMembers(ctx context.Context, id string, present, want []Member) (members []Member, unknown []string, err error) {
	have := memberSet(present)
	var missing []Member
	for _, m := range want {
		if !have[m.ID] {
			have[m.ID] = true
			missing = append(missing, m)
		}
	}
	if c.known.complete.Load() {
		if missing, unknown, err = c.withoutStrangers(ctx, missing); err != nil {
			return nil, nil, err
		}
	}
	members = present
	for batch := range slices.Chunk(missing, memberBatch) {
		added, strangers, err := c.addBatch(ctx, id, batch)
		if err != nil {
			return nil, nil, err
		}
		members = append(members, added...)
		unknown = append(unknown, strangers...)
	}
	return members, unknown, nil
}

// addBatch adds members in one request. Where Access refuses them together, it
// looks which of them are users of ours and adds these: adding a member twice
// does no harm. A refusal of users that exist is an error.
func (c *Client) addBatch(ctx context.Context, id string, batch []Member) (added []Member, unknown []string, err error) {
	plausible := slices.DeleteFunc(slices.Clone(batch), func(m Member) bool { return !plausibleID(m.ID) })
	if len(plausible) == len(batch) {
		refusal := c.patchGroup(ctx, id, memberBody(batch, false))
		if !isRefusal(refusal) {
			return batch, nil, refusal
		}
	}
	known, unknown, err := c.withoutStrangers(ctx, batch)
	if err != nil || len(known) == 0 {
		return nil, unknown, err
	}
	return known, unknown, c.patchGroup(ctx, id, memberBody(known, false))
}

// withoutStrangers parts members into users of ours and ids that are none. Who
// is not known is looked up, a few at a time.
func (c *Client) withoutStrangers(ctx context.Context, members []Member) (known []Member, strangers []string, err error) {
	isStranger := make([]bool, len(members))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(memberReads)
	for i, m := range members {
		if c.known.has(m.ID) {
			continue
		}
		work.Go(func() error {
			_, err := c.readUser(ctx, opUpdateGroup, m.ID)
			if errors.Is(err, ErrNotFound) {
				isStranger[i] = true
				return nil
			}
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, nil, err
	}
	for i, m := range members {
		if isStranger[i] {
			strangers = append(strangers, m.ID)
		} else {
			known = append(known, m)
		}
	}
	return known, strangers, nil
}

// removeMembers removes members in one request, singly where Access refuses
// them together: one that it no longer knows is as good as removed.
func (c *Client) removeMembers(ctx context.Context, id string, batch []Member) error {
	err := c.patchGroup(ctx, id, memberBody(batch, true))
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
	g, err := c.readGroup(ctx, opUpdateGroup, id)
	switch {
	case err != nil:
		return err
	case !memberSet(g.Members)[m.ID]:
		return nil
	}
	return refusal
}

func (c *Client) patchGroup(ctx context.Context, id string, b body) error {
	return c.send(ctx, call{op: opUpdateGroup, method: http.MethodPatch, path: groupsPath + "/" + url.PathEscape(id), body: b}, nil)
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

func memberSet(members []Member) map[string]bool {
	set := make(map[string]bool, len(members))
	for _, m := range members {
		set[m.ID] = true
	}
	return set
}
