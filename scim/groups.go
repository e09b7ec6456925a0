package scim

import (
	"errors"
	"net/http"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"
	"go.uber.org/zap"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// GroupSchema is the schema of a SCIM 2.0 group (RFC 7643 section 4.2).
const GroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group"

func (h *Handler) listGroups(r *http.Request) (answer, error) { return h.query(r, h.groups()) }

// groups is the collection of the bridge's groups. Their members are read only
// where the query needs them.
func (h *Handler) groups() collection {
	return collection{
		names: h.groupNames,
		list: func(r *http.Request, start, count int, s search) ([]translate.Resource, int, error) {
			page, err := h.Groups.Groups(r.Context(), start, count, s.uses("members"))
			return h.presentGroups(r, page.Resources), page.Total, err
		},
		find: h.findGroups,
	}
}

// findGroups asks Access for the groups that satisfy a comparison.
func (h *Handler) findGroups(r *http.Request, c filter.Comparison, s search) (_ []translate.Resource, ok bool, _ error) {
	value, isText := c.Value.(string)
	if !isText {
		return nil, false, nil
	}
	key := h.groupNames.key(c)
	if key == "id eq" {
		g, err := h.Groups.Group(r.Context(), value)
		if errors.Is(err, upstream.ErrNotFound) {
			return nil, true, nil
		}
		return h.presentGroups(r, []upstream.Group{g}), true, err
	}
	by, ok := groupKeys()[key]
	if !ok {
		return nil, false, nil
	}
	found, err := h.Groups.FindGroups(r.Context(), by, value, s.uses("members"))
	return h.presentGroups(r, found), true, err
}

// groupKeys are the comparisons of groups that Access can answer.
func groupKeys() map[string]upstream.Key {
	return map[string]upstream.Key{
		"displayname eq":   upstream.ByDisplayName,
		"displayname co":   upstream.DisplayNameContains,
		"displayname sw":   upstream.DisplayNameStarts,
		"externalid eq":    upstream.ByExternalID,
		"members.value eq": upstream.ByMember,
	}
}

func (h *Handler) readGroup(r *http.Request) (answer, error) {
	p, err := readProjection(r, h.groupNames)
	if err != nil {
		return answer{}, err
	}
	g, err := h.Groups.Group(r.Context(), resourceID(r))
	if err != nil {
		return answer{}, err
	}
	return found(r, http.StatusOK, h.presentGroup(r, g), p)
}

func (h *Handler) replaceGroup(r *http.Request) (answer, error) {
	resource, err := h.readResource(r, h.groupNames)
	if err != nil {
		return answer{}, err
	}
	return h.updateGroup(r, func(current translate.Resource) (translate.Resource, error) {
		// What a PUT of a group leaves out stays: members are only ever changed
		// by a request that names them.
		for name, value := range resource {
			if value != nil {
				current[name] = value
			}
		}
		return current, nil
	})
}

func (h *Handler) patchGroup(r *http.Request) (answer, error) {
	operations, err := h.readPatch(r, h.groupNames)
	if err != nil {
		return answer{}, err
	}
	return h.updateGroup(r, func(current translate.Resource) (translate.Resource, error) {
		next, err := applyPatch(r.Context(), current, operations)
		if err == nil && !hasValue(next["displayName"]) {
			return nil, badRequest(scimerrors.ScimTypeMutability, "The attribute displayName is required: it can be replaced, not removed.")
		}
		return next, err
	})
}

// updateGroup is the one way to change a group: the request is applied to what
// Access holds.
func (h *Handler) updateGroup(r *http.Request, apply func(translate.Resource) (translate.Resource, error)) (answer, error) {
	p, err := readProjection(r, h.groupNames)
	if err != nil {
		return answer{}, err
	}
	id := resourceID(r)
	note(r, zap.String("group_id", loggable(id)))
	g, err := h.Groups.UpdateGroup(r.Context(), id, func(current upstream.Group) (upstream.Group, error) {
		if err := checkVersion(r, current.Meta); err != nil {
			return upstream.Group{}, err
		}
		next, err := apply(groupResource(current, ""))
		if err != nil {
			return upstream.Group{}, err
		}
		return groupFrom(next)
	})
	if errors.Is(err, upstream.ErrConflict) {
		return answer{}, conflict("Workspace ONE Access already has another group with this displayName.")
	}
	if err != nil {
		return answer{}, err
	}
	h.noteUnknownMembers(r, g)
	return found(r, http.StatusOK, h.presentGroup(r, g), p)
}

func (h *Handler) deleteGroup(r *http.Request) (answer, error) {
	id := resourceID(r)
	note(r, zap.String("group_id", loggable(id)))
	err := h.Groups.DeleteGroup(r.Context(), id, func(current upstream.Group) error { return checkVersion(r, current.Meta) })
	return answer{status: http.StatusNoContent}, h.deleted(id, err)
}

// noteUnknownMembers tells of members that were left out: one member that
// Access does not know must not cost the others their membership.
func (h *Handler) noteUnknownMembers(r *http.Request, g upstream.Group) {
	if len(g.Unknown) == 0 {
		return
	}
	h.metrics.unknownMembers.Add(float64(len(g.Unknown)))
	shown := make([]string, 0, 10)
	for _, id := range g.Unknown[:min(len(g.Unknown), cap(shown))] {
		shown = append(shown, loggable(id))
	}
	note(r, zap.Int("unknown_members", len(g.Unknown)), zap.Strings("unknown_member_ids", shown))
}

// groupFrom reads a group resource.
func groupFrom(resource translate.Resource) (upstream.Group, error) {
	var g upstream.Group
	var ok bool
	if g.DisplayName, ok = resource["displayName"].(string); !ok || strings.TrimSpace(g.DisplayName) == "" {
		return g, badRequest(scimerrors.ScimTypeInvalidValue, "The attribute displayName is missing or empty: a group needs a name.")
	}
	g.ExternalID, _ = resource["externalId"].(string)
	items, ok := resource["members"].([]any)
	if !ok && resource["members"] != nil {
		items = []any{resource["members"]} // a single member that is not in a list
	}
	for _, item := range items {
		m, nested, err := memberFrom(item)
		if err != nil {
			return g, err
		}
		if !nested {
			g.Members = append(g.Members, m)
		}
	}
	return g, nil
}

// memberFrom reads one member. Groups in groups are not supported and are left
// out; Okta never sends them.
func memberFrom(item any) (_ upstream.Member, nested bool, _ error) {
	member, _ := item.(map[string]any)
	id, _ := member["value"].(string)
	if id == "" {
		return upstream.Member{}, false, badRequest(scimerrors.ScimTypeInvalidValue, "Each of members must be an object whose value is the id of a user.")
	}
	display, _ := member["display"].(string)
	kind, _ := member["type"].(string)
	return upstream.Member{ID: id, Display: display}, strings.EqualFold(kind, "Group"), nil
}

func (h *Handler) presentGroups(r *http.Request, groups []upstream.Group) []translate.Resource {
	out := make([]translate.Resource, len(groups))
	for i, g := range groups {
		out[i] = h.presentGroup(r, g)
	}
	return out
}

// presentGroup is the group as a SCIM 2.0 resource.
func (h *Handler) presentGroup(r *http.Request, g upstream.Group) translate.Resource {
	base := h.baseURL(r)
	resource := groupResource(g, base)
	resource["id"] = g.ID
	resource["meta"] = meta("Group", base+"/Groups/"+g.ID, g.Meta)
	return resource
}

// groupResource is what of a group can be written. base "" leaves links out.
func groupResource(g upstream.Group, base string) translate.Resource {
	members := make([]any, len(g.Members))
	for i, m := range g.Members {
		member := map[string]any{"value": m.ID, "type": "User"}
		if m.Display != "" {
			member["display"] = m.Display
		}
		if base != "" {
			member["$ref"] = base + "/Users/" + m.ID
		}
		members[i] = member
	}
	resource := translate.Resource{"schemas": []any{GroupSchema}, "displayName": g.DisplayName, "members": members}
	if g.ExternalID != "" {
		resource["externalId"] = g.ExternalID
	}
	return resource
}
