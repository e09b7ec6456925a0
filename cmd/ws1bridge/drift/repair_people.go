package drift

import (
	"context"
	"errors"
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
		if one.isUnclear() {
			continue
		}
		does, settles := correctionsOf(one.found), one.found
		if one.creatable {
			does = []string{"create the account"}
			settles = []Difference{}
			for _, kind := range []Kind{Missing, LinkGone} {
				d := Difference{Kind: kind, Name: one.Credentials.UserName, OktaID: one.ID}
				if kind == LinkGone {
					d.ID = one.ExternalID
				}
				settles = append(settles, d)
			}
		}
		if len(does) > 0 {
			all = append(all, Action{Name: one.Credentials.UserName, Does: does, settles: settles, do: one.repaired})
		}
	}
	return all
}

// correctionsOf is how to settle differences of an account, in words.
func correctionsOf(found []Difference) (does []string) {
	isRefused := false
	for _, d := range found {
		switch d.Kind {
		case ActiveHere:
			return []string{"deactivate"} // what else differs does not matter then
		case InactiveHere:
			does = append(does, "activate")
		case Attributes:
			does = append(does, "correct "+strings.Join(d.Attributes, ", "))
		case NotPushable:
			isRefused = true
		}
	}
	if isRefused {
		return nil
	}
	return does
}

// repaired makes the account what Okta holds of the person, as a push does.
func (one *person) repaired(ctx context.Context, r *repair) ([]string, error) {
	now, err := r.Source.User(ctx, one.Key())
	switch {
	case errors.Is(err, ErrNotAssigned):
		return nil, ErrChanged
	case err != nil:
		return nil, err
	}
	now.Profile = r.mapped(now.Profile)
	if one.account == "" {
		return one.created(ctx, r, now)
	}
	held, err := r.Client.User(ctx, one.account)
	if errors.Is(err, upstream.ErrNotFound) || err == nil && now.ExternalID != one.ExternalID {
		return nil, ErrChanged
	}
	if err != nil {
		return nil, err
	}
	found := r.differences(now, held)
	if haveChanged(one.found, found) {
		return nil, ErrChanged
	}
	does := correctionsOf(found)
	if len(does) == 0 { // Okta has pushed it meanwhile
		return nil, nil
	}
	if err := one.correct(ctx, r, found, now, held); err != nil {
		return nil, err
	}
	return does, nil
}

// correct changes the account, by the same request as Okta: a PUT of everything, or a PATCH where
// only the activity differs, or matters.
func (one *person) correct(ctx context.Context, r *repair, found []Difference, now AppUser, held upstream.User) error {
	isOf := func(kind Kind) bool {
		return slices.ContainsFunc(found, func(d Difference) bool { return d.Kind == kind })
	}
	if isOf(ActiveHere) || !isOf(Attributes) {
		return r.patch(ctx, usersEndpoint, one.account, held.Meta.Version, activity(!isOf(ActiveHere)))
	}
	put := scim.Push{Method: http.MethodPut, Endpoint: usersEndpoint, ID: one.account, Version: held.Meta.Version}
	_, err := r.send(ctx, put, r.resource(now, held))
	return err
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
