// Package doctor examines a deployment of the bridge: whether what it is set up
// for is so in Workspace ONE Access, on the network and at the bridge itself.
//
// Each check has a name, an outcome, a finding in one line and, where there is
// something to do, one line that says what. A check whose premise does not hold
// is not made: its outcome is Unknown and names the premise. What the role of
// the bridge's OAuth client may not read is Unknown too, never Failed: it proves
// nothing.
//
// It changes nothing in Access, unless it is asked to write; then it makes a
// user and a group of its own and removes them again, or leaves a user where it is
// asked to. No finding holds a secret or a token; none but those of Person, which are
// about one person, and that of the test user hold the name of anybody.
package doctor

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"time"

	"ws1bridge/auth"
)

// Config is what a Doctor examines.
type Config struct {
	// Problems are those of the configuration, one line each.
	Problems []string
	// Warnings are about what in the configuration is taken, and probably a mistake.
	Warnings []string
	// AccessURL, ClientID and ClientSecret are the tenant and the OAuth client.
	AccessURL, ClientID string
	ClientSecret        auth.Secret
	// Domains are those that users and groups may go to.
	Domains []string
	// PublicURL is the SCIM base URL as Okta knows it, "" where it is not set.
	PublicURL string
	// Guarded says that the guard against mass damage has a limit.
	Guarded bool
	// OktaTokens are those that the bridge accepts.
	OktaTokens []auth.Key
	// Write makes the Doctor create, change and delete a user and a group.
	Write bool
	// Keep makes it leave a test user for somebody to log in as, called KeepUser unless that
	// is "". Cleanup deletes those and what else the Doctor left, and checks only what it
	// takes to do so.
	Keep     bool
	KeepUser string
	Cleanup  bool
	// OnCheck is called with the name of each check before it is made. Optional.
	OnCheck func(name string)

	// Timeout bounds a single request to a host; 0 is 10 seconds.
	Timeout time.Duration
	// Roots are the authorities that certificates must come from; nil are those
	// of the system.
	Roots *x509.CertPool
	// PublicRoots are the authorities that Okta trusts; nil are those of Mozilla.
	PublicRoots *x509.CertPool
	// Dial connects to host names, resolving them; nil is the system's way.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Proxy finds the proxy of a request; nil is that of the environment.
	Proxy func(*http.Request) (*url.URL, error)
}

// Doctor examines one deployment, once. It is not safe for concurrent use.
type Doctor struct {
	cfg       Config
	transport *http.Transport

	tenant  *url.URL // nil where the configuration names none
	reached bool     // the host of the tenant answers
	// presented is the certificate of the bridge at its public URL, with its chain.
	presented []*x509.Certificate
	clock     clock
	token     string   // "" until the check of the token is OK
	access    *access  // without a client until then
	domains   []string // of the access
}

// New returns a Doctor. It sends nothing.
func New(cfg Config) *Doctor {
	if cfg.Timeout <= 0 {
		cfg.Timeout = defaultTimeout
	}
	return &Doctor{cfg: cfg, transport: newTransport(cfg), access: &access{}}
}

// The names of the checks that others build on.
const (
	nameConfiguration = "configuration"
	nameHost          = "tenant host"
	nameToken         = "token"
	nameRead          = "SCIM read"
	namePublicURL     = "public URL"
	nameReach         = "bridge from here"
)

// Run makes every check in order and gives each result to report. It returns
// nil, or the error of ctx when that ended before all were made.
func (d *Doctor) Run(ctx context.Context, report func(Result)) error {
	defer d.transport.CloseIdleConnections()
	return run(ctx, d.checks(), d.cfg.OnCheck, report)
}

// checks is the whole examination, in the order in which it is made.
func (d *Doctor) checks() []check {
	list := []check{
		{name: nameConfiguration, run: d.checkConfiguration},
		{name: nameHost, run: d.checkHost},
		{name: "other spelling of the host", run: d.checkOtherSpelling, skip: len(d.otherHosts()) == 0},
		{name: "clock", after: []string{nameHost}, run: d.checkClock},
		{name: nameToken, after: []string{nameHost}, run: d.checkToken},
		{name: "claims of the token", after: []string{nameToken}, run: d.checkClaims},
		{name: "health of Access", after: []string{nameToken}, run: d.checkHealth},
	}
	if d.cfg.Cleanup {
		return append(list, check{name: "clean-up", after: []string{nameToken}, run: d.checkCleanup})
	}
	for _, domain := range d.cfg.Domains {
		list = append(list, loginChecks(domain, nameToken, d.access)...)
		list = append(list, nameIDCheck(domain, d.access))
	}
	return append(list,
		check{name: nameRead, after: []string{nameToken}, run: d.checkRead},
		check{name: "SCIM write", after: []string{nameRead}, run: d.checkWrite, skip: !d.cfg.Write},
		check{name: "test user", after: []string{nameRead}, run: d.checkKeep, skip: !d.cfg.Keep},
		check{name: "length of tokens", run: d.checkTokenLength, skip: len(d.cfg.OktaTokens) == 0},
		check{name: "guard", run: d.checkGuard, skip: len(d.cfg.OktaTokens) == 0},
		check{name: "end of tokens", run: d.checkTokenEnds, skip: len(d.cfg.OktaTokens) == 0},
		check{name: namePublicURL, run: d.checkPublicURL},
		check{name: nameReach, after: []string{namePublicURL}, run: d.checkReach},
		check{name: "certificate of the bridge", after: []string{nameReach}, run: d.checkPublicCertificate},
		check{name: "token of Okta", after: []string{nameReach}, run: d.checkOktaTokens},
	)
}
