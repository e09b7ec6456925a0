package main

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// pipes is a listener without sockets, for bubbles of testing/synctest.
type pipes struct {
	incoming chan net.Conn
	closed   context.Context
	close    context.CancelFunc
}

func newPipes() *pipes {
	closed, closing := context.WithCancel(context.Background())
	return &pipes{incoming: make(chan net.Conn), closed: closed, close: closing}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.incoming:
		return conn, nil
	case <-p.closed.Done():
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.close(); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.incoming <- server
	return client
}

// askNow sends a request on a new connection and reads the answer.
func askNow(t *testing.T, p *pipes) {
	t.Helper()
	conn := p.dial()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://bridge.example.com/", nil)
	must(t, err)
	must(t, req.Write(conn))
	res, err := http.ReadResponse(bufio.NewReader(conn), req)
	must(t, err)
	if res.StatusCode != http.StatusOK {
		t.Errorf("the answer is %s", res.Status)
	}
}

func askMeanwhile(t *testing.T, p *pipes) {
	t.Helper()
	go askNow(t, p)
}

// A server that has nothing to do ends at once, whoever is connected, and one that
// is at work when that is done.
func TestServeHTTPEnds(t *testing.T) {
	const held = 3 * time.Second
	tests := []struct {
		name    string
		connect func(*testing.T, *pipes)
		most    time.Duration
	}{
		{name: "nobody is connected", connect: func(*testing.T, *pipes) {}, most: time.Second},
		{name: "Okta keeps its connection", connect: askNow, most: time.Second},
		{name: "a load balancer has a connection in reserve", connect: func(_ *testing.T, p *pipes) { p.dial() },
			most: 2 * time.Second},
		{name: "a request is under way", connect: askMeanwhile, most: held + 2*time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, stop := context.WithCancel(t.Context())
				p := newPipes()
				ended := make(chan error)
				handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { time.Sleep(held) })
				go func() { ended <- serveHTTP(ctx, p, server{handler: handler, log: zap.NewNop()}) }()
				tt.connect(t, p)
				synctest.Wait()
				start := time.Now()
				stop()
				if err := <-ended; err != nil {
					t.Error(err)
				}
				if took := time.Since(start); took > tt.most {
					t.Errorf("the end took %v", took)
				}
			})
		})
	}
}

// TestStreamsEnd has a stream that ends with its server.
func TestStreamsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		p := newPipes()
		ended := make(chan error)
		handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		go func() { ended <- serveHTTP(ctx, p, server{handler: handler, log: zap.NewNop(), hangsUp: true}) }()
		askMeanwhile(t, p)
		synctest.Wait()
		start := time.Now()
		stop()
		must(t, <-ended)
		if took := time.Since(start); took > time.Second {
			t.Errorf("the end took %v", took)
		}
	})
}

// TestSlowBodyIsRepeated has a body come to a stop, with its length told and not.
func TestSlowBodyIsRepeated(t *testing.T) {
	for name, length := range map[string]string{
		"a body of a known length": "Content-Length: 100", "a body in chunks": "Transfer-Encoding: chunked",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, p := newBubbled(t), newPipes()
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan error)
				go func() { ended <- serveHTTP(ctx, p, server{handler: b, log: zap.NewNop()}) }()
				conn := p.dial()
				_, err := io.WriteString(conn, "POST /scim/v2/Users HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer "+
					cmdtest.Token+"\r\n"+length+"\r\n\r\n5\r\n{\"a\":")
				must(t, err)
				res, err := http.ReadResponse(bufio.NewReader(conn), nil)
				must(t, err)
				if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") == "" {
					t.Errorf("the answer is %s %v, want 429 with Retry-After", res.Status, res.Header)
				}
				_ = conn.Close()
				stop()
				must(t, <-ended)
			})
		})
	}
}
