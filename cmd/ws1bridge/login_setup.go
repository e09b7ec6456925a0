package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/login"
)

// loginSetup is what the flags of login setup say.
type loginSetup struct {
	provider, metadata   string
	domain               string
	name, method, nameID string
	enable               bool
	loginWriting
	wait time.Duration
}

func (p *program) loginSetupCommand() *cobra.Command {
	f := loginSetup{}
	cmd := &cobra.Command{
		Use:   "setup",
		Short: "Attach the directory to an identity provider, or create one from Okta's metadata",
		Long: `Make it possible to log in with Okta for the people of the directory: --provider
attaches the directory to an identity provider that is there, --metadata creates
one from the metadata of Okta's SAML app, or completes the one that was made of it.

The command shows what it will change and asks; it keeps the identity provider as
it was in a file for "login undo", writes, reads back and compares. It may be
repeated: where all is as it should be, nothing is done.

It never writes access policies. It prints which method to add to which policy, and
with --wait it looks until somebody has done that in the console.`,
		Example: `  ws1bridge login setup --metadata https://example.okta.com/app/exk1a2b3/sso/saml/metadata
  ws1bridge login setup --provider "Okta SAML" --wait
  ws1bridge login setup --metadata okta.xml --name Okta --method "Okta SAML" --yes`,
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, _ []string) error {
			f.answers = cmd.InOrStdin()
			return p.setUpLogin(cmd.Context(), t, f)
		}),
	}
	f.add(cmd)
	return cmd
}

// waitWithoutTime is how long --wait without a time looks.
const waitWithoutTime = "30m"

func (f *loginSetup) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.provider, "provider", "", "name or id of an identity provider to attach the directory to")
	flags.StringVar(&f.metadata, "metadata", "", "file or https address of the metadata of Okta's SAML app")
	flags.StringVar(&f.domain, "domain", "", "domain whose directory is attached (default: all of the configuration)")
	flags.StringVar(&f.name, "name", "Okta", "name of an identity provider that is created")
	flags.StringVar(&f.method, "method", "Okta SAML", "name of its authentication method")
	flags.StringVar(&f.nameID, "name-id", "userName",
		"attribute of Access that Okta's Name ID is compared with: userName, userPrincipalName or emails")
	flags.BoolVar(&f.enable, "enable", false, "enable an identity provider that is disabled")
	flags.DurationVar(&f.wait, "wait", 0, "how long to look until the access policy has the method")
	flags.Lookup("wait").NoOptDefVal = waitWithoutTime
	f.loginWriting.add(cmd)
	_ = cmd.RegisterFlagCompletionFunc("name-id", onlyValues(nameIDs...)) // the flag exists
	_ = cmd.MarkFlagFilename("metadata", "xml")                           // the flag exists
}

// nameIDs are the attributes that Access can compare with a name ID (Access documentation
// of identity providers).
var nameIDs = []string{"userName", "userPrincipalName", "emails"}

func (f *loginSetup) check() error {
	switch {
	case (f.provider == "") == (f.metadata == ""):
		return errors.New("give either --provider NAME or --metadata FILE|URL (ws1bridge login show lists what there is)")
	case !slices.Contains(nameIDs, f.nameID):
		return fmt.Errorf("--name-id %q: want userName, userPrincipalName or emails", f.nameID)
	case strings.TrimSpace(f.name) == "" || strings.TrimSpace(f.method) == "":
		return errors.New("--name and --method cannot be empty")
	case f.wait < 0:
		return errors.New("--wait cannot be negative")
	}
	return f.loginWriting.check()
}

func (p *program) setUpLogin(ctx context.Context, t *tenant, f loginSetup) error {
	if err := f.check(); err != nil {
		return usageError{err}
	}
	domains, err := loginDomains(t, f.domain)
	if err != nil {
		return err
	}
	plan, err := p.planLogin(ctx, t, domains, f)
	if err != nil {
		return loginError(err)
	}
	outcome, err := p.writeLogin(ctx, t, plan, f.loginWriting)
	if err != nil {
		return err
	}
	outcome.Domains = domains
	return p.finishLogin(ctx, t, f, outcome)
}

func (p *program) planLogin(ctx context.Context, t *tenant, domains []string, f loginSetup) (login.Plan, error) {
	if f.provider != "" {
		defer p.underWay("reading identity providers")()
		return login.Attach(ctx, t.Client, domains, login.Attachment{Provider: f.provider, Enable: f.enable})
	}
	text, err := p.fetchMetadata(ctx, f.metadata)
	if err != nil {
		return login.Plan{}, err
	}
	metadata, err := login.ReadMetadata(text, time.Now())
	if err != nil {
		return login.Plan{}, err
	}
	defer p.underWay("reading identity providers")()
	return login.Create(ctx, t.Client, domains, login.Creation{Metadata: metadata, Name: f.name, Method: f.method,
		NameID: f.nameID, Enable: f.enable})
}

func (p *program) fetchMetadata(ctx context.Context, source string) ([]byte, error) {
	defer p.underWay("reading the metadata")()
	client := &http.Client{Transport: connection.NewTransport()}
	defer client.CloseIdleConnections()
	return login.FetchMetadata(ctx, client, source)
}
