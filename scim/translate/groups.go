package translate

import (
	"strings"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// GroupToSCIM converts a group of Access: what of it can be written. id, meta
// and the links of members are the caller's to add.
func GroupToSCIM(g upstream.Group) schema.Resource {
	members := make([]schema.Member, len(g.Members))
	for i, m := range g.Members {
		members[i] = schema.Member{Value: m.ID, Display: m.Display}
	}
	r := schema.Resource{
		"schemas": []any{schema.Group}, "displayName": g.DisplayName, "members": schema.Members{List: members},
	}
	if g.ExternalID != "" && !IsInvented(g.ExternalID) {
		r["externalId"] = g.ExternalID
	}
	return r
}

// GroupFromSCIM converts a group that is to be created. Groups within groups are not
// supported and are left out; Okta never sends them. The error is a *problem.Error.
func GroupFromSCIM(r schema.Resource) (upstream.Group, error) {
	return ChangedGroup(upstream.Group{}, r)
}

// ChangedGroup is GroupFromSCIM for what a group of Access is to become. A name that it
// has already stays as it is.
func ChangedGroup(current upstream.Group, r schema.Resource) (upstream.Group, error) {
	var g upstream.Group
	var wrong *fault
	if g.DisplayName, wrong = groupName(r, current.DisplayName); wrong != nil {
		return upstream.Group{}, wrong.of("displayName")
	}
	if g.ExternalID, wrong = textAt(r, externalIDAttribute); wrong != nil {
		return upstream.Group{}, wrong.of("externalId")
	}
	if domains.IsBlank(g.DisplayName) {
		return upstream.Group{}, problem.GroupNameMissing()
	}
	members, err := MembersFromSCIM(r["members"])
	if err != nil {
		return upstream.Group{}, err
	}
	g.Members = members
	return g, nil
}

// MembersFromSCIM converts the value of members. Groups are left out. The error is a
// *problem.Error.
func MembersFromSCIM(value any) ([]upstream.Member, error) {
	if unchanged, ok := value.(schema.Members); ok {
		members := make([]upstream.Member, len(unchanged.List))
		for i, m := range unchanged.List {
			members[i] = upstream.Member{ID: m.Value, Display: m.Display}
		}
		return members, nil
	}
	var members []upstream.Member
	for _, item := range schema.List(value) {
		member, _ := item.(map[string]any)
		id, _ := schema.Text(member["value"])
		if id == "" {
			return nil, problem.MemberForm()
		}
		if kind, _ := member["type"].(string); strings.EqualFold(kind, "Group") {
			continue
		}
		display, _ := schema.Text(member["display"])
		members = append(members, upstream.Member{ID: id, Display: display})
	}
	return members, nil
}

// groupName is the name of a group without the white space around it, which nobody
// sees, and which would make another group of it. Within it there are no line ends.
func groupName(r schema.Resource, held string) (string, *fault) {
	name, wrong := textAt(r, attributePath("", "displayName"))
	if wrong != nil || name == held {
		return name, wrong
	}
	if name = strings.TrimSpace(name); domains.BreaksLine(name) {
		return "", brokenName
	}
	return name, nil
}

// GroupNames are the names of Access that Okta may mean by one, most likely first: a
// group that was made by hand may have white space around its name.
func GroupNames(okta string) []string {
	name := strings.TrimSpace(okta)
	if name == okta {
		return []string{name}
	}
	return []string{name, okta}
}
