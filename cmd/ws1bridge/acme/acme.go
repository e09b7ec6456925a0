// Package acme obtains certificates by ACME (RFC 8555), and renews them. It keeps them
// and the account in a folder, which several copies may share: then one of them asks, and
// any may answer the challenge. It knows one kind of challenge, TLS-ALPN-01 (RFC 8737),
// which the ACME server makes on port 443 of each domain, and which the listener of the
// bridge answers. It opens no connection before Run.
package acme

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"
)

const (
	// checkInterval is how often certificates are looked at for renewal. It is short
	// beside the shortest that a private server may give; looking costs nothing.
	checkInterval = time.Minute
	// againAfter is the pause after what certmagic does not repeat by itself, such as a
	// folder that cannot be written.
	againAfter = time.Minute
	// obtainTimeout bounds one attempt.
	obtainTimeout = 90 * time.Second
)

// Config says which certificates to obtain, and where.
type Config struct {
	// Domains are the names to obtain certificates for, one each. The first is that of
	// callers who name none, or another.
	Domains []string
	// Cache is the folder that keeps certificates, keys and the account.
	Cache string
	// DirectoryURL is where the ACME server says what it offers. Its terms of service are
	// accepted.
	DirectoryURL string
	// Email is where the ACME server sends warnings. Optional.
	Email string
	// Roots are the authorities of the ACME server's own certificate; nil for those of the
	// system.
	Roots *x509.CertPool
	// Listen is the address that answers challenges, which is open already.
	Listen string
	Log    *zap.Logger
}

// Manager obtains certificates. Its methods are safe for concurrent use.
type Manager struct {
	cfg      Config
	domains  []string
	log      *zap.Logger   // for certmagic, and for failures of ours
	interval time.Duration // of looks for renewal

	ready chan struct{} // closed once Run has made what follows
	cache *certmagic.Cache
	magic *certmagic.Config
}

// New checks nothing, and starts nothing.
func New(cfg Config) *Manager {
	return &Manager{
		cfg: cfg, domains: cfg.Domains, log: plain(cfg.Log, cfg.Email), interval: checkInterval,
		ready: make(chan struct{}),
	}
}

// Run obtains the certificates and renews them, until ctx ends. It may be called once.
// While a certificate cannot be obtained, it logs why, and tries again later and later,
// after six hours at most.
func (m *Manager) Run(ctx context.Context) error {
	if err := m.open(ctx); err != nil {
		return err
	}
	defer m.cache.Stop()
	close(m.ready)
	var work sync.WaitGroup
	for _, domain := range m.domains {
		work.Go(func() { m.obtain(ctx, domain) })
	}
	work.Wait()
	<-ctx.Done()
	return nil
}

// open makes what obtains certificates. It has work in the background from then on.
func (m *Manager) open(ctx context.Context) error {
	host, port, err := net.SplitHostPort(m.cfg.Listen)
	if err != nil {
		return err
	}
	number, err := net.DefaultResolver.LookupPort(ctx, "tcp", port)
	if err != nil {
		return err
	}
	m.cache = certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert:   func(certmagic.Certificate) (*certmagic.Config, error) { return m.magic, nil },
		RenewCheckInterval: m.interval, Logger: m.log,
	})
	m.magic = certmagic.New(m.cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: m.cfg.Cache}, Logger: m.log, OnEvent: m.tell,
		DefaultServerName: m.domains[0], FallbackServerName: m.domains[0],
		ShouldEmitFunc: func(event string) bool { return event == eventObtained },
		// Let's Encrypt answers no OCSP any more, and a bridge has few callers.
		OCSP: certmagic.OCSPConfig{DisableStapling: true},
	})
	m.magic.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(m.magic, certmagic.ACMEIssuer{
		CA: m.cfg.DirectoryURL, Email: m.cfg.Email, Agreed: true, TrustedRoots: m.cfg.Roots,
		DisableHTTPChallenge: true, ListenHost: host, AltTLSALPNPort: number,
		CertObtainTimeout: obtainTimeout, Logger: m.log,
	})}
	return nil
}

// eventObtained is what certmagic calls the event of a new certificate.
const eventObtained = "cert_obtained"

func (m *Manager) tell(_ context.Context, event string, data map[string]any) error {
	if event != eventObtained {
		return nil // it is about a handshake, or a step
	}
	domain, _ := data["identifier"].(string)
	renewal, _ := data["renewal"].(bool)
	m.cfg.Log.Info("the ACME server has given a certificate", zap.String("domain", domain), zap.Bool("renewal", renewal))
	return nil
}

// obtain has the certificate of a domain managed: it is read from the folder, or
// obtained, and renewed if that is due. From then on the cache renews it.
func (m *Manager) obtain(ctx context.Context, domain string) {
	for ctx.Err() == nil {
		cert, err := m.magic.CacheManagedCertificate(ctx, domain)
		switch {
		case err == nil && !cert.Expired():
			return
		case err == nil:
			err = m.magic.RenewCertAsync(ctx, domain, false)
		case errors.Is(err, fs.ErrNotExist):
			err = m.magic.ObtainCertAsync(ctx, domain)
		}
		if err == nil {
			continue // it is in the folder now
		}
		if ctx.Err() == nil {
			m.log.Error(messageAgain, zap.String("domain", domain), zap.Error(err), zap.Duration("retrying_in", againAfter))
		}
		select {
		case <-ctx.Done():
		case <-time.After(againAfter):
		}
	}
}

// errNone is the answer to a handshake before there is a certificate.
var errNone = errors.New("there is no certificate yet")

// Certificate is the one for a caller, or what answers a challenge.
func (m *Manager) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	select {
	case <-m.ready:
		return m.magic.GetCertificate(hello)
	default:
		return nil, errNone
	}
}

// Expiry is when the first of the certificates ends; zero while one is missing.
func (m *Manager) Expiry() (first time.Time) {
	select {
	case <-m.ready:
	default:
		return time.Time{}
	}
	for _, domain := range m.domains {
		certs := m.cache.AllMatchingCertificates(strings.ToLower(domain))
		if len(certs) == 0 {
			return time.Time{}
		}
		last := slices.MaxFunc(certs, func(a, b certmagic.Certificate) int {
			return a.Leaf.NotAfter.Compare(b.Leaf.NotAfter)
		}).Leaf.NotAfter
		if first.IsZero() || last.Before(first) {
			first = last
		}
	}
	return first
}
