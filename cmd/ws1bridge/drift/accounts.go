package drift

import (
	"slices"
	"strings"

	"ws1bridge/upstream"
)

func (p *people) note(d Difference) { p.found = append(p.found, d) }

// compare compares an account with what Okta holds of its person.
func (p *people) compare(a upstream.Account) {
	one := p.of(a)
	if one == nil {
		p.others[a.ID] = other{a.UserName(), a.ExternalID(), a.Active()}
		if a.Active() { // Okta deactivates those who leave, and deletes nobody
			p.note(Difference{Kind: Unassigned, Name: a.UserName(), ID: a.ID})
		}
		return
	}
	p.byAccount[a.ID] = one
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
	one.account, one.linked = a.ID, isLinked
	one.found = p.differences(one.AppUser, a.User)
}

// differences are those between what Okta holds of somebody and their account, as far as a push
// would change them.
func (p *people) differences(u AppUser, held upstream.User) (found []Difference) {
	if toCome[u.Status] {
		return nil
	}
	d := Difference{Name: u.Credentials.UserName, ID: held.ID, OktaID: u.ID}
	if u.saysActive() && u.active() != held.Active() {
		d.Kind, d.Detail = InactiveHere, "Okta says "+u.Status
		if held.Active() {
			d.Kind = ActiveHere
		}
		found = append(found, d)
	}
	if u.Profile != nil {
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
