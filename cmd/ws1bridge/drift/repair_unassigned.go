package drift

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// deactivations are the actions on accounts that nobody is assigned to.
func (p *people) deactivations() (all []Action) {
	for _, id := range slices.Sorted(maps.Keys(p.others)) {
		if o := p.others[id]; o.active {
			all = append(all, Action{Name: o.name, Does: []string{"deactivate"}, do: o.deactivated(id),
				settles: []Difference{{Kind: Unassigned, Name: o.name, ID: id}}})
		}
	}
	return all
}

// assignedFor is how long it is believed who is assigned, while accounts are deactivated.
const assignedFor = time.Minute

// assigned is who is assigned, by all that an account may be known by.
type assigned struct {
	known map[string]bool
	until time.Time
}

// whoIsAssigned reads who is assigned now: somebody may have been since the comparison, under
// another id of Okta.
func (r *repair) whoIsAssigned(ctx context.Context) (map[string]bool, error) {
	if r.assigned != nil && time.Now().Before(r.assigned.until) {
		return r.assigned.known, nil
	}
	known := map[string]bool{}
	err := r.Source.EachUser(ctx, func(u AppUser) error {
		known["link "+u.ExternalID], known["id "+r.externalID(u)] = true, true
		for _, name := range append(r.Translator.UserNames(u.Credentials.UserName), u.Credentials.UserName) {
			known["name "+names.Fold(name)] = true
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		return nil, errors.New("okta says that nobody is assigned any more")
	}
	r.assigned = &assigned{known, time.Now().Add(assignedFor)}
	return known, nil
}

// deactivated shuts out who has an account, unless it is not as it was, or somebody may have been
// assigned to it meanwhile.
func (o other) deactivated(id string) func(context.Context, *repair) ([]string, error) {
	return func(ctx context.Context, r *repair) ([]string, error) {
		known, err := r.whoIsAssigned(ctx)
		if err != nil {
			return nil, err
		}
		held, err := r.Client.User(ctx, id)
		switch {
		case errors.Is(err, upstream.ErrNotFound):
			return nil, ErrChanged
		case err != nil:
			return nil, err
		case !held.Active():
			return nil, nil
		}
		externalID := held.ExternalID()
		isSame := held.UserName() == o.name && externalID == o.externalID
		isKnown := known["link "+id] || known["name "+names.Fold(o.name)] ||
			externalID != "" && !translate.IsInvented(externalID) && known["id "+externalID]
		if !isSame || isKnown {
			return nil, ErrChanged
		}
		if err := r.patch(ctx, usersEndpoint, id, held.Meta.Version, activity(false)); err != nil {
			return nil, err
		}
		return []string{"deactivate"}, nil
	}
}
