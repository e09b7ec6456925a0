package scim

import (
	"context"
	"net/http"
	"slices"

	"go.uber.org/zap"

	"ws1bridge/scim/patch"
	"ws1bridge/scim/provision"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// store is where the resources of a type are.
type store interface {
	Read(ctx context.Context, id string, uses provision.Uses) (provision.Record, error)
	List(ctx context.Context, start, count int, uses provision.Uses) (page []provision.Record, total int, _ error)
	Find(ctx context.Context, l provision.Lookup, uses provision.Uses) (found []provision.Record, ok bool, _ error)
	Create(context.Context, schema.Resource) (provision.Record, error)
	Update(ctx context.Context, id string, change provision.Change) (provision.Record, error)
	Delete(ctx context.Context, id string, allow func(upstream.Meta) error) error
}

// resourceType is users or groups: what is different between them.
type resourceType struct {
	schema.ResourceType
	store store
	label string // in the log
	// guarded are the attributes that a PATCH may not take away, or not change.
	guarded []namedAttribute
	// replaced is what a PUT makes of a resource.
	replaced func(current func() schema.Resource, sent schema.Resource) schema.Resource
	// hasMembers says that there may be many thousands of them. A PATCH is then answered
	// without a body, unless the caller asks for attributes.
	hasMembers bool
	// links puts links to other resources into one.
	links func(r schema.Resource, base string)
}

func userType(cfg Config, users *provision.Users) *resourceType {
	t := &resourceType{
		ResourceType: schema.Users(cfg.Translator.SchemaAttributes()),
		store:        users,
		label:        "user",
		// Okta's PUT is the user as it read it with some attributes changed, so
		// what is absent is cleared where it could have been read.
		replaced: func(_ func() schema.Resource, sent schema.Resource) schema.Resource { return sent },
		links:    func(r schema.Resource, base string) { link(r["groups"], base+"/Groups/") },
	}
	t.guarded = append(t.named(cfg.Translator.Required(), false), t.named(cfg.Translator.Fixed(), true)...)
	return t
}

func groupType(groups *provision.Groups) *resourceType {
	t := &resourceType{
		ResourceType: schema.Groups(),
		store:        groups,
		label:        "group",
		hasMembers:   true,
		// What a PUT of a group leaves out stays: members are only ever changed
		// by a request that names them.
		replaced: func(current func() schema.Resource, sent schema.Resource) schema.Resource {
			out := current()
			for name, value := range sent {
				if value != nil {
					out[name] = value
				}
			}
			return out
		},
		links: func(r schema.Resource, base string) {
			members, _ := r["members"].(schema.Members)
			members.Users = base + "/Users/"
			r["members"] = members
		},
	}
	t.guarded = t.named([]string{"displayName", "externalId"}, false)
	return t
}

func read(ctx context.Context, c *call) (answer, error) {
	c.log.note(zap.String(c.one().label+"_id", loggable(c.id)))
	record, err := c.one().store.Read(ctx, c.id, c.projection.Wants)
	if err != nil {
		return answer{}, err
	}
	if c.versions.isUnchanged(record.Meta.Version) {
		return answer{status: http.StatusNotModified, version: record.Meta.Version}, nil
	}
	return c.found(http.StatusOK, record), nil
}

func (h *Handler) create(ctx context.Context, c *call) (answer, error) {
	record, err := c.one().store.Create(ctx, c.resource)
	if err != nil {
		c.log.note(externalID(c.resource)...)
		return answer{}, err
	}
	c.log.note(zap.String(c.one().label+"_id", record.ID))
	c.log.isOf(record)
	h.noteLeftOut(c, record.LeftOut)
	h.noteDropped(c.log, c.one().NotKept(c.resource, record.Resource))
	return c.found(http.StatusCreated, record), nil
}

func (h *Handler) replace(ctx context.Context, c *call) (answer, error) {
	record, err := h.update(ctx, c, provision.Change{Apply: func(current func() schema.Resource) (schema.Resource, error) {
		return c.one().replaced(current, c.resource), nil
	}})
	if err != nil {
		return answer{}, err
	}
	return c.found(http.StatusOK, record), nil
}

// patch changes a resource by operations. That of a group is answered without its members:
// who they are is not read, where the operations do not ask for it.
func (h *Handler) patch(ctx context.Context, c *call) (answer, error) {
	bare := c.one().hasMembers && !c.projection.IsAsked()
	operations, members := c.partsOf(bare)
	var kept []string
	record, err := h.update(ctx, c, provision.Change{
		Apply: func(held func() schema.Resource) (_ schema.Resource, err error) {
			current := held()
			next, err := patch.Apply(ctx, current, operations)
			if err != nil {
				return nil, err
			}
			if kept, err = c.one().checkChange(current, next); err != nil {
				return nil, err
			}
			patch.MarkRemoved(current, next)
			return c.one().replaced(func() schema.Resource { return current }, next), nil
		},
		Members: members,
	})
	if err != nil {
		return answer{}, err
	}
	h.noteDropped(c.log, kept)
	if bare {
		return answer{status: http.StatusNoContent, id: record.ID, version: record.Meta.Version}, nil
	}
	return c.found(http.StatusOK, record), nil
}

// partsOf are the operations of a PATCH, those on members apart where nobody needs to
// know who is in the group: they don't, nor does the answer.
func (c *call) partsOf(bare bool) (operations []patch.Operation, members *provision.MemberChange) {
	if !c.one().hasMembers || c.versions.areAsked() || !bare && c.projection.Wants("members") {
		return c.changes, nil
	}
	parts, ok := patch.Apart(c.changes)
	if !ok {
		return c.changes, nil
	}
	return parts.Others, &provision.MemberChange{Join: parts.Join, Leave: parts.Leave}
}

// update is the one way to change a resource: the request is applied to what
// Access holds.
func (h *Handler) update(ctx context.Context, c *call, change provision.Change) (provision.Record, error) {
	c.log.note(zap.String(c.one().label+"_id", loggable(c.id)))
	var asked schema.Resource
	apply := change.Apply
	change.Apply = func(current func() schema.Resource) (_ schema.Resource, err error) {
		asked, err = apply(current) // the last time is for the state that counts
		return asked, err
	}
	if c.versions.areAsked() {
		change.Allow = c.versions.check
	}
	record, err := c.one().store.Update(ctx, c.id, change)
	if err != nil {
		return provision.Record{}, err
	}
	c.log.isOf(record)
	if change.Members != nil && asked != nil {
		asked["members"] = change.Members.Join
	}
	h.noteLeftOut(c, record.LeftOut)
	dropped := append(c.one().NotKept(asked, record.Resource), record.Overruled...)
	slices.Sort(dropped)
	h.noteDropped(c.log, slices.Compact(dropped))
	return record, nil
}

func remove(ctx context.Context, c *call) (answer, error) {
	c.log.note(zap.String(c.one().label+"_id", loggable(c.id)))
	return answer{status: http.StatusNoContent}, c.one().store.Delete(ctx, c.id, c.versions.check)
}

// found answers with one resource: its version and place, and of its attributes
// those that were asked for.
func (c *call) found(status int, record provision.Record) answer {
	r, location := c.one().linked(record, c.base)
	return answer{
		status: status, id: record.ID, location: location, version: record.Meta.Version, body: c.projection.Apply(r),
	}
}

// noteLeftOut tells of members that were left out: one member that
// Access does not know must not cost the others their membership.
func (h *Handler) noteLeftOut(c *call, unknown []string) {
	if len(unknown) == 0 {
		return
	}
	h.metrics.unknownMembers.Add(float64(len(unknown)))
	shown := make([]string, 0, 10)
	for _, id := range unknown[:min(len(unknown), cap(shown))] {
		shown = append(shown, loggable(id))
	}
	c.log.leftOut, c.log.leftOutIDs = len(unknown), shown
	c.log.note(zap.Int("unknown_members", len(unknown)), zap.Strings("unknown_member_ids", shown))
}
