package accesstest

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strings"
)

const (
	groupInternal = "INTERNAL"
	groupExternal = "EXTERNAL"
	groupDynamic  = "DYNAMIC"
	groupAllUsers = "ALL_USERS"
)

// group is a group with its members in the order in which they came. ALL USERS has none of its own:
// everybody is in it.
type group struct {
	record
	members roster
	store   *store // to look members up
}

func (s *store) group(id string) (*group, error) {
	g := s.groupsByID[id]
	if g == nil {
		return nil, refuse(http.StatusNotFound, "group.not.found", "The specified group does not exist.")
	}
	return g, nil
}

func badGroup(format string, args ...any) error {
	return refuse(http.StatusBadRequest, "group.invalid", format, args...)
}

// refuseGroup is the answer for ALL USERS and for groups of a synchronized directory. Chosen: not
// documented; users of such a directory are refused so.
func refuseGroup() error {
	return refuse(http.StatusForbidden, "group.not.local", "The group is not a local group and can not be updated")
}

// writable reports whether SCIM can change the group.
func (g *group) writable() bool {
	kind := g.workspace("internalGroupType")
	return kind != groupExternal && kind != groupAllUsers
}

// createGroup makes a group; without a domain in the system directory (Access OpenAPI). That an
// unknown domain is answered 400 is chosen: not documented.
func (s *store) createGroup(in *incoming) (*group, error) {
	kind := cmp.Or(in.workspace("internalGroupType"), groupInternal)
	if kind != groupInternal && kind != groupDynamic {
		return nil, badGroup("internalGroupType must be INTERNAL or DYNAMIC")
	}
	domain := cmp.Or(in.workspace("domain"), systemDomain)
	dir := s.directoryOf(domain)
	if dir == nil {
		return nil, badGroup("No directory has the domain '%s'", domain)
	}
	return s.createGroupIn(dir, domain, kind, in)
}

func (s *store) createGroupIn(dir *directory, domain, kind string, in *incoming) (*group, error) {
	g := &group{record: s.newRecord(dir, domain, "internalGroupType", kind)}
	steps, err := s.memberSteps(g, in)
	if err != nil {
		return nil, err
	}
	g.apply(groupSchema, in, true)
	g.ext[workspaceURN]["domain"], g.ext[workspaceURN]["internalGroupType"] = domain, kind
	if err := s.checkName(g.core("displayName"), nil); err != nil {
		return nil, err
	}
	g = s.setGroup(g.record)
	s.change(g, steps)
	return g, nil
}

// checkName refuses a displayName that is missing, or taken by any other group of the tenant. The
// text of the 409 (Access OpenAPI) does not scope the name to a domain.
func (s *store) checkName(name string, self *group) error {
	if strings.TrimSpace(name) == "" {
		return badGroup("The displayName of the group is missing or invalid")
	}
	if other := s.groupNames[fold(name)]; other != nil && other != self {
		return refuse(http.StatusConflict, "group.already.exists", "A group with the same displayName already exists")
	}
	return nil
}

// updateGroup applies a partial resource, all of it or nothing. Members are added to those that are
// there (public clients), never replaced unless meta.attributes clears them first.
func (s *store) updateGroup(g *group, in *incoming) error {
	if !g.writable() {
		return refuseGroup()
	}
	steps, err := s.memberSteps(g, in)
	if err != nil {
		return err
	}
	delete(in.ext[workspaceURN], "internalGroupType")
	next := g.record
	next.content = g.clone()
	next.apply(groupSchema, in, s.modes.IgnoreMetaAttributes)
	if err := s.checkName(next.core("displayName"), g); err != nil {
		return err
	}
	if next.ext[workspaceURN]["domain"] != g.workspace("domain") {
		return badGroup("The domain of a group cannot be changed") // chosen: not documented
	}
	next.touch()
	s.setGroup(next)
	s.change(g, steps)
	return nil
}

func (s *store) change(g *group, steps []memberStep) {
	for _, step := range steps {
		s.setMember(g.id, step.id, step.in)
	}
}

// groupsNamed is the group with a folded displayName, or none.
func (s *store) groupsNamed(name string) []*group {
	if g := s.groupNames[name]; g != nil {
		return []*group{g}
	}
	return nil
}

func (g *group) lookup(p path) any {
	if p.urn == "" && p.name == "members" {
		return g.store.members(g)
	}
	return g.record.lookup(groupSchema, p)
}

// groupView is a group as served, with what is computed for it where that is shown.
func (s *store) groupView(g *group, p projection) object {
	computed := object{}
	if p.shows("members") {
		computed["members"] = s.members(g)
	}
	return g.view(groupSchema, computed, workspaceURN)
}

// groupAnswer is a group as the modes let it be served.
func (s *store) groupAnswer(g *group, p projection) object {
	out := s.groupView(g, p)
	if s.modes.GroupOmitsExtension {
		block := maps.Clone(g.ext[workspaceURN])
		delete(block, "domain")
		delete(block, "internalGroupType")
		out[workspaceURN] = block
	}
	return p.of(out)
}

// groupItem is a group in a list.
func (s *store) groupItem(g *group, p projection) object {
	if s.modes.ListOmitsMembers {
		p.drop = append(slices.Clip(p.drop), "members")
	}
	return s.groupAnswer(g, p)
}

func (s *store) deleteGroup(g *group) error {
	if !g.writable() {
		return refuseGroup()
	}
	s.dropGroup(g.id)
	return nil
}
