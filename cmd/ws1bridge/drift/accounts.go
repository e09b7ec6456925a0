package drift

import (
	"slices"
	"strings"

	"ws1bridge/upstream"
)

func (p *people) note(d Difference) { p.found = append(p.found, d) }

// compare compares an account with what Okta holds of its person.
func (p *people) compare(a upstream.Account) {
	one, by := p.of(a)
	if one == nil {
		p.others[a.ID] = other{a.UserName(), a.ExternalID(), a.Active()}
		if a.Active() { // Okta deactivates those who leave, and deletes nobody
			p.note(Difference{Kind: Unassigned, Name: a.UserName(), ID: a.ID})
		}
		return
	}
	p.byAccount[a.ID] = one
	if one.account != "" {
		one.isTwice = true
		second := a.ID
		if by > one.by {
			second = one.account
		}
		p.note(Difference{Kind: Twice, Name: one.Credentials.UserName, ID: second, OktaID: one.ID,
			Detail: "beside the account that is compared"})
		if by <= one.by {
			return
		}
	}
	one.account, one.by = a.ID, by
	one.found = p.differences(one.AppUser, a.User)
}

// differences are those between what Okta holds of somebody and their account, as far as a push
// would change them.
func (p *people) differences(u AppUser, held upstream.User) (found []Difference) {
	standing := u.standing()
	if standing.isToCome || !standing.isKnown {
		return nil
	}
	d := Difference{Name: u.Credentials.UserName, ID: held.ID, OktaID: u.ID}
	if p.app.pushes(pushesDeactivations) && standing.isPushed && standing.isActive != held.Active() {
		d.Kind, d.Detail = InactiveHere, u.says()
		if held.Active() {
			d.Kind = ActiveHere
		}
		found = append(found, d)
	}
	hasLeft := standing.isPushed && !standing.isActive // of whom Okta pushes nothing else
	if u.Profile != nil && !hasLeft && p.app.pushes(pushesProfiles) {
		found = append(found, p.attributesOf(u, held, d)...)
	}
	return found
}

// attributesOf passes what Okta holds through the translation of a push.
func (p *people) attributesOf(u AppUser, held upstream.User, d Difference) []Difference {
	want, err := p.Translator.UserChange(held, p.resource(u, held))
	if err != nil {
		d.Kind, d.Detail = NotPushable, err.Error()
		return []Difference{d}
	}
	for _, path := range held.DifferentIn(want) {
		name := path.String()
		if name == "active" { // which has kinds of its own
			continue
		}
		d.Attributes = append(d.Attributes, name)
		if p.Values {
			if d.Values == nil {
				d.Values = map[string][2]any{}
			}
			d.Values[name] = [2]any{held.Attributes[path], want[path]}
		}
	}
	if len(d.Attributes) == 0 {
		return nil
	}
	slices.Sort(d.Attributes)
	d.Kind, d.Detail = Attributes, strings.Join(d.Attributes, ", ")
	return []Difference{d}
}
