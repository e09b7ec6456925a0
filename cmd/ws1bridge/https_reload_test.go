package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/upstream/accesstest"
)

// TestReloadOfTLS has the configuration name other files, of which one comes late, and
// then none.
func TestReloadOfTLS(t *testing.T) {
	m := &mounted{folder: t.TempDir()}
	s := &secured{authority: cmdtest.NewAuthority(t)}
	first, second, third := s.authority.Issue(t), s.authority.Issue(t), s.authority.Issue(t)
	put := func(folder string, pair cmdtest.Pair) {
		must(t, os.Mkdir(m.path(folder), 0o700))
		pair.Write(t, m.path(folder))
	}
	configure := func(folder string) {
		m.put(t, "config.yaml", fmt.Sprintf(`{"tls": {"cert_file": %q, "key_file": %q}}`,
			filepath.Join(m.path(folder), "cert.pem"), filepath.Join(m.path(folder), "key.pem")))
	}
	put("first", first)
	put("second", second)
	put("half", cmdtest.Pair{Cert: third.Cert, Key: second.Key})
	configure("first")
	m.served = serve(t, accesstest.Config{}, "WS1BRIDGE_CONFIG="+m.path("config.yaml"))
	s.served = m.served
	s.main = strings.Replace(m.main, "http://", "https://", 1)
	s.awaitPair(t, first)

	configure("second")
	m.awaitReloads(t, 1)
	s.awaitPair(t, second)
	configure("half")
	m.awaitReloads(t, 2)
	m.wantSuccess(t, "0")
	s.awaitPair(t, second)
	third.Write(t, m.path("half"))
	m.awaitReloads(t, 3)
	m.wantSuccess(t, "1")
	s.awaitPair(t, third)

	m.put(t, "config.yaml", "{}")
	m.awaitReloads(t, 4)
	m.stdout.Await(t, `"settings":["tls.cert_file","tls.key_file"]`)
	m.wantSuccess(t, "1")
	s.awaitPair(t, third)
}

// TestHangupReadsTLS has SIGHUP, of which the reload is told, read the files of TLS.
func TestHangupReadsTLS(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	first, second := authority.Issue(t), authority.Issue(t, cmdtest.Ends(48*time.Hour))
	dir := t.TempDir()
	first.Write(t, dir)
	s := &secured{dir: dir}
	cfg, err := config.Load("", cmdtest.Environ(s.env()...))
	must(t, err)
	b, err := newBridge(cfg, dryRun{}, zap.NewNop(), zap.NewAtomicLevel())
	must(t, err)
	second.Write(t, dir)
	_, err = b.take(cfg) // the same
	must(t, err)
	if want := second.TLS(t).Leaf.NotAfter; !b.https.Expiry().Equal(want) {
		t.Errorf("the certificate ends at %v, want %v", b.https.Expiry(), want)
	}
}
