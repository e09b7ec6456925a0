package config

import (
	"errors"
	"math"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"go.uber.org/zap/zapcore"

	"ws1bridge/auth"
	"ws1bridge/scim/journal"
	"ws1bridge/upstream"
)

// maxScan keeps a query from holding all users of a large tenant in memory, of
// which 100,000 take about 500 MB.
const maxScan = 100_000

// maxReuseReads is how many seconds a reading may serve: what others change meanwhile is
// not seen.
const maxReuseReads = 60

const (
	// defaultShutdownDelay is what load balancers need to notice.
	defaultShutdownDelay = 5 * time.Second
	maxShutdownDelay     = 5 * time.Minute

	maxJournalKeep    = 5 * 365 * 24 * time.Hour
	maxJournalRecords = 100_000_000
)

// check finds everything that the program could not work with.
func (c *Config) check() (problems Problems) {
	c.checkListeners(&problems)
	c.TLS.check(&problems)
	c.Access.check(&problems)
	if n := c.SCIM.MaxScan; n < 1 || n > maxScan || n != math.Trunc(n) {
		problems.report("scim.max_scan", "must be a whole number from 1 to %d", maxScan)
	}
	if d := c.Shutdown.Delay; d < 0 || d > maxShutdownDelay {
		problems.report("shutdown.delay", "must be from 0s to %v", maxShutdownDelay)
	}
	c.Journal.check(&problems)
	c.Guard.check(&problems)
	c.Drift.check(&c.Okta, &problems)
	c.Console.check(&problems)
	c.checkTranslation(&problems)
	if _, err := auth.NewBearer(c.Okta.Keys()); err != nil {
		problems.report("okta.tokens", "%v", err)
	}
	c.Okta.checkOrg(&problems)
	if _, err := c.Proxies(); err != nil {
		problems.report("trusted_proxies", "%v", err)
	}
	if err := checkPublicURL(c.PublicURL); err != nil {
		problems.report("public_url", "%v", err)
	}
	if _, err := zapcore.ParseLevel(c.Log.Level); err != nil {
		problems.report("log.level", "must be debug, info, warn or error")
	}
	return problems
}

func (c *Config) checkListeners(problems *Problems) {
	for _, address := range []struct{ key, value string }{{"listen", c.Listen}, {"ops_listen", c.OpsListen}} {
		if _, _, err := net.SplitHostPort(address.value); err != nil {
			problems.report(address.key, "must be an address such as :8080 or 127.0.0.1:8080")
		}
	}
	if c.Listen == c.OpsListen && !strings.HasSuffix(c.Listen, ":0") {
		problems.report("ops_listen", "must not be the address of listen")
	}
}

func (j *Journal) check(problems *Problems) {
	if err := journal.CheckURL(string(j.URL)); err != nil {
		problems.report("journal.url", "%v", err)
	}
	if j.Keep < time.Hour || j.Keep > maxJournalKeep {
		problems.report("journal.keep", "must be from 1h to %v", maxJournalKeep)
	}
	if n := j.MaxRecords; n < 1000 || n > maxJournalRecords || n != math.Trunc(n) {
		problems.report("journal.max_records", "must be a whole number from 1000 to %d", maxJournalRecords)
	}
}

func (a *Access) check(problems *Problems) {
	if a.URL == "" {
		problems.report("access.url", "is required: the tenant, such as https://example.workspaceoneaccess.com")
	} else if _, err := upstream.TenantURL(a.URL); err != nil {
		problems.report("access.url", "%v", err)
	}
	for _, credential := range []struct{ key, value, is string }{
		{"access.client_id", a.ClientID, "the OAuth 2.0 service client made in Workspace ONE Access"},
		{"access.client_secret", string(a.ClientSecret), "the secret of that client"},
	} {
		if credential.value == "" {
			problems.report(credential.key, "is required: %s", credential.is)
		} else if err := auth.CheckCredential(credential.value); err != nil {
			problems.report(credential.key, "%v", err)
		}
	}
	if a.RateLimit < 0 {
		problems.report("access.rate_limit", "must not be negative; 0 is no limit")
	}
	if a.ReuseReads < 0 || a.ReuseReads > maxReuseReads {
		problems.report("access.reuse_reads", "must be from 0 to %d seconds; 0 reads each record before each change of it",
			maxReuseReads)
	}
}

// Proxies are the networks whose forwarding headers are believed.
func (c *Config) Proxies() (networks []netip.Prefix, _ error) {
	for _, text := range c.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			address, notOne := netip.ParseAddr(text)
			if notOne != nil || address.Zone() != "" {
				return nil, errors.New("must be addresses or networks, such as 10.0.0.7 or 10.0.0.0/8")
			}
			address = address.Unmap()
			network = netip.PrefixFrom(address, address.BitLen())
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}

func checkPublicURL(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("must look like https://bridge.example.com/scim/v2")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("must end with its path: links are made of it, and shown")
	case strings.Contains(u.Host, "_"):
		return errors.New("must not contain an underscore in its host: Okta refuses that")
	}
	return nil
}
