package acme

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"ws1bridge/cmd/ws1bridge/certificates"
	"ws1bridge/cmd/ws1bridge/cmdtest"
)

const email = "ada@example.com"

// site serves HTTPS with certificates of a Manager.
type site struct {
	*Manager
	address string
	log     *observer.ObservedLogs
}

// serve runs a site with a folder until stop is called or the test ends.
func serve(t *testing.T, server *cmdtest.Pebble, cache string) (s *site, stop func()) {
	t.Helper()
	authority, err := os.ReadFile(server.CAFile)
	must(t, err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	core, log := observer.New(zap.InfoLevel)
	s = &site{address: server.Challenged, log: log, Manager: New(Config{
		Domains: []string{cmdtest.PebbleDomain}, Cache: cache, DirectoryURL: server.DirectoryURL, Email: email, Roots: roots,
		Listen: server.Challenged, Log: zap.New(core),
	})}
	s.interval = 200 * time.Millisecond
	cfg := certificates.Config{Issuer: s, Log: zap.New(core), Registerer: prometheus.NewRegistry()}
	certs, err := certificates.New(cfg)
	must(t, err)
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", server.Challenged)
	must(t, err)
	srv := &http.Server{TLSConfig: certs.TLS(), ReadHeaderTimeout: time.Minute, ErrorLog: zap.NewStdLog(zap.NewNop())}
	ctx, cancel := context.WithCancel(context.Background())
	served, ran := make(chan error, 1), make(chan error, 1)
	go func() { served <- srv.ServeTLS(ln, "", "") }()
	go func() { ran <- s.Run(ctx) }()
	stop = func() {
		if cancel == nil {
			return
		}
		cancel()
		cancel = nil
		_ = srv.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		must(t, <-ran)
	}
	t.Cleanup(stop)
	return s, stop
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// shown is the certificate that a caller gets, who verifies it if there are roots.
func (s *site) shown(t *testing.T, name string, roots *x509.CertPool) (*x509.Certificate, error) {
	t.Helper()
	cfg := &tls.Config{ServerName: name, RootCAs: roots, InsecureSkipVerify: roots == nil}
	conn, err := (&tls.Dialer{Config: cfg}).DialContext(t.Context(), "tcp", s.address)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0], nil
}

// await waits until callers get another certificate than before.
func (s *site) await(t *testing.T, server *cmdtest.Pebble, before *x509.Certificate) *x509.Certificate {
	t.Helper()
	var err error
	for end := time.Now().Add(cmdtest.Patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var now *x509.Certificate
		if now, err = s.shown(t, cmdtest.PebbleDomain, nil); err == nil && (before == nil || !now.Equal(before)) {
			return now
		}
	}
	t.Fatalf("there is no new certificate: %v; the log has %v; pebble printed\n%s", err, s.log.All(), server.Log())
	return nil
}

// TestLife has a certificate obtained, renewed, kept while the ACME server is away, and
// served again from the folder.
func TestLife(t *testing.T) {
	t.Parallel()
	server := cmdtest.NewPebble(t, 30*time.Second)
	server.Start(t)
	roots := server.Roots(t)
	cache := t.TempDir()
	s, stop := serve(t, server, cache)
	first := s.await(t, server, nil)
	for _, name := range []string{cmdtest.PebbleDomain, "", "other.example.com"} {
		if got, err := s.shown(t, name, nil); err != nil || got.DNSNames[0] != cmdtest.PebbleDomain {
			t.Errorf("who asks for %q gets %v, %v", name, got, err)
		}
	}
	if _, err := s.shown(t, cmdtest.PebbleDomain, roots); err != nil {
		t.Error(err)
	}
	if !s.Expiry().Equal(first.NotAfter) {
		t.Errorf("the certificate ends at %v, and that is said to be %v", first.NotAfter, s.Expiry())
	}
	second := s.await(t, server, first)
	if !second.NotAfter.After(first.NotAfter) || s.log.FilterField(zap.Bool("renewal", true)).Len() == 0 {
		t.Errorf("after the end %v comes %v; the log has %v", first.NotAfter, second.NotAfter, s.log.All())
	}
	stop()
	server.Stop()
	s, _ = serve(t, server, cache)
	if third := s.await(t, server, nil); !third.NotAfter.After(first.NotAfter) {
		t.Error("the folder keeps an old certificate")
	}
	if s.log.FilterMessageSnippet("has given").Len() != 0 {
		t.Error("a certificate is obtained, and nobody gives one")
	}
}

// TestAway has the ACME server be away at first. The first repetition is after a minute.
func TestAway(t *testing.T) {
	t.Parallel()
	server := cmdtest.NewPebble(t, time.Hour)
	s, _ := serve(t, server, t.TempDir())
	for end := time.Now().Add(cmdtest.Patience); s.log.FilterMessage(messageAgain).Len() == 0; {
		if time.Now().After(end) {
			t.Fatalf("the log has %v", s.log.All())
		}
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := s.shown(t, cmdtest.PebbleDomain, nil); err == nil || !s.Expiry().IsZero() {
		t.Errorf("there is a certificate, until %v, and nobody gave one", s.Expiry())
	}
	server.Start(t)
	s.await(t, server, nil)
	for _, line := range s.log.All() {
		if strings.Contains(fmt.Sprint(line.Message, line.ContextMap()), email) {
			t.Errorf("the log has the address of e-mail: %v", line)
		}
	}
}
