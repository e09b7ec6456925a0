package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/config"
)

func (p *program) configCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "config", Short: "Work on the configuration"}
	cmd.AddCommand(&cobra.Command{
		Use:   "check",
		Short: "Read the configuration and print every problem at once",
		Long: `Read the configuration and print every problem at once. Warnings are about what is
probably a mistake, and is taken: they do not change the exit code.`,
		Example: `  ws1bridge config check --config /etc/ws1bridge/config.yaml
  WS1BRIDGE_CONFIG=config.yaml ws1bridge config check`,
		RunE: func(*cobra.Command, []string) error {
			cfg, problems := config.Examine(p.configFile, p.environ)
			for _, w := range cfg.Warnings(p.environ) {
				fmt.Fprintf(p.stdout, "Warning: %v\n", w)
			}
			if err := problems.Err(); err != nil {
				return err
			}
			const good = "The configuration is OK: users go to the domain %s of %s, %d token(s) for Okta.\n%s"
			_, err := fmt.Fprintf(p.stdout, good, cfg.Domains.Default, cfg.Access.URL, len(cfg.Okta.Tokens), cfg.Summary())
			return err
		},
	})
	return cmd
}
