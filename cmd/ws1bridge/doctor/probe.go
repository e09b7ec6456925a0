package doctor

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"
)

const (
	defaultTimeout = 10 * time.Second
	// maxPage bounds what is read of an answer; all that is looked for is short.
	maxPage = 64 << 10
)

// newTransport makes the connections of all checks.
func newTransport(cfg Config) *http.Transport {
	t := &http.Transport{
		Proxy:                 cfg.Proxy,
		DialContext:           cfg.Dial,
		TLSClientConfig:       &tls.Config{RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   cfg.Timeout,
		ResponseHeaderTimeout: cfg.Timeout,
		ForceAttemptHTTP2:     true,
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
	p.body, err = io.ReadAll(io.LimitReader(res.Body, maxPage))
	return p, err
}

// proxied reports whether requests to the URL go through a proxy.
func (d *Doctor) proxied(target *url.URL) bool {
	proxy, err := d.transport.Proxy(&http.Request{URL: target})
	return err == nil && proxy != nil
}
