package doctor

import (
	"crypto/x509"
	"testing"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// TestPublicAuthorities checks that the authorities of Mozilla are believed.
func TestPublicAuthorities(t *testing.T) {
	believed := 0
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil || root.Constraint != nil || time.Now().After(cert.NotAfter) {
			continue
		}
		if authority := (&Doctor{}).privateAuthority([]*x509.Certificate{cert}); authority != "" {
			t.Errorf("%s is not believed", cert.Subject)
		}
		believed++
	}
	if believed < 50 {
		t.Errorf("there are %d", believed)
	}
}
