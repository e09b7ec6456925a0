package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
)

func (p *program) directoryCreateCommand() *cobra.Command {
	var domain, name string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Create the directory of type Other, unless it is there",
		Long: `Create a directory of type Other for a domain, unless the domain has one: then
nothing is done, so the command may be repeated. It speaks the vendor's media type
first and plain JSON where Access does not take that any more.

The domain must equal exactly the one that the configuration sends with users, and
it must belong to no other directory of the tenant.`,
		Example: `  ws1bridge directory create                                # domain of the configuration
  ws1bridge directory create --domain acme.com --name Contractors`,
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, _ []string) error {
			return p.createDirectory(cmd.Context(), t, domain, name, asJSON)
		}),
	}
	cmd.Flags().StringVar(&domain, "domain", "", "domain of its users (default: that of the configuration)")
	cmd.Flags().StringVar(&name, "name", "", "name of the directory (default: Okta, or Okta DOMAIN where that is taken)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// createdDirectory is what directory create prints, as JSON.
type createdDirectory struct {
	shownDirectory

	// Created says that it was not there before.
	Created bool `json:"created"`
}

func (p *program) createDirectory(ctx context.Context, t *tenant, domain, name string, asJSON bool) error {
	if domain == "" && len(t.domains) == 1 {
		domain = t.domains[0]
	}
	if err := checkNewDirectory(t.domains, domain); err != nil {
		return usageError{err}
	}
	ensured, err := p.ensureDirectory(ctx, t, name, domain)
	if err != nil {
		return notCreated(err)
	}
	if asJSON {
		err := printJSON(p.stdout, createdDirectory{shownDirectoryOf(ensured.Directory, t.domains), ensured.Created})
		if err != nil {
			return err
		}
	} else {
		p.tellEnsured(ensured, domain)
	}
	if !slices.Contains(t.domains, domain) {
		fmt.Fprintf(p.stderr, "Note: the configuration sends users to %s, not to %s.\n", list(t.domains), domain)
	}
	return nil
}

// defaultName is what a directory without a given name is called.
const defaultName = "Okta"

func (p *program) ensureDirectory(ctx context.Context, t *tenant, name, domain string) (upstream.Ensured, error) {
	defer p.underWay("creating the directory of " + domain)()
	ensured, err := t.EnsureDirectory(ctx, cmp.Or(name, defaultName), domain)
	if name == "" && errors.Is(err, upstream.ErrDirectoryNameTaken) {
		return t.EnsureDirectory(ctx, defaultName+" "+domain, domain)
	}
	return ensured, err
}

func (p *program) tellEnsured(e upstream.Ensured, domain string) {
	if e.Refused != 0 {
		fmt.Fprintf(p.stdout, "Access does not take the vendor's media type any more (%d); plain JSON was sent instead.\n",
			e.Refused)
	}
	if e.Created {
		fmt.Fprintf(p.stdout, "Created the directory %s of type Other for the domain %s.\n", e.Directory.Name, domain)
	} else {
		fmt.Fprintf(p.stdout, "The directory %s of type Other has the domain %s already: nothing was done.\n",
			e.Directory.Name, domain)
	}
	fmt.Fprintln(p.stdout, "So that its users can log in: ws1bridge login setup")
}

// checkNewDirectory refuses what would make a directory that no user reaches.
func checkNewDirectory(own []string, domain string) error {
	if domain == "" {
		return errors.New("--domain is required, because the configuration names no single domain")
	}
	if strings.ContainsAny(domain, "/:@ \t") {
		return errors.New("--domain must be a domain alone, such as example.com")
	}
	for _, mine := range own {
		if domain != mine && strings.EqualFold(domain, mine) {
			return fmt.Errorf("the configuration sends users to %s, which is not %s to Access: it compares exactly"+
				"\n  → use --domain %s, or change the configuration", mine, domain, mine)
		}
	}
	return nil
}

// notCreated says why there is no directory now.
func notCreated(err error) error {
	var e *upstream.Error
	switch {
	case !errors.As(err, &e):
		return explained("creating a directory", err)
	case errors.Is(err, upstream.ErrNotFound):
		return errors.New("Access finds nothing that creates directories (NOT_FOUND), for either media type: " +
			e.Err.Error() +
			"\n  → set access.url to the address of the tenant, without any path; where Identity Services are on, " +
			"directories of Access are read-only, and Okta pushes there without a bridge")
	case e.Status == 406 || e.Status == 415:
		return errors.New("Access takes neither media type for a directory: " + e.Err.Error() +
			"\n  → look for a proxy between here and Access that changes the header Content-Type")
	case errors.Is(err, upstream.ErrConflict) && e.Status != 0:
		return errors.New("Access says that the domain or the name is taken: " + e.Message +
			"\n  → ws1bridge directory list shows who has it; a domain belongs to one directory of the tenant")
	case errors.Is(err, upstream.ErrConflict):
		return errors.New(e.Err.Error() +
			"\n  → choose another --name; the name means nothing to the bridge")
	case errors.Is(err, upstream.ErrNotPermitted):
		finding, _ := doctor.Explain("managing directories", err)
		return errors.New(finding +
			"\n  → give the OAuth client a role that may manage directories, such as Super Admin, while this command runs")
	}
	return explained("creating a directory", err)
}

// list writes domains for a sentence.
func list(domains []string) string {
	if len(domains) == 0 {
		return "no domain"
	}
	return strings.Join(domains, ", ")
}
