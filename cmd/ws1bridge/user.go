package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/cmd/ws1bridge/trace"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
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
	Accounts []shownAccount `json:"accounts"`
	*sheet
}

// shownAccount is an account on both sides.
type shownAccount struct {
	ID       string       `json:"id"`
	UserName string       `json:"user_name"`
	Type     string       `json:"type"`
	Domain   string       `json:"domain"`
	Status   string       `json:"status"`
	Active   bool         `json:"active"`
	Changed  *time.Time   `json:"changed"`
	Groups   []shownGroup `json:"groups"`
	// Access holds values by their paths; Okta is null where Okta does not see the account.
	Access map[string]any  `json:"access"`
	Okta   schema.Resource `json:"okta"`
}

// shownGroup names a group.
type shownGroup struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (t *tenant) shown(a upstream.Account) shownAccount {
	s := shownAccount{ID: a.ID, UserName: a.UserName(), Type: a.Kind, Domain: a.Domain, Status: a.Status,
		Active: a.Active(), Changed: timeOf(a.Meta), Groups: []shownGroup{}, Access: map[string]any{}}
	for _, g := range a.Groups {
		s.Groups = append(s.Groups, shownGroup{g.ID, g.Display})
	}
	for path, value := range a.Attributes {
		s.Access[path.String()] = value
	}
	if a.Ours && t.translator != nil {
		s.Okta = t.translator.UserToSCIM(a.User)
	}
	return s
}

// timeOf is when a record was changed, nil where that is not known.
func timeOf(m upstream.Meta) *time.Time {
	if m.LastModified.IsZero() {
		return nil
	}
	changed := m.LastModified.UTC()
	return &changed
}

func (p *program) showUser(ctx context.Context, t *tenant, name string, asJSON bool) error {
	found, err := p.findAccounts(ctx, t, name)
	if err != nil {
		return err
	}
	page := accountPage{sheet: p.newSheet(accountDomains(found)), Accounts: []shownAccount{}}
	page.quiet, page.logIn = asJSON, "Log-in as this person in "
	for i, account := range found {
		page.Accounts = append(page.Accounts, t.shown(account))
		if !asJSON {
			p.printAccount(t, account, i > 0)
		}
		done := p.underWay("checking the log-in")
		err := doctor.Person(ctx, t.Client, account, t.domains, func(r doctor.Result) { done(); page.add(r) })
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

func (p *program) findAccounts(ctx context.Context, t *tenant, name string) ([]upstream.Account, error) {
	defer p.underWay("looking for the person")()
	accounts, err := t.accountsOf(ctx, name)
	return found("reading users", accounts, err,
		"Access has no user with this userName, e-mail address, externalId or id"+
			"\n  → assign the person to the app in Okta;"+
			" for those who were assigned before provisioning was on, press Provision User there")
}

func accountDomains(accounts []upstream.Account) (domains []string) {
	for _, a := range accounts {
		domains = append(domains, a.Domain)
	}
	return domains
}

// printAccount shows the account itself, apart from one before it.
func (p *program) printAccount(t *tenant, a upstream.Account, isNext bool) {
	if isNext {
		fmt.Fprintln(p.stdout)
	}
	fmt.Fprintf(p.stdout, "%s\n", a.UserName())
	for _, fact := range [][2]string{
		{"id in Access", a.ID}, {"type", a.Kind}, {"domain", a.Domain}, {"status", statusWords(a)},
		{"changed", whenChanged(a.Meta)}, {"groups", groupNames(a.Groups)},
	} {
		fmt.Fprintf(p.stdout, "  %-14s %s\n", fact[0], fact[1])
	}
	fmt.Fprintln(p.stdout)
	printer := trace.Printer{Out: p.stdout}
	if a.Ours && t.translator != nil {
		printer.Sides(t.translator, a.User)
	} else {
		printer.Unseen(a.User)
	}
	fmt.Fprintln(p.stdout)
}

func statusWords(a upstream.Account) string {
	words := "active"
	if !a.Active() {
		words = "not active"
	}
	if a.Status != "" {
		words += " (userStatus " + a.Status + ")"
	}
	return words
}

func whenChanged(m upstream.Meta) string {
	if m.LastModified.IsZero() {
		return "not known"
	}
	return m.LastModified.UTC().Format("2006-01-02 15:04:05 UTC")
}

func groupNames(groups []upstream.Reference) string {
	var names []string
	for _, g := range groups {
		names = append(names, g.Display)
	}
	if len(names) == 0 {
		return "none but ALL USERS"
	}
	return strings.Join(names, ", ")
}
