package upstream

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"ws1bridge/auth/loopback"
	"ws1bridge/upstream/keyed"
)

const (
	// apiPath is where the API of a tenant is (Omnissa Access OpenAPI).
	apiPath = "/SAAS/jersey/manager/api"

	// defaultTimeout leaves room for three attempts within the time that Okta's
	// request has.
	defaultTimeout = 12 * time.Second

	// probeInterval is how often an open circuit is tried.
	probeInterval = time.Second
	// longestLearnPause is the longest pause between two tries to read all users.
	longestLearnPause = time.Minute
)

// Config is what a Client needs.
type Config struct {
	// BaseURL is the tenant. Only scheme and host are used; plain http is
	// accepted on loopback only. Required.
	BaseURL string
	// HTTPClient sends the requests and adds the token; required. Only its transport is
	// used: redirects are never followed, because they would carry writes and the token to a
	// host that nobody configured.
	HTTPClient *http.Client
	// Domains are the domains whose users and groups are the bridge's own,
	// exactly as the directories of the tenant spell them. At least one.
	Domains []string
	// Timeout bounds one request to Access; 0 means 12 seconds.
	Timeout time.Duration
	// Resilience is how trouble with Access is met; optional.
	Resilience Resilience
	// ReuseReads is how long a user or a group that was read need not be read again for a
	// change of it; 0 means 5 seconds, and less than 0 turns it off.
	ReuseReads time.Duration
	// OnCircuit is told when the circuit opens and when it closes again; nil
	// tells nobody. It must not block.
	OnCircuit func(open bool)
	// Registerer takes the metrics; nil leaves them unregistered.
	Registerer prometheus.Registerer
}

// Client is a client of one tenant. It is safe for concurrent use.
type Client struct {
	domains []string
	access  sender
	guard   *guard

	users  collection[User]
	groups collection[Group]
	memory *memory

	recentUsers, recentGroups *recentWrites
	userReadings              *readings[User]
	groupReadings, groupNames *readings[Group]
}

// NewClient returns a client. It sends nothing.
func NewClient(cfg Config) (*Client, error) {
	base, err := TenantURL(cfg.BaseURL)
	if err != nil {
		return nil, err
	}
	if cfg.HTTPClient == nil {
		return nil, errors.New("upstream: HTTPClient is required")
	}
	if err := checkDomains(cfg.Domains); err != nil {
		return nil, err
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	transport := cfg.HTTPClient.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	metrics := newMetrics(cfg.Registerer)
	guard := newGuard(cfg, metrics)
	tenant := &connection{base: base, http: transport, timeout: cfg.Timeout, metrics: metrics, guard: guard}
	guard.probe = tenant.probe
	c := newClient(slices.Clone(cfg.Domains), tenant, guard, &memory{})
	c.ReuseReads(cmp.Or(cfg.ReuseReads, DefaultReuseReads))
	return c, nil
}

func newClient(domains []string, access sender, guard *guard, m *memory) *Client {
	lag := guard.limits.Lag
	c := &Client{
		domains: domains, access: access, guard: guard, memory: m,
		recentUsers: &recentWrites{lag: lag}, recentGroups: &recentWrites{lag: lag},
		userReadings: &readings[User]{}, groupNames: &readings[Group]{},
		groupReadings: &readings[Group]{size: func(g Group) int { return 1 + len(g.Members) }},
		users:         collection[User]{access: access, path: usersPath, writes: &keyed.Lock{}},
		groups:        collection[Group]{access: access, path: groupsPath, writes: &keyed.Lock{}},
	}
	c.wire()
	return c
}

// wire gives the collections the client that they belong to.
func (c *Client) wire() {
	c.users.read, c.users.lose, c.users.recent, c.users.drop = c.readUser, c.memory.lose, c.recentUsers,
		c.userReadings.drop
	c.groups.read, c.groups.lose, c.groups.recent, c.groups.drop = c.readGroup, c.loseGroup, c.recentGroups,
		c.groupReadings.drop
}

// NewHost is the domain of hosted tenants.
const NewHost = "workspaceoneaccess.com"

// OldHosts are the domains that hosted tenants had before NewHost, by region. A
// tenant had one of them.
func OldHosts() []string {
	return []string{
		"vmwareidentity.com", "vmwareidentity.eu", "vmwareidentity.de", "vmwareidentity.co.uk",
		"vmwareidentity.ca", "vmwareidentity.asia", "vmwareidentity.com.au",
	}
}

// TenantURL reads a tenant's URL as administrators paste it, with or without a
// path, and returns its scheme and host. Plain http is refused off loopback,
// because the token would travel in the clear.
func TenantURL(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.User != nil {
		return nil, errors.New("the tenant URL must look like https://example.workspaceoneaccess.com, " +
			"without user or password")
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback.Is(u.Host):
	case u.Scheme == "http":
		return nil, errors.New("the tenant URL must use https (plain http is for loopback only)")
	default:
		return nil, errors.New("the tenant URL must begin with https://")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// manages reports whether domain is one of the bridge's.
func (c *Client) manages(domain string) bool {
	return slices.Contains(c.domains, domain)
}

// checkDomain refuses to create anything outside the managed domains.
func (c *Client) checkDomain(op, domain string) error {
	if c.manages(domain) {
		return nil
	}
	return &Error{Op: op, Kind: ErrRefused, Err: ErrUnmanagedDomain}
}

// Run warms up the memory of who is the bridge's own, and probes Access while
// the circuit is open, so that it closes soon after Access is back even when
// nobody asks for anything. It returns nil when ctx ends.
func (c *Client) Run(ctx context.Context) error {
	work, ctx := errgroup.WithContext(ctx)
	work.Go(func() error { c.WarmUp(ctx); return nil })
	work.Go(func() error { c.probe(ctx); return nil })
	return work.Wait()
}

// WarmUp reads all users and groups once, with growing pauses between failures, so that
// nobody has to be looked up who is the bridge's own. It ends with ctx.
func (c *Client) WarmUp(ctx context.Context) {
	for pause := probeInterval; c.learn(ctx) != nil && sleep(ctx, pause); {
		pause = min(2*pause, longestLearnPause)
	}
}

// learn reads all users and groups of ours, who are noted by that.
func (c *Client) learn(ctx context.Context) error {
	if err := c.learnUsers(ctx); err != nil {
		return err
	}
	_, err := c.allGroups(ctx, false)
	return err
}

func (c *Client) probe(ctx context.Context) {
	for sleep(ctx, probeInterval) {
		if !c.guard.breaker.IsClosed() {
			_ = c.Ready(ctx) // the circuit takes note of the outcome
		}
	}
}
