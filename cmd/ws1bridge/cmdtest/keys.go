package cmdtest

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
)

// PEM is a private key in PEM (PKCS #8).
func PEM(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
