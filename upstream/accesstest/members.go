package accesstest

import (
	"container/list"
	"iter"
	"net/http"
	"slices"
	"strings"
)

// roster is the members of a group, ids of users and groups, in the order in which they came. To add
// or remove one costs the same in every size.
type roster struct {
	order list.List
	at    map[string]*list.Element
}

// set makes somebody a member or not, and reports whether that is a change.
func (m *roster) set(id string, in bool) bool {
	at, was := m.at[id]
	switch {
	case in == was:
		return false
	case !in:
		m.order.Remove(at)
		delete(m.at, id)
	case m.at == nil:
		m.at = map[string]*list.Element{id: m.order.PushBack(id)}
	default:
		m.at[id] = m.order.PushBack(id)
	}
	return true
}

func (m *roster) all() iter.Seq[string] {
	return func(yield func(string) bool) {
		for at := m.order.Front(); at != nil && yield(at.Value.(string)); at = at.Next() {
		}
	}
}

// memberStep is one thing that a request does to a member list.
type memberStep struct {
	id string
	in bool // whether it is a member after it
}

// memberSteps takes members out of a request and checks them. Members are matched by value alone:
// public clients send them with and without type. An unknown id that is to be added is 404, after
// what the Access OpenAPI says of roles; one that is to be removed is harmless, or refused likewise if
// the modes say so. Chosen: not documented, nor that who is a member is judged before the request.
func (s *store) memberSteps(g *group, in *incoming) (steps []memberStep, _ error) {
	cleared := slices.ContainsFunc(in.remove, func(name string) bool {
		p, _, ok := groupSchema.resolve(name)
		return ok && p.urn == "" && p.name == "members"
	})
	if cleared && !s.modes.IgnoreMetaAttributes {
		for id := range g.members.all() {
			steps = append(steps, memberStep{id: id})
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
		case !remove && id == g.id:
			return nil, badGroup("A group cannot be its own member")
		case !remove && s.usersByID[id] == nil && s.groupsByID[id] == nil,
			remove && g.members.at[id] == nil && s.modes.RefuseUnknownRemovals:
			return nil, refuse(http.StatusNotFound, "member.not.found", "The group member id '%s' is not found", id)
		}
		steps = append(steps, memberStep{id, !remove})
	}
	return steps, nil
}

// members lists members as served: value, display and type (public clients).
func (s *store) members(g *group) []any {
	if g == s.everyone {
		out := make([]any, 0, len(s.users))
		for _, u := range s.users {
			out = append(out, reference{Display: u.core("userName"), Type: "User", Value: u.id})
		}
		return out
	}
	out := make([]any, 0, len(g.members.at))
	for id := range g.members.all() {
		if u := s.usersByID[id]; u != nil {
			out = append(out, reference{Display: u.core("userName"), Type: "User", Value: id})
		} else if nested := s.groupsByID[id]; nested != nil {
			out = append(out, reference{Display: nested.core("displayName"), Type: "Group", Value: id})
		}
	}
	return out
}
