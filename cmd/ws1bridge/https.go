package main

import (
	"context"
	"crypto/tls"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"ws1bridge/cmd/ws1bridge/acme"
	"ws1bridge/cmd/ws1bridge/certificates"
	"ws1bridge/cmd/ws1bridge/config"
)

// https is what HTTPS is served with. Its methods work without one, for plain HTTP.
type https struct {
	*certificates.Certificates
	issuer *acme.Manager // nil: the certificate is in a file
}

// newHTTPS is nil for plain HTTP.
func newHTTPS(cfg config.Config, log *zap.Logger, metrics prometheus.Registerer) (*https, error) {
	if !cfg.TLS.On() {
		return nil, nil //nolint:nilnil // plain HTTP is no mistake
	}
	h := &https{}
	served := certificates.Config{Files: cfg.TLS.Files(), Log: log.Named("tls"), Registerer: metrics}
	if cfg.TLS.ACME.On() {
		roots, err := cfg.TLS.ACME.Roots()
		if err != nil {
			return nil, err
		}
		h.issuer = acme.New(acme.Config{
			Domains: cfg.TLS.ACME.Domains, Cache: cfg.TLS.ACME.Cache, DirectoryURL: cfg.TLS.ACME.DirectoryURL,
			Email: cfg.TLS.ACME.Email, Roots: roots, Listen: cfg.Listen, Log: log.Named("acme"),
		})
		served.Issuer = h.issuer
	}
	var err error
	h.Certificates, err = certificates.New(served)
	return h, err
}

// run keeps the certificates up to date until ctx ends.
func (h *https) run(ctx context.Context) error {
	if h == nil {
		return nil
	}
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { return h.Certificates.Run(ctx) })
	if h.issuer != nil {
		work.Go(func() error { return h.issuer.Run(ctx) })
	}
	return work.Wait()
}

// config is for the listener; nil for plain HTTP.
func (h *https) config() *tls.Config {
	if h == nil {
		return nil
	}
	return h.TLS()
}

// use takes files of another configuration, or reads the same ones again.
func (h *https) use(files certificates.Files) error {
	if h == nil {
		return nil
	}
	return h.Use(files)
}
