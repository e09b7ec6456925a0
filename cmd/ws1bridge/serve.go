package main

import (
	"context"
	"io"
	"slices"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ws1bridge/auth"
)

func (p *program) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the bridge",
		Long: `Run the bridge until it is interrupted. Okta calls the address "listen" with the
SCIM base URL https://HOST/scim/v2; health and metrics are on "ops_listen".`,
		Example: "  ws1bridge serve --config /etc/ws1bridge/config.yaml",
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return p.serve(cmd.Context()) },
	}
}

func (p *program) serve(ctx context.Context) error {
	cfg, err := loadConfig(p.configFile, p.environ)
	if err != nil {
		return err
	}
	log := newLogger(p.stdout, cfg.Log.Level)
	if slices.ContainsFunc(cfg.Okta.Tokens.reveal(), auth.IsWeak) {
		log.Warn("a token of okta.tokens is short enough to be guessed: use 32 random bytes")
	}
	b, err := newBridge(cfg, log)
	if err != nil {
		return err
	}
	main, err := listen(ctx, cfg.Listen)
	if err != nil {
		return err
	}
	ops, err := listen(ctx, cfg.OpsListen)
	if err != nil {
		_ = main.Close()
		return err
	}
	log.Info("started", zap.Stringer("listen", main.Addr()), zap.Stringer("ops_listen", ops.Addr()),
		zap.String("access", cfg.Access.URL), zap.String("domain", cfg.Domains.Default), zap.String("version", buildVersion()))
	err = b.run(ctx, main, ops)
	log.Info("stopped", zap.Error(err))
	return err
}

// newLogger writes JSON lines. The level was checked with the configuration.
func newLogger(w io.Writer, level string) *zap.Logger {
	at, _ := zapcore.ParseLevel(level)
	encoding := zap.NewProductionEncoderConfig()
	encoding.TimeKey = "time"
	encoding.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	encoding.EncodeDuration = zapcore.SecondsDurationEncoder
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(encoding), zapcore.Lock(zapcore.AddSync(w)), at))
}
