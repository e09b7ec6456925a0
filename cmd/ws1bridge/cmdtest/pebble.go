package cmdtest

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// PebbleDomain is a name that leads to loopback on any machine.
const PebbleDomain = "localhost"

// Pebble is the ACME server pebble, of Let's Encrypt, as a process on loopback, which
// makes its challenges on a port of loopback.
type Pebble struct {
	// DirectoryURL is where it is found, and CAFile names its authority.
	DirectoryURL, CAFile string
	// Challenged is the address that must answer its challenges.
	Challenged string

	program, config string
	management      string
	client          *http.Client
	cmd             *exec.Cmd
	output          *Output
}

// NewPebble prepares a server whose certificates live for a time. The test is skipped if the
// variable PEBBLE does not name the program, as make acme-test does.
func NewPebble(t *testing.T, lifetime time.Duration) *Pebble {
	t.Helper()
	s := &Pebble{program: os.Getenv("PEBBLE"), output: NewOutput()}
	if s.program == "" {
		t.Skip("the variable PEBBLE names no program; make acme-test builds one")
	}
	dir, authority := t.TempDir(), NewAuthority(t)
	authority.Issue(t, func(c *x509.Certificate) { c.DNSNames = []string{PebbleDomain} }).Write(t, dir)
	s.CAFile = WriteFile(t, string(authority.PEM))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority.Pool}}
	t.Cleanup(transport.CloseIdleConnections)
	s.client = &http.Client{Transport: transport}
	listen := free(t)
	s.management, s.Challenged = free(t), free(t)
	s.DirectoryURL = "https://" + listen + "/dir"
	_, port, _ := net.SplitHostPort(s.Challenged)
	tlsPort, _ := strconv.Atoi(port)
	config, err := json.Marshal(map[string]any{"pebble": map[string]any{
		"listenAddress": listen, "managementListenAddress": s.management,
		"certificate": filepath.Join(dir, "cert.pem"), "privateKey": filepath.Join(dir, "key.pem"),
		"httpPort": 1, "tlsPort": tlsPort, "keyAlgorithm": "ecdsa",
		"retryAfter": map[string]int{"authz": 1, "order": 1},
		"profiles":   map[string]any{"default": map[string]any{"validityPeriod": int(lifetime.Seconds())}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.config = WriteFile(t, string(config))
	return s
}

// free is an address that nobody listens on.
func free(t *testing.T) string {
	t.Helper()
	ln, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

// Start runs the server until Stop, or until the test ends.
func (s *Pebble) Start(t *testing.T) {
	t.Helper()
	s.cmd = exec.CommandContext(t.Context(), s.program, "-config", s.config) //nolint:gosec // make names the program
	// It would wait for some seconds before each challenge, and refuse some requests.
	s.cmd.Env = []string{"PEBBLE_VA_NOSLEEP=1", "PEBBLE_WFE_NONCEREJECT=0"}
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	for end := time.Now().Add(Patience); ; time.Sleep(10 * time.Millisecond) {
		if _, err := s.read(t, s.DirectoryURL); err == nil {
			return
		} else if time.Now().After(end) {
			t.Fatalf("pebble does not answer: %v; it printed\n%s", err, s.output)
		}
	}
}

// Stop ends the server, if it runs.
func (s *Pebble) Stop() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// Roots are the authorities of the certificates that it gives. They are others after
// each start.
func (s *Pebble) Roots(t *testing.T) *x509.CertPool {
	t.Helper()
	root, err := s.read(t, "https://"+s.management+"/roots/0")
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(root) {
		t.Fatalf("the root of pebble is %s", root)
	}
	return pool
}

// Log is what it has printed.
func (s *Pebble) Log() string { return s.output.String() }

func (s *Pebble) read(t *testing.T, url string) ([]byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	return io.ReadAll(res.Body)
}
