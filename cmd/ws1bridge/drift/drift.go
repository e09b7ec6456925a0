// Package drift compares what Okta says should be in Access with what is there: Okta has no full
// re-sync, so what failed once, or was changed by hand, stays wrong without anybody seeing it.
package drift

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// Kind is what differs.
type Kind string

// The kinds of differences.
const (
	// Missing says that Okta assigned somebody who has no account.
	Missing Kind = "missing"
	// LinkGone says that Okta is linked to an account that is not there.
	LinkGone Kind = "link gone"
	// NotLinked says that there is an account, and Okta is not linked to it, or to another one.
	NotLinked Kind = "not linked"
	// ActiveHere and InactiveHere say that the account is active, or not, and should not be so.
	ActiveHere   Kind = "active here"
	InactiveHere Kind = "inactive here"
	// Attributes says that values differ.
	Attributes Kind = "attributes"
	// Unassigned says that there is an active account of ours that Okta assigned to nobody.
	Unassigned Kind = "unassigned"
	// Twice says that somebody has two accounts of ours.
	Twice Kind = "twice"
	// NotPushable says that what Okta holds would be refused.
	NotPushable Kind = "not pushable"
	// OktaFailed says that Okta itself shows that a push failed.
	OktaFailed Kind = "failed in Okta"
	// GroupMissing, GroupRenamed, MembersMissing and MembersExtra are about groups that are pushed.
	GroupMissing   Kind = "group missing"
	GroupRenamed   Kind = "group renamed"
	MembersMissing Kind = "members missing"
	MembersExtra   Kind = "members too many"
)

// Difference is one of them.
type Difference struct {
	Kind Kind `json:"kind"`
	// Name is the userName or the name of the group, as Okta has it where it has one.
	Name string `json:"name"`
	// ID is that in Access, and OktaID that in Okta, both "" where there is none.
	ID     string `json:"id,omitempty"`
	OktaID string `json:"okta_id,omitempty"`
	// Detail says more in words, without values of attributes.
	Detail string `json:"detail,omitempty"`
	// Attributes are those that differ, as Access names them.
	Attributes []string `json:"attributes,omitempty"`
	// Values are what Access holds of them and what it should hold, where values are asked for.
	Values map[string][2]any `json:"values,omitempty"`
}

// Report is what a comparison found.
type Report struct {
	Differences []Difference `json:"differences"`
	// People and Groups count what was compared: who is assigned, and groups that are pushed.
	People int `json:"people"`
	Groups int `json:"groups"`
}

// Comparison compares an org with a tenant.
type Comparison struct {
	Source     Source
	Client     *upstream.Client
	Translator *translate.Translator
	// Values says that values of attributes are reported, too: personal data.
	Values bool
	// Progress is told what is being done. Optional.
	Progress func(string)
}

// Run compares. It changes nothing.
func (c *Comparison) Run(ctx context.Context) (Report, error) {
	p := people{Comparison: c, byLink: map[string]*person{}, byID: map[string]*person{}, byName: map[string]*person{}}
	if err := p.readOkta(ctx); err != nil {
		return Report{}, err
	}
	if err := p.readAccess(ctx); err != nil {
		return Report{}, err
	}
	differences := p.conclude()
	groups, ofGroups, err := c.compareGroups(ctx, &p)
	if err != nil {
		return Report{}, err
	}
	differences = append(differences, ofGroups...)
	slices.SortFunc(differences, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(names.Fold(a.Name), names.Fold(b.Name)), cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.ID, b.ID))
	})
	return Report{Differences: differences, People: len(p.all), Groups: groups}, nil
}

func (c *Comparison) tell(format string, args ...any) {
	if c.Progress != nil {
		c.Progress(fmt.Sprintf(format, args...))
	}
}

// person is somebody who is assigned, with what was found of them.
type person struct {
	AppUser

	account string       // the id of theirs, "" while none was seen
	linked  bool         // the account is the one that Okta is linked to
	found   []Difference // of the account
}

// people are all who are assigned.
type people struct {
	*Comparison

	all                  []*person
	byLink, byID, byName map[string]*person
	properties           map[string]Property
	isOld                bool // the app pushes in SCIM 1.1
	users                schema.ResourceType
	found                []Difference // of accounts that are nobody's, and of second ones
	// others are the accounts of nobody who is assigned.
	others map[string]other
}

// other is an account of nobody who is assigned.
type other struct {
	active     bool
	externalID string
}

