package upstream

import (
	"encoding/json"
	"strings"
)

// groupRecord is a group as Access writes it, before anybody judged whose it is.
type groupRecord struct {
	Group
	kind, domain string
	// membersKnown says that the answer held the members: lists may omit them.
	membersKnown bool
	reported
}

func (g groupRecord) recordID() string { return g.ID }

func (g groupRecord) recordName() string { return g.DisplayName }

// verify checks that the record is what all groups are.
func (g *groupRecord) verify(r call) error {
	if err := g.reported.verify(r, g.ID); err != nil {
		return err
	}
	if g.DisplayName == "" {
		return incomplete("displayName")
	}
	return nil
}

// memberRecord is a value of members, or of a user's groups.
type memberRecord struct {
	Value   string `json:"value"`
	Display string `json:"display"`
	Type    string `json:"type"`
}

// UnmarshalJSON reads a group resource leniently.
func (g *groupRecord) UnmarshalJSON(b []byte) error {
	var raw struct {
		ID          string          `json:"id"`
		DisplayName looseText       `json:"displayName"`
		ExternalID  looseText       `json:"externalId"`
		Members     *[]memberRecord `json:"members"`
		Meta        Meta            `json:"meta"`
		Errors      json.RawMessage `json:"errors"`
		Workspace   struct {
			Kind   string `json:"internalGroupType"`
			Domain string `json:"domain"`
		} `json:"urn:scim:schemas:extension:workspace:1.0"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	g.Group = Group{ID: raw.ID, Meta: raw.Meta,
		DisplayName: string(raw.DisplayName), ExternalID: string(raw.ExternalID)}
	g.reported = reportedIn(raw.Errors)
	g.kind, g.domain, g.membersKnown = raw.Workspace.Kind, raw.Workspace.Domain, raw.Members != nil
	if raw.Members == nil {
		return nil
	}
	for _, m := range *raw.Members {
		if m.Value != "" && !strings.EqualFold(m.Type, "Group") {
			g.Members = append(g.Members, Member{ID: m.Value, Display: m.Display})
		}
	}
	return nil
}
