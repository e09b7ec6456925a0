// Package connection connects the bridge, and the commands of operators, to a
// tenant of Workspace ONE Access: the source of tokens, the transport that uses
// them and the client belong together.
package connection

import (
	"net"
	"net/http"
	"net/url"
	"time"

	"ws1bridge/auth"
	"ws1bridge/auth/neterr"
	"ws1bridge/upstream"
)

// TokenPath is where a tenant gives out tokens.
const TokenPath = "/SAAS/auth/oauthtoken" //nolint:gosec // a path, not a credential

// Connection is a client of Access and the source of its tokens.
type Connection struct {
	Tokens *auth.TokenSource
	Client *upstream.Client
}

// New connects to a tenant. It completes the two configurations with what follows
// from the tenant and the transport, and sends nothing.
func New(
	tenant *url.URL, transport http.RoundTripper, tokens auth.Config, client upstream.Config,
) (*Connection, error) {
	tokens.TokenURL = tenant.String() + TokenPath
	source, err := auth.NewTokenSource(tokens)
	if err != nil {
		return nil, err
	}
	client.BaseURL = tenant.String()
	client.HTTPClient = &http.Client{Transport: &auth.Transport{Source: source, Base: transport, Host: tenant.Host}}
	access, err := upstream.NewClient(client)
	if err != nil {
		return nil, err
	}
	return &Connection{Tokens: source, Client: access}, nil
}

// NewTransport is a pool of connections to Access: many requests to one host. A
// connection that is dead although nobody ended it, such as one that a firewall
// forgot, is found within 15 seconds: in HTTP/2, where all requests share one, by
// its pings, else by those of TCP.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 10 * time.Second, PingTimeout: 5 * time.Second}
	t.DialContext = (&net.Dialer{
		Timeout:         10 * time.Second,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 9 * time.Second, Interval: 2 * time.Second, Count: 3},
	}).DialContext
	t.OnProxyConnectResponse = neterr.CheckProxy
	t.MaxIdleConnsPerHost = 64
	t.MaxConnsPerHost = 64
	t.ResponseHeaderTimeout = 20 * time.Second
	return t
}

// ForOperator configures a client for a command at which somebody waits: it
// repeats little, and one failure must not hide the next finding. A client needs
// a domain; without any it gets one that nobody has.
func ForOperator(domains []string) upstream.Config {
	if len(domains) == 0 {
		domains = []string{"example.invalid"}
	}
	return upstream.Config{Domains: domains, Resilience: upstream.Resilience{Attempts: 2, BreakAfter: 1 << 20}}
}
