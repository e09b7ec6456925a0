package endurance

import (
	"crypto/tls"
	"crypto/x509"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// TestACME has a bridge obtain its certificate, and serve it again after a restart
// without the ACME server. At first that is away, and the bridge lives all the same.
func TestACME(t *testing.T) {
	pebble := cmdtest.NewPebble(t, time.Hour)
	access := accesstest.Start(t, accesstest.Config{
		ClientID: "bridge", ClientSecret: cmdtest.Secret, Domains: []string{"acme.com"},
	})
	ops, cache := freeAddress(t), t.TempDir()
	env := cmdtest.Environ("WS1BRIDGE_ACCESS_URL="+access.URL, "WS1BRIDGE_LISTEN="+pebble.Challenged,
		"WS1BRIDGE_OPS_LISTEN="+ops, "WS1BRIDGE_TLS_ACME_DOMAINS="+cmdtest.PebbleDomain,
		"WS1BRIDGE_TLS_ACME_CACHE="+cache, "WS1BRIDGE_TLS_ACME_DIRECTORY_URL="+pebble.DirectoryURL,
		"WS1BRIDGE_TLS_ACME_EMAIL=ada@example.com", "WS1BRIDGE_TLS_ACME_CA_FILE="+pebble.CAFile)
	serve := func() *process {
		b := spawn(t, env, "serve")
		b.awaitPage(t, "http://"+ops+"/healthz")
		if code := spawn(t, env, "healthcheck").end(t); code != 0 {
			t.Errorf("the health check of a bridge that lives ends with %d", code)
		}
		return b
	}

	b := serve()
	b.stdout.Await(t, "no certificate from the ACME server yet")
	if _, body := cmdtest.Get(t, "http://"+ops+"/metrics"); !strings.Contains(body,
		"\nws1bridge_certificate_expiry_timestamp_seconds 0\n") {
		t.Error("the metrics tell of a certificate that is not there")
	}
	b.kill()

	pebble.Start(t)
	roots := pebble.Roots(t)
	b = serve()
	first := awaitCertificate(t, pebble.Challenged, roots)
	if log := b.stdout.String(); strings.Contains(log, "ada@") {
		t.Errorf("the log has the address of e-mail:\n%s", log)
	}
	b.terminate(t)
	if code := b.end(t); code != 0 {
		t.Errorf("the bridge ends with %d", code)
	}

	pebble.Stop()
	serve()
	if again := awaitCertificate(t, pebble.Challenged, roots); !again.Equal(first) {
		t.Error("after a restart, another certificate is served")
	}
	checkKeys(t, cache)
}

// awaitCertificate waits until a good certificate is served.
func awaitCertificate(t *testing.T, address string, roots *x509.CertPool) (served *x509.Certificate) {
	t.Helper()
	dialer := &tls.Dialer{Config: &tls.Config{ServerName: cmdtest.PebbleDomain, RootCAs: roots}}
	var err error
	await(t, func() bool {
		conn, dialErr := dialer.DialContext(t.Context(), "tcp", address)
		if err = dialErr; err != nil {
			return false
		}
		defer func() { _ = conn.Close() }()
		served = conn.(*tls.Conn).ConnectionState().PeerCertificates[0]
		return true
	}, func() string { return "no good certificate is served: " + err.Error() })
	return served
}

// checkKeys checks that nobody else reads the keys in a folder.
func checkKeys(t *testing.T, folder string) {
	t.Helper()
	keys := 0
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".key") {
			return err
		}
		keys++
		info, err := entry.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", filepath.Base(path), info.Mode())
		}
		return err
	})
	if err != nil || keys != 2 { // of the account and of the certificate
		t.Errorf("there are %d keys, %v", keys, err)
	}
}
