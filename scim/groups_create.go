package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"

	"ws1bridge/upstream"
)

func (h *Handler) createGroup(r *http.Request) (answer, error) {
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
	a := answer{status: http.StatusCreated, body: h.presentGroup(r, g)}
	a.header("Location", h.baseURL(r)+"/Groups/"+g.ID)
	return a, nil
}

// newGroup creates a group, or finishes one whose creation broke off before:
// creating a group takes several requests, and Okta repeats a push that was
// answered 429 from its beginning.
func (h *Handler) newGroup(ctx context.Context, wanted upstream.Group) (upstream.Group, error) {
	g, err := h.Groups.CreateGroup(ctx, h.GroupDomain, wanted)
	if inDoubt(err) {
		h.doubtful.add(wanted.DisplayName)
	}
	if inDoubt(err) || errors.Is(err, upstream.ErrConflict) {
		g, err = h.resumeGroup(ctx, wanted, err)
	}
	if err == nil {
		h.doubtful.remove(wanted.DisplayName)
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
		current.Members = append(current.Members, wanted.Members...)
		return current, nil
	})
}

// resumable reports whether existing can be what is left of an earlier attempt
// to create wanted: this process remembers the attempt, both carry the same
// externalId, or some but not all of the wanted members are in it and nobody
// else. A group that is complete was not left behind: it is a duplicate.
func (h *Handler) resumable(existing, wanted upstream.Group) bool {
	if h.doubtful.has(wanted.DisplayName) {
		return true
	}
	if wanted.ExternalID != "" || existing.ExternalID != "" {
		return wanted.ExternalID == existing.ExternalID
	}
	for _, m := range existing.Members {
		if !slices.ContainsFunc(wanted.Members, func(w upstream.Member) bool { return w.ID == m.ID }) {
			return false
		}
	}
	return len(existing.Members) < len(wanted.Members)
}

const (
	// doubtLasts is longer than Okta goes on repeating a push: ten times,
	// doubling from a minute.
	doubtLasts = 24 * time.Hour
	maxDoubts  = 10_000
)

// doubtfulNames remembers groups whose creation was answered 429 though it may
// have been applied. The zero value is ready for use.
type doubtfulNames struct {
	mu    sync.Mutex           // guards since
	since map[string]time.Time // by lower-case name
}

func (d *doubtfulNames) add(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.since == nil {
		d.since = map[string]time.Time{}
	}
	for old, at := range d.since {
		if time.Since(at) > doubtLasts {
			delete(d.since, old)
		}
	}
	if len(d.since) < maxDoubts {
		d.since[strings.ToLower(name)] = time.Now()
	}
}

func (d *doubtfulNames) remove(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.since, strings.ToLower(name))
}

func (d *doubtfulNames) has(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at, ok := d.since[strings.ToLower(name)]
	return ok && time.Since(at) <= doubtLasts
}
