package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/cmd/ws1bridge/terminal"
	"ws1bridge/cmd/ws1bridge/trace"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

// mapFlags are the flags of the command map.
type mapFlags struct {
	okta, access, csv, json, table, summary bool
	diff                                    string
}

func (p *program) mapCommand() *cobra.Command {
	var f mapFlags
	cmd := &cobra.Command{
		Use:   "map [FILE]",
		Short: "Show what a user of Okta becomes in Access, and back",
		Long: `Read users from FILE, or from standard input, and print for each what Access would
be sent and what Okta would read back, which pair or rule made it so, and what is
dropped. Nothing is sent anywhere, and of the configuration only domains, groups
and attributes are needed.

FILE holds SCIM resources: one, several after one another, a list, or an answer
to a query. --okta reads SCIM 2.0 as Okta sends it, --access SCIM 1.1 as Access
serves it; without either, the schemas of each resource decide. The output holds
the users' data.

A FILE that ends in .csv, or anything with --csv, is a table whose first line names
attributes: those of SCIM (name.givenName) or of Okta's profile (firstName, login).
So a whole export of Okta can be looked through before anything is pushed; at the end
stands how many users are refused or lose a value, and why. --summary prints that alone.

--table prints the table of attributes in force instead, and reads no users.

--diff OTHER reads the users by the configuration OTHER too, and prints what the
one of --config would change.

Exit 1 says that the round trip loses a mapped value, or that a user is refused.`,
		Example: `  ws1bridge map --config config.yaml user.json
  curl -s … | ws1bridge map --config config.yaml --access --json
  ws1bridge map --config config.yaml --summary export.csv
  ws1bridge map --config new.yaml --diff old.yaml users.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return p.mapUsers(cmd.InOrStdin(), f, args) },
	}
	f.add(cmd)
	return cmd
}

func (f *mapFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.okta, "okta", false, "the resources are Okta's (SCIM 2.0)")
	flags.BoolVar(&f.access, "access", false, "the resources are Access's (SCIM 1.1)")
	flags.BoolVar(&f.csv, "csv", false, "the users are a table (CSV) whose first line names attributes")
	flags.BoolVar(&f.summary, "summary", false, "print only how many users are refused or lose a value, and why")
	flags.BoolVar(&f.json, "json", false, "print JSON, for programs")
	flags.BoolVar(&f.table, "table", false, "print the table of attributes in force")
	flags.StringVar(&f.diff, "diff", "", "configuration to compare with")
}

func (p *program) mapUsers(stdin io.Reader, f mapFlags, args []string) error {
	f.csv = f.csv || len(args) > 0 && strings.EqualFold(filepath.Ext(args[0]), ".csv")
	side, err := f.side()
	if err != nil {
		return usageError{err}
	}
	translator, err := loadTranslator(p.configFile, p.environ)
	if err != nil {
		return err
	}
	printer := trace.Printer{Out: p.stdout, Paint: terminal.NewPainter(p.stdout, p.environ), JSON: f.json,
		Sums: f.csv, OnlySums: f.summary}
	if f.table {
		return printer.Pairs(translator)
	}
	users, err := p.readUsers(stdin, f, args, side, translator)
	if err != nil {
		return usageError{err}
	}
	if f.diff == "" {
		return printer.Users(translator, users)
	}
	// The variables would make both configurations alike.
	before, err := loadTranslator(f.diff, withoutSettings(p.environ))
	if err != nil {
		return err
	}
	return printer.Changes(before, translator, users)
}

// side is where the users are from, "" where their schemas say it.
func (f mapFlags) side() (trace.Side, error) {
	switch {
	case f.csv && f.access:
		return "", errors.New("a table is Okta's: --access reads SCIM resources")
	case f.summary && f.diff != "":
		return "", errors.New("--summary and --diff exclude each other")
	case f.okta && f.access:
		return "", errors.New("the resources are either --okta's or --access's")
	case f.okta:
		return trace.Okta, nil
	case f.access:
		return trace.Access, nil
	}
	return "", nil
}

// loadTranslator reads what the translation is configured with, and judges
// only that: this command needs no tenant and no secret.
func loadTranslator(path string, environ []string) (*translate.Translator, error) {
	cfg, problems := config.Examine(path, environ)
	if err := problems.About("domains", "groups", "attributes").Err(); err != nil {
		return nil, err
	}
	return translate.New(cfg.Translation())
}

// withoutSettings is an environment without the bridge's own variables.
func withoutSettings(environ []string) []string {
	return slices.DeleteFunc(slices.Clone(environ), func(e string) bool { return strings.HasPrefix(e, "WS1BRIDGE_") })
}

// readUsers reads the named file, or standard input.
func (p *program) readUsers(
	stdin io.Reader, f mapFlags, args []string, side trace.Side, t *translate.Translator,
) ([]trace.User, error) {
	if len(args) > 0 && args[0] != "-" {
		file, err := os.Open(args[0])
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }()
		stdin = file
	}
	if !f.csv {
		return trace.Read(stdin, side)
	}
	users, unknown, err := trace.ReadCSV(stdin, trace.Table{Users: schema.Users(t.SchemaAttributes()),
		Names: columnNames(t.Attributes())})
	if len(unknown) > 0 {
		fmt.Fprintf(p.stderr, "Note: left out, because they name no attribute: %s\n", strings.Join(unknown, ", "))
	}
	return users, err
}