// readOkta reads who is assigned.
func (p *people) readOkta(ctx context.Context) (err error) {
	p.tell("reading the app's profile")
	if p.properties, err = p.Source.Properties(ctx); err != nil {
		return fmt.Errorf("read the app's profile: %w", err)
	}
	for _, one := range p.properties {
		p.isOld = p.isOld || strings.HasPrefix(one.ExternalNamespace, oldNamespaces)
	}
	p.users = schema.Users(p.Translator.SchemaAttributes())
	err = p.Source.EachUser(ctx, func(u AppUser) error {
		one := &person{AppUser: u}
		p.all = append(p.all, one)
		if u.ExternalID != "" {
			p.byLink[u.ExternalID] = one
		}
		p.byID[u.ID] = one
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

// readAccess reads the accounts, and compares each, so that nobody has to hold them all.
func (p *people) readAccess(ctx context.Context) error {
	n := 0
	return p.Client.EachAccount(ctx, func(page []upstream.Account, isFirst bool) {
		if isFirst {
			n, p.found, p.others = 0, nil, map[string]other{}
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

func (p *people) note(d Difference) { p.found = append(p.found, d) }

// compare compares an account with what Okta holds of its person.
func (p *people) compare(a upstream.Account) {
	one := p.of(a)
	if one == nil {
		p.others[a.ID] = other{a.Active(), a.ExternalID()}
		if a.Active() { // Okta deactivates those who leave, and deletes nobody
			p.note(Difference{Kind: Unassigned, Name: a.UserName(), ID: a.ID})
		}
		return
	}
	isLinked := one.ExternalID == a.ID
	if one.account != "" {
		second := a.ID
		if isLinked {
			second = one.account
		}
		p.note(Difference{Kind: Twice, Name: one.Credentials.UserName, ID: second, OktaID: one.ID,
			Detail: "beside the account that is compared"})
		if !isLinked {
			return
		}
	}
	one.account, one.linked, one.found = a.ID, isLinked, nil
	if toCome[one.Status] {
		return
	}
	d := Difference{Name: one.Credentials.UserName, ID: a.ID, OktaID: one.ID}
	compareActive(a, one, d)
	p.compareAttributes(a, one, d)
}

func compareActive(a upstream.Account, one *person, d Difference) {
	switch {
	case one.active() == a.Active() || one.Status == suspended:
		return
	case a.Active():
		d.Kind, d.Detail = ActiveHere, "Okta says "+one.Status
	default:
		d.Kind, d.Detail = InactiveHere, "Okta says "+one.Status
	}
	one.found = append(one.found, d)
}

// compareAttributes passes what Okta holds through the translation of a push.
func (p *people) compareAttributes(a upstream.Account, one *person, d Difference) {
	want, err := p.Translator.UserChange(a.User, p.resource(one.AppUser, a.User))
	if err != nil {
		d.Kind, d.Detail = NotPushable, err.Error()
		one.found = append(one.found, d)
		return
	}
	for _, path := range a.Attributes.DifferentIn(want) {
		name := path.String()
		if name == "active" { // which has kinds of its own
			continue
		}
		d.Attributes = append(d.Attributes, name)
		if p.Values {
			if d.Values == nil {
				d.Values = map[string][2]any{}
			}
			d.Values[name] = [2]any{a.Attributes[path], want[path]}
		}
	}
	if len(d.Attributes) > 0 {
		slices.Sort(d.Attributes)
		d.Kind, d.Detail = Attributes, strings.Join(d.Attributes, ", ")
		one.found = append(one.found, d)
	}
}

// conclude tells of those whose accounts were not seen, and adds what Okta itself says.
func (p *people) conclude() []Difference {
	for _, one := range p.all {
		d := Difference{Name: one.Credentials.UserName, ID: one.account, OktaID: one.ID}
		p.found = append(p.found, one.found...)
		switch {
		case toCome[one.Status], !one.active(), one.linked:
		case one.account != "" && one.ExternalID != "":
			d.Kind, d.Detail = NotLinked, "Okta is linked to "+one.ExternalID
		case one.account != "":
			d.Kind, d.Detail = NotLinked, "Okta has no link: it pushes the person when Provision User is pressed"
		case one.ExternalID != "":
			d.Kind, d.ID, d.Detail = LinkGone, one.ExternalID, "Okta says "+one.Status
		default:
			d.Kind, d.Detail = Missing, "Okta says "+one.Status
		}
		if d.Kind != "" {
			p.note(d)
		}
		if one.SyncState == "ERROR" || one.SyncState == "OUT_OF_SYNC" {
			d.Kind, d.Detail = OktaFailed, "Okta says "+one.SyncState
			p.note(d)
		}
	}
	return p.found
}
