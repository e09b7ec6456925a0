package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/upstream/accesstest"
)

// secured is a bridge that serves HTTPS.
type secured struct {
	*served
	dir       string // with its files
	authority *cmdtest.Authority
}

// serveTLS runs a bridge with a certificate, and with the authorities of its callers,
// if any.
func serveTLS(t *testing.T, clients *cmdtest.Authority, changes ...string) *secured {
	t.Helper()
	s := &secured{dir: t.TempDir(), authority: cmdtest.NewAuthority(t)}
	s.authority.Issue(t).Write(t, s.dir)
	env := append(s.env(), changes...)
	if clients != nil {
		env = append(env, "WS1BRIDGE_TLS_CLIENT_CA_FILE="+cmdtest.WriteFile(t, string(clients.PEM)))
	}
	s.served = serve(t, accesstest.Config{}, env...)
	s.main = strings.Replace(s.main, "http://", "https://", 1)
	return s
}

func (s *secured) env() []string {
	return []string{
		"WS1BRIDGE_TLS_CERT_FILE=" + filepath.Join(s.dir, "cert.pem"),
		"WS1BRIDGE_TLS_KEY_FILE=" + filepath.Join(s.dir, "key.pem"),
	}
}

// client is a caller that trusts the bridge's authority, with a certificate of its own
// where one is given.
func (s *secured) client(t *testing.T, own ...tls.Certificate) *http.Client {
	t.Helper()
	transport := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: s.authority.Pool, Certificates: own},
		ForceAttemptHTTP2: true,
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: cmdtest.Patience}
}

// ask reads a resource with a link to itself.
func (s *secured) ask(ctx context.Context, client *http.Client) (res *http.Response, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.main+"/scim/v2/ServiceProviderConfig", nil)
	if err != nil {
		return nil, "", err
	}
	req.Header.Set("Authorization", "Bearer "+cmdtest.Token)
	if res, err = client.Do(req); err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res, string(b), err
}

// TestHTTPS has a caller speak HTTP/2, and finds its links.
func TestHTTPS(t *testing.T) {
	s := serveTLS(t, nil)
	res, body, err := s.ask(t.Context(), s.client(t))
	must(t, err)
	if link := `"` + s.main + `/scim/v2/ServiceProviderConfig"`; !strings.Contains(body, link) {
		t.Errorf("the answer lacks the link %s:\n%s", link, body)
	}
	if res.ProtoMajor != 2 || res.TLS.Version != tls.VersionTLS13 {
		t.Errorf("the answer comes by %s over %s", res.Proto, tls.VersionName(res.TLS.Version))
	}
	_, metrics := cmdtest.Get(t, s.ops+"/metrics") // plain
	leaf := res.TLS.PeerCertificates[0]
	want := fmt.Sprintf("ws1bridge_certificate_expiry_timestamp_seconds %g", float64(leaf.NotAfter.Unix()))
	if !strings.Contains(metrics, want) {
		t.Errorf("the metrics lack %s", want)
	}
	old := s.client(t)
	old.Transport.(*http.Transport).TLSClientConfig.MinVersion = tls.VersionTLS10
	old.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS11
	if _, _, err := s.ask(t.Context(), old); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("with TLS 1.1, the error is %v", err)
	}
	s.stdout.Await(t, `"reason":"tls: client offered only unsupported versions"`)
}

// TestRotation swaps the certificate ten times under load: no request fails.
func TestRotation(t *testing.T) {
	const workers, swaps = 4, 10
	s := serveTLS(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	var load sync.WaitGroup
	var asked atomic.Int64
	for i := range workers {
		client := s.client(t)
		// Half of the callers keep their connection, the others make one each time.
		client.Transport.(*http.Transport).DisableKeepAlives = i%2 == 0
		load.Go(func() {
			for ctx.Err() == nil {
				res, _, err := s.ask(context.WithoutCancel(ctx), client)
				if err != nil || res.StatusCode != http.StatusOK {
					t.Errorf("a request fails: %v", err)
					return
				}
				asked.Add(1)
			}
		})
	}
	for range swaps {
		pair := s.authority.Issue(t)
		pair.Write(t, s.dir)
		s.awaitPair(t, pair)
	}
	cancel()
	load.Wait()
	t.Logf("%d requests", asked.Load())
	if asked.Load() < 300 {
		t.Errorf("only %d requests were made", asked.Load())
	}
}

// awaitPair waits until new connections get the pair.
func (s *secured) awaitPair(t *testing.T, pair cmdtest.Pair) {
	t.Helper()
	want := pair.TLS(t).Certificate[0]
	for end := time.Now().Add(cmdtest.Patience); time.Now().Before(end); {
		client := s.client(t)
		res, _, err := s.ask(t.Context(), client)
		must(t, err)
		client.CloseIdleConnections()
		if bytes.Equal(res.TLS.PeerCertificates[0].Raw, want) {
			return
		}
	}
	t.Fatal("a new certificate is not served")
}

func TestClientCertificates(t *testing.T) {
	right, wrong := cmdtest.NewAuthority(t), cmdtest.NewAuthority(t)
	s := serveTLS(t, right)
	for name, own := range map[string][]tls.Certificate{
		"none": nil, "that of somebody else": {wrong.Issue(t).TLS(t)},
	} {
		if _, _, err := s.ask(t.Context(), s.client(t, own...)); err == nil {
			t.Errorf("a caller with the certificate %s is served", name)
		}
	}
	s.stdout.Await(t, `"TLS handshakes failed","reason":"tls: `)
	res, _, err := s.ask(t.Context(), s.client(t, right.Issue(t).TLS(t)))
	must(t, err)
	if res.StatusCode != http.StatusOK {
		t.Errorf("with a good certificate, the answer is %s", res.Status)
	}
}

// TestHealthcheckOfHTTPS asks a bridge whose certificate is not for loopback, and one
// that demands certificates, with both versions of TLS.
func TestHealthcheckOfHTTPS(t *testing.T) {
	for name, clients := range map[string]*cmdtest.Authority{"anybody calls": nil, "some call": cmdtest.NewAuthority(t)} {
		t.Run(name, func(t *testing.T) {
			s := serveTLS(t, clients)
			env := append(cmdtest.Environ(s.env()...), "WS1BRIDGE_LISTEN="+strings.TrimPrefix(s.main, "https://"))
			if r := start(t, env, "healthcheck"); r.end(t) != exitOK {
				t.Errorf("the check fails: %s", r.stderr)
			}
			s.stop(t)
			if r := start(t, env, "healthcheck"); r.end(t) != exitFailed {
				t.Errorf("the check of a bridge that has ended says %d: %s", r.code, r.stderr)
			}
		})
	}
}

// TestHTTPSEnds has callers connected over HTTP/2 when the bridge ends.
func TestHTTPSEnds(t *testing.T) {
	s := serveTLS(t, nil)
	_, _, err := s.ask(t.Context(), s.client(t))
	must(t, err)
	silent, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.main, "https://"))
	must(t, err)
	defer func() { _ = silent.Close() }()
	began := time.Now()
	if code := s.stop(t); code != exitOK {
		t.Errorf("the bridge ends with %d", code)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the end took %v", took)
	}
}

