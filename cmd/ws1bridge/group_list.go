package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/cmd/ws1bridge/listing"
	"ws1bridge/scim/query"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

func (p *program) groupListCommand() *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the groups that Okta pushed",
		Long: `List the groups in Workspace ONE Access that are the bridge's own, in the order of the
first column. The columns are displayName, id, type, domain, externalId, members (how
many; empty where Access does not tell in lists) and changed. CSV is that of RFC 4180;
a value that a spreadsheet would take for a formula begins with '.

How many there are is printed beside it, on standard error.`,
		Example: `  ws1bridge group list
  ws1bridge group list --filter 'displayName sw "Sales"' --csv
  ws1bridge group list --all --columns displayName,type,domain`,
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, _ []string) error {
			return p.listGroups(cmd.Context(), t, f)
		}),
	}
	f.add(cmd, "displayName,domain,externalId,members,changed")
	return cmd
}

var groupColumns = []listing.Column[upstream.GroupAccount]{
	{Name: "displayName", Value: func(g upstream.GroupAccount) any { return g.DisplayName }},
	{Name: "id", Value: func(g upstream.GroupAccount) any { return g.ID }},
	{Name: "type", Value: func(g upstream.GroupAccount) any { return g.Kind }},
	{Name: "domain", Value: func(g upstream.GroupAccount) any { return g.Domain }},
	{Name: "externalId", Value: func(g upstream.GroupAccount) any { return g.ExternalID }},
	{Name: "members", Value: func(g upstream.GroupAccount) any {
		if !g.MembersKnown {
			return nil
		}
		return len(g.Members)
	}},
	{Name: "changed", Value: func(g upstream.GroupAccount) any { return whenChanged(inspect.Changed(g.Meta)) }},
}

func (p *program) listGroups(ctx context.Context, t *tenant, f listFlags) error {
	if err := f.check(t); err != nil {
		return usageError{err}
	}
	columns, err := listing.Choose(f.columns, groupColumns,
		func(name string) (listing.Column[upstream.GroupAccount], error) {
			return listing.Column[upstream.GroupAccount]{}, fmt.Errorf("groups have no column %s (see group list --help)", name)
		})
	if err != nil {
		return usageError{err}
	}
	var selected *query.Selection
	if f.filter != "" {
		if selected, err = query.Select(f.filter, schema.Groups().Index); err != nil {
			return usageError{err}
		}
	}
	rows := &listing.Rows{Columns: listing.NamesOf(columns)}
	done := p.underWay("reading groups")
	err = t.EachGroup(ctx, func(page []upstream.GroupAccount, isFirst bool) {
		if isFirst {
			rows.Clear()
		}
		for _, g := range page {
			if f.wants(g.Ours, g.Domain) && (selected == nil || selected.Matches(translate.GroupToSCIM(g.Group))) {
				listing.Fill(rows, columns, g)
			}
		}
	})
	done()
	if err != nil {
		return explained("reading groups", err)
	}
	return p.printRows(rows, "group", "groups", f.format())
}
