package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// Create creates a group, or finishes one whose creation broke off before:
// creating a group takes several requests, and Okta repeats a push that was
// answered 429 from its beginning.
func (g *Groups) Create(ctx context.Context, r schema.Resource) (made Record, _ error) {
	wanted, err := translate.GroupFromSCIM(r)
	if err != nil {
		return Record{}, err
	}
	err = alone(ctx, g.order, func(ctx context.Context) (err error) {
		made, err = g.create(ctx, wanted)
		return err
	}, groupKind+" called "+g.creationName(wanted))
	return made, err
}

func (g *Groups) create(ctx context.Context, wanted upstream.Group) (_ Record, err error) {
	answered := "" // the id that an earlier attempt was answered with
	if wanted.ExternalID == "" {
		// By it the group is known to be made by the bridge, and for this push.
		wanted.ExternalID, answered = g.creations.Begin(ctx, groupKind, g.creationName(wanted), translate.InventExternalID())
	}
	var group upstream.Group
	if err = g.checkSpellings(ctx, wanted.DisplayName); err == nil {
		group, err = g.directory.CreateGroup(ctx, g.domain, wanted)
	}
	if upstream.InDoubt(err) || errors.Is(err, upstream.ErrConflict) {
		group, err = g.resume(ctx, wanted, answered, err)
	}
	if err == nil {
		g.finished.add(group.ID, struct{}{})
		if translate.IsInvented(wanted.ExternalID) { // others are known by what the caller sent
			g.creations.Made(ctx, groupKind, g.creationName(wanted), group.ID)
		}
	}
	return record(group, err)
}

// groupKind is what creations of groups are.
const groupKind = "group"

// creationName is the name of a creation: what Access has once.
func (g *Groups) creationName(wanted upstream.Group) string {
	return creationName(g.domain, wanted.DisplayName)
}

// checkSpellings is as for users.
func (g *Groups) checkSpellings(ctx context.Context, name string) error {
	if len(names.Spellings(name)) == 1 {
		return nil
	}
	found, err := g.directory.FindGroups(ctx, upstream.ByDisplayName, name, false)
	if len(found) > 0 {
		return upstream.ErrConflict
	}
	return err
}

// resume finds the group that stands in the way of a creation, or that a
// creation of unknown outcome may have made, and decides whether it is the
// beginning of that very creation.
func (g *Groups) resume(
	ctx context.Context, wanted upstream.Group, answered string, failure error,
) (upstream.Group, error) {
	found, err := g.directory.FindGroups(ctx, upstream.ByDisplayName, wanted.DisplayName, true)
	switch {
	case upstream.InDoubt(failure) && (err != nil || len(found) == 0):
		return upstream.Group{}, failure // Okta's repetition decides
	case err != nil:
		return upstream.Group{}, err
	case len(found) == 0:
		return upstream.Group{}, fmt.Errorf("%w: %w", g.takenElsewhere(ctx, wanted.DisplayName), failure)
	}
	i := slices.IndexFunc(found, func(existing upstream.Group) bool { return g.resumable(existing, wanted, answered) })
	if i < 0 {
		return upstream.Group{}, problem.GroupTaken(found[0].ID).HeldBy(found[0].ID)
	}
	if found[i].ExternalID != wanted.ExternalID {
		g.creations.Adopt(groupKind, g.creationName(wanted), found[i].ExternalID)
	}
	group, err := g.write(ctx, found[i].ID, upstream.GroupChange{
		Make: func(current upstream.Group) (upstream.Group, error) {
			current.Members = wanted.Members
			return current, nil
		},
	})
	return group, unlessFound(err)
}

// takenElsewhere is the problem where a name is taken and no group of the bridge's is
// shown to have it.
func (g *Groups) takenElsewhere(ctx context.Context, name string) error {
	stranger, err := g.directory.StrangerHasGroupName(ctx, name)
	return g.unshown.takenBy(stranger, err, names.Fold(name), problem.GroupTakenElsewhere())
}

// resumable reports whether existing is what is left of an earlier attempt to create
// wanted. Only what the bridge itself demonstrably made is:
//   - the group with the externalId that Okta sent;
//   - the one that an earlier attempt was answered with, while the caller has not used its
//     id, if it is as wanted: the answer was lost;
//   - the one with the externalId that was made up for the push, if nobody is in it who is
//     not wanted;
//   - one with an externalId that a bridge made up, which lacks wanted members and is
//     not older than Okta's repetitions last: its bridge ended in between. One that is
//     complete was not left behind, nor one that this process answered for: that is a
//     duplicate.
func (g *Groups) resumable(existing, wanted upstream.Group, answered string) bool {
	same := existing.ExternalID == wanted.ExternalID
	if !translate.IsInvented(wanted.ExternalID) {
		return same
	}
	known := map[string]bool{}
	for _, m := range wanted.Members {
		known[m.ID] = true
	}
	if slices.ContainsFunc(existing.Members, func(m upstream.Member) bool { return !known[m.ID] }) {
		return false
	}
	if existing.ID == answered {
		return existing.DisplayName == wanted.DisplayName && len(existing.Members) == len(known)
	}
	if _, finished := g.finished.get(existing.ID); finished && !same {
		return false
	}
	recent := time.Since(existing.Meta.Created) < doubtLasts
	return same || translate.IsInvented(existing.ExternalID) && recent && len(existing.Members) < len(known)
}
