package translate

import (
	"strings"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// GroupToSCIM converts a group of Access: what of it can be written. id, meta
// and the links of members are the caller's to add.
func GroupToSCIM(g upstream.Group) schema.Resource {
	members := make([]any, len(g.Members))
	for i, m := range g.Members {
		member := map[string]any{"value": m.ID, "type": "User"}
		if m.Display != "" {
			member["display"] = m.Display
		}
		members[i] = member
	}
	r := schema.Resource{"schemas": []any{schema.Group}, "displayName": g.DisplayName, "members": members}
	if g.ExternalID != "" && !IsInvented(g.ExternalID) {
		r["externalId"] = g.ExternalID
	}
	return r
}

// GroupFromSCIM converts a group that is to be created, or what one is to
// become. Groups within groups are not supported and are left out; Okta never
// sends them. The error is a *problem.Error.
func GroupFromSCIM(r schema.Resource) (upstream.Group, error) {
	var g upstream.Group
	var wrong *fault
	if g.DisplayName, wrong = textAt(r, attributePath("", "displayName")); wrong != nil {
		return upstream.Group{}, wrong.of("displayName")
	}
	if g.ExternalID, wrong = textAt(r, externalIDAttribute); wrong != nil {
		return upstream.Group{}, wrong.of("externalId")
	}
	if strings.TrimSpace(g.DisplayName) == "" {
		return upstream.Group{}, problem.GroupNameMissing()
	}
	for _, item := range schema.List(r["members"]) {
		member, _ := item.(map[string]any)
		id, _ := schema.Text(member["value"])
		if id == "" {
			return upstream.Group{}, problem.MemberForm()
		}
		if kind, _ := member["type"].(string); strings.EqualFold(kind, "Group") {
			continue
		}
		display, _ := schema.Text(member["display"])
		g.Members = append(g.Members, upstream.Member{ID: id, Display: display})
	}
	return g, nil
}
