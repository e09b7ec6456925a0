package doctor

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"syscall"
	"time"

	"ws1bridge/auth/neterr"
)

// peer is what a probe wants to reach.
type peer struct {
	url *url.URL
	// setting is the setting that names its URL.
	setting string
	// owner is who looks after its certificate.
	owner string
}

// unreached explains why there was no answer, and distinguishes the causes.
func (p peer) unreached(err error) verdict {
	host := p.url.Host
	if v, ok := proxyTrouble(err); ok {
		return v
	}
	if v, ok := p.badCertificate(err); ok {
		return v
	}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return failed("there is no host "+dns.Name+": the name is not known to DNS",
			"correct the host in "+p.setting+", or the DNS of this machine")
	case errors.As(err, &dns):
		return failed("the name "+dns.Name+" cannot be resolved: the name server does not answer",
			"fix the DNS of this machine")
	case errors.Is(err, syscall.ECONNREFUSED):
		return failed(host+" refuses the connection: nothing listens on that port",
			"correct host and port in "+p.setting+", or start what should listen there")
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return failed("there is no way through the network to "+host, "fix routing or firewall of this machine")
	case isTimeout(err):
		return failed(host+" does not answer in time", "let the firewall pass connections from this machine to it, or set "+
			"HTTPS_PROXY")
	case p.wrongScheme(err):
		return p.schemeVerdict()
	case errors.As(err, &op) && op.Op == "remote error": // an alert; crypto/tls does not export its type
		return failed(host+" breaks off TLS ("+op.Err.Error()+")",
			"look what ends TLS there: it may ask for a client certificate or refuse TLS 1.2 and 1.3")
	}
	return failed("the connection to "+host+" broke off", "look for a firewall or proxy between this machine and it")
}

// proxyTrouble distinguishes what a proxy does wrong.
func proxyTrouble(err error) (verdict, bool) {
	var refusal *neterr.ProxyRefusal
	var op *net.OpError
	switch {
	case errors.As(err, &refusal) && refusal.Status == http.StatusProxyAuthRequired:
		return failed("the proxy of HTTPS_PROXY asks for a user and a password (407)",
			"set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, or put the host into NO_PROXY"), true
	case errors.As(err, &refusal):
		return failed(refusal.Error(), "allow the host in the proxy of HTTPS_PROXY, or put it into NO_PROXY"), true
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return failed("the proxy of HTTPS_PROXY cannot be reached", "correct HTTPS_PROXY, or put the host into NO_PROXY"),
			true
	}
	return verdict{}, false
}

// badCertificate distinguishes what is wrong with a certificate.
func (p peer) badCertificate(err error) (verdict, bool) {
	host := p.url.Hostname()
	var invalid x509.CertificateInvalidError
	var authority x509.UnknownAuthorityError
	var name x509.HostnameError
	const date = "2006-01-02"
	switch now := time.Now(); {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && now.Before(invalid.Cert.NotBefore):
		return failed(fmt.Sprintf("the certificate of %s is valid from %s only, and by this machine's clock it is %s",
			host, invalid.Cert.NotBefore.Format(date), now.Format(date)), "set the clock of this machine"), true
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return failed(fmt.Sprintf("the certificate of %s expired on %s (by this machine's clock it is %s)",
			host, invalid.Cert.NotAfter.Format(date), now.Format(date)),
			"have "+p.owner+" renew it; if the date is wrong, set the clock of this machine"), true
	case errors.As(err, &authority):
		return failed("the certificate of "+host+" comes from an authority that this machine does not know",
			"have "+p.owner+" send the whole chain, or add the authority's certificate to this machine (SSL_CERT_FILE); a "+
				"proxy that looks into TLS has one of its own"), true
	case errors.As(err, &name):
		return failed("the certificate is not for "+host+" but for "+namesOf(name.Certificate),
			"correct the host in "+p.setting+", or the certificate"), true
	case errors.As(err, &invalid):
		return failed("the certificate of "+host+" is not valid: "+invalid.Error(), "have "+p.owner+" replace it"), true
	}
	return verdict{}, false
}

