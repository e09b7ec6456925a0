package drift

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"ws1bridge/scim"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

const usersEndpoint = "/Users"

// actions are those that repair people.
func (p *people) actions() (all []Action) {
	for _, one := range p.all {
		does := correctionsOf(one.found)
		if one.creatable {
			does = []string{"create the account"}
		}
		if len(does) > 0 {
			all = append(all, Action{Name: one.Credentials.UserName, Does: does, do: one.repaired})
		}
	}
	return all
}

// correctionsOf is how to settle differences of an account, in words.
func correctionsOf(found []Difference) (does []string) {
	shutsOut, isRefused := false, false
	for _, d := range found {
		switch d.Kind {
		case ActiveHere:
			shutsOut = true
			does = append(does, "deactivate")
		case InactiveHere:
			does = append(does, "activate")
		case Attributes:
			does = append(does, "correct "+strings.Join(d.Attributes, ", "))
		case NotPushable:
			isRefused = true
		}
	}
	if isRefused && !shutsOut {
		return nil
	}
	return does
}

// repaired makes the account what Okta holds of the person, by the same request as Okta.
func (one *person) repaired(ctx context.Context, r *repair) (done []string, _ error) {
	now, err := r.Source.User(ctx, one.Key())
	switch {
	case errors.Is(err, ErrNotAssigned):
		return nil, ErrChanged
	case err != nil:
		return nil, err
	}
	if one.account == "" {
		return one.created(ctx, r, now)
	}
	held, err := r.Client.User(ctx, one.account)
	if errors.Is(err, upstream.ErrNotFound) {
		return nil, ErrChanged
	}
	if err != nil {
		return nil, err
	}
	found := r.differences(now, held)
	if haveChanged(one.found, found) {
		return nil, ErrChanged
	}
	if done = correctionsOf(found); len(done) == 0 {
		return nil, nil // Okta has pushed it meanwhile
	}
	put := scim.Push{Method: http.MethodPut, Endpoint: usersEndpoint, ID: one.account}
	if _, err := r.send(ctx, put, r.resource(now, held)); err != nil {
		return nil, err
	}
	return done, nil
}

// created creates the account, or finds the one that is there already, as a push does.
func (one *person) created(ctx context.Context, r *repair, now AppUser) (done []string, err error) {
	if !now.isWanted() || now.Profile == nil {
		return nil, ErrChanged
	}
	body := r.resource(now, upstream.User{})
	body["schemas"] = []string{schema.User}
	one.account, err = r.send(ctx, scim.Push{Method: http.MethodPost, Endpoint: usersEndpoint}, body)
	if err != nil {
		return nil, err
	}
	r.byAccount[one.account] = one
	return []string{"create the account"}, nil
}

// deactivations are the actions on accounts that nobody is assigned to.
func (p *people) deactivations() (all []Action) {
	for _, id := range slices.Sorted(maps.Keys(p.others)) {
		if o := p.others[id]; o.active {
			all = append(all, Action{Name: o.name, Does: []string{"deactivate"}, do: o.deactivated(id)})
		}
	}
	return all
}

// deactivated shuts out who has an account, unless somebody has been assigned to it meanwhile.
func (o other) deactivated(id string) func(context.Context, *repair) ([]string, error) {
	return func(ctx context.Context, r *repair) ([]string, error) {
		if o.externalID != "" {
			_, err := r.Source.User(ctx, o.externalID)
			if err == nil {
				return nil, ErrChanged
			}
			if !errors.Is(err, ErrNotAssigned) {
				return nil, err
			}
		}
		off := map[string]any{"op": "replace", "value": map[string]any{"active": false}}
		if err := r.patch(ctx, usersEndpoint, id, off); err != nil {
			return nil, err
		}
		return []string{"deactivate"}, nil
	}
}
