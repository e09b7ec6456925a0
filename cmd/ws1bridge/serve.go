package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/config"
)

func (p *program) serveCommand() *cobra.Command {
	var dry dryRun
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the bridge",
		Long: `Run the bridge until it is interrupted. Okta calls the address "listen" with the
SCIM base URL https://HOST/scim/v2; health and metrics are on "ops_listen".

With --dry-run it reads from Access and writes nothing there: Okta is answered
as if it had, and each request that was held back is a line in the log, which
names attributes. With --dry-run-values it also holds what would have been sent,
personal data included. Let a test app of Okta push to it: people who are created
get ids that end with the run, and an app that has stored them must be assigned
again.`,
		Example: "  ws1bridge serve --config /etc/ws1bridge/config.yaml",
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context(), dry) },
	}
	cmd.Flags().BoolVar(&dry.on, "dry-run", false, "write nothing to Access, and log what would have been written")
	cmd.Flags().BoolVar(&dry.values, "dry-run-values", false, "as --dry-run, with values in the log: personal data too")
	return cmd
}

func (p *program) serve(ctx context.Context, dry dryRun) error {
	cfg, err := config.Load(p.configFile, p.environ)
	if err != nil {
		return err
	}
	log := newLogger(p.stdout, cfg.Log.Level)
	if slices.ContainsFunc(cfg.Okta.Tokens, auth.IsWeak) {
		log.Warn("a token of okta.tokens is short enough to be guessed: use 32 random bytes")
	}
	b, err := newBridge(cfg, dry, log)
	if err != nil {
		return err
	}
	listeners, err := listen(ctx, cfg.Listen, cfg.OpsListen)
	if err != nil {
		return err
	}
	main, ops := listeners[0], listeners[1]
	log.Info("started", zap.Stringer("listen", main.Addr()), zap.Stringer("ops_listen", ops.Addr()),
		zap.String("access", cfg.Access.URL), zap.String("domain", cfg.Domains.Default), zap.Bool("dry_run", dry.held()),
		zap.String("version", buildVersion()))
	err = b.run(ctx, main, ops)
	log.Info("stopped", zap.Error(err))
	return err
}
