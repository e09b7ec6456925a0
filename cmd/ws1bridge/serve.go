package main

import (
	"context"
	"runtime"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/upstream"
)

func (p *program) serveCommand() *cobra.Command {
	var dry dryRun
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the bridge",
		Long: `Run the bridge until it is interrupted. Okta calls the address "listen" with the
SCIM base URL https://HOST/scim/v2; health and metrics are on "ops_listen".

It reads its configuration again when a file of it changes, and on SIGHUP. One with a
mistake is refused as a whole, and the log says why.

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
	hangups, stop := surviveSignals()
	defer stop()
	cfg, err := config.Load(p.configFile, p.environ)
	if err != nil {
		return err
	}
	level := zap.NewAtomicLevelAt(logLevel(cfg.Log.Level))
	log, flush := newLogger(p.stdout, level)
	defer flush()
	defer zap.RedirectStdLog(quotingNobody(log.Named("http")))() // net/http's client logs there
	p.warn(log, cfg)
	b, err := newBridge(cfg, dry, log, level)
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
		zap.Bool("https", b.https != nil),
		zap.String("version", buildVersion()))
	floor := newHeapFloor()
	err = b.run(ctx, main, ops, p.newReloader(b, hangups).run, p.supervise(ctx, ops, log).run)
	runtime.KeepAlive(floor)
	log.Info("stopped", zap.Error(err))
	return err
}

func (p *program) warn(log *zap.Logger, cfg config.Config) {
	for _, w := range cfg.Warnings(p.environ) {
		log.Warn(w.Error())
	}
}

// dryRun is what the flags --dry-run and --dry-run-values of serve say. They have no
// setting, so that nobody leaves them behind in a file.
type dryRun struct{ on, values bool }

// held says that writes are held back.
func (d dryRun) held() bool { return d.on || d.values }

// clientOf is the client of Access, or a dry run over it.
func clientOf(dry dryRun, access *upstream.Client, log *zap.Logger) (*upstream.Client, error) {
	if !dry.held() {
		return access, nil
	}
	return upstream.NewDryRun(access, upstream.DryRunConfig{Tell: tellHeldBack(log), Values: dry.values})
}

// tellHeldBack writes a line for each request that was not sent: ids and names of
// attributes, and values only where the body is asked for.
func tellHeldBack(log *zap.Logger) func(upstream.HeldBack) {
	log = log.Named("dry_run")
	return func(h upstream.HeldBack) {
		log.Info("write held back",
			zap.String("op", h.Op), zap.String("method", h.Method), zap.String("path", h.Path),
			where(h.UserID != "", zap.String("user_id", h.UserID)),
			where(h.GroupID != "", zap.String("group_id", h.GroupID)),
			where(h.Domain != "", zap.String("domain", h.Domain)),
			where(len(h.Set) > 0, zap.Strings("set", h.Set)),
			where(len(h.Cleared) > 0, zap.Strings("cleared", h.Cleared)),
			where(len(h.Added) > 0, zap.Strings("members_added", h.Added)),
			where(len(h.Removed) > 0, zap.Strings("members_removed", h.Removed)),
			where(h.Body != nil, zap.Reflect("body", h.Body)))
	}
}

// where leaves out a field that says nothing.
func where(known bool, field zap.Field) zap.Field {
	if !known {
		return zap.Skip()
	}
	return field
}
