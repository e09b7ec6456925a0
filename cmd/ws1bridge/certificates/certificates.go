// Package certificates keeps the certificate that the bridge serves HTTPS with, and the
// authorities of its callers' certificates, and changes them at run time. What is new is
// taken whole or not at all: a half-written pair never meets a caller. It does not obtain
// certificates; what does is an Issuer.
package certificates

import (
	"context"
	"crypto/tls"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/watch"
)

// Issuer obtains certificates and renews them.
type Issuer interface {
	// Certificate is the one for a caller, or what answers a challenge of the issuer.
	Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// Expiry is when the first of its certificates ends; zero if there is none.
	Expiry() time.Time
}

// Config says what to serve.
type Config struct {
	Files Files
	// Issuer gives the certificates where Files has none. Optional.
	Issuer Issuer
	Log    *zap.Logger
	// Registerer gets the metric of the expiry.
	Registerer prometheus.Registerer
}

// Certificates are what HTTPS is served with. Its methods are safe for concurrent use.
type Certificates struct {
	issuer Issuer
	log    *zap.Logger

	current atomic.Pointer[served]

	mu      sync.Mutex // guards what follows; held while files are read
	files   Files
	refused string // the last mistake that was logged
}

// served is what new connections get. It never changes.
type served struct {
	material  *Material
	tls       *tls.Config
	challenge *tls.Config // for challenges of ACME; nil without an issuer
}

// New reads the files, and starts nothing. The error is a *Mistake.
func New(cfg Config) (*Certificates, error) {
	if (cfg.Files.Cert == "") == (cfg.Issuer == nil) {
		return nil, &Mistake{settingCert, "either a file or an issuer gives the certificate"}
	}
	c := &Certificates{issuer: cfg.Issuer, log: cfg.Log, files: cfg.Files}
	material, err := Read(cfg.Files)
	if err != nil {
		return nil, err
	}
	c.serve(material)
	expiry := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "ws1bridge_certificate_expiry_timestamp_seconds",
		Help: "When the certificate that is served ends, as a Unix time; 0 while there is none.",
	}, func() float64 {
		if end := c.Expiry(); !end.IsZero() {
			return float64(end.Unix())
		}
		return 0
	})
	return c, cfg.Registerer.Register(expiry)
}

// Expiry is when the certificate ends, the first where there are several; zero while
// there is none.
func (c *Certificates) Expiry() time.Time {
	if c.issuer != nil {
		return c.issuer.Expiry()
	}
	return c.current.Load().material.Expiry()
}

// TLS is what to serve with: each new connection gets what is current.
func (c *Certificates) TLS() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			now := c.current.Load()
			if now.challenge != nil && isChallenge(hello) {
				return now.challenge, nil
			}
			return now.tls, nil
		},
	}
}

// protocolACME is that of challenges (RFC 8737 section 6.2).
const protocolACME = "acme-tls/1"

// isChallenge reports whether an ACME server looks whether we answer for a name.
func isChallenge(hello *tls.ClientHelloInfo) bool {
	return slices.Equal(hello.SupportedProtos, []string{protocolACME})
}

func (c *Certificates) serve(m *Material) {
	s := &served{material: m, tls: &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}}
	if c.issuer != nil {
		s.tls.GetCertificate = c.issuer.Certificate
		// An ACME server has no certificate of ours; with this protocol nobody gets to the
		// endpoint.
		s.challenge = &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: []string{protocolACME}, GetCertificate: c.issuer.Certificate,
		}
	} else {
		s.tls.Certificates = []tls.Certificate{*m.pair}
	}
	if m.clients != nil {
		s.tls.ClientAuth, s.tls.ClientCAs = tls.RequireAndVerifyClientCert, m.clients
		// A resumed session is one whose certificate was checked earlier, perhaps by other
		// authorities.
		s.tls.SessionTicketsDisabled = true
	}
	c.current.Store(s)
}

// Reload reads the files again, whether they have changed or not. If they cannot be
// served, it logs why and keeps what is served.
func (c *Certificates) Reload() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.take(c.files)
}

// Use is Reload with other files; the old ones stay if the others cannot be served. Files
// that name a certificate where an Issuer gives it, or none where it does not, are a
// mistake: that takes a restart.
func (c *Certificates) Use(f Files) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if (f.Cert == "") != (c.issuer != nil) {
		return &Mistake{settingCert, "what gives the certificate changes only with a restart"}
	}
	return c.take(f)
}

// take makes the files those that are served. c.mu is held.
func (c *Certificates) take(f Files) error {
	material, err := Read(f)
	if err != nil {
		c.refuse(err)
		return err
	}
	c.refused, c.files = "", f
	before := c.current.Load().material
	if material.equal(before) {
		return nil
	}
	c.serve(material)
	c.log.Info("the files of TLS have changed: new connections get what they hold now",
		zap.Time("not_after", c.Expiry()), zap.Bool("client_certificates", material.clients != nil))
	if doubt := material.Warning(); doubt != "" {
		c.log.Warn(doubt)
	}
	return nil
}

// refuse logs a mistake, once.
func (c *Certificates) refuse(err error) {
	mistake := &Mistake{Reason: err.Error()}
	errors.As(err, &mistake)
	if c.refused == err.Error() {
		return
	}
	c.refused = err.Error()
	c.log.Error("the files of TLS have changed and cannot be served: the bridge keeps what it has until they change again",
		zap.String("setting", mistake.Setting), zap.String("error", mistake.Reason), zap.Time("not_after", c.Expiry()))
}

// equal reports whether two materials are the same to a caller.
func (m *Material) equal(other *Material) bool {
	if (m.pair == nil) != (other.pair == nil) || (m.clients == nil) != (other.clients == nil) {
		return false
	}
	return (m.clients == nil || m.clients.Equal(other.clients)) &&
		(m.pair == nil || slices.EqualFunc(m.pair.Certificate, other.pair.Certificate, slices.Equal[[]byte]))
}

// Run reads the files again when they change, until ctx ends.
func (c *Certificates) Run(ctx context.Context) error {
	w := watch.New(func() []string {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.files.Names()
	})
	_ = c.Reload() // what changed since New; it is logged
	w.Run(ctx, func() { _ = c.Reload() })
	return nil
}
