package neterr_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
	"golang.org/x/net/http2"

	"ws1bridge/auth/neterr"
)

const hostile = "HOSTILE"

// answering is the address of a server that answers every connection by raw, once
// something came on it.
func answering(t *testing.T, raw string) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, raw)
			go func() { // what the client still writes must find somebody who reads it
				_ = conn.(*net.TCPConn).CloseWrite()
				_ = conn.SetReadDeadline(time.Now().Add(time.Second))
				_, _ = io.Copy(io.Discard, conn)
				_ = conn.Close()
			}()
		}
	}()
	return "http://" + ln.Addr().String()
}

// goAway is an HTTP/2 server's goodbye with a reason.
func goAway() string {
	var out bytes.Buffer
	framer := http2.NewFramer(&out, nil)
	_ = framer.WriteSettings()
	_ = framer.WriteGoAway(0, http2.ErrCodeInternal, []byte(hostile))
	return out.String()
}

// fetch is the error of an exchange, also one that comes with the body.
func fetch(t *testing.T, client *http.Client, target string) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err == nil {
		_, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
	}
	if err == nil {
		t.Fatal("the exchange went well")
	}
	return err
}

func TestNothingOfTheOtherSideIsQuoted(t *testing.T) {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	tests := []struct{ name, raw, want string }{
		{"something that is no HTTP", hostile + "\r\n\r\n", "not the HTTP"},
		{"a malformed status", "HTTP/1.1 2x0 " + hostile + "\r\n\r\n", "not the HTTP"},
		{"a malformed version", "HTTP/" + hostile + " 200 OK\r\n\r\n", "not the HTTP"},
		{"a malformed header", "HTTP/1.1 200 OK\r\n" + hostile + "\r\n\r\n", "not the HTTP"},
		{"an unknown transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: " + hostile + "\r\n\r\n", "not the HTTP"},
		{"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: " + hostile + "\r\n\r\n", "not the HTTP"},
		{"a malformed chunk", chunked + hostile + "\r\n", "not the HTTP"},
		{"a malformed trailer", chunked + "0\r\n" + hostile + "\r\n\r\n", "not the HTTP"},
		{"a redirect to no URL", "HTTP/1.1 302 Found\r\nLocation: http://%zz" + hostile + "\r\n\r\n", "header"},
		{"a body that is cut", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + hostile, "unexpected EOF"},
		{"an empty answer", "", "EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
			_ = classed(t, fetch(t, client, answering(t, tt.raw)+"/?secret"), tt.want)
		})
	}
	t.Run("the reason of a GOAWAY", func(t *testing.T) {
		transport := &http.Transport{Protocols: new(http.Protocols)}
		transport.Protocols.SetUnencryptedHTTP2(true)
		_ = classed(t, fetch(t, &http.Client{Transport: transport}, answering(t, goAway())), "ended the connection")
	})
}

// classed is the class of an error, which must be wanted and quote nobody.
func classed(t *testing.T, raw error, want string) error {
	t.Helper()
	err := neterr.Class(t.Context(), raw)
	for text := range strings.SplitSeq(fmt.Sprintf("%v|%+v", err, err), "|") {
		if !strings.Contains(text, want) || strings.Contains(text, hostile) || strings.Contains(text, "secret") {
			t.Errorf("class = %q of %q, want %q and nothing of the other side", text, raw, want)
		}
	}
	return err
}

func TestProxyThatRefusesIsNamed(t *testing.T) {
	tests := []struct{ name, raw, want string }{
		{"one that wants a password", "HTTP/1.1 407 " + hostile + "\r\n\r\n",
			"the proxy does not connect to the server (407)"},
		{"one that is down", "", "EOF"},
		{"one that speaks no HTTP", hostile + "\r\n\r\n", "not the HTTP"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			proxy, err := url.Parse(answering(t, tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy),
				OnProxyConnectResponse: neterr.CheckProxy}}
			_ = classed(t, fetch(t, client, "https://tenant.example/?secret"), tt.want)
		})
	}
	t.Run("one that does not listen", func(t *testing.T) {
		gone := httptest.NewServer(nil)
		gone.Close()
		proxy, _ := url.Parse(gone.URL)
		client := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy)}}
		err := classed(t, fetch(t, client, "https://tenant.example/?secret"), "the proxy cannot be reached: ")
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("error = %v, want one that tells a refused connection", err)
		}
	})
}

func TestCausesAreKept(t *testing.T) {
	cause := errors.New("the bridge's own reason")
	ended, cancel := context.WithCancelCause(t.Context())
	cancel(cause)
	timed := &url.Error{Op: "Get", URL: "https://host/?secret", Err: context.DeadlineExceeded}
	name := &url.Error{Err: &net.DNSError{Err: "no such host", Name: "tenant.example", IsNotFound: true}}
	tests := []struct {
		name      string
		ctx       context.Context
		err, want error
	}{
		{"the cause of an end of the context", ended, &url.Error{Err: cause}, cause},
		{"a deadline", t.Context(), timed, context.DeadlineExceeded},
		{"a name that is not known", t.Context(), name, name.Err},
		{"an error of another package that is fit", t.Context(), &url.Error{Err: neterr.New("own")}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := neterr.Class(tt.ctx, tt.err)
			if tt.want != nil && !errors.Is(got, tt.want) || strings.Contains(got.Error(), "broke off") {
				t.Errorf("class = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestCertificatesAreToldByClass(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.NotFoundHandler())
	srv.Config.ErrorLog = zap.NewStdLog(zap.NewNop())
	srv.StartTLS()
	t.Cleanup(srv.Close)
	stranger := fetch(t, &http.Client{Transport: &http.Transport{}}, srv.URL)
	var authority x509.UnknownAuthorityError
	if err := classed(t, stranger, "its authority is not known"); !errors.As(err, &authority) {
		t.Errorf("error = %v, want one that tells the authority", err)
	}
	err := fetch(t, srv.Client(), strings.Replace(srv.URL, "127.0.0.1", "localhost", 1))
	if err = classed(t, err, "it is for another host"); strings.Contains(err.Error(), "example.com") {
		t.Errorf("class = %q, want no name of the certificate", err)
	}
}
