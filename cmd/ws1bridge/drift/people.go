package drift

import (
	"context"
	"fmt"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// people are all who are assigned.
type people struct {
	*Comparison
	index

	all       []*person
	byAccount map[string]*person // who has an account of ours, by its id
	app       App
	// seen are the variables that somebody has.
	seen  map[string]bool
	isOld bool // the app pushes in SCIM 1.1
	// idVariable is the variable that is pushed as externalId, "" for Okta's own id.
	idVariable string
	users      schema.ResourceType
	found      []Difference // of accounts that are nobody's, and of second ones
	// targets are the groups of Access that groups are pushed to.
	targets map[string]bool
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
	p.tell("reading the app")
	if p.app, err = p.Source.App(ctx); err != nil {
		return fmt.Errorf("read the app: %w", err)
	}
	for name, one := range p.app.Properties {
		if one.ExternalName == "externalId" && isCore(one.ExternalNamespace) {
			p.idVariable = name
		}
		p.isOld = p.isOld || strings.HasPrefix(one.ExternalNamespace, oldCore)
	}
	p.users = schema.Users(p.Translator.SchemaAttributes())
	err = p.Source.EachUser(ctx, func(u AppUser) error {
		if p.byKey[u.Key()] == nil { // who moves between pages comes twice
			p.add(u)
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

func (p *people) add(u AppUser) {
	u.Profile = p.mapped(u.Profile)
	one := &person{AppUser: u}
	p.all = append(p.all, one)
	p.byKey[u.Key()] = one
	p.put(byLink, u.ExternalID, one)
	p.put(byExternalID, p.externalID(u), one)
	if name := u.Credentials.UserName; name != "" {
		for _, spelled := range append(p.Translator.UserNames(name), name) {
			p.put(byName, names.Fold(spelled), one)
		}
	}
}

// mapped are the values of a profile that a push has: a profile has many more, and there are as
// many profiles as people. One without anything says nothing.
func (p *people) mapped(profile map[string]any) map[string]any {
	if profile == nil || len(profile) == 0 && !p.app.TellsAll {
		return nil
	}
	kept := make(map[string]any, len(p.app.Properties))
	for name := range p.app.Properties {
		value, ok := profile[name]
		p.seen[name] = p.seen[name] || ok || p.app.TellsAll
		if isSet(value) {
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
				*one = person{AppUser: one.AppUser, isContested: one.isContested}
			}
		}
		for _, a := range page {
			if a.Ours {
				p.compare(a)
			} else if one := p.claims[byLink][a.ID]; one != nil {
				one.holder, one.why = a.ID, "Okta is linked to an account that is not of a managed domain, or not provisioned"
			}
		}
		n += len(page)
		p.tell("reading accounts: %d", n)
	})
}

// conclude tells of those whose accounts were not seen, and adds what Okta itself says.
func (p *people) conclude() []Difference {
	for _, one := range p.all {
		d := Difference{Name: one.Credentials.UserName, ID: one.account, OktaID: one.ID}
		if !one.isUnclear() {
			p.found = append(p.found, one.found...)
		}
		if d.Kind, d.Detail = p.accountOf(one); d.Kind != "" {
			switch d.Kind {
			case LinkGone:
				d.ID = one.ExternalID
			case NameTaken:
				d.ID = one.holder
			}
			p.note(d)
			if one.creatable {
				one.found = []Difference{d}
			}
		}
		if one.SyncState == "ERROR" || one.SyncState == "OUT_OF_SYNC" {
			d.Kind, d.Detail = OktaFailed, "Okta says "+one.SyncState
			p.note(d)
		}
	}
	return p.found
}

// accountOf is what is wrong with whether there is an account, and with the link to it; "" for
// nothing.
func (p *people) accountOf(one *person) (_ Kind, detail string) {
	switch {
	case one.isContested:
		return Contested, "another person of Okta lays claim to the same account"
	case !one.standing().isKnown:
		return StatusUnknown, one.says()
	case !one.isWanted(), one.isLinked(), one.account != "" && one.LinkUnknown:
		return "", ""
	case one.account != "" && one.ExternalID == "":
		return NotLinked, "Okta has no link: it pushes the person when Provision User is pressed"
	case one.account != "":
		return NotLinked, "Okta is linked to " + one.ExternalID
	case one.holder != "":
		return NameTaken, one.why
	}
	if refusal := p.checkCreation(one); refusal != nil {
		return NotPushable, "there is no account: " + refusal.Error()
	}
	if one.ExternalID != "" {
		return LinkGone, one.says()
	}
	return Missing, one.says()
}

// checkCreation finds out whether somebody can be created, where Okta tells enough to know.
func (p *people) checkCreation(one *person) error {
	if one.Profile == nil || one.ID == "" || one.IsPartial {
		return nil
	}
	_, err := p.Translator.NewUser(p.resource(one.AppUser, upstream.User{}))
	one.creatable = err == nil && p.app.pushes(pushesNewUsers)
	return err
}
