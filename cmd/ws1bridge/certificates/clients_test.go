package certificates

import (
	"crypto/tls"
	"path/filepath"
	"testing"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// issued is an Issuer with one certificate for callers, and one for challenges.
type issued struct {
	pair, answer *tls.Certificate
}

func (i *issued) Certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if isChallenge(hello) {
		return i.answer, nil
	}
	return i.pair, nil
}

func (i *issued) Expiry() time.Time {
	if i.pair == nil {
		return time.Time{}
	}
	return i.pair.Leaf.NotAfter
}

// TestClientCertificates has callers with and without a certificate, while the
// authorities are swapped.
func TestClientCertificates(t *testing.T) {
	ours, first, second := cmdtest.NewAuthority(t), cmdtest.NewAuthority(t), cmdtest.NewAuthority(t)
	files := in(t, t.TempDir(), ours.Issue(t))
	files.ClientCA = filepath.Join(t.TempDir(), "ca.pem")
	put(t, files.ClientCA, first.PEM)
	w := open(t, Config{Files: files})
	session := tls.NewLRUClientSessionCache(10)
	call := func(client *cmdtest.Authority, version uint16) error {
		cfg := &tls.Config{RootCAs: ours.Pool, ServerName: "bridge.example.com", MaxVersion: version,
			ClientSessionCache: session}
		if client != nil {
			cfg.Certificates = []tls.Certificate{client.Issue(t).TLS(t)}
		}
		_, err := w.shake(t, cfg)
		return err
	}
	check := func(when string, good *cmdtest.Authority) {
		t.Helper()
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for name, client := range map[string]*cmdtest.Authority{"none": nil, "first": first, "second": second} {
				if err := call(client, version); (err == nil) != (client == good) {
					t.Errorf("%s, %s, certificate of %s: %v", when, tls.VersionName(version), name, err)
				}
			}
		}
	}
	check("at first", first)
	put(t, files.ClientCA, []byte("nothing"))
	if w.Reload() == nil {
		t.Error("a list without authorities is taken")
	}
	check("after a bad list", first)
	put(t, files.ClientCA, second.PEM)
	must(t, w.Reload())
	check("after the swap", second)
}

// TestChallenge has an ACME server look, which has no certificate of ours.
func TestChallenge(t *testing.T) {
	ours, clients := cmdtest.NewAuthority(t), cmdtest.NewAuthority(t)
	pair, answer := ours.Issue(t).TLS(t), ours.Issue(t).TLS(t)
	issuer := &issued{answer: &answer}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	put(t, ca, clients.PEM)
	w := open(t, Config{Issuer: issuer, Files: Files{ClientCA: ca}})
	checkExpiry(t, w, 0)
	issuer.pair = &pair
	checkExpiry(t, w, float64(pair.Leaf.NotAfter.Unix()))
	ask := func(protocols ...string) (tls.ConnectionState, error) {
		return w.shake(t, &tls.Config{RootCAs: ours.Pool, ServerName: "bridge.example.com", NextProtos: protocols})
	}
	state, err := ask("acme-tls/1")
	if err != nil || state.NegotiatedProtocol != "acme-tls/1" ||
		string(state.PeerCertificates[0].Raw) != string(answer.Certificate[0]) {
		t.Errorf("the challenge is not answered: %q, %v", state.NegotiatedProtocol, err)
	}
	for _, protocols := range [][]string{nil, {"h2"}, {"acme-tls/1", "h2"}, {"http/1.1", "acme-tls/1"}} {
		if _, err := ask(protocols...); err == nil {
			t.Errorf("with %q, a caller needs no certificate", protocols)
		}
	}
	if err := w.Use(Files{Cert: ca, Key: ca}); err == nil {
		t.Error("files are used where an issuer is")
	}
}
