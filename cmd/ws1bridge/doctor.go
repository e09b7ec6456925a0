package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/doctor"
)

func (p *program) doctorCommand() *cobra.Command {
	var write, asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Examine the deployment and say what to mend",
		Long: `Examine the deployment step by step: configuration, tenant, token, directory,
identity provider, access policy, SCIM, and the bridge as Okta sees it. Each check
is ✓ (well), ✗ (to be mended) or ? (could not be checked, which proves nothing,
such as what the role of the OAuth client may not read).

It changes nothing, unless --write lets it create, change and delete a test user
and a test group. It shows no secret, no token and no name of a person.
Exit code 0: nothing failed; 1: something did; 2: wrong usage.`,
		Example: `  ws1bridge doctor --config /etc/ws1bridge/config.yaml
  ws1bridge doctor --write          # also tries to write, and cleans up
  ws1bridge doctor --json | jq '.checks[] | select(.outcome == "failed")'`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.doctor(cmd, write, asJSON) },
	}
	cmd.Flags().BoolVar(&write, "write", false, "also create, change and delete a test user and a test group")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the results as JSON")
	return cmd
}

func (p *program) doctor(cmd *cobra.Command, write, asJSON bool) error {
	cfg, problems := examineConfig(p.configFile, p.environ)
	progress := p.newProgress()
	examination := doctor.Config{
		AccessURL: cfg.Access.URL, ClientID: cfg.Access.ClientID, ClientSecret: cfg.Access.ClientSecret,
		Domains: managedDomains(cfg), PublicURL: cfg.PublicURL, OktaTokens: cfg.Okta.Tokens,
		Write: write, OnCheck: func(name string) { progress.begin("checking: " + name) },
	}
	for _, problem := range problems {
		examination.Problems = append(examination.Problems, problem.Error())
	}
	sheet := p.newSheet(examination.Domains)
	sheet.quiet = asJSON
	err := doctor.New(examination).Run(cmd.Context(), func(r doctor.Result) {
		progress.end()
		sheet.add(r)
	})
	progress.end()
	if err != nil {
		return err
	}
	return sheet.conclude()
}

// sheet is where results are written down.
type sheet struct {
	w     io.Writer
	color bool
	width int  // of the names of checks
	quiet bool // until the end, and then JSON

	Checks  []doctor.Result `json:"checks"`
	OK      int             `json:"ok"`
	Failed  int             `json:"failed"`
	Unknown int             `json:"unknown"`
}

// The marks stand for the outcomes with and without color.
var marks = map[doctor.Outcome]struct{ mark, color string }{
	doctor.OK: {"✓", "\x1b[32m"}, doctor.Failed: {"✗", "\x1b[31m"}, doctor.Unknown: {"?", "\x1b[33m"},
}

// newSheet writes to standard output. The longest names of checks end in one of
// the domains.
func (p *program) newSheet(domains []string) *sheet {
	s := &sheet{w: p.stdout, color: p.colorful(p.stdout), width: len("other spelling of the host  ")}
	for _, domain := range domains {
		s.width = max(s.width, len("identity provider of   ")+utf8.RuneCountInString(domain))
	}
	return s
}

// add writes a result down: a line with its finding, and one with its mend.
func (s *sheet) add(r doctor.Result) {
	s.Checks = append(s.Checks, r)
	switch r.Outcome {
	case doctor.OK:
		s.OK++
	case doctor.Failed:
		s.Failed++
	case doctor.Unknown:
		s.Unknown++
	}
	if s.quiet {
		return
	}
	mark := marks[r.Outcome].mark
	if s.color {
		mark = marks[r.Outcome].color + mark + "\x1b[0m"
	}
	room := max(s.width-utf8.RuneCountInString(r.Name), 1)
	fmt.Fprintf(s.w, "%s %s%s%s\n", mark, r.Name, strings.Repeat(" ", room), r.Finding)
	if r.Mend != "" {
		fmt.Fprintf(s.w, "%s→ %s\n", strings.Repeat(" ", s.width+2), r.Mend)
	}
}

// conclude writes the sum, or everything as JSON. It is an error when a check
// failed.
func (s *sheet) conclude() error {
	if s.quiet {
		encoder := json.NewEncoder(s.w)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		if err := encoder.Encode(s); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(s.w, "\n%d well, %d to be mended, %d not checked\n", s.OK, s.Failed, s.Unknown)
	}
	if s.Failed > 0 {
		return fmt.Errorf("%d check(s) failed", s.Failed)
	}
	return nil
}
