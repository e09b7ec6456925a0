package upstream

import "slices"

// groupDifference is what has to be sent to a group.
type groupDifference struct {
	names            Attributes
	joining, leaving []Member
}

// difference is what has to be sent to the group.
func (g Group) difference(change func(Group) (Group, error)) (groupDifference, error) {
	var named groupDifference // what the change names, seen from the other state
	other, isUnsure := g.otherwise()
	if isUnsure {
		if want, err := change(other.copied()); err == nil {
			named = other.differenceTo(want)
		}
	}
	want, err := change(g.copied())
	if err != nil {
		return groupDifference{}, err
	}
	d := g.differenceTo(want)
	if !isUnsure {
		return d, nil
	}
	d.joining = append(d.joining, distinct(both(named.joining, want.Members), d.joining)...)
	d.leaving = append(d.leaving, distinct(distinct(named.leaving, want.Members), d.leaving)...)
	d.names = compare(g.names(), want.sentNames(), named.names.paths()...).set
	return d, nil
}

// copied is the group for a change, which may build on the list of members.
func (g Group) copied() Group {
	g.Members = slices.Clone(g.Members)
	return g
}

func (g Group) differenceTo(want Group) groupDifference {
	d := groupDifference{joining: distinct(want.Members, g.Members), leaving: distinct(g.Members, want.Members)}
	if want.DisplayName != g.DisplayName || want.ExternalID != "" && want.ExternalID != g.ExternalID {
		d.names = compare(g.names(), want.sentNames()).set
	}
	return d
}

// sentNames are the names that a group is to have. Without an externalId it keeps what
// it has.
func (g Group) sentNames() Attributes {
	names := g.names()
	if g.ExternalID == "" {
		delete(names, externalIDPath)
	}
	return names
}

// both are those of members that others holds, too.
func both(members, others []Member) []Member {
	in := setOf(memberIDs(others))
	return slices.DeleteFunc(slices.Clone(members), func(m Member) bool { return !in[m.ID] })
}
