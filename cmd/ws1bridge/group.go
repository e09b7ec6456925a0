package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/inspect"
)

func (p *program) groupCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "group", Short: "Look at groups in Workspace ONE Access"}
	var all, asJSON bool
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
			return p.showGroup(cmd.Context(), t, args[0], all, asJSON)
		}),
	}
	get.Flags().BoolVar(&all, "all", false, "list all members, not the first 50")
	get.Flags().BoolVar(&asJSON, "json", false, "print JSON, with all members")
	cmd.AddCommand(get, p.groupListCommand())
	return cmd
}

const someMembers = 50

// groupPage is all that group get prints, as JSON.
type groupPage struct {
	Groups []inspect.Group `json:"groups"`
	*sheet
}

func (p *program) showGroup(ctx context.Context, t *tenant, name string, all, asJSON bool) error {
	found, err := p.findGroups(ctx, t, name)
	if err != nil {
		return err
	}
	page := groupPage{sheet: p.newSheet(t.domains), Groups: found}
	page.quiet = asJSON
	for _, g := range found {
		limit := someMembers
		if all {
			limit = len(g.Members)
		}
		if !asJSON {
			p.printGroup(g, limit)
		}
		if err := t.inspector().CheckGroup(ctx, g, page.add); err != nil {
			return err
		}
	}
	return page.concludeWith(page)
}

func (p *program) findGroups(ctx context.Context, t *tenant, name string) ([]inspect.Group, error) {
	defer p.underWay("looking for the group")()
	groups, err := t.inspector().Groups(ctx, name)
	return found("reading groups", groups, err, "Access has no group with this displayName or id"+
		"\n  → push the group in Okta (Push Groups), with another group than the one that assigns people")
}

func (p *program) printGroup(g inspect.Group, limit int) {
	fmt.Fprintf(p.stdout, "%s\n", g.Name)
	for _, fact := range [][2]string{
		{"id in Access", g.ID}, {"type", cmp.Or(g.Type, "not known")}, {"domain", cmp.Or(g.Domain, "not known")},
		{"externalId", cmp.Or(g.ExternalID, "none")}, {"changed", whenChanged(g.Changed)}, {"Okta sees", g.SeenWords()},
		{"members", strconv.Itoa(len(g.Members))},
	} {
		fmt.Fprintf(p.stdout, "  %-14s %s\n", fact[0], fact[1])
	}
	for _, m := range g.Members[:min(limit, len(g.Members))] {
		fmt.Fprintf(p.stdout, "    %s  %s\n", m.ID, m.Name)
	}
	if rest := len(g.Members) - limit; rest > 0 {
		fmt.Fprintf(p.stdout, "    and %d more (--all lists them)\n", rest)
	}
	fmt.Fprintln(p.stdout)
}
