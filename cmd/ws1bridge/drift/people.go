package drift

import (
	"context"
	"fmt"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// person is somebody who is assigned, with what was found of them.
type person struct {
	AppUser

	account   string       // the id of theirs, "" while none was seen
	linked    bool         // the account is the one that Okta is linked to
	found     []Difference // of the account
	creatable bool         // there is no account, and one can be created
}

// people are all who are assigned.
type people struct {
	*Comparison

	all                  []*person
	byLink, byID, byName map[string]*person
	byAccount            map[string]*person // who has an account of ours, by its id
	properties           map[string]Property
	isOld                bool // the app pushes in SCIM 1.1
	users                schema.ResourceType
	found                []Difference // of accounts that are nobody's, and of second ones
	// others are the accounts of nobody who is assigned.
	others map[string]other
}

// other is an account of nobody who is assigned.
type other struct {
	name, externalID string
	active           bool
}

// readOkta reads who is assigned.
func (p *people) readOkta(ctx context.Context) (err error) {
	p.tell("reading the app's profile")
	if p.properties, err = p.Source.Properties(ctx); err != nil {
		return fmt.Errorf("read the app's profile: %w", err)
	}
	for _, one := range p.properties {
		p.isOld = p.isOld || strings.HasPrefix(one.ExternalNamespace, oldCore)
	}
	p.users = schema.Users(p.Translator.SchemaAttributes())
	err = p.Source.EachUser(ctx, func(u AppUser) error {
		u.Profile = p.mapped(u.Profile)
		one := &person{AppUser: u}
		p.all = append(p.all, one)
		if u.ExternalID != "" {
			p.byLink[u.ExternalID] = one
		}
		p.byID[u.Key()] = one
		for _, name := range append(p.Translator.UserNames(u.Credentials.UserName), u.Credentials.UserName) {
			p.byName[names.Fold(name)] = one
		}
		if len(p.all)%500 == 0 {
			p.tell("reading who is assigned: %d", len(p.all))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read who is assigned: %w", err)
	}
	return nil
}

// mapped are the values of a profile that a push has: a profile has many more, and there are as
// many profiles as people.
func (p *people) mapped(profile map[string]any) map[string]any {
	if profile == nil {
		return nil
	}
	kept := make(map[string]any, len(p.properties))
	for name := range p.properties {
		if value := profile[name]; isSet(value) {
			kept[name] = value
		}
	}
	return kept
}

// readAccess reads the accounts, and compares each, so that nobody has to hold them all.
func (p *people) readAccess(ctx context.Context) error {
	n := 0
	return p.Client.EachAccount(ctx, func(page []upstream.Account, isFirst bool) {
		if isFirst {
			n, p.found, p.others, p.byAccount = 0, nil, map[string]other{}, map[string]*person{}
			for _, one := range p.all {
				one.account, one.linked, one.found = "", false, nil
			}
		}
		for _, a := range page {
			if a.Ours {
				p.compare(a)
			}
		}
		n += len(page)
		p.tell("reading accounts: %d", n)
	})
}

// of is whose account it is, nil where Okta assigned nobody.
func (p *people) of(a upstream.Account) *person {
	for _, found := range []*person{p.byLink[a.ID], p.byID[a.ExternalID()], p.byName[names.Fold(a.UserName())]} {
		if found != nil {
			return found
		}
	}
	return nil
}

// conclude tells of those whose accounts were not seen, and adds what Okta itself says.
func (p *people) conclude() []Difference {
	for _, one := range p.all {
		d := Difference{Name: one.Credentials.UserName, ID: one.account, OktaID: one.ID}
		p.found = append(p.found, one.found...)
		switch {
		case !one.isWanted(), one.linked, one.account != "" && one.LinkUnknown:
		case one.account != "":
			d.Kind, d.Detail = NotLinked, "Okta is linked to "+one.ExternalID
			if one.ExternalID == "" {
				d.Detail = "Okta has no link: it pushes the person when Provision User is pressed"
			}
			p.note(d)
		default:
			d.Kind, d.Detail = Missing, "Okta says "+one.Status
			if one.ExternalID != "" {
				d.Kind, d.ID = LinkGone, one.ExternalID
			}
			p.note(d)
			p.checkCreation(one, d)
		}
		if one.SyncState == "ERROR" || one.SyncState == "OUT_OF_SYNC" {
			d.Kind, d.Detail = OktaFailed, "Okta says "+one.SyncState
			p.note(d)
		}
	}
	return p.found
}

// checkCreation tells why somebody cannot be created, where Okta tells enough to know.
func (p *people) checkCreation(one *person, d Difference) {
	if one.Profile == nil || one.ID == "" || one.IsPartial {
		return
	}
	if _, err := p.Translator.NewUser(p.resource(one.AppUser, upstream.User{})); err != nil {
		d.Kind, d.Detail = NotPushable, err.Error()
		p.note(d)
		return
	}
	one.creatable = true
}
