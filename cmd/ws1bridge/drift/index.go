package drift

import (
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// person is somebody who is assigned, with what was found of them.
type person struct {
	AppUser

	account   string       // the id of theirs, "" while none was seen
	by        claim        // why it is theirs
	found     []Difference // of the account, or that there is none and one can be created
	creatable bool         // there is no account, and one can be created
	// holder is the id of an account that stands in the way of one of the person's own, and why
	// says how.
	holder, why string
	// isContested says that another person lays claim to the same account, and isTwice that there
	// is another account of the person: neither is touched.
	isContested, isTwice bool
}

// isUnclear reports whether it is not clear which account is the person's.
func (one *person) isUnclear() bool { return one.isContested || one.isTwice }

// isLinked reports whether the account is the one that Okta is linked to.
func (one *person) isLinked() bool { return one.by == byLink }

// claim is why an account is somebody's; the greater one counts more.
type claim int

const (
	noClaim claim = iota
	byName
	byExternalID
	byLink
)

// index finds people by what an account is known by.
type index struct {
	byKey  map[string]*person // of the source
	claims map[claim]map[string]*person
	// rivals are people who have a userName that another one has, too.
	rivals map[*person]*person
}

func newIndex() index {
	return index{byKey: map[string]*person{}, rivals: map[*person]*person{},
		claims: map[claim]map[string]*person{byLink: {}, byExternalID: {}, byName: {}}}
}

// put notes that a person is known by a key. Where several are, the one counts who is to have an
// account; where several are to, it is contested. A name is so only where an account is looked for
// by it: in several domains there may be several of it.
func (x index) put(by claim, key string, one *person) {
	other := x.claims[by][key]
	switch {
	case key == "" || other == one:
	case other == nil, !other.isWanted() && one.isWanted():
		x.claims[by][key] = one
	case other.isWanted() && one.isWanted() && by == byName:
		x.rivals[other] = one
	case other.isWanted() && one.isWanted():
		other.isContested, one.isContested = true, true
	}
}

// of is whose account it is, and why; nil where it is nobody's who is assigned.
func (p *people) of(a upstream.Account) (*person, claim) {
	one, by := p.claimed(a)
	called := p.claims[byName][names.Fold(a.UserName())]
	switch {
	case one == nil:
		return p.called(called, a)
	case called != nil && called != one && called.isWanted() && !one.isWanted():
		// Somebody is to have what belonged to one who left: Okta's next push takes it over.
		one.isContested, called.isContested = true, true
	}
	return one, by
}

// claimed is whose account it is by what Okta and Access say of each other.
func (p *people) claimed(a upstream.Account) (*person, claim) {
	linked, named := p.claims[byLink][a.ID], p.claims[byExternalID][a.ExternalID()]
	switch {
	case linked != nil && named != nil && linked != named && linked.isWanted() == named.isWanted():
		linked.isContested, named.isContested = true, true
		return linked, byLink
	case linked != nil && (named == nil || named == linked || linked.isWanted()):
		return linked, byLink
	case named != nil:
		return named, byExternalID
	}
	return nil, noClaim
}

// called is the person who has the userName of an account that is nobody's otherwise.
func (p *people) called(one *person, a upstream.Account) (*person, claim) {
	if one == nil || !p.isOfDomain(one, a.Domain) {
		return nil, noClaim
	}
	if rival := p.rivals[one]; rival != nil {
		one.isContested, rival.isContested = true, true
	}
	// It may be another person's of the same name. Okta would take it over all the same; somebody
	// should look first.
	id, own := a.ExternalID(), p.externalID(one.AppUser)
	if id != "" && own != "" && id != own && !one.LinkUnknown && !translate.IsInvented(id) {
		one.holder, one.why = a.ID, "the account with the userName has another externalId; Provision User would take it over"
		return nil, noClaim
	}
	return one, byName
}

// isOfDomain reports whether a push of the person would look for the account in a domain.
func (p *people) isOfDomain(one *person, domain string) bool {
	if len(p.Translator.ManagedDomains()) == 1 {
		return true
	}
	wanted, err := p.Translator.NewUser(p.resource(one.AppUser, upstream.User{}))
	return err == nil && wanted.Domain == domain
}
