package doctor

import (
	"context"
	"fmt"

	"ws1bridge/upstream"
)

// Sample is how many people of a domain are looked at.
const Sample = 50

// NameID is the value of a user that Access compares with the name ID of a log-in, by the
// name that an identity provider has for the attribute; "" for none.
func NameID(u upstream.User, attribute string) string {
	if attribute == "id" {
		return u.ID
	}
	for _, schema := range []string{upstream.WorkspaceSchema, ""} {
		if value, _ := u.Attributes[upstream.PathOf(schema, attribute, "")].(string); value != "" {
			return value
		}
	}
	return ""
}

// WithoutNameID counts the users who have no such value.
func WithoutNameID(users []upstream.User, attribute string) (n int) {
	for _, u := range users {
		if NameID(u, attribute) == "" {
			n++
		}
	}
	return n
}

// nameIDOf is the provider by which people of a domain log in, with the attribute by which
// it finds them; missing is the verdict where that is not known.
func (a *access) nameIDOf(ctx context.Context, domain string) (_ upstream.IdentityProvider, missing *verdict) {
	d, all, missing := a.directoryAndProviders(ctx, domain)
	if missing != nil {
		return upstream.IdentityProvider{}, missing
	}
	for _, p := range providersOf(all, d) {
		if p.NameID == "" && p.Enabled {
			var err error
			if p, err = a.client.IdentityProvider(ctx, p.ID); err != nil {
				v := unread("the identity provider", err)
				return upstream.IdentityProvider{}, &v
			}
		}
		if p.NameID != "" && p.Enabled {
			return p, nil
		}
	}
	v := unknown("could not be checked: Access does not tell by which attribute it finds people",
		"compare the Name ID that Okta's app sends with what Access holds")
	return upstream.IdentityProvider{}, &v
}

// checkNameIDs looks whether people of a domain have what Access finds them by, once Okta
// sends them.
func (a *access) checkNameIDs(ctx context.Context, domain string) verdict {
	p, missing := a.nameIDOf(ctx, domain)
	if missing != nil {
		return *missing
	}
	by := p.Name + " finds people by " + p.NameID
	users, err := a.client.SomeUsers(ctx, domain, Sample)
	if err != nil {
		return unread("users", err)
	}
	if len(users) == 0 {
		return ok(by + "; nobody has been pushed yet")
	}
	lacking := WithoutNameID(users, p.NameID)
	if lacking == 0 {
		return ok(fmt.Sprintf("%s, which each of the %d people looked at has", by, len(users)))
	}
	finding := fmt.Sprintf("%s, and %d of the %d people looked at have no value: they cannot log in", by, lacking,
		len(users))
	fix := "map a value to " + p.NameID + " in Okta (Force Sync pushes it to everybody), or let " + p.Name +
		" find people by another attribute, such as userName"
	if lacking < len(users) {
		return failedForSome(finding, fix)
	}
	return failed(finding, fix)
}
