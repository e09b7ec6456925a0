package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"ws1bridge/scim/translate"
)

// mapFlags are the flags of the command map.
type mapFlags struct {
	okta, access, json, table bool
	diff                      string
}

// errLoses is the outcome of a trace that loses something; the trace says what.
var errLoses = errors.New("a value does not come back as it was, or the user is refused")

func (p *program) mapCommand() *cobra.Command {
	var f mapFlags
	cmd := &cobra.Command{
		Use:   "map [FILE]",
		Short: "Show what a user of Okta's becomes in Access, and back",
		Long: `Read users from FILE, or from standard input, and print for each what Access would
be sent and what Okta would read back, which pair or rule made it so, and what is
dropped. Nothing is sent anywhere, and of the configuration only domains, groups
and attributes are needed.

FILE holds SCIM resources: one, several after one another, a list, or an answer
to a query. --okta reads SCIM 2.0 as Okta sends it, --access SCIM 1.1 as Access
serves it; without either, the schemas of each resource decide. The output holds
the users' data.

--table prints the table of attributes in force instead, and reads no users.

--diff OTHER reads the users by the configuration OTHER too, and prints what the
one of --config would change.

Exit 1 says that the round trip loses a mapped value, or that a user is refused.`,
		Example: `  ws1bridge map --config config.yaml user.json
  curl -s … | ws1bridge map --config config.yaml --access --json
  ws1bridge map --config new.yaml --diff old.yaml users.json`,
		Args: usageArgs(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return p.mapUsers(cmd.InOrStdin(), f, args) },
	}
	flags := cmd.Flags()
	flags.BoolVar(&f.okta, "okta", false, "the resources are Okta's (SCIM 2.0)")
	flags.BoolVar(&f.access, "access", false, "the resources are Access's (SCIM 1.1)")
	flags.BoolVar(&f.json, "json", false, "print JSON, for programs")
	flags.BoolVar(&f.table, "table", false, "print the table of attributes in force")
	flags.StringVar(&f.diff, "diff", "", "configuration to compare with")
	return cmd
}

func (p *program) mapUsers(stdin io.Reader, f mapFlags, args []string) error {
	if f.okta && f.access {
		return usageError{errors.New("the resources are either --okta's or --access's")}
	}
	translator, err := loadTranslator(p.configFile, p.environ)
	if err != nil {
		return err
	}
	m := mapper{flags: f, out: p.stdout, paint: painterFor(p.stdout, p.environ)}
	if f.table {
		return m.pairs(translator)
	}
	resources, err := readResources(stdin, args)
	if err != nil {
		return usageError{err}
	}
	if f.diff == "" {
		return m.show(translator, resources)
	}
	// The variables would make both configurations alike.
	before, err := loadTranslator(f.diff, withoutSettings(p.environ))
	if err != nil {
		return err
	}
	return m.compare(before, translator, resources)
}

// loadTranslator reads what the translation is configured with, and judges that
// alone: this command needs no tenant and no secret.
func loadTranslator(path string, environ []string) (*translate.Translator, error) {
	cfg, problems := readConfig(path, environ)
	problems = about(problems, "domains", "groups", "attributes", "the configuration file")
	for _, problem := range cfg.translationProblems() {
		problems = append(problems, fmt.Errorf("%s: %s", describe(problem.Setting), problem.Reason))
	}
	if len(problems) > 0 {
		return nil, usageError{fmt.Errorf("the configuration has %d problem(s):\n%w", len(problems), errors.Join(problems...))}
	}
	return translate.New(cfg.translation())
}

// about keeps the problems of some sections.
func about(problems []error, sections ...string) []error {
	var kept []error
	for _, problem := range problems {
		for _, section := range sections {
			if strings.HasPrefix(problem.Error(), section) {
				kept = append(kept, problem)
				break
			}
		}
	}
	return kept
}

// withoutSettings is an environment without the bridge's own variables.
func withoutSettings(environ []string) []string {
	var kept []string
	for _, e := range environ {
		if !strings.HasPrefix(e, "WS1BRIDGE_") {
			kept = append(kept, e)
		}
	}
	return kept
}

// openInput is the named file, or standard input.
func openInput(stdin io.Reader, args []string) (io.Reader, func(), error) {
	if len(args) == 0 || args[0] == "-" {
		return stdin, func() {}, nil
	}
	file, err := os.Open(args[0])
	if err != nil {
		return nil, nil, err
	}
	return file, func() { _ = file.Close() }, nil
}
