package inspect

import (
	"context"
	"time"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
)

// Group is a group with its members.
type Group struct {
	Reference

	Type       string      `json:"type"`
	Domain     string      `json:"domain"`
	ExternalID string      `json:"external_id"`
	Changed    *time.Time  `json:"changed"` // nil where that is not known
	OktaSees   bool        `json:"okta_sees"`
	Members    []Reference `json:"members"`

	account upstream.GroupAccount
}

// Groups finds the groups that somebody may mean by a name: by id or displayName.
func (i Inspector) Groups(ctx context.Context, name string) ([]Group, error) {
	found, err := i.Client.GroupAccounts(ctx, name)
	groups := make([]Group, len(found))
	for n, g := range found {
		groups[n] = groupOf(g)
	}
	return groups, err
}

func groupOf(a upstream.GroupAccount) Group {
	g := Group{Reference: Reference{a.ID, a.DisplayName}, Type: a.Kind, Domain: a.Domain, ExternalID: a.ExternalID,
		Changed: Changed(a.Meta), OktaSees: a.Ours, Members: []Reference{}, account: a}
	for _, m := range a.Members {
		g.Members = append(g.Members, Reference{m.ID, m.Display})
	}
	return g
}

// SeenWords says what Okta sees of the group.
func (g Group) SeenWords() string {
	if !g.OktaSees {
		return "nothing: it is not the bridge's"
	}
	return "the same name, id and members"
}

// CheckGroup examines whether Okta's pushes reach the group.
func (i Inspector) CheckGroup(ctx context.Context, g Group, report func(doctor.Result)) error {
	return doctor.Group(ctx, i.Client, g.account, i.Domains, report)
}