func TestTLSMistakes(t *testing.T) {
	authority := cmdtest.NewAuthority(t)
	dir := t.TempDir()
	authority.Issue(t, cmdtest.Ends(-time.Hour)).Write(t, dir)
	cert, key := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	env := cmdtest.Environ("WS1BRIDGE_TLS_CERT_FILE="+cert, "WS1BRIDGE_TLS_KEY_FILE="+key,
		"WS1BRIDGE_LISTEN=127.0.0.1:0", "WS1BRIDGE_OPS_LISTEN=127.0.0.1:0")
	for _, command := range []string{"serve", "config check"} {
		r := start(t, env, strings.Fields(command)...)
		if code := r.end(t); code != exitUsage || !strings.Contains(r.stderr.String(), "the certificate ended on ") {
			t.Errorf("%s ends with %d: %s", command, code, r.stderr)
		}
	}
	authority.Issue(t, cmdtest.Ends(time.Hour)).Write(t, dir)
	r := start(t, env, "config", "check")
	warned := regexp.MustCompile(`Warning: tls\.cert_file .*ends on`)
	if code := r.end(t); code != exitOK || !warned.MatchString(r.stdout.String()) {
		t.Errorf("config check ends with %d: %s%s", code, r.stdout, r.stderr)
	}
}

// TestHandshakesFail has them fail in a way that anybody can bring about.
func TestHandshakesFail(t *testing.T) {
	core, lines := observer.New(zap.InfoLevel)
	srv := server{log: zap.New(core)}.httpServer()
	for _, peer := range []string{"10.0.0.1:1", "[::1]:1"} {
		for _, reason := range []string{
			"EOF", "read tcp 10.0.0.1:8080->10.0.0.1:1: read: connection reset by peer",
			"remote error: tls: unknown certificate", `tls: failed to verify certificate: x509: "Ada Lovelace"`,
		} {
			srv.ErrorLog.Print("http: TLS handshake error from " + peer + ": " + reason)
		}
	}
	srv.ErrorLog.Print("http: superfluous response.WriteHeader call from nobody")
	all := lines.All()
	if len(all) != 2 || all[0].Level != zapcore.WarnLevel || all[0].Message != "TLS handshakes failed" ||
		all[0].ContextMap()["reason"] != "remote error: tls: unknown certificate" {
		t.Errorf("the log has %v", all)
	}
	h := &handshakes{}
	now := time.Now()
	for i, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {30 * time.Second, 0}, {59 * time.Second, 0}, {61 * time.Second, 3}, {62 * time.Second, 0}} {
		if got, _ := h.due(now.Add(step.after)); got != step.want {
			t.Errorf("step %d tells of %d, want %d", i, got, step.want)
		}
	}
	for reason, want := range map[string]string{
		`tls: failed to verify certificate: x509: "Ada"`:       "tls: failed to verify certificate",
		"tls: client didn't provide a certificate":             "tls: client didn't provide a certificate",
		"remote error: tls: bad certificate":                   "remote error: tls: bad certificate",
		"tls: client offered only unsupported versions: [301]": "tls: client offered only unsupported versions",
		"client sent an HTTP request to an HTTPS server":       "client sent an HTTP request to an HTTPS server",
	} {
		if got := reasonClass(reason); got != want {
			t.Errorf("the class of %q is %q, want %q", reason, got, want)
		}
	}
}
