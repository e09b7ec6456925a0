package drift

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
}

// compareGroups compares the groups that are pushed.
func (p *people) compareGroups(ctx context.Context) (groups []*group, _ error) {
	mappings, err := p.Source.Mappings(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the groups that are pushed: %w", err)
	}
	for i, m := range mappings {
		p.tell("comparing groups: %d of %d", i, len(mappings))
		g, err := p.compareGroup(ctx, m)
		if err != nil {
			return nil, fmt.Errorf("compare the group %s: %w", m.SourceGroupID, err)
		}
		groups = append(groups, g)
	}
	return groups, nil
}

func (p *people) compareGroup(ctx context.Context, m Mapping) (_ *group, err error) {
	g := &group{Mapping: m}
	if m.Status == "INACTIVE" {
		return g, nil // which Okta does not push
	}
	g.name, err = p.Source.GroupName(ctx, m.SourceGroupID)
	if errors.Is(err, ErrNoGroup) {
		g.name = m.SourceGroupID
		g.note(OktaFailed, "the group is pushed, and Okta does not have it")
		g.name = ""
		return g, nil
	}
	if err != nil {
		return nil, err
	}
	if m.Status == "ERROR" {
		g.note(OktaFailed, m.ErrorSummary)
	}
	if g.held, err = p.groupOf(ctx, m, g.name); err != nil {
		return nil, err
	}
	inOkta, err := p.Source.Members(ctx, m.SourceGroupID)
	if err != nil {
		return nil, err
	}
	p.compareHeld(g, inOkta)
	return g, nil
}

// compareHeld compares a group with what Access holds of it.
func (p *people) compareHeld(g *group, inOkta []string) {
	if g.held == nil {
		g.note(GroupMissing, "")
		g.join, _ = p.membersOf(inOkta, nil)
		return
	}
	if g.TargetGroupID != "" && g.TargetGroupID != g.held.ID {
		g.note(GroupNotLinked, "Okta pushes it to "+g.TargetGroupID+", which is not there")
	}
	if !names.Same(g.held.DisplayName, g.name) {
		g.note(GroupRenamed, "it is called "+g.held.DisplayName)
	}
	g.join, g.leave = p.membersOf(inOkta, g.held.Members)
	var missing, extra []string
	for _, one := range g.join {
		if one.account != "" {
			missing = append(missing, one.Credentials.UserName)
		}
	}
	for _, m := range g.leave {
		extra = append(extra, m.Display)
	}
	if len(missing) > 0 {
		g.note(MembersMissing, some(missing))
	}
	if len(extra) > 0 {
		g.note(MembersExtra, some(extra))
	}
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

// groupOf is the group that a mapping is of: the one that it names, or the one of the name.
func (p *people) groupOf(ctx context.Context, m Mapping, name string) (*upstream.GroupAccount, error) {
	for _, by := range []string{m.TargetGroupID, name} {
		if by == "" {
			continue
		}
		found, err := p.Client.GroupAccounts(ctx, by)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(found, func(g upstream.GroupAccount) bool { return g.Ours }); i >= 0 {
			return &found[i], nil
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// membersOf compares who is in a group: of those who are assigned to the app and are to log in,
// for nobody else is pushed. Who is in it and is nobody of the bridge's is left alone.
func (p *people) membersOf(inOkta []string, held []upstream.Member) (join []*person, leave []upstream.Member) {
	want, have, mentioned := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range held {
		have[m.ID] = true
	}
	for _, id := range inOkta {
		one, isAgain := p.byID[id], mentioned[id]
		if mentioned[id] = true; one == nil || isAgain {
			continue
		}
		want[one.account] = true
		if one.isWanted() && !have[one.account] {
			join = append(join, one)
		}
	}
	for _, m := range held {
		// Okta takes nobody out who has left, and it pushes nobody who is not assigned.
		left, isOther := p.others[m.ID]
		isExtra := isOther && left.active && !mentioned[left.externalID] || p.byAccount[m.ID] != nil && !want[m.ID]
		if isExtra {
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
