package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"ws1bridge/upstream"
)

func (h *Handler) createGroup(r *http.Request) (answer, error) {
	p, err := readProjection(r, h.groupNames)
	if err != nil {
		return answer{}, err
	}
	resource, err := h.readResource(r, h.groupNames)
	if err != nil {
		return answer{}, err
	}
	wanted, err := groupFrom(resource)
	if err != nil {
		return answer{}, err
	}
	g, err := h.newGroup(r.Context(), wanted)
	if err != nil {
		return answer{}, err
	}
	note(r, zap.String("group_id", g.ID))
	h.noteUnknownMembers(r, g)
	return found(r, http.StatusCreated, h.presentGroup(r, g), p)
}

// newGroup creates a group, or finishes one whose creation broke off before:
// creating a group takes several requests, and Okta repeats a push that was
// answered 429 from its beginning.
func (h *Handler) newGroup(ctx context.Context, wanted upstream.Group) (upstream.Group, error) {
	g, err := h.Groups.CreateGroup(ctx, h.GroupDomain, wanted)
	if inDoubt(err) {
		h.doubtful.groups.add(strings.ToLower(wanted.DisplayName), struct{}{})
	}
	if inDoubt(err) || errors.Is(err, upstream.ErrConflict) {
		g, err = h.resumeGroup(ctx, wanted, err)
	}
	if err == nil {
		h.doubtful.groups.remove(strings.ToLower(wanted.DisplayName))
	}
	return g, err
}

// resumeGroup finds the group that stands in the way of a creation, or that a
// creation of unknown outcome may have made, and decides whether it is the
// beginning of that very creation.
func (h *Handler) resumeGroup(ctx context.Context, wanted upstream.Group, failure error) (upstream.Group, error) {
	found, err := h.Groups.FindGroups(ctx, upstream.ByDisplayName, wanted.DisplayName, true)
	switch {
	case inDoubt(failure) && (err != nil || len(found) == 0):
		return upstream.Group{}, failure // Okta's repetition decides
	case err != nil:
		return upstream.Group{}, err
	case len(found) == 0:
		return upstream.Group{}, fmt.Errorf("%w: %w", conflict("Workspace ONE Access already has a group with this displayName that the bridge does not manage (group names are unique in the whole tenant): rename one of them."), failure)
	}
	existing := found[0]
	if !h.resumable(existing, wanted) {
		return upstream.Group{}, conflict("The displayName is taken by the group with id " + existing.ID + ". Link to that group in Okta, or rename one of them.")
	}
	return h.Groups.UpdateGroup(ctx, existing.ID, func(current upstream.Group) (upstream.Group, error) {
		current.Members = wanted.Members
		return current, nil
	})
}

// resumable reports whether existing can be what is left of an earlier attempt
// to create wanted: either both carry the same externalId; or nobody is in it
// but wanted members, and this process remembers the attempt, or some of them
// are missing and the group is not older than Okta's repetitions last. A group
// that is complete was not left behind: it is a duplicate.
func (h *Handler) resumable(existing, wanted upstream.Group) bool {
	_, tried := h.doubtful.groups.get(strings.ToLower(wanted.DisplayName))
	switch {
	case wanted.ExternalID != "" && existing.ExternalID != "":
		return wanted.ExternalID == existing.ExternalID
	case wanted.ExternalID != existing.ExternalID && !tried:
		return false
	}
	known := map[string]bool{}
	for _, m := range wanted.Members {
		known[m.ID] = true
	}
	for _, m := range existing.Members {
		if !known[m.ID] {
			return false
		}
	}
	recent := time.Since(existing.Meta.Created) < doubtLasts
	return tried || recent && len(existing.Members) < len(known)
}