// namesOf lists a few of the names that a certificate is for.
func namesOf(cert *x509.Certificate) string {
	names := cert.DNSNames
	for _, ip := range cert.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0:
		return "no name at all"
	case len(names) > 3:
		return strings.Join(names[:3], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}

// wrongScheme reports whether the other side speaks http where https is spoken,
// or the reverse.
func (p peer) wrongScheme(err error) bool {
	if p.url.Scheme == "https" {
		var record tls.RecordHeaderError
		return errors.Is(err, http.ErrSchemeMismatch) || errors.As(err, &record)
	}
	// The first bytes of a TLS alert, where a status line should be.
	return strings.Contains(err.Error(), `malformed HTTP response "\x15\x03`)
}

func (p peer) schemeVerdict() verdict {
	speaks, should := "plain http", "http"
	if p.url.Scheme == "http" {
		speaks, should = "https", "https"
	}
	fix := "write " + should + ":// in " + p.setting + ", or correct its port"
	if should == "http" {
		fix = "correct the port in " + p.setting + ": https is asked for, and the port does not speak it"
	}
	return failed(p.url.Host+" speaks "+speaks+", and "+p.setting+" says "+p.url.Scheme, fix)
}

// answersWrongScheme reports whether an answer to plain http complains that TLS
// is spoken there, as Go's server, nginx and others do with a 400.
func (p peer) answersWrongScheme(a page) bool {
	body := bytes.ToLower(a.body)
	return p.url.Scheme == "http" && a.status == http.StatusBadRequest && bytes.Contains(body, []byte("https"))
}

// certificate describes the certificate of an answer, "" for plain http.
func certificate(a page) string {
	if a.tls == nil || len(a.tls.PeerCertificates) == 0 {
		return ""
	}
	until := a.tls.PeerCertificates[0].NotAfter
	return "certificate valid until " + until.Format("2006-01-02")
}

// endsSoon reports whether a certificate ends within two weeks.
func endsSoon(a page) bool {
	return a.tls != nil && len(a.tls.PeerCertificates) > 0 &&
		time.Until(a.tls.PeerCertificates[0].NotAfter) < 14*24*time.Hour
}

func isTimeout(err error) bool {
	timed, ok := errors.AsType[net.Error](err)
	return ok && timed.Timeout() || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, io.ErrNoProgress)
}

const (
	defaultTimeout = 10 * time.Second
	// maxPage bounds what is read of an answer; all that is looked for is short.
	maxPage = 64 << 10
)

// newTransport makes the connections of all checks.
func newTransport(cfg Config) *http.Transport {
	t := &http.Transport{
		Proxy:                  cfg.Proxy,
		OnProxyConnectResponse: neterr.CheckProxy,
		DialContext:            cfg.Dial,
		TLSClientConfig:        &tls.Config{RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    cfg.Timeout,
		ResponseHeaderTimeout:  cfg.Timeout,
		ForceAttemptHTTP2:      true,
	}
	if t.Proxy == nil {
		t.Proxy = http.ProxyFromEnvironment
	}
	if t.DialContext == nil {
		t.DialContext = (&net.Dialer{Timeout: cfg.Timeout}).DialContext
	}
	return t
}

// page is an answer to a probe.
type page struct {
	status int
	header http.Header
	body   []byte
	tls    *tls.ConnectionState // nil for plain http
	remote net.Addr             // who answered, perhaps a proxy
	sent   time.Time            // halfway between the request and the answer
}

// redirectHost is the host that an answer leads to, "" for none.
func (p page) redirectHost() string {
	if p.status/100 != 3 {
		return ""
	}
	return neterr.RedirectHost(&http.Response{Header: p.header})
}

// probe asks for a page without following redirects. authorization may be "".
func (d *Doctor) probe(ctx context.Context, target, authorization string) (page, error) {
	ctx, cancel := context.WithTimeout(ctx, d.cfg.Timeout)
	defer cancel()
	var p page
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(info httptrace.GotConnInfo) { p.remote = info.Conn.RemoteAddr() },
	})
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return page{}, err
	}
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	start := time.Now()
	res, err := d.transport.RoundTrip(req)
	if err != nil {
		return page{}, err
	}
	defer func() { _ = res.Body.Close() }()
	p.sent = start.Add(time.Since(start) / 2)
	p.status, p.header, p.tls = res.StatusCode, res.Header, res.TLS
	if p.status < http.StatusOK { // what follows a 101 may never end, and ctx does not end it
		return p, nil
	}
	p.body, err = io.ReadAll(io.LimitReader(res.Body, maxPage))
	return p, err
}

// proxied reports whether requests to the URL go through a proxy.
func (d *Doctor) proxied(target *url.URL) bool {
	proxy, err := d.transport.Proxy(&http.Request{URL: target})
	return err == nil && proxy != nil
}
