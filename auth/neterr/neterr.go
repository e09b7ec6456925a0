// Package neterr names what goes wrong between the bridge and a server by its
// class, for logs. What package net/http says itself quotes the other side:
// malformed status lines, headers and trailers, the status text of a proxy, the
// names in a certificate, the reason of an HTTP/2 GOAWAY; and URLs, with the
// passwords and filters in them.
package neterr

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// Fault is a failure of an exchange, named by its class. Its text quotes nothing
// of the other side and holds no URL.
type Fault struct {
	class string
	cause error // to be looked at by errors.As; its text may quote the other side
}

// Error is the class.
func (f *Fault) Error() string { return f.class }

// Unwrap is the cause, where its type tells more than the class.
func (f *Fault) Unwrap() error { return f.cause }

// FitForLog says that the text is as it may be in a log.
func (*Fault) FitForLog() {}

// New returns a Fault with a text of the bridge's own.
func New(class string) *Fault { return &Fault{class: class} }

// fit is an error that is known to quote nobody: a Fault, or one of another
// package that has this method.
type fit interface {
	error
	FitForLog()
}

// ProxyRefusal says that a proxy did not connect to the server.
type ProxyRefusal struct {
	// Status is the proxy's answer to CONNECT, such as 407.
	Status int
}

// Error names the proxy.
func (p *ProxyRefusal) Error() string {
	return fmt.Sprintf("the proxy does not connect to the server (%d)", p.Status)
}

// FitForLog says that the text is as it may be in a log.
func (*ProxyRefusal) FitForLog() {}

// CheckProxy is for http.Transport.OnProxyConnectResponse: a refusal is a
// *ProxyRefusal. Without it net/http makes an error of the proxy's status text.
func CheckProxy(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
	if res.StatusCode != http.StatusOK {
		return &ProxyRefusal{Status: res.StatusCode}
	}
	return nil
}

// Class is err where its text is known to quote nobody and to hold no URL, and a
// *Fault otherwise. It still matches the causes that tell failures apart: the end
// of ctx, refused connections, DNS, timeouts, certificates.
func Class(ctx context.Context, err error) error {
	if withURL, ok := errors.AsType[*url.Error](err); ok { // is a net.Error too
		err = withURL.Err
	}
	if own, ok := errors.AsType[fit](err); ok {
		return own
	}
	for _, known := range []error{
		context.Cause(ctx), context.DeadlineExceeded, context.Canceled,
		io.ErrUnexpectedEOF, io.EOF, http.ErrSchemeMismatch,
	} {
		if known != nil && errors.Is(err, known) {
			return known
		}
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		return &Fault{class: "the proxy cannot be reached: " + Class(ctx, op.Err).Error(), cause: op}
	}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return &Fault{class: "the certificate cannot be trusted: " + badCertificate(bad), cause: bad}
	}
	if known, ok := errors.AsType[net.Error](err); ok { // dial, DNS, reset, TLS alert, timeout
		return known
	}
	return New(broken(err))
}

// badCertificate leaves out the names in the certificate.
func badCertificate(err error) string {
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "it has expired, or is not valid yet"
	case errors.As(err, &name):
		return "it is for another host"
	case errors.As(err, &authority):
		return "its authority is not known"
	}
	return "it is not valid"
}

// broken finds the class of what net/http has no type for.
func broken(err error) string {
	if _, ok := errors.AsType[textproto.ProtocolError](err); ok {
		return notHTTP
	}
	for _, known := range classes {
		if strings.Contains(err.Error(), known.sign) {
			return known.class
		}
	}
	return "the exchange broke off"
}

const notHTTP = "the answer is not the HTTP that it should be"

// classes are told by words of net/http. What the other side has of them in a
// text that is quoted may choose the class, and nothing else.
var classes = []struct{ sign, class string }{
	{"malformed", notHTTP},
	{"transfer encoding", notHTTP},
	{"chunk", notHTTP},
	{"Content-Length", notHTTP},
	{"trailer", notHTTP},
	{"header", "the header of the answer is not the HTTP that it should be"},
	{"GOAWAY", "the server ended the connection"},
	{"client connection lost", "the connection was lost: nothing comes from the server any more"},
	{"stream error", "the server broke off the request"},
	{"server closed idle connection", "the server ended the connection"},
	{"client conn could not be established", "the server ended the connection"}, // before the first request
}
