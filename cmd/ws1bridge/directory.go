package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
)

func (p *program) directoryCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "directory",
		Short: "Look after the directory that Okta's users land in",
		Long: `Look after the directory in Workspace ONE Access that Okta's users land in. It has
to be of type Other, which only the API can make. The OAuth client needs a role
that may manage directories for this; the bridge itself does not.`,
	}
	cmd.AddCommand(p.directoryListCommand(), p.directoryShowCommand(), p.directoryCreateCommand(),
		p.directoryDeleteCommand())
	return cmd
}

func (p *program) directoryListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the directories of the tenant with their domains",
		Example: "  ws1bridge directory list",
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, _ []string) error {
			directories, err := p.directories(cmd.Context(), t)
			if err != nil {
				return err
			}
			if asJSON {
				list := []shownDirectory{}
				for _, d := range directories {
					list = append(list, shownDirectoryOf(d, t.domains))
				}
				return printJSON(p.stdout, list)
			}
			return printDirectories(p.stdout, directories, t.domains)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list")
	return cmd
}

// shownDirectory is a directory, as JSON.
type shownDirectory struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Type    string   `json:"type"`
	Domains []string `json:"domains"`
	// Own says that Okta's users go there; Deleting that it is on its way out.
	Own      bool `json:"own"`
	Deleting bool `json:"deleting"`
}

func shownDirectoryOf(d upstream.Directory, own []string) shownDirectory {
	return shownDirectory{ID: d.ID, Name: d.Name, Type: d.Type, Domains: append([]string{}, d.Domains...),
		Own: isOwnDirectory(d, own), Deleting: d.Deleting}
}

// directories reads them all, with their domains.
func (p *program) directories(ctx context.Context, t *tenant) ([]upstream.Directory, error) {
	defer p.underWay("reading directories")()
	directories, err := t.DirectoriesWithDomains(ctx)
	return directories, explained("reading directories", err)
}

// directory reads the one that is meant by its name, its id or a domain.
func (p *program) directory(ctx context.Context, t *tenant, name string) (upstream.Directory, error) {
	directories, err := p.directories(ctx, t)
	if err != nil {
		return upstream.Directory{}, err
	}
	return chooseDirectory(directories, name)
}

func (p *program) countUsers(ctx context.Context, t *tenant, d upstream.Directory) (int, error) {
	defer p.underWay("counting the users of " + d.Name)()
	return t.CountUsers(ctx, d.Domains)
}

func printDirectories(w io.Writer, directories []upstream.Directory, own []string) error {
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, "NAME\tTYPE\tDOMAINS\tREMARK")
	for _, d := range directories {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", d.Name, d.Type, strings.Join(d.Domains, ", "), remark(d, own))
	}
	return table.Flush()
}

// isOwnDirectory reports whether Okta's users go to a directory.
func isOwnDirectory(d upstream.Directory, own []string) bool {
	isOwn := func(domain string) bool { return slices.Contains(own, domain) }
	return !d.Deleting && d.Type == upstream.TypeOther && slices.ContainsFunc(d.Domains, isOwn)
}

func remark(d upstream.Directory, own []string) string {
	switch {
	case d.Deleting:
		return "is being deleted"
	case isOwnDirectory(d, own):
		return "users of Okta go here"
	}
	return "-"
}

func (p *program) directoryShowCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show NAME-OR-DOMAIN",
		Short: "Show one directory, how many users it has, and whether they can log in",
		Example: `  ws1bridge directory show Okta
  ws1bridge directory show acme.com`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: p.completeDirectories,
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, args []string) error {
			return p.showDirectory(cmd.Context(), t, args[0], asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// directoryPage is all that directory show prints, as JSON.
type directoryPage struct {
	shownDirectory

	// Users is null where they cannot be counted.
	Users *int `json:"users"`
	*sheet
}

func (p *program) showDirectory(ctx context.Context, t *tenant, name string, asJSON bool) error {
	d, err := p.directory(ctx, t, name)
	if err != nil {
		return err
	}
	page := directoryPage{shownDirectory: shownDirectoryOf(d, t.domains), sheet: p.newSheet(d.Domains)}
	page.quiet = asJSON
	users, err := p.countUsers(ctx, t, d)
	count := fmt.Sprint(users)
	if err != nil {
		finding, _ := doctor.Explain("counting users", err)
		count = "not known: " + finding
	} else {
		page.Users = &users
	}
	p.say(asJSON, "name      %s\ntype      %s\nid        %s\ndomains   %s\nusers     %s\nremark    %s\n\n",
		d.Name, d.Type, d.ID, strings.Join(d.Domains, ", "), count, remark(d, t.domains))
	for _, domain := range d.Domains {
		done := p.underWay("checking log-ins of " + domain)
		err := doctor.Domain(ctx, t.Client, domain, func(r doctor.Result) { done(); page.add(r) })
		done()
		if err != nil {
			return err
		}
	}
	_ = page.concludeWith(page) // a log-in that is impossible is a finding, not a failure to show it
	return nil
}

func chooseDirectory(directories []upstream.Directory, name string) (upstream.Directory, error) {
	var found []upstream.Directory
	for _, d := range directories {
		meant := strings.EqualFold(d.Name, name) || d.ID == name ||
			slices.ContainsFunc(d.Domains, func(domain string) bool { return strings.EqualFold(domain, name) })
		if meant {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return upstream.Directory{}, errors.New("no directory has the name or the domain " + name +
			"\n  → ws1bridge directory list shows those that there are")
	}
	return upstream.Directory{}, errors.New("several directories have the name or the domain " + name +
		"\n  → give the domain, or the id that ws1bridge directory show prints")
}

// completeDirectories offers the names of directories to the shell, if
// Access lists them quickly.
func (p *program) completeDirectories(
	cmd *cobra.Command, args []string, _ string,
) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), 3*time.Second)
	defer cancel()
	t, err := p.openTenant()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	defer t.close()
	directories, err := p.directories(ctx, t)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, d := range directories {
		names = append(names, cobra.CompletionWithDesc(d.Name, strings.Join(d.Domains, ", ")))
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
