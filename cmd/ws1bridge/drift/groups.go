package drift

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// group is a group that is pushed, with what was found of it.
type group struct {
	Mapping

	name  string                 // in Okta
	held  *upstream.GroupAccount // nil where there is none
	found []Difference
	// join are to be members and are not; some may have no account yet.
	join []*person
	// leave are members and are not to be.
	leave []upstream.Member
	// holder is the id of a group that has the name, and is not the one that is pushed to.
	holder string
	// isContested says that another group is pushed to the same one.
	isContested bool

	inOkta []string // keys of those who are in it
}

// isSure reports whether it is known that the group is the one that Okta pushes to.
func (g *group) isSure() bool { return g.held != nil && g.held.ID == g.TargetGroupID }

// isRenamed reports whether the group has another name in Access.
func (g *group) isRenamed() bool { return !names.Same(g.held.DisplayName, g.name) }

// isTouchable reports whether the group may be changed: one that was found by its name may be
// somebody else's, for a push of Okta would be told that the name is taken.
func (g *group) isTouchable() bool {
	switch {
	case g.name == "", g.isContested, g.held == nil && g.holder != "": // which is not pushed, or not it alone
		return false
	case g.held == nil, g.isSure():
		return true
	}
	return g.TargetGroupID == "" && g.Status != "ERROR"
}

// mayTakeOut reports whether members may be taken out. A list without anybody may be one that is
// hidden from who asks.
func (g *group) mayTakeOut() bool { return g.isSure() && len(g.inOkta) > 0 }

// compareGroups compares the groups that are pushed.
func (p *people) compareGroups(ctx context.Context) (groups []*group, _ error) {
	mappings, err := p.Source.Mappings(ctx)
	if err != nil && !p.app.pushes(pushesGroups) {
		return nil, nil // what Okta answers then is not documented
	}
	if err != nil {
		return nil, fmt.Errorf("read the groups that are pushed: %w", err)
	}
	p.targets = map[string]bool{}
	for _, m := range mappings {
		p.targets[m.TargetGroupID] = true
	}
	byHeld := map[string]*group{}
	for i, m := range mappings {
		p.tell("comparing groups: %d of %d", i, len(mappings))
		g, err := p.compareGroup(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("compare the group %s: %w", m.SourceGroupID, err)
		}
		groups = append(groups, g)
		if g.held == nil {
			continue
		}
		if other := byHeld[g.held.ID]; other != nil {
			other.contest(g)
			g.contest(other)
		}
		byHeld[g.held.ID] = g
	}
	return groups, nil
}

// contest notes that another group is pushed to the same one: neither is touched.
func (g *group) contest(other *group) {
	if !g.isContested {
		g.isContested, g.found = true, nil
		g.note(Contested, "the group "+other.name+" is pushed to the same one")
	}
}

func (p *people) compareGroup(ctx context.Context, m Mapping) (_ *group, err error) {
	g := &group{Mapping: m}
	if m.Status == "INACTIVE" {
		return g, nil // which Okta does not push
	}
	name, err := p.Source.GroupName(ctx, m.SourceGroupID)
	if errors.Is(err, ErrNoGroup) {
		g.found = []Difference{{Kind: OktaFailed, Name: m.SourceGroupID, ID: m.TargetGroupID, OktaID: m.SourceGroupID,
			Detail: "the group is pushed, and Okta does not have it"}}
		return g, nil
	}
	if err != nil {
		return nil, err
	}
	if g.name = nameOf(name); m.Status == "ERROR" {
		g.note(OktaFailed, m.ErrorSummary)
	}
	if err := g.find(ctx, p); err != nil {
		return nil, err
	}
	if g.inOkta, err = p.Source.Members(ctx, m.SourceGroupID); err != nil {
		return nil, err
	}
	p.compareHeld(g)
	return g, nil
}

