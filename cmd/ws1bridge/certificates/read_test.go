package certificates

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// in makes the files of a pair in a folder.
func in(t *testing.T, dir string, pair cmdtest.Pair) Files {
	t.Helper()
	pair.Write(t, dir)
	return Files{Cert: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
}

func put(t *testing.T, path string, content []byte) {
	t.Helper()
	must(t, os.WriteFile(path, content, 0o600))
}

func TestRead(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	good, other := authority.Issue(t), authority.Issue(t)
	encrypted := pem.EncodeToMemory(&pem.Block{Type: "ENCRYPTED PRIVATE KEY", Bytes: []byte("secret")})
	broken := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("secret")})
	tests := []struct {
		name          string
		cert, key, ca []byte // nil: no file, though it is named; of ca: it is not named
		setting, want string // of the mistake; want is how the reason begins
	}{
		{name: "a pair", cert: good.Cert, key: good.Key},
		{name: "a pair and a chain", cert: append(bytes.Clone(good.Cert), authority.PEM...), key: good.Key},
		{name: "a pair and authorities", cert: good.Cert, key: good.Key,
			ca: append(bytes.Clone(good.Cert), authority.PEM...)},
		{name: "no certificate", key: good.Key, setting: "tls.cert_file", want: "the file cannot be read: no such file"},
		{name: "no key", cert: good.Cert, setting: "tls.key_file", want: "the file cannot be read: no such file"},
		{name: "an empty certificate", cert: []byte{}, key: good.Key, setting: "tls.cert_file",
			want: "the file has no certificate in PEM"},
		{name: "the files are mixed up", cert: good.Key, key: good.Cert, setting: "tls.cert_file",
			want: "the file has no certificate in PEM"},
		{name: "the certificate twice", cert: good.Cert, key: good.Cert, setting: "tls.key_file",
			want: "the file has no private key in PEM"},
		{name: "half of a new pair", cert: good.Cert, key: other.Key, setting: "tls.key_file",
			want: "the key and the certificate do not fit: private key does not match public key"},
		{name: "a key with a passphrase", cert: good.Cert, key: encrypted, setting: "tls.key_file",
			want: "the key is protected by a passphrase"},
		{name: "a broken certificate", cert: broken, key: good.Key, setting: "tls.key_file",
			want: "the key and the certificate do not fit: malformed certificate"},
		{name: "a certificate that ended", cert: authority.Issue(t, cmdtest.Ends(-time.Minute)).Cert, key: good.Key,
			setting: "tls.key_file", want: "the key and the certificate do not fit"},
		{name: "no authority", cert: good.Cert, key: good.Key, ca: good.Key, setting: "tls.client_ca_file",
			want: "the file has no certificate of an authority, in PEM, that is still good"},
		{name: "a broken authority", cert: good.Cert, key: good.Key, ca: broken, setting: "tls.client_ca_file",
			want: "a certificate in the file cannot be read: malformed certificate"},
		{name: "an authority that ended", cert: good.Cert, key: good.Key,
			ca: authority.Issue(t, cmdtest.Ends(-time.Hour)).Cert, setting: "tls.client_ca_file",
			want: "the file has no certificate of an authority, in PEM, that is still good; the last that ended"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			files := Files{Cert: filepath.Join(dir, "cert"), Key: filepath.Join(dir, "key")}
			for path, content := range map[string][]byte{files.Cert: tt.cert, files.Key: tt.key} {
				if content != nil {
					put(t, path, content)
				}
			}
			if tt.ca != nil {
				files.ClientCA = filepath.Join(dir, "ca")
				put(t, files.ClientCA, tt.ca)
			}
			_, err := Read(files)
			checkMistake(t, err, tt.setting, tt.want)
			if err != nil && (strings.Contains(err.Error(), dir) || strings.Contains(err.Error(), "secret")) {
				t.Errorf("the error quotes the path or the file: %v", err)
			}
		})
	}
}

// checkMistake checks the setting of a mistake, and how its reason begins; no setting is
// no mistake.
func checkMistake(t *testing.T, err error, setting, want string) {
	t.Helper()
	if setting == "" {
		must(t, err)
		return
	}
	mistake, ok := errors.AsType[*Mistake](err)
	if !ok || mistake.Setting != setting || !strings.HasPrefix(mistake.Reason, want) {
		t.Errorf("the error is %v, want %s: %s", err, setting, want)
	}
}

func TestEnds(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	bare := func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil }
	later := func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) }
	tests := []struct {
		name    string
		change  func(*x509.Certificate)
		mistake string
		warning string
	}{
		{name: "it has ended", change: cmdtest.Ends(-time.Minute), mistake: "the certificate ended on "},
		{name: "it ends in a week", warning: "the certificate ends on ",
			change: func(c *x509.Certificate) {
				c.NotAfter = time.Now().Add(7 * 24 * time.Hour)
				c.NotBefore = c.NotAfter.AddDate(0, 0, -90)
			}},
		{name: "it lives for a day, half of it is left", change: cmdtest.Ends(12 * time.Hour)},
		{name: "it lives for a day, an hour is left", change: cmdtest.Ends(time.Hour), warning: "the certificate ends on "},
		{name: "it has not begun", change: later, warning: "the certificate begins on "},
		{name: "it is for nobody", change: bare, warning: "the certificate has no subject alternative name"},
		{name: "it is good", change: func(*x509.Certificate) {}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Read(in(t, t.TempDir(), authority.Issue(t, tt.change)))
			if tt.mistake != "" {
				checkMistake(t, err, "tls.cert_file", tt.mistake)
				return
			}
			must(t, err)
			if got := m.Warning(); !strings.HasPrefix(got, tt.warning) || (got == "") != (tt.warning == "") {
				t.Errorf("the warning is %q, want %q", got, tt.warning)
			}
		})
	}
	if m := (&Material{}); m.Warning() != "" || !m.Expiry().IsZero() {
		t.Error("what has no certificate has an end")
	}
}
