package main

import (
	"context"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/scim/translate"
)

func (p *program) doctorCommand() *cobra.Command {
	var write, asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Examine the deployment and say what to fix",
		Long: `Examine the deployment step by step: configuration, tenant, token, directory,
identity provider, access policy, SCIM, and the bridge as Okta sees it. Each check
is ✓ (OK), ✗ (to be fixed) or ? (could not be checked, which proves nothing,
such as what the role of the OAuth client may not read).

It changes nothing, unless --write lets it create, change and delete a test user
and a test group. It shows no secret, no token and no name of a person.
Exit code 0: nothing failed; 1: something did; 2: wrong usage.`,
		Example: `  ws1bridge doctor --config /etc/ws1bridge/config.yaml
  ws1bridge doctor --write          # also tries to write, and cleans up
  ws1bridge doctor --json | jq '.checks[] | select(.outcome == "failed")'`,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.doctor(cmd.Context(), write, asJSON) },
	}
	cmd.Flags().BoolVar(&write, "write", false, "also create, change and delete a test user and a test group")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the results as JSON")
	return cmd
}

func (p *program) doctor(ctx context.Context, write, asJSON bool) error {
	cfg, problems := config.Examine(p.configFile, p.environ)
	done := func() {}
	examination := doctor.Config{
		AccessURL: cfg.Access.URL, ClientID: cfg.Access.ClientID, ClientSecret: cfg.Access.ClientSecret,
		PublicURL: cfg.PublicURL, OktaTokens: cfg.Okta.Tokens,
		Write: write, OnCheck: func(name string) { done = p.underWay("checking: " + name) },
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
	sheet.quiet = asJSON
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
