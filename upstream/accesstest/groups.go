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
	members  []string // ids of users and groups
	isMember map[string]bool
	store    *store // to look members up
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
	g := &group{
		record: s.newRecord(dir, domain, "internalGroupType", kind),
		store:  s, isMember: map[string]bool{},
	}
	steps, err := s.memberSteps(g, in)
	if err != nil {
		return nil, err
	}
	g.apply(groupSchema, in, true)
	g.ext[workspaceURN]["domain"], g.ext[workspaceURN]["internalGroupType"] = domain, kind
	if err := s.checkName(g.core("displayName"), nil); err != nil {
		return nil, err
	}
	s.addGroup(g)
	g.change(steps)
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
	next := g.clone()
	next.apply(groupSchema, in, s.modes.IgnoreMetaAttributes)
	name := next.core("displayName")
	if err := s.checkName(name, g); err != nil {
		return err
	}
	if next.ext[workspaceURN]["domain"] != g.workspace("domain") {
		return badGroup("The domain of a group cannot be changed") // chosen: not documented
	}
	delete(s.groupNames, fold(g.core("displayName")))
	g.content = next
	s.groupNames[fold(name)] = g
	g.change(steps)
	g.touch()
	return nil
}

// memberStep is one thing that a request does to a member list.
type memberStep struct {
	id     string
	remove bool
}

// memberSteps takes members out of a request and checks them. Members are matched by value alone:
// public clients send them with and without type. An unknown id that is to be added is 404, after
// what the Access OpenAPI says of roles; one that is to be removed is harmless.
func (s *store) memberSteps(g *group, in *incoming) (steps []memberStep, _ error) {
	cleared := slices.ContainsFunc(in.remove, func(name string) bool {
		p, _, ok := groupSchema.resolve(name)
		return ok && p.urn == "" && p.name == "members"
	})
	if cleared && !s.modes.IgnoreMetaAttributes {
		for _, id := range g.members {
			steps = append(steps, memberStep{id, true})
		}
	}
	sent, _ := in.attrs["members"].([]any)
	delete(in.attrs, "members")
	for _, item := range sent {
		member := item.(object)
		id, _ := member["value"].(string)
		operation, _ := member["operation"].(string)
		remove := strings.EqualFold(operation, "delete")
		switch {
		case id == "":
			return nil, badGroup("A member without value cannot be matched")
		case remove:
		case id == g.id:
			return nil, badGroup("A group cannot be its own member")
		case s.usersByID[id] == nil && s.groupsByID[id] == nil:
			return nil, refuse(http.StatusNotFound, "member.not.found", "The group member id '%s' is not found", id)
		}
		steps = append(steps, memberStep{id, remove})
	}
	return steps, nil
}

func (g *group) change(steps []memberStep) {
	for _, step := range steps {
		if step.remove {
			g.removeMember(step.id)
		} else {
			g.addMember(step.id)
		}
	}
}

func (g *group) addMember(id string) {
	if g.isMember[id] {
		return
	}
	g.isMember[id] = true
	g.members = append(g.members, id)
	if u := g.store.usersByID[id]; u != nil {
		u.memberOf[g.id] = g
	}
}

func (g *group) removeMember(id string) {
	if !g.isMember[id] {
		return
	}
	delete(g.isMember, id)
	g.members = slices.DeleteFunc(g.members, func(other string) bool { return other == id })
	if u := g.store.usersByID[id]; u != nil {
		delete(u.memberOf, g.id)
	}
}

func (g *group) lookup(p path) any {
	if p.urn == "" && p.name == "members" {
		return g.store.members(g)
	}
	return g.record.lookup(groupSchema, p)
}

// members lists members as served: value, display and type (public clients).
func (s *store) members(g *group) []any {
	if g == s.everyone {
		out := make([]any, 0, len(s.users))
		for _, u := range s.users {
			out = append(out, object{"value": u.id, "display": u.core("userName"), "type": "User"})
		}
		return out
	}
	out := make([]any, 0, len(g.members))
	for _, id := range g.members {
		if u := s.usersByID[id]; u != nil {
			out = append(out, object{"value": id, "display": u.core("userName"), "type": "User"})
		} else if nested := s.groupsByID[id]; nested != nil {
			out = append(out, object{"value": id, "display": nested.core("displayName"), "type": "Group"})
		}
	}
	return out
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
	s.removeGroup(g)
	return nil
}
