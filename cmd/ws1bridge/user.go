package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/inspect"
	"ws1bridge/cmd/ws1bridge/trace"
)

func (p *program) userCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Look at people in Workspace ONE Access"}
	var asJSON bool
	get := &cobra.Command{
		Use:   "get NAME",
		Short: "Show what Access holds, what Okta sees, and whether the person can log in",
		Long: `Show one person: what Workspace ONE Access holds beside what Okta sees through the
bridge, the groups, and whether everything is there that a log-in takes. NAME is a
userName, an e-mail address, an externalId (Okta's id of the person) or an id of
Access. All accounts that fit are shown, also those that are not the bridge's.

The output is personal data. Exit code 1: there is no such person, or a log-in
would fail.`,
		Example: `  ws1bridge user get ada@acme.com
  ws1bridge user get 00u1a2b3c4d5e6f7g8h9`,
		Args: cobra.ExactArgs(1),
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, args []string) error {
			return p.showUser(cmd.Context(), t, args[0], asJSON)
		}),
	}
	get.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.AddCommand(get, p.userListCommand())
	return cmd
}

// accountPage is all that user get prints, as JSON.
type accountPage struct {
	Accounts []inspect.User `json:"accounts"`
	*sheet
}

func (p *program) showUser(ctx context.Context, t *tenant, name string, asJSON bool) error {
	found, err := p.findUsers(ctx, t, name)
	if err != nil {
		return err
	}
	page := accountPage{sheet: p.newSheet(domainsOf(found)), Accounts: found}
	page.quiet, page.logIn = asJSON, "Log-in as this person in "
	for i, user := range found {
		if !asJSON {
			p.printUser(user, i > 0)
		}
		done := p.underWay("checking the log-in")
		err := t.inspector().CheckUser(ctx, user, func(r doctor.Result) { done(); page.add(r) })
		done()
		if err != nil {
			return err
		}
	}
	if len(found) > 1 {
		p.say(asJSON, "\nThere are %d accounts that fit.\n", len(found))
	}
	return page.concludeWith(page)
}

func (p *program) findUsers(ctx context.Context, t *tenant, name string) ([]inspect.User, error) {
	defer p.underWay("looking for the person")()
	users, err := t.inspector().Users(ctx, name, true)
	return found("reading users", users, err,
		"Access has no user with this userName, e-mail address, externalId or id"+
			"\n  → assign the person to the app in Okta;"+
			" for those who were assigned before provisioning was on, press Provision User there")
}

func domainsOf(users []inspect.User) (domains []string) {
	for _, u := range users {
		domains = append(domains, u.Domain)
	}
	return domains
}

// printUser shows the account itself, apart from one before it.
func (p *program) printUser(u inspect.User, isNext bool) {
	if isNext {
		fmt.Fprintln(p.stdout)
	}
	fmt.Fprintf(p.stdout, "%s\n", u.UserName)
	for _, fact := range [][2]string{
		{"id in Access", u.ID}, {"type", u.Type}, {"domain", u.Domain}, {"status", u.StatusWords()},
		{"changed", whenChanged(u.Changed)}, {"groups", u.GroupNames()},
	} {
		fmt.Fprintf(p.stdout, "  %-14s %s\n", fact[0], fact[1])
	}
	fmt.Fprintln(p.stdout)
	trace.Printer{Out: p.stdout}.Sides(u.Sides, u.Okta != nil)
	fmt.Fprintln(p.stdout)
}

func whenChanged(at *time.Time) string {
	if at == nil {
		return "not known"
	}
	return at.Format("2006-01-02 15:04:05 UTC")
}
