package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"ws1bridge/scim"
	"ws1bridge/upstream/accesstest"
)

func (p *program) tryCommand() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "try",
		Short: "Run the bridge with an emulator of Access, set up and with people in it",
		Long: `Run the bridge and an emulator of Workspace ONE Access in one process on loopback, with
three people, a directory and an identity provider, and print what to try in another
shell: what Okta sends, the doctor, a person. It serves until interrupted, and keeps
nothing.`,
		Example: "  ws1bridge try",
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.try(cmd.Context(), address) },
	}
	cmd.Flags().StringVar(&address, "listen", "127.0.0.1:0", "address of the bridge (default: a free port)")
	return cmd
}

func (p *program) try(ctx context.Context, address string) error {
	s, err := newSandbox(ctx, address, accesstest.Config{Domains: []string{sandboxDomain}, SeedUsers: 3,
		Modes: accesstest.Modes{Mistakes: accesstest.Mistakes{OktaProvider: "none", PolicyFollows: 1}}})
	if err != nil {
		return err
	}
	return s.serve(ctx, func(context.Context) error { return p.inviteToTry(s) })
}

// inviteToTry prints what to paste.
func (p *program) inviteToTry(s *sandbox) error {
	base := addressURL(s.main) + scim.BasePath
	fmt.Fprintf(p.stdout, `The bridge serves at %s, before an emulator of Workspace ONE Access.
Three people are there; directory, identity provider and policy are set up. Paste into another shell:

`, base)
	for _, setting := range s.settings() {
		fmt.Fprintf(p.stdout, "  export %s\n", setting)
	}
	_, err := fmt.Fprintf(p.stdout, `
1. Push somebody, as Okta does:
  curl -H 'Authorization: Bearer %[1]s' -H 'Content-Type: application/scim+json' \
    %[2]s/Users -d '{"userName": "ada@acme.com", "externalId": "00u1",
      "name": {"givenName": "Ada", "familyName": "Lovelace"}, "emails": [{"value": "ada@acme.com"}]}'

2. See whether everything is right, and whether she could log in:
  ws1bridge doctor
  ws1bridge user get ada@acme.com

3. Break Access, push again (429: Okta repeats by itself), and repair it:
  curl -d '{"status":503}' %[3]s/faults
  curl -X DELETE %[3]s/faults

4. See what was pushed, what failed and why: open %[4]s/ in a browser, or
  ws1bridge history

Ctrl-C ends it; nothing is kept.
`, sandboxToken, base, addressURL(s.control), addressURL(s.ops))
	return err
}
