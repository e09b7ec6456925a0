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

// compareGroups compares the groups that are pushed. n is how many there are.
func (c *Comparison) compareGroups(ctx context.Context, p *people) (n int, found []Difference, _ error) {
	mappings, err := c.Source.Mappings(ctx)
	if err != nil {
		return 0, nil, fmt.Errorf("read the groups that are pushed: %w", err)
	}
	for i, m := range mappings {
		c.tell("comparing groups: %d of %d", i, len(mappings))
		of, err := c.compareGroup(ctx, p, m)
		if err != nil {
			return 0, nil, fmt.Errorf("compare the group %s: %w", m.SourceGroupID, err)
		}
		found = append(found, of...)
	}
	return len(mappings), found, nil
}

func (c *Comparison) compareGroup(ctx context.Context, p *people, m Mapping) (found []Difference, _ error) {
	if m.Status == "INACTIVE" {
		return nil, nil // which Okta does not push
	}
	name, err := c.Source.GroupName(ctx, m.SourceGroupID)
	if errors.Is(err, ErrNoGroup) {
		return []Difference{{Kind: OktaFailed, Name: m.SourceGroupID, ID: m.TargetGroupID, OktaID: m.SourceGroupID,
			Detail: "the group is pushed, and Okta does not have it"}}, nil
	}
	if err != nil {
		return nil, err
	}
	d := Difference{Name: name, ID: m.TargetGroupID, OktaID: m.SourceGroupID}
	note := func(kind Kind, detail string) {
		d.Kind, d.Detail = kind, detail
		found = append(found, d)
	}
	if m.Status == "ERROR" {
		note(OktaFailed, m.ErrorSummary)
	}
	group, err := c.groupOf(ctx, m, name)
	if err != nil || group == nil {
		note(GroupMissing, "")
		return found, err
	}
	d.ID = group.ID
	if !names.Same(group.DisplayName, name) {
		note(GroupRenamed, "it is called "+group.DisplayName)
	}
	members, err := c.Source.Members(ctx, m.SourceGroupID)
	if err != nil {
		return nil, err
	}
	missing, extra := p.membersOf(members, group.Members)
	if len(missing) > 0 {
		note(MembersMissing, some(missing))
	}
	if len(extra) > 0 {
		note(MembersExtra, some(extra))
	}
	return found, nil
}

// groupOf is the group that a mapping is of: the one that it names, or the one of the name.
func (c *Comparison) groupOf(ctx context.Context, m Mapping, name string) (*upstream.GroupAccount, error) {
	for _, by := range []string{m.TargetGroupID, name} {
		if by == "" {
			continue
		}
		found, err := c.Client.GroupAccounts(ctx, by)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(found, func(g upstream.GroupAccount) bool { return g.Ours }); i >= 0 {
			return &found[i], nil
		}
	}
	return nil, nil //nolint:nilnil // there is none
}

// membersOf compares who is in a group, in words: of those who are assigned to the app and have
// an account, for nobody else is pushed.
func (p *people) membersOf(inOkta []string, held []upstream.Member) (missing, extra []string) {
	want, have, mentioned := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range held {
		have[m.ID] = true
	}
	for _, id := range inOkta {
		mentioned[id] = true
		one := p.byID[id]
		if one == nil || one.account == "" {
			continue
		}
		if want[one.account] = true; !have[one.account] && one.active() {
			missing = append(missing, one.Credentials.UserName)
		}
	}
	for _, m := range held {
		// Okta takes nobody out who has left, and it pushes nobody who is not assigned.
		if left, isOther := p.others[m.ID]; !want[m.ID] && (!isOther || left.active && !mentioned[left.externalID]) {
			extra = append(extra, m.Display)
		}
	}
	return missing, extra
}

// most is how many names a difference has.
const most = 5

// some are the first of names, with how many there are.
func some(list []string) string {
	slices.Sort(list)
	text := fmt.Sprintf("%d: %s", len(list), strings.Join(list[:min(len(list), most)], ", "))
	if len(list) > most {
		text += ", …"
	}
	return text
}
