package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/listing"
)

// listFlags are what the commands user list and group list have in common.
type listFlags struct {
	domain, filter, columns string
	all, csv, json          bool
}

func (f *listFlags) add(cmd *cobra.Command, columns string) {
	flags := cmd.Flags()
	flags.StringVar(&f.domain, "domain", "", "only those of this domain")
	flags.StringVar(&f.filter, "filter", "", `SCIM filter, as Okta would send it: 'userName sw "a"'`)
	flags.StringVar(&f.columns, "columns", columns, "what to print, separated by commas")
	flags.BoolVar(&f.all, "all", false, "also those that are not the bridge's own, which Okta does not see")
	flags.BoolVar(&f.csv, "csv", false, "print CSV, for a spreadsheet")
	flags.BoolVar(&f.json, "json", false, "print a JSON list")
}

func (f *listFlags) check(t *tenant) error {
	switch {
	case f.csv && f.json:
		return errors.New("--csv and --json exclude each other")
	case t.translator == nil:
		return errors.New("the configuration names no domain, so nobody is the bridge's own: set WS1BRIDGE_DOMAIN")
	case f.domain != "" && !f.all && !slices.Contains(t.domains, f.domain):
		return fmt.Errorf("the configuration sends users to %s, not to %s: add --all to see others", list(t.domains),
			f.domain)
	}
	return nil
}

// wants reports whether a record is one to list.
func (f *listFlags) wants(ours bool, domain string) bool {
	return (ours || f.all) && (f.domain == "" || domain == f.domain)
}

func (f *listFlags) format() listing.Format {
	switch {
	case f.csv:
		return listing.CSV
	case f.json:
		return listing.JSON
	}
	return listing.Table
}

// printRows prints a list in order, and how long it is beside it: how many there are of
// what is called one or many.
func (p *program) printRows(rows *listing.Rows, one, many string, f listing.Format) error {
	rows.Sort()
	if err := rows.Write(p.stdout, f); err != nil {
		return err
	}
	if rows.Len() == 1 {
		many = one
	}
	fmt.Fprintf(p.stderr, "%d %s\n", rows.Len(), many)
	return nil
}
