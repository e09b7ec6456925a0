package main

import (
	"context"
	"crypto/tls"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/certificates"
	"ws1bridge/cmd/ws1bridge/config"
)

// newCertificates are what HTTPS is served with, nil for plain HTTP.
func newCertificates(
	cfg config.Config, log *zap.Logger, metrics prometheus.Registerer,
) (*certificates.Certificates, error) {
	if !cfg.TLS.On() {
		return nil, nil //nolint:nilnil // plain HTTP is no mistake
	}
	return certificates.New(certificates.Config{Files: cfg.TLS.Files(), Log: log.Named("tls"), Registerer: metrics})
}

// keepCertificates keeps them up to date until ctx ends.
func keepCertificates(ctx context.Context, c *certificates.Certificates) error {
	if c == nil {
		return nil
	}
	return c.Run(ctx)
}

func tlsOf(c *certificates.Certificates) *tls.Config {
	if c == nil {
		return nil
	}
	return c.TLS()
}
