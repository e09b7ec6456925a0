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
		if does := correctionsOf(one.found); len(does) > 0 {
			all = append(all, Action{Name: one.Credentials.UserName, Does: does, settles: one.found, do: one.repaired})
		}
	}
	return all
}

// creates is the action where there is no account.
const creates = "create the account"

// correctionsOf is how to settle differences of a person, in words.
func correctionsOf(found []Difference) (does []string) {
	isRefused := false
	for _, d := range found {
		switch d.Kind {
		case Missing, LinkGone: // which are noted only of those who can be created
			does = append(does, creates)
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
	return []string{creates}, nil
}