// nameOf is the name that a push gives a group.
func nameOf(name string) string {
	g, err := translate.GroupFromSCIM(schema.Resource{"displayName": name})
	if err != nil {
		return name // which is refused
	}
	return g.DisplayName
}

// compareHeld compares a group with what Access holds of it.
func (p *people) compareHeld(g *group) {
	if g.held == nil && g.holder != "" {
		g.note(NameTaken, "the group "+g.holder+" has the name")
		return
	}
	if g.held == nil {
		g.note(GroupMissing, "")
		g.join, _ = p.membersOf(g.inOkta, nil)
		return
	}
	if g.TargetGroupID != "" && g.TargetGroupID != g.held.ID {
		g.note(GroupNotLinked, "Okta pushes it to "+g.TargetGroupID+", which is not there")
	}
	if g.isRenamed() {
		g.note(GroupRenamed, "it is called "+g.held.DisplayName)
	}
	g.join, g.leave = p.membersOf(g.inOkta, g.held.Members)
	if missing := withAccounts(g.join); len(missing) > 0 {
		g.note(MembersMissing, some(namesOf(missing)))
	}
	if len(g.leave) > 0 {
		g.note(MembersExtra, some(displaysOf(g.leave)))
	}
}

// withAccounts are those of people who have an account.
func withAccounts(list []*person) []*person {
	return slices.DeleteFunc(slices.Clone(list), func(one *person) bool { return one.account == "" })
}

func namesOf(list []*person) (names []string) {
	for _, one := range list {
		names = append(names, one.Credentials.UserName)
	}
	return names
}

func displaysOf(list []upstream.Member) (names []string) {
	for _, m := range list {
		names = append(names, m.Display)
	}
	return names
}

func (g *group) note(kind Kind, detail string) {
	d := Difference{Kind: kind, Name: g.name, ID: g.TargetGroupID, OktaID: g.SourceGroupID, Detail: detail}
	if g.held != nil {
		d.ID = g.held.ID
	}
	if g.NameOnly {
		d.OktaID = ""
	}
	g.found = append(g.found, d)
}

// find finds the group that a mapping is of: the one that it names, or the one of the name, unless
// that is not the bridge's, or the one of another mapping.
func (g *group) find(ctx context.Context, p *people) error {
	for _, by := range []string{g.TargetGroupID, g.name} {
		if by == "" {
			continue
		}
		found, err := p.Client.GroupAccounts(ctx, by)
		if err != nil {
			return err
		}
		for i, one := range found {
			isAnothers := one.ID != g.TargetGroupID && p.targets[one.ID]
			if one.Ours && !isAnothers {
				g.held = &found[i]
				return nil
			}
			g.holder = one.ID
		}
	}
	return nil
}

// membersOf compares who is in a group: of those who are assigned to the app and are to log in,
// for nobody else is pushed. Who is in it and is not assigned is left alone, and so is whose account
// is not clear.
func (p *people) membersOf(inOkta []string, held []upstream.Member) (join []*person, leave []upstream.Member) {
	want, have, seen := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range held {
		have[m.ID] = true
	}
	for _, key := range inOkta {
		one, isAgain := p.byKey[key], seen[key]
		if seen[key] = true; one == nil || isAgain {
			continue
		}
		want[one.account] = true
		if one.isWanted() && !one.isUnclear() && !have[one.account] {
			join = append(join, one)
		}
	}
	for _, m := range held {
		if one := p.byAccount[m.ID]; one != nil && !want[m.ID] && !one.isUnclear() {
			leave = append(leave, m)
		}
	}
	return join, leave
}

// most is how many names a difference has.
const most = 5

// some are the first of names, with how many there are.
func some(list []string) string {
	list = slices.Sorted(slices.Values(list))
	text := fmt.Sprintf("%d: %s", len(list), strings.Join(list[:min(len(list), most)], ", "))
	if len(list) > most {
		text += ", …"
	}
	return text
}
