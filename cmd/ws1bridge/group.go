package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
)

func (p *program) groupCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "group", Short: "Look at one group in Workspace ONE Access"}
	var all bool
	get := &cobra.Command{
		Use:   "get NAME",
		Short: "Show a group, its members, and whether Okta sees it",
		Long: `Show one group: its members, and whether it is one that Okta sees through the
bridge. NAME is its displayName or its id in Access. Groups of other owners are
shown too: names are unique in the whole tenant, so one of them may block a push.

The output is personal data. Exit code 1: there is no such group, or Okta's pushes
do not reach it.`,
		Example: `  ws1bridge group get Engineering
  ws1bridge group get Engineering --all`,
		Args: cobra.ExactArgs(1),
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, args []string) error {
			return p.showGroup(cmd.Context(), t, args[0], all)
		}),
	}
	get.Flags().BoolVar(&all, "all", false, "list all members, not the first 50")
	cmd.AddCommand(get)
	return cmd
}

const someMembers = 50

func (p *program) showGroup(ctx context.Context, t *tenant, name string, all bool) error {
	found, err := p.findGroups(ctx, t, name)
	if err != nil {
		return err
	}
	sheet := p.newSheet(t.domains)
	for _, g := range found {
		limit := someMembers
		if all {
			limit = len(g.Members)
		}
		p.printGroup(g, limit)
		if err := doctor.Group(ctx, t.Client, g, t.domains, sheet.add); err != nil {
			return err
		}
	}
	return sheet.conclude()
}

func (p *program) findGroups(ctx context.Context, t *tenant, name string) ([]upstream.GroupAccount, error) {
	defer p.underWay("looking for the group")()
	groups, err := t.GroupAccounts(ctx, name)
	return found("reading groups", groups, err, "Access has no group with this displayName or id"+
		"\n  → push the group in Okta (Push Groups), with another group than the one that assigns people")
}

func (p *program) printGroup(g upstream.GroupAccount, limit int) {
	sees := "the same name, id and members"
	if !g.Ours {
		sees = "nothing: it is not the bridge's"
	}
	fmt.Fprintf(p.stdout, "%s\n", g.DisplayName)
	for _, fact := range [][2]string{
		{"id in Access", g.ID}, {"type", cmp.Or(g.Kind, "not known")}, {"domain", cmp.Or(g.Domain, "not known")},
		{"externalId", cmp.Or(g.ExternalID, "none")}, {"changed", whenChanged(g.Meta)}, {"Okta sees", sees},
		{"members", strconv.Itoa(len(g.Members))},
	} {
		fmt.Fprintf(p.stdout, "  %-14s %s\n", fact[0], fact[1])
	}
	for _, m := range g.Members[:min(limit, len(g.Members))] {
		fmt.Fprintf(p.stdout, "    %s  %s\n", m.ID, m.Display)
	}
	if rest := len(g.Members) - limit; rest > 0 {
		fmt.Fprintf(p.stdout, "    and %d more (--all lists them)\n", rest)
	}
	fmt.Fprintln(p.stdout)
}
