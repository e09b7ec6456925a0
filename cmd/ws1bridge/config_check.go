package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (p *program) configCommand() *cobra.Command {
	config := &cobra.Command{
		Use:   "config",
		Short: "Work on the configuration",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	config.AddCommand(&cobra.Command{
		Use:   "check",
		Short: "Read the configuration and print every problem at once",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			cfg, err := loadConfig(p.configFile, p.environ)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(p.stdout, "The configuration is well: users go to the domain %s of %s, %d token(s) for Okta.\n%s",
				cfg.Domains.Default, cfg.Access.URL, len(cfg.Okta.Tokens), cfg.translationSummary())
			return err
		},
	})
	return config
}
