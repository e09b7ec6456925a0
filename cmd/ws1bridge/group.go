package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
)

func (p *program) groupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "group",
		Short: "Look at one group in Workspace ONE Access",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var all bool
	get := &cobra.Command{
		Use:   "get NAME",
		Short: "Show a group, its members, and whether Okta sees it",
		Long: `Show one group: its members, and whether it is one that Okta sees through the
bridge. NAME is its displayName or its id in Access. Groups of other owners are
shown too: names are unique in the whole tenant, so one of them may stand in the
way of a push.

The output is personal data. Exit code 1: there is no such group, or Okta's pushes
do not reach it.`,
		Example: `  ws1bridge group get Engineering
  ws1bridge group get Engineering --all`,
		Args: usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return p.showGroup(cmd.Context(), args[0], all) },
	}
	get.Flags().BoolVar(&all, "all", false, "list all members, not the first 50")
	cmd.AddCommand(get)
	return cmd
}

const someMembers = 50

func (p *program) showGroup(ctx context.Context, name string, all bool) error {
	t, err := p.openTenant()
	if err != nil {
		return err
	}
	defer t.idle()
	progress := p.newProgress()
	progress.begin("looking for the group")
	found, err := t.GroupAccounts(ctx, name)
	progress.end()
	switch {
	case err != nil:
		return explained("reading groups", err)
	case len(found) == 0:
		return errors.New("Access has no group with this displayName or id" +
			"\n  → push the group in Okta (Push Groups), with another group than the one that assigns people")
	}
	sheet := p.newSheet(t.domains)
	for _, g := range found {
		limit := someMembers
		if all {
			limit = len(g.Members)
		}
		p.printGroup(g, limit)
		err := doctor.Group(ctx, t.Client, g, t.domains, sheet.add)
		if err != nil {
			return err
		}
	}
	return sheet.conclude()
}

func (p *program) printGroup(g upstream.GroupAccount, limit int) {
	sees := "the same name, id and members"
	if !g.Ours {
		sees = "nothing: it is not the bridge's"
	}
	fmt.Fprintf(p.stdout, "%s\n  id in Access   %s\n  type           %s\n  domain         %s\n  externalId     %s\n  changed        %s\n  Okta sees      %s\n  members        %d\n",
		g.DisplayName, g.ID, or(g.Kind, "not told"), or(g.Domain, "not told"), or(g.ExternalID, "none"), whenChanged(g.Meta), sees, len(g.Members))
	for _, m := range g.Members[:min(limit, len(g.Members))] {
		fmt.Fprintf(p.stdout, "    %s  %s\n", m.ID, m.Display)
	}
	if rest := len(g.Members) - limit; rest > 0 {
		fmt.Fprintf(p.stdout, "    and %d more (--all lists them)\n", rest)
	}
	fmt.Fprintln(p.stdout)
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}
