package doctor_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream/accesstest"
)

// failingToDial makes every connection fail in one way.
func failingToDial(err error) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) {
		w.cfg.Dial = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: err}
		}
	}
}

// atTheTenant puts something else at the address of the tenant.
func atTheTenant(h http.Handler) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		w.serve(t, tenantHost, h, w.authority.issue(t, tenantHost, -day, 90*day))
	}
}

func slowTenant(t *testing.T, w *world) {
	t.Helper()
	w.cfg.Timeout = 50 * time.Millisecond
	atTheTenant(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))(t, w)
}

// wantingACertificate is a tenant that asks for one of the client's.
func wantingACertificate(t *testing.T, w *world) {
	t.Helper()
	server := httptest.NewUnstartedServer(w.access.Handler())
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{w.authority.issue(t, tenantHost, -day, day)},
		ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: w.authority.pool(), MaxVersion: tls.VersionTLS12,
	}
	server.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	server.StartTLS()
	t.Cleanup(server.Close)
	w.hosts[tenantHost+":443"] = server.Listener.Addr().String()
}

func deadProxy(_ *testing.T, w *world) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	proxy, err := url.Parse(gone.URL)
	w.cfg.Proxy = func(*http.Request) (*url.URL, error) { return proxy, err }
}

// refusingProxy answers CONNECT by a status.
func refusingProxy(status int) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(server.Close)
		proxy, err := url.Parse(server.URL)
		w.cfg.Proxy = func(*http.Request) (*url.URL, error) { return proxy, err }
	}
}

// switching answers 101 and nothing more.
func switching(w http.ResponseWriter, _ *http.Request) {
	conn, out, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = out.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")
	_ = out.Flush()
	go func() { _, _ = conn.Read(make([]byte, 1)); _ = conn.Close() }()
}

func TestNetwork(t *testing.T) {
	cut := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	diagnose(t, []mistake{
		{name: "name server that is down", plant: failingToDial(&net.DNSError{Err: "server misbehaving", Name: tenantHost,
			IsTemporary: true}),
			check: "tenant host", finding: "cannot be resolved", fix: "fix the DNS"},
		{name: "no route", plant: failingToDial(syscall.EHOSTUNREACH), check: "tenant host",
			finding: "no way through the network", fix: "routing or firewall"},
		{name: "no answer", plant: slowTenant, check: "tenant host", finding: "does not answer in time", fix: "firewall"},
		{name: "cut connection", plant: atTheTenant(cut), check: "tenant host", finding: "broke off",
			fix: "firewall or proxy"},
		{name: "client certificate wanted", plant: wantingACertificate, check: "tenant host", finding: "breaks off TLS",
			fix: "client certificate"},
		{name: "proxy that is down", plant: deadProxy, check: "tenant host",
			finding: "the proxy of HTTPS_PROXY cannot be reached", fix: "correct HTTPS_PROXY"},
		{name: "proxy that wants a password", plant: refusingProxy(http.StatusProxyAuthRequired), check: "tenant host",
			finding: "asks for a user and a password (407)", fix: "set HTTPS_PROXY"},
		{name: "proxy that does not let through", plant: refusingProxy(http.StatusForbidden), check: "tenant host",
			finding: "the proxy does not connect to the server (403)", fix: "allow the host in the proxy"},
		{name: "a host that changes to another protocol", plant: atTheTenant(http.HandlerFunc(switching)), check: "token",
			finding: "gave no usable token", fix: "set access.url"},
		{name: "a host that is no tenant", plant: atTheTenant(http.NotFoundHandler()), check: "token",
			finding: "does not take the request (404)", fix: "set access.url"},
		{name: "a tenant that is being updated", plant: atTheTenant(http.HandlerFunc(func(w http.ResponseWriter,
			_ *http.Request) {
			w.WriteHeader(http.StatusServiceUnavailable)
		})),
			check: "token", finding: "an error of its own (503)", fix: "wait"},
	})
}

// TestCertificateThatEndsSoon is well, and says what to do in time.
func TestCertificateThatEndsSoon(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	presents(tenantHost, tenantHost, -day, 3*day)(t, w)
	if r := w.examine(t)["tenant host"]; r.Outcome != doctor.OK || !strings.Contains(r.Fix, "in time") {
		t.Errorf("got %+v", r)
	}
}

func TestClaims(t *testing.T) {
	past := "1000000000"
	tests := []struct {
		name, payload string
		outcome       doctor.Outcome
		finding, fix  string
	}{
		{"issued by the host itself", `{"iss":"https://` + tenantHost + `/SAAS/auth","scp":"admin"}`, doctor.OK,
			"issued by " + tenantHost, ""},
		{"issued by the other spelling", `{"iss":"https://acme.vmwareidentity.com/SAAS/auth"}`, doctor.OK,
			"the other spelling of " + tenantHost, "https://acme.vmwareidentity.com is the name"},
		{"issued by another host", `{"iss":"https://elsewhere.example/SAAS/auth"}`, doctor.OK,
			"issued by elsewhere.example, not by " + tenantHost, "make sure that both names stand for one tenant"},
		{"over already", `{"exp":` + past + `}`, doctor.Failed, "tokens that have expired already", "TTL"},
		{"two scopes", `{"scp":"user admin"}`, doctor.OK, "scope user admin", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{})
			page200("/SAAS/auth/oauthtoken", `{"access_token":"`+jwt(tt.payload)+`","expires_in":100}`)(t, w)
			r := w.examine(t)["claims of the token"]
			if r.Outcome != tt.outcome || !strings.Contains(r.Finding, tt.finding) || !strings.Contains(r.Fix, tt.fix) {
				t.Errorf("got %+v", r)
			}
		})
	}
	t.Run("a token that is opaque", func(t *testing.T) {
		w := newWorld(t, accesstest.Config{})
		page200("/SAAS/auth/oauthtoken", `{"access_token":"hush-opaque","expires_in":100}`)(t, w)
		if r := w.examine(t)["claims of the token"]; r.Outcome != doctor.Unknown {
			t.Errorf("got %+v", r)
		}
	})
}

// TestBothSpellings has the tenant answer under its older name too.
func TestBothSpellings(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	const old = "acme.vmwareidentity.de"
	w.serve(t, old, w.access.Handler(), w.authority.issue(t, old, -day, 90*day))
	if r := w.examine(t)["other spelling of the host"]; r.Outcome != doctor.OK ||
		!strings.Contains(r.Finding, "and so does "+old) {
		t.Errorf("got %+v", r)
	}
}

// TestSpellingThatIsHidden has another spelling show itself, and the configured
// one not.
func TestSpellingThatIsHidden(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	const old = "acme.vmwareidentity.eu"
	w.serve(t, old, w.access.Handler(), w.authority.issue(t, old, -day, 90*day))
	page200("/SAAS/auth/.well-known/openid-configuration", `<html>`)(t, w)
	r := w.examine(t)["other spelling of the host"]
	if r.Outcome != doctor.Unknown || !strings.Contains(r.Fix,
		"set access.url to https://"+old+", if that is your tenant") {
		t.Errorf("got %+v", r)
	}
}
