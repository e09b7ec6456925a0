package doctor

import (
	"crypto/tls"
	"crypto/x509"
	"sync"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// publicRoots are the authorities that Mozilla trusts: as good a guess as there is at
// whom Okta trusts. What this machine trusts may be more.
var publicRoots = sync.OnceValue(func() *x509.CertPool {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		if certificate, err := x509.ParseCertificate(root.Certificate); err == nil {
			pool.AddCertWithConstraint(certificate, constraint(root))
		}
	}
	return pool
})

func constraint(root bundle.Root) func([]*x509.Certificate) error {
	if root.Constraint == nil {
		return func([]*x509.Certificate) error { return nil }
	}
	return root.Constraint
}

// privateAuthority is the name of the authority that a certificate comes from, "" where that
// is a public one.
func (d *Doctor) privateAuthority(state *tls.ConnectionState) string {
	if state == nil || len(state.PeerCertificates) == 0 {
		return ""
	}
	roots := d.cfg.PublicRoots
	if roots == nil {
		roots = publicRoots()
	}
	leaf, between := state.PeerCertificates[0], x509.NewCertPool()
	for _, c := range state.PeerCertificates[1:] {
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between}); err == nil {
		return ""
	}
	if leaf.CheckSignatureFrom(leaf) == nil || leaf.Issuer.String() == leaf.Subject.String() {
		return "itself (it is self-signed)"
	}
	last := state.PeerCertificates[len(state.PeerCertificates)-1]
	return last.Issuer.String()
}
