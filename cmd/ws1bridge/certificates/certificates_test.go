package certificates

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is Certificates with their log and metrics.
type world struct {
	*Certificates
	log     *observer.ObservedLogs
	metrics *prometheus.Registry
}

func open(t *testing.T, cfg Config) world {
	t.Helper()
	core, log := observer.New(zap.DebugLevel)
	metrics := prometheus.NewRegistry()
	cfg.Log, cfg.Registerer = zap.New(core), metrics
	c, err := New(cfg)
	must(t, err)
	return world{c, log, metrics}
}

// shake makes a handshake and returns what the client sees, and the server's error.
func (w world) shake(t *testing.T, client *tls.Config) (state tls.ConnectionState, err error) {
	t.Helper()
	a, b := net.Pipe()
	server := tls.Server(b, w.TLS())
	ended := make(chan error, 1)
	go func() {
		defer func() { _ = b.Close() }()
		ended <- server.HandshakeContext(t.Context())
	}()
	conn := tls.Client(a, client)
	clientErr := conn.HandshakeContext(t.Context())
	_ = a.Close()
	return conn.ConnectionState(), errors.Join(clientErr, <-ended)
}

// serves says whether a new connection gets the pair.
func (w world) serves(t *testing.T, pair cmdtest.Pair, trust *cmdtest.Authority) bool {
	t.Helper()
	state, err := w.shake(t, &tls.Config{RootCAs: trust.Pool, ServerName: "bridge.example.com"})
	must(t, err)
	return string(state.PeerCertificates[0].Raw) == string(pair.TLS(t).Certificate[0])
}

func TestReload(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	first, second := authority.Issue(t), authority.Issue(t)
	files := in(t, t.TempDir(), first)
	w := open(t, Config{Files: files})
	must(t, w.Reload())
	if w.log.Len() != 0 || !w.serves(t, first, authority) {
		t.Errorf("nothing changed, and the log has %v", w.log.All())
	}
	put(t, files.Cert, second.Cert)
	for range 2 {
		checkMistake(t, w.Reload(), settingKey, "the key and the certificate do not fit")
	}
	if w.log.FilterField(zap.String("setting", "tls.key_file")).Len() != 1 || !w.serves(t, first, authority) {
		t.Errorf("half of a pair is taken, or not refused once in the log: %v", w.log.All())
	}
	put(t, files.Key, second.Key)
	must(t, w.Reload())
	if !w.serves(t, second, authority) || w.log.FilterMessageSnippet("new connections get").Len() != 1 {
		t.Errorf("the new pair is not served; the log has %v", w.log.All())
	}
	ended := authority.Issue(t, cmdtest.Ends(-time.Hour))
	put(t, files.Key, ended.Key)
	put(t, files.Cert, ended.Cert)
	checkMistake(t, w.Reload(), settingCert, "the certificate ended on")
	must(t, os.Remove(files.Key))
	checkMistake(t, w.Reload(), settingKey, "the file cannot be read")
	if !w.serves(t, second, authority) {
		t.Error("the old pair does not stay")
	}
	soon := authority.Issue(t, cmdtest.Ends(time.Hour))
	put(t, files.Cert, soon.Cert)
	put(t, files.Key, soon.Key)
	must(t, w.Reload())
	if w.log.FilterMessageSnippet("the certificate ends on").Len() != 1 {
		t.Errorf("the end is near, and the log has %v", w.log.All())
	}
}

func TestUse(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	first, second := authority.Issue(t), authority.Issue(t)
	w := open(t, Config{Files: in(t, t.TempDir(), first)})
	if err := w.Use(Files{Cert: "/none", Key: "/none"}); err == nil || !w.serves(t, first, authority) {
		t.Errorf("files that are not there are used: %v", err)
	}
	checkMistake(t, w.Use(Files{}), settingCert, "what gives the certificate changes only with a restart")
	other := in(t, t.TempDir(), second)
	must(t, w.Use(other))
	if !w.serves(t, second, authority) {
		t.Error("the other files are not used")
	}
	put(t, other.Cert, first.Cert)
	if w.Reload() == nil {
		t.Error("Reload does not read the other files")
	}
}

// TestRun has the files swapped, half first.
func TestRun(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	first, second := authority.Issue(t), authority.Issue(t)
	files := in(t, t.TempDir(), first)
	w := open(t, Config{Files: files})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- w.Run(ctx) }()
	put(t, files.Cert, second.Cert)
	await(t, func() bool { return w.log.FilterField(zap.String("setting", "tls.key_file")).Len() == 1 })
	if !w.serves(t, first, authority) {
		t.Error("the old pair does not stay")
	}
	put(t, files.Key, second.Key)
	await(t, func() bool { return w.serves(t, second, authority) })
	cancel()
	must(t, <-ended)
}

func await(t *testing.T, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(cmdtest.Patience); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it does not happen")
		}
	}
}

func TestVersions(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	w := open(t, Config{Files: in(t, t.TempDir(), authority.Issue(t))})
	for version, good := range map[uint16]bool{tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		state, err := w.shake(t, &tls.Config{RootCAs: authority.Pool, ServerName: "bridge.example.com",
			MinVersion: tls.VersionTLS10, MaxVersion: version, NextProtos: []string{"h2", "http/1.1"}})
		if (err == nil) != good || good && (state.Version != version || state.NegotiatedProtocol != "h2") {
			t.Errorf("%s: version %x, protocol %q, %v", tls.VersionName(version), state.Version, state.NegotiatedProtocol, err)
		}
	}
}

func TestExpiryMetric(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	pair := authority.Issue(t)
	w := open(t, Config{Files: in(t, t.TempDir(), pair)})
	checkExpiry(t, w, float64(pair.TLS(t).Leaf.NotAfter.Unix()))
}

func checkExpiry(t *testing.T, w world, want float64) {
	t.Helper()
	families, err := w.metrics.Gather()
	must(t, err)
	if len(families) != 1 {
		t.Fatalf("there are %d metrics", len(families))
	}
	name, got := families[0].GetName(), families[0].GetMetric()[0].GetGauge().GetValue()
	if name != "ws1bridge_certificate_expiry_timestamp_seconds" || got != want {
		t.Errorf("%s is %v, want %v", name, got, want)
	}
}

func TestNewRefuses(t *testing.T) {
	files := in(t, t.TempDir(), cmdtest.NewAuthority(t).Issue(t))
	for name, cfg := range map[string]Config{
		"nothing": {}, "both": {Files: files, Issuer: &issued{}},
		"a missing file": {Files: Files{Cert: filepath.Join(t.TempDir(), "none"), Key: files.Key}},
	} {
		if _, err := New(cfg); err == nil || !strings.HasPrefix(err.Error(), "tls.cert_file: ") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}
