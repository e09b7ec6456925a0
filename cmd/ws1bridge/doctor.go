package main

import (
	"context"
	"errors"
	"net"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/scim/translate"
)

func (p *program) doctorCommand() *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Examine the deployment and say what to fix",
		Long: `Examine the deployment step by step: configuration, tenant, token, directory,
identity provider, access policy, SCIM, and the bridge as Okta sees it. Each check
is ✓ (OK), ✗ (to be fixed) or ? (could not be checked, which proves nothing,
such as what the role of the OAuth client may not read).

It changes nothing, unless --write lets it create, change and delete a test user
and a test group. With --keep it leaves a test user, and says how somebody can log in
as that user once; --cleanup deletes it, and whatever else the doctor left. It shows
no secret, no token and no name of a person.

What an app asks of the bridge that it does not know is in the log of the bridge
("op":"unknown"); deploy/guides/moving.md says how to report it.

The last lines say for each domain whether the log-in is verified, not verified
(something could not be read), or impossible.
Exit code 0: nothing failed, which is not the same as verified; 1: something did;
2: wrong usage.`,
		Example: `  ws1bridge doctor --config /etc/ws1bridge/config.yaml
  ws1bridge doctor --write          # also tries to write, and cleans up
  ws1bridge doctor --write --keep --user-name ada@acme.com
  ws1bridge doctor --cleanup
  ws1bridge doctor --json | jq '.checks[] | select(.outcome == "failed")'`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.named = cmd.Flags().Changed("user-name")
			return p.doctor(cmd.Context(), f)
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.write, "write", false, "also create, change and delete a test user and a test group")
	flags.BoolVar(&f.keep, "keep", false, "with --write: leave a test user to log in as")
	flags.StringVar(&f.userName, "user-name", "", "userName of that user, such as that of somebody whom Okta knows")
	flags.BoolVar(&f.cleanup, "cleanup", false, "delete what the doctor left, and check nothing else")
	flags.BoolVar(&f.json, "json", false, "print the results as JSON")
	return cmd
}

// doctorFlags are the flags of the command doctor.
type doctorFlags struct {
	write, keep, cleanup, json bool
	userName                   string
	named                      bool // userName was given
}

func (f doctorFlags) check() error {
	switch {
	case f.keep && !f.write:
		return errors.New("--keep needs --write: it leaves a user in Access")
	case f.named && !f.keep:
		return errors.New("--user-name is that of the user of --keep")
	case f.named && strings.TrimSpace(f.userName) == "":
		return errors.New("--user-name is empty: give a userName, or leave it out")
	case strings.TrimSpace(f.userName) != f.userName || strings.ContainsFunc(f.userName, unicode.IsControl):
		return errors.New("--user-name has spaces around it, or control characters in it: Access keeps names exactly")
	case f.cleanup && f.write:
		return errors.New("--cleanup and --write exclude each other")
	}
	return nil
}

// doctorPatience bounds a single attempt to connect.
const doctorPatience = 10 * time.Second

func (p *program) doctor(ctx context.Context, f doctorFlags) error {
	if err := f.check(); err != nil {
		return usageError{err}
	}
	cfg, problems := config.Examine(p.configFile, p.environ)
	done := func() {}
	examination := doctor.Config{
		AccessURL: cfg.Access.URL, ClientID: cfg.Access.ClientID, ClientSecret: cfg.Access.ClientSecret,
		PublicURL: cfg.PublicURL, OktaTokens: cfg.Okta.Keys(), Guarded: cfg.Guard.Limits().On(),
		Write: f.write, Keep: f.keep, KeepUser: f.userName, Cleanup: f.cleanup,
		Dial:    connection.Patiently((&net.Dialer{Timeout: doctorPatience}).DialContext),
		OnCheck: func(name string) { done = p.underWay("checking: " + name) },
	}
	if translator, err := translate.New(cfg.Translation()); err == nil {
		examination.Domains = translator.ManagedDomains()
	}
	for _, problem := range problems {
		examination.Problems = append(examination.Problems, problem.Error())
	}
	for _, warning := range cfg.Warnings(p.environ) {
		examination.Warnings = append(examination.Warnings, warning.Error())
	}
	sheet := p.newSheet(examination.Domains)
	sheet.quiet = f.json
	err := doctor.New(examination).Run(ctx, func(r doctor.Result) {
		done()
		sheet.add(r)
	})
	done()
	if err != nil {
		return err
	}
	return sheet.conclude()
}
