package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/org"
	"ws1bridge/cmd/ws1bridge/listing"
	"ws1bridge/cmd/ws1bridge/terminal"
)

// oktaTimeout bounds each request to Okta's management API.
const oktaTimeout = 60 * time.Second

// driftFormats are the forms of the report.
var driftFormats = []string{"table", "json", "csv"}

// driftFlags are what the flags of drift say.
type driftFlags struct {
	format, file string
	values, json bool
	repair       driftRepair
}

func (f *driftFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.format, "format", "table", "form of the report: table, json or csv")
	flags.BoolVar(&f.json, "json", false, "print JSON: the same as --format json")
	flags.BoolVar(&f.values, "values", false, "report values of attributes, too (JSON)")
	flags.StringVar(&f.file, "csv", "", "table of who is assigned, instead of Okta's management API; - is standard input")
	flags.BoolVar(&f.repair.on, "repair", false, "repair what differs, after a question")
	flags.BoolVar(&f.repair.yes, "yes", false, "repair without asking")
	flags.BoolVar(&f.repair.deactivateUnassigned, "deactivate-unassigned", false,
		"with --repair: deactivate accounts that nobody is assigned to, too")
	_ = cmd.RegisterFlagCompletionFunc("format", onlyValues(driftFormats...)) // the flags exist
	_ = cmd.MarkFlagFilename("csv", "csv", "tsv", "txt")
}

// check takes --json for a format, and refuses what does not go together.
func (f *driftFlags) check() error {
	switch {
	case f.json && f.format != "table":
		return errors.New("--json is --format json: give one of them")
	case f.json:
		f.format = "json"
	case !slices.Contains(driftFormats, f.format):
		return fmt.Errorf("--format %q: want table, json or csv", f.format)
	case f.values && f.format != "json":
		return errors.New("--values goes with --json: the other forms have no room for values")
	}
	return f.repair.check(f.format)
}

func (p *program) driftCommand() *cobra.Command {
	var f driftFlags
	cmd := &cobra.Command{
		Use:   "drift",
		Short: "Compare what Okta says should be in Access with what is there",
		Long: `Compare what Okta says should be in Workspace ONE Access with what is there: people who are
assigned and have no account, accounts that nobody is assigned to, who is active on one
side alone, attributes that differ, groups and their members, and what Okta itself shows
as failed. Okta's side passes through the same translation as a push.

It asks Okta's management API: okta.org_url, okta.app_id, and okta.api_token, a token of a
read-only administrator, or okta.client_id and okta.private_key of a service app. Okta
limits requests, which it keeps to. Members are compared as far as they are assigned to
the app; nobody else is pushed.

--csv FILE takes a table (CSV) of all who are assigned to the app instead, with a line for
each and a first line that names columns: userName, and of id, link, status, groups and
attributes (firstName, name.givenName) those that there are. Only these are compared.

With --repair it shows what it would do, asks, and does it as a push from Okta would, within
the guard and remembered in the journal: it creates accounts and groups that are missing,
activates and deactivates as Okta says, corrects attributes, names and members. Accounts
that nobody is assigned to it deactivates only with --deactivate-unassigned. What only Okta
can settle it lists. Otherwise it changes nothing.

The output is personal data; values of attributes are in it only with --values. Exit code
1: something differs, or could not be repaired.`,
		Example: `  ws1bridge drift
  ws1bridge drift --format csv > drift.csv
  ws1bridge drift --json --values
  ws1bridge drift --csv assigned.csv
  ws1bridge drift --repair
  ws1bridge drift --repair --deactivate-unassigned --yes`,
		RunE: p.onTenant(func(cmd *cobra.Command, t *tenant, _ []string) error {
			if err := f.check(); err != nil {
				return usageError{err}
			}
			f.repair.answers = cmd.InOrStdin()
			from, done, err := p.driftSource(t, f.file, f.repair)
			if err != nil {
				return err
			}
			defer done()
			return p.drift(cmd.Context(), t, f.format, drift.Comparison{Source: from, Values: f.values}, f.repair)
		}),
	}
	f.add(cmd)
	return cmd
}

// oktaOrg is the org of the configuration.
func (t *tenant) oktaOrg() (*org.Org, error) {
	if err := t.problems.About(config.OrgSettings()...).Err(); err != nil {
		return nil, err
	}
	if !t.config.Okta.CanBeAsked() {
		return nil, usageError{errors.New("set " + config.OktaSettings)}
	}
	return newOrg(t.config.Okta)
}

// newOrg is the org that a configuration names.
func newOrg(o config.Okta) (*org.Org, error) {
	client := &http.Client{Transport: connection.NewTransport(), Timeout: oktaTimeout,
		// The token goes to no other host.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	from := &org.Org{URL: o.OrgURL, AppID: o.AppID, As: org.APIToken{Secret: o.APIToken}, HTTPClient: client}
	if o.HasServiceApp() {
		key, err := o.Key()
		if err != nil {
			return nil, fmt.Errorf("okta.private_key %w", err)
		}
		from.As = org.NewServiceApp(o.OrgURL, o.ClientID, key, client)
	}
	return from, nil
}

func (p *program) drift(
	ctx context.Context, t *tenant, format string, comparison drift.Comparison, repair driftRepair,
) error {
	progress := terminal.NewProgress(p.stderr)
	comparison.Client, comparison.Translator = t.Client, t.translator
	comparison.Progress = func(what string) { progress.End(); progress.Begin(what) }
	result, err := comparison.Run(ctx)
	progress.End()
	if err != nil {
		return explained("comparing", err)
	}
	if repair.on {
		return p.repairDrift(ctx, t, result, repair)
	}
	if err := p.printDrift(result.Report, format); err != nil {
		return err
	}
	if n := len(result.Differences); n > 0 {
		return fmt.Errorf("%d differences", n)
	}
	return nil
}

func (p *program) printDrift(report drift.Report, format string) error {
	if format == "json" {
		return printJSON(p.stdout, report)
	}
	rows := driftRows(report.Differences)
	form := listing.Table
	if format == "csv" {
		form = listing.CSV
	}
	if form == listing.CSV || rows.Len() > 0 {
		if err := rows.Write(p.stdout, form); err != nil {
			return err
		}
	}
	for _, what := range report.NotCompared {
		fmt.Fprintf(p.stderr, "Not compared, because the app does not push it: %s.\n", what)
	}
	fmt.Fprintf(p.stderr, "Compared were people (%d) and groups (%d).\n", report.People, report.Groups)
	return nil
}

func driftRows(differences []drift.Difference) *listing.Rows {
	rows := &listing.Rows{Columns: drift.Columns}
	for _, d := range differences {
		rows.Add(d.Row()...)
	}
	return rows
}
