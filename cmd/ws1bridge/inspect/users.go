package inspect

import (
	"context"
	"slices"
	"strings"
	"time"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/trace"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// User is an account on both sides.
type User struct {
	ID       string      `json:"id"`
	UserName string      `json:"user_name"`
	Type     string      `json:"type"`
	Domain   string      `json:"domain"`
	Status   string      `json:"status"`
	Active   bool        `json:"active"`
	Changed  *time.Time  `json:"changed"` // nil where that is not known
	Groups   []Reference `json:"groups"`
	// Access holds values by their paths; Okta is null where Okta does not see the account.
	Access map[string]any  `json:"access"`
	Okta   schema.Resource `json:"okta"`
	// Sides are the attributes of both beside each other.
	Sides []trace.Row `json:"-"`

	account upstream.Account
}

// Users finds the accounts that somebody may mean by a name, which may be the one that Okta
// knows them by: by id or userName, which takes a request or two. With everywhere it goes
// on to e-mail addresses and externalIds, for which it reads all users of the tenant.
func (i Inspector) Users(ctx context.Context, name string, everywhere bool) ([]User, error) {
	names := []string{name}
	if i.Translator != nil {
		names = append(i.Translator.UserNames(name), name)
	}
	found, err := i.accounts(ctx, names)
	if err == nil && len(found) == 0 && everywhere {
		found, err = i.Client.SearchAccounts(ctx, names...)
	}
	users := make([]User, len(found))
	for n, a := range found {
		users[n] = i.user(a)
	}
	return users, err
}

// accounts are those of the first name that has some.
func (i Inspector) accounts(ctx context.Context, names []string) ([]upstream.Account, error) {
	for n, name := range names {
		if slices.Contains(names[:n], name) {
			continue
		}
		if found, err := i.Client.Accounts(ctx, name); err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

func (i Inspector) user(a upstream.Account) User {
	u := User{ID: a.ID, UserName: a.UserName(), Type: a.Kind, Domain: a.Domain, Status: a.Status,
		Active: a.Active(), Changed: Changed(a.Meta), Groups: []Reference{}, Access: map[string]any{}, account: a}
	for _, g := range a.Groups {
		u.Groups = append(u.Groups, Reference{g.ID, g.Display})
	}
	for path, value := range a.Attributes {
		u.Access[path.String()] = value
	}
	if a.Ours && i.Translator != nil {
		u.Okta, u.Sides = i.Translator.UserToSCIM(a.User), trace.Sides(i.Translator, a.User)
	} else {
		u.Sides = trace.Held(a.User)
	}
	return u
}

// StatusWords says whether the person may log in, as the account says.
func (u User) StatusWords() string {
	words := "active"
	if !u.Active {
		words = "not active"
	}
	if u.Status != "" {
		words += " (userStatus " + u.Status + ")"
	}
	return words
}

// GroupNames are those of the groups.
func (u User) GroupNames() string {
	if len(u.Groups) == 0 {
		return "none but ALL USERS"
	}
	names := make([]string, len(u.Groups))
	for i, g := range u.Groups {
		names[i] = g.Name
	}
	return strings.Join(names, ", ")
}

// CheckUser examines why the person can log in or cannot.
func (i Inspector) CheckUser(ctx context.Context, u User, report func(doctor.Result)) error {
	return doctor.Person(ctx, i.Client, u.account, i.Domains, report)
}
