package doctor_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"golang.org/x/oauth2/clientcredentials"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

const (
	tenantHost = "acme.workspaceoneaccess.com"
	bridgeHost = "bridge.example.com"
	domain     = "acme.com"
	clientID   = "OktaBridge"
	secret     = "hush-client-secret"
	oktaToken  = "hush-token-of-okta"
	day        = 24 * time.Hour
)

// world is a tenant and a bridge behind TLS, under the names that they would
// have, and the configuration of a bridge for whom all is well.
type world struct {
	authority authority
	access    *accesstest.Running
	cfg       doctor.Config
	hosts     map[string]string // names that exist: host and port, to addresses
}

func newWorld(t *testing.T, cfg accesstest.Config) *world {
	t.Helper()
	if cfg.Domains == nil {
		cfg.Domains = []string{domain}
	}
	cfg.ClientID, cfg.ClientSecret = clientID, secret
	w := &world{authority: newAuthority(t), access: accesstest.Start(t, cfg), hosts: map[string]string{}}
	w.cfg = doctor.Config{
		AccessURL: "https://" + tenantHost, ClientID: clientID, ClientSecret: secret, Domains: []string{domain},
		PublicURL: "https://" + bridgeHost + "/scim/v2", OktaTokens: auth.Keys(oktaToken), Guarded: true,
		Roots: w.authority.pool(), PublicRoots: w.authority.pool(), Dial: w.dial,
		Proxy: func(*http.Request) (*url.URL, error) { return nil, nil },
	}
	w.serve(t, tenantHost, w.access.Handler(), w.authority.issue(t, tenantHost, -day, 90*day))
	w.serve(t, bridgeHost, w.bridge(t), w.authority.issue(t, bridgeHost, -day, 90*day))
	return w
}

// serve puts a handler behind TLS under a name.
func (w *world) serve(t *testing.T, host string, h http.Handler, cert tls.Certificate) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	server.StartTLS()
	t.Cleanup(server.Close)
	w.hosts[host+":443"] = server.Listener.Addr().String()
}

// dial resolves only what the world knows, as a name server would.
func (w *world) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if to, ok := w.hosts[address]; ok {
		address = to
	} else if host, _, _ := net.SplitHostPort(address); net.ParseIP(host) == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host,
			IsNotFound: true}}
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// bridge is the endpoint that Okta calls.
func (w *world) bridge(t *testing.T) http.Handler {
	t.Helper()
	tokens := clientcredentials.Config{ClientID: clientID, ClientSecret: secret, TokenURL: w.access.URL +
		"/SAAS/auth/oauthtoken"}
	client, err := upstream.NewClient(upstream.Config{BaseURL: w.access.URL, HTTPClient: tokens.Client(t.Context()),
		Domains: []string{domain}})
	if err != nil {
		t.Fatal(err)
	}
	translator, err := translate.New(translate.Config{DefaultDomain: domain})
	if err != nil {
		t.Fatal(err)
	}
	bearer, err := auth.NewBearer(auth.Keys(oktaToken))
	if err != nil {
		t.Fatal(err)
	}
	handler, err := scim.NewHandler(scim.Config{Users: client, Groups: client, Translator: translator, GroupDomain: domain,
		Authenticate: bearer.Identify,
		Log:          zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// examine runs the doctor and checks that it shows no secret.
func (w *world) examine(t *testing.T) map[string]doctor.Result {
	t.Helper()
	results := map[string]doctor.Result{}
	err := doctor.New(w.cfg).Run(t.Context(), func(r doctor.Result) {
		t.Logf("%-8s %-30s %s → %s", r.Outcome, r.Name, r.Finding, r.Fix)
		results[r.Name] = r
		for _, hidden := range []string{"hush", "eyJ", "user-0001"} {
			if strings.Contains(r.Finding+r.Fix, hidden) {
				t.Errorf("the check of the %s shows %q", r.Name, hidden)
			}
		}
		if r.Outcome == doctor.Failed && r.Fix == "" {
			t.Errorf("the check of the %s does not say what to do", r.Name)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// accessToken is a token for the tenant.
func (w *world) accessToken(t *testing.T) string {
	t.Helper()
	tokens := clientcredentials.Config{ClientID: clientID, ClientSecret: secret, TokenURL: w.access.URL +
		"/SAAS/auth/oauthtoken"}
	token, err := tokens.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token.AccessToken
}

// jwt is a token with these claims.
func jwt(payload string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"RS256"}`)) + "." + enc([]byte(payload)) + ".c2ln"
}
