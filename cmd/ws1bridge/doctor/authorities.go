package doctor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
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

// privateAuthority is the name of the authority that a certificate, the first of those that
// were presented, comes from; "" where that is a public one.
func (d *Doctor) privateAuthority(presented []*x509.Certificate) string {
	if len(presented) == 0 {
		return ""
	}
	roots := d.cfg.PublicRoots
	if roots == nil {
		roots = publicRoots()
	}
	leaf, between := presented[0], x509.NewCertPool()
	for _, c := range presented[1:] {
		between.AddCert(c)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between}); err == nil {
		return ""
	}
	if leaf.Issuer.String() == leaf.Subject.String() {
		return "itself (it is self-signed)"
	}
	return presented[len(presented)-1].Issuer.String()
}

const publicCertificate = "have whoever ends TLS before the bridge present a certificate of a public authority, with " +
	"its whole chain (deploy/guides/tls.md); if Okta reaches something else by this name, run the doctor where it does too"

// checkPublicCertificate looks whom the certificate of the bridge comes from: Okta does not
// know the authorities that this machine was told to trust.
func (d *Doctor) checkPublicCertificate(context.Context) verdict {
	if authority := d.privateAuthority(d.presented); authority != "" {
		return failed("it comes from "+authority+", which is no public authority: Okta does not accept it, though this "+
			"machine does", publicCertificate)
	}
	return ok("it comes from a public authority")
}

// unknownAuthority is the verdict on a certificate of the bridge that this machine does not
// accept. Okta may: SSL_CERT_FILE takes the place of all authorities that the system knows.
func (d *Doctor) unknownAuthority(err error, host string) (verdict, bool) {
	if _, isOne := errors.AsType[x509.UnknownAuthorityError](err); !isOne {
		return verdict{}, false
	}
	refused, shown := errors.AsType[*tls.CertificateVerificationError](err)
	if !shown {
		return verdict{}, false
	}
	if authority := d.privateAuthority(refused.UnverifiedCertificates); authority != "" {
		return failed("the certificate of "+host+" comes from "+authority+", which is no public authority, or its chain is "+
			"incomplete: Okta does not accept it", publicCertificate), true
	}
	return unknown("the certificate of "+host+" comes from a public authority, which Okta knows, "+
		"and this machine does not", "unset SSL_CERT_FILE and SSL_CERT_DIR, or add the public authorities to what they "+
		"name (in Debian: the package ca-certificates)"), true
}
