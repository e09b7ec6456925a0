package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"ws1bridge/upstream"
)

// discoveryPath needs no token and names the issuer (recorded from a real tenant).
const discoveryPath = "/SAAS/auth/.well-known/openid-configuration"

func (d *Doctor) checkConfiguration(context.Context) verdict {
	warnings := counted(d.cfg.Warnings, "warning(s)")
	if problems := counted(d.cfg.Problems, "problem(s)"); problems != "" {
		return failed(strings.TrimSuffix(problems+"; "+warnings, "; "),
			"correct the settings; deploy/configuration.md explains each")
	}
	finding := "users go to " + strings.Join(d.cfg.Domains, ", ")
	if tenant, err := upstream.TenantURL(d.cfg.AccessURL); err == nil {
		finding += " of " + tenant.String() // nothing else of it: a query may hold a secret
	}
	return advised(finding, warnings)
}

// counted is a list in one line, "" for an empty one.
func counted(list []string, what string) string {
	if len(list) == 0 {
		return ""
	}
	return strconv.Itoa(len(list)) + " " + what + ": " + strings.Join(list, "; ")
}

func (d *Doctor) tenantPeer() peer {
	return peer{url: d.tenant, setting: "access.url", owner: "the owner of the tenant"}
}

// checkHost looks whether the tenant can be reached: DNS, connection, TLS.
func (d *Doctor) checkHost(ctx context.Context) verdict {
	tenant, err := upstream.TenantURL(d.cfg.AccessURL)
	if err != nil {
		return unknown("not checked, because access.url names no tenant",
			"set access.url, such as https://example.workspaceoneaccess.com")
	}
	d.tenant = tenant
	a, err := d.probe(ctx, tenant.String()+discoveryPath, "")
	peer := d.tenantPeer()
	switch {
	case err != nil:
		return peer.unreached(err)
	case peer.answersWrongScheme(a):
		return peer.schemeVerdict()
	}
	if to := a.redirectHost(); to != "" && !strings.EqualFold(to, tenant.Host) {
		return failed(tenant.Host+" redirects to "+to+", and a token is never sent to where a redirect leads",
			toHost(to))
	}
	d.reached = true
	d.clock.read(a)
	finding := tenant.Host + " answers"
	if d.proxied(tenant) {
		finding += " through the proxy"
	}
	if c := certificate(a); c != "" {
		finding += "; " + c
	}
	if endsSoon(a) {
		return advised(finding, "have the owner of the tenant renew the certificate in time")
	}
	return ok(finding)
}

// otherHosts are the other spellings of the tenant's host.
func (d *Doctor) otherHosts() []string {
	tenant, err := upstream.TenantURL(d.cfg.AccessURL)
	if err != nil {
		return nil
	}
	switch name, suffix := splitHost(tenant.Hostname()); suffix {
	case "":
		return nil
	case upstream.NewHost:
		var hosts []string
		for _, old := range upstream.OldHosts() {
			hosts = append(hosts, name+"."+old)
		}
		return hosts
	default:
		return []string{name + "." + upstream.NewHost}
	}
}

// checkOtherSpelling tries the other spellings of the host: tenants moved from
// one to the other, and some answer to both.
func (d *Doctor) checkOtherSpelling(ctx context.Context) verdict {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	found := d.answeringAsAccess(ctx, d.otherHosts())
	own := d.tenant.Hostname()
	self := d.isAccess(ctx, d.tenant.Host)
	switch {
	case len(found) > 0 && !self && d.reached:
		// The page that says it may be hidden; the check of the token will show.
		return unknown(found[0]+" answers as Workspace ONE Access; "+own+" answers, but does not say that it is",
			"if the check of the token fails: set access.url to https://"+found[0]+", if that is your tenant")
	case len(found) > 0 && !self:
		return failed(found[0]+" answers as Workspace ONE Access, "+own+" does not answer",
			"set access.url to https://"+found[0]+", if that is your tenant")
	case len(found) > 0:
		return ok(own + " answers, and so does " + strings.Join(found, ", "))
	case self:
		return ok("only " + own + " answers as Workspace ONE Access")
	}
	return unknown("no other spelling of "+own+" answers as Workspace ONE Access either", "")
}

// answeringAsAccess are those of the hosts that serve Access.
func (d *Doctor) answeringAsAccess(ctx context.Context, hosts []string) []string {
	answers := make([]bool, len(hosts))
	var wait sync.WaitGroup
	for i, host := range hosts {
		wait.Go(func() { answers[i] = d.isAccess(ctx, host) })
	}
	wait.Wait()
	var found []string
	for i, host := range hosts {
		if answers[i] {
			found = append(found, host)
		}
	}
	return found
}

// isAccess reports whether a host serves the discovery document of Access.
func (d *Doctor) isAccess(ctx context.Context, host string) bool {
	a, err := d.probe(ctx, (&url.URL{Scheme: "https", Host: host}).String()+discoveryPath, "")
	if err != nil || a.status != http.StatusOK {
		return false
	}
	var document struct{ Issuer string }
	return json.Unmarshal(a.body, &document) == nil && strings.HasSuffix(document.Issuer, "/SAAS/auth")
}

// sameTenant reports whether two hosts are known spellings of one tenant.
func sameTenant(a, b string) bool {
	nameA, _ := splitHost(a)
	nameB, _ := splitHost(b)
	return nameA == nameB
}

// splitHost parts a host of hosted tenants, in lower case; other hosts have no
// suffix.
func splitHost(host string) (name, suffix string) {
	host = strings.ToLower(host)
	for _, suffix := range append(upstream.OldHosts(), upstream.NewHost) {
		if name, known := strings.CutSuffix(host, "."+suffix); known {
			return name, suffix
		}
	}
	return host, ""
}

// maxSkew is how far two clocks may differ. Log-ins by SAML carry times that
// are judged by another machine, and a few minutes are what is usually allowed.
const maxSkew = 2 * time.Minute

// clock is the clock of Access as its answers show it.
type clock struct {
	known bool
	ahead time.Duration // of this machine's, to the second
}

// read takes the Date of an answer (RFC 9110 section 6.6.1).
func (c *clock) read(a page) {
	date, err := http.ParseTime(a.header.Get("Date"))
	if err == nil {
		// A date is cut off to the second: half of one is missing on average.
		c.known, c.ahead = true, date.Add(time.Second/2).Sub(a.sent).Round(time.Second)
	}
}

func (d *Doctor) checkClock(context.Context) verdict {
	switch c := d.clock; {
	case !c.known:
		return unknown("the tenant's answers have no date", "compare the clock of this machine by hand")
	case c.ahead.Abs() <= maxSkew:
		return ok("this machine and the tenant agree about the time")
	case c.ahead > 0:
		return skewed(fmt.Sprintf("the clock of this machine is %s behind that of the tenant", span(c.ahead)))
	default:
		return skewed(fmt.Sprintf("the clock of this machine is %s ahead of that of the tenant", span(-c.ahead)))
	}
}

func skewed(finding string) verdict {
	return failed(finding, "switch on time synchronization (NTP) on this machine; on premises, look at the clock of "+
		"Access too: log-ins and certificates are judged by it")
}
