package doctor_test

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"

	"ws1bridge/cmd/ws1bridge/doctor"
)

func TestAuthoritiesOfTheBridge(t *testing.T) {
	diagnose(t, []mistake{
		{name: "an authority of one's own", plant: func(_ *testing.T, w *world) { w.cfg.PublicRoots = nil },
			check: "certificate of the bridge", finding: "no public authority: Okta does not accept it",
			fix: "a certificate of a public authority"},
		{name: "an authority that this machine does not know either", plant: func(t *testing.T, w *world) {
			t.Helper()
			w.serve(t, bridgeHost, w.bridge(t), newAuthority(t).issue(t, bridgeHost, -day, day))
		}, check: "bridge from here", finding: "comes from CN=Test authority, which is no public authority",
			fix: "of a public authority"},
		{name: "a certificate that signs itself", plant: func(t *testing.T, w *world) {
			t.Helper()
			selfSigned(t, w)
		}, check: "bridge from here",
			finding: "comes from itself (it is self-signed)", fix: "of a public authority"},
		{name: "a certificate that signs itself, and that this machine trusts", plant: func(t *testing.T, w *world) {
			t.Helper()
			w.cfg.Roots.AddCert(selfSigned(t, w))
		}, check: "certificate of the bridge", finding: "comes from itself (it is self-signed)",
			fix: "of a public authority"},
		{name: "a chain that is not complete", plant: incompleteChain, check: "bridge from here",
			finding: "comes from CN=Intermediate, which is no public authority, or its chain is incomplete",
			fix:     "with its whole chain"},
		{name: "a public authority that this machine does not know", plant: func(t *testing.T, w *world) {
			t.Helper()
			public := newAuthority(t)
			w.cfg.PublicRoots = public.pool()
			w.serve(t, bridgeHost, w.bridge(t), public.issue(t, bridgeHost, -day, 90*day))
		}, check: "bridge from here", outcome: doctor.Unknown, finding: "a public authority, which Okta knows",
			fix: "unset SSL_CERT_FILE"},
	})
}

// selfSigned has the bridge present a certificate that no authority issued, and returns it.
func selfSigned(t *testing.T, w *world) *x509.Certificate {
	t.Helper()
	own := authority{key: newKey(t), cert: &x509.Certificate{Subject: pkix.Name{CommonName: bridgeHost}}}
	cert := own.issueFor(t, own.key, bridgeHost, -day, 90*day)
	w.serve(t, bridgeHost, w.bridge(t), cert)
	leaf, err := x509.ParseCertificate(cert.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return leaf
}

// incompleteChain has the bridge present a certificate without the one between it and its
// authority.
func incompleteChain(t *testing.T, w *world) {
	t.Helper()
	between := authority{key: newKey(t), cert: &x509.Certificate{Subject: pkix.Name{CommonName: "Intermediate"}}}
	w.serve(t, bridgeHost, w.bridge(t), between.issue(t, bridgeHost, -day, 90*day))
}
