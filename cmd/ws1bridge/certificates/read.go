package certificates

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"ws1bridge/cmd/ws1bridge/regular"
)

// maxFile bounds a file, in bytes: the certificates of some 100 authorities.
const maxFile = 1 << 20

// The settings that name files.
const (
	settingCert     = "tls.cert_file"
	settingKey      = "tls.key_file"
	settingClientCA = "tls.client_ca_file"
)

// Files names the files that HTTPS is served with.
type Files struct {
	// Cert holds the certificate, and those between it and a known authority; Key its
	// key. Both are empty where certificates are issued, such as by ACME.
	Cert, Key string
	// ClientCA holds the authorities whose certificates callers must have; empty if they
	// need none.
	ClientCA string
}

// Names are those that are given.
func (f Files) Names() []string { return []string{f.Cert, f.Key, f.ClientCA} }

// Mistake is what is wrong with a file. It quotes neither what the file holds nor its
// path, which is a secret where settings were mixed up.
type Mistake struct {
	// Setting names the file: tls.cert_file.
	Setting string
	// Reason says what is wrong, and what to do.
	Reason string
}

func (m *Mistake) Error() string { return m.Setting + ": " + m.Reason }

// Material is what the files hold, and fits together.
type Material struct {
	pair    *tls.Certificate // nil: certificates are issued
	clients *x509.CertPool   // nil: callers need no certificate
}

// Read reads the files. It takes them only if they can be served: the key is that of the
// certificate, and nothing has ended. The error is a *Mistake.
func Read(f Files) (*Material, error) {
	m := &Material{}
	if f.Cert != "" {
		pair, err := readPair(f)
		if err != nil {
			return nil, err
		}
		m.pair = pair
	}
	if f.ClientCA != "" {
		clients, err := ReadAuthorities(settingClientCA, f.ClientCA)
		if err != nil {
			return nil, err
		}
		m.clients = clients
	}
	return m, nil
}

func readPair(f Files) (*tls.Certificate, error) {
	cert, err := readFile(settingCert, f.Cert, "certificate")
	if err != nil {
		return nil, err
	}
	key, err := readFile(settingKey, f.Key, "key")
	if err != nil {
		return nil, err
	}
	if !hasBlock(cert, "CERTIFICATE") {
		return nil, &Mistake{settingCert, "the file has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"}
	}
	switch {
	case bytes.Contains(key, []byte("ENCRYPTED")):
		return nil, &Mistake{settingKey, "the key is protected by a passphrase, which nobody enters here: " +
			"store it without one (openssl pkey -in KEY -out PLAIN), readable only by the bridge"}
	case !hasBlock(key, "PRIVATE KEY"):
		return nil, &Mistake{settingKey, "the file has no private key in PEM, such as -----BEGIN PRIVATE KEY-----"}
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, &Mistake{settingKey, "the key and the certificate do not fit: " + withoutPackage(err)}
	}
	if now := time.Now(); now.After(pair.Leaf.NotAfter) {
		return nil, &Mistake{settingCert, "the certificate ended on " + date(pair.Leaf.NotAfter) + ": renew it"}
	}
	return &pair, nil
}

// ReadAuthorities reads the certificates of authorities, from the file that a setting
// names. The error is a *Mistake.
func ReadAuthorities(setting, path string) (*x509.CertPool, error) {
	text, err := readFile(setting, path, "list of authorities")
	if err != nil {
		return nil, err
	}
	pool, ended := x509.NewCertPool(), ""
	found := 0
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" {
			continue
		}
		authority, err := x509.ParseCertificate(block.Bytes)
		switch {
		case err != nil:
			return nil, &Mistake{setting, "a certificate in the file cannot be read: " + withoutPackage(err)}
		case time.Now().After(authority.NotAfter):
			ended = "; the last that ended did so on " + date(authority.NotAfter)
		default:
			pool.AddCert(authority)
			found++
		}
	}
	if found == 0 {
		return nil, &Mistake{setting, "the file has no certificate of an authority, in PEM, that is still good" +
			ended}
	}
	return pool, nil
}

func readFile(setting, path, what string) ([]byte, error) {
	b, err := regular.Read(path, maxFile, what)
	if cause, ok := errors.AsType[*fs.PathError](err); ok {
		err = cause.Err
	}
	if err != nil {
		return nil, &Mistake{setting, fmt.Sprintf("the file cannot be read: %v", err)}
	}
	return b, nil
}

// hasBlock reports whether a text in PEM has a block of a type that ends so.
func hasBlock(text []byte, kind string) bool {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if strings.HasSuffix(block.Type, kind) {
			return true
		}
	}
	return false
}

// withoutPackage is an error without the name of the package that it is from.
func withoutPackage(err error) string {
	return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "tls: "), "x509: ")
}

func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// Expiry is when the certificate ends; zero if the files have none.
func (m *Material) Expiry() time.Time {
	if m.pair == nil {
		return time.Time{}
	}
	return m.pair.Leaf.NotAfter
}

// nearEnd is when a certificate should have been renewed by whatever renews it.
const nearEnd = 14 * 24 * time.Hour

// Warning says what is doubtful with the certificate, nothing if that is nothing. One
// that lives shortly is near its end in the last quarter of its life.
func (m *Material) Warning() string {
	if m.pair == nil {
		return ""
	}
	leaf, now := m.pair.Leaf, time.Now()
	near := min(nearEnd, leaf.NotAfter.Sub(leaf.NotBefore)/4)
	switch {
	case now.Before(leaf.NotBefore):
		return "the certificate begins on " + date(leaf.NotBefore) + " only, by the clock of this machine"
	case now.After(leaf.NotAfter.Add(-near)):
		return "the certificate ends on " + date(leaf.NotAfter) + ": renew it in time"
	case len(leaf.DNSNames)+len(leaf.IPAddresses) == 0:
		return "the certificate has no subject alternative name: callers do not accept it for any host"
	}
	return ""
}
