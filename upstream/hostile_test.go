package upstream_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ws1bridge/upstream"
)

// TestErrorsQuoteNothingOfTheServer lets a server send rubbish that net/http quotes.
func TestErrorsQuoteNothingOfTheServer(t *testing.T) {
	const hostile = "HOSTILE"
	for name, raw := range map[string]string{
		"a malformed status":  "HTTP/1.1 2x0 " + hostile + "\r\n\r\n",
		"a malformed header":  "HTTP/1.1 200 OK\r\n" + hostile + "\r\n\r\n",
		"a malformed trailer": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + hostile + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, out, _ := http.NewResponseController(w).Hijack()
				_, _ = out.WriteString(raw)
				_ = out.Flush()
				_ = conn.Close()
			}))
			defer srv.Close()
			c, err := upstream.NewClient(upstream.Config{BaseURL: srv.URL, HTTPClient: srv.Client(), Domains: []string{domain}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.User(t.Context(), "some-id")
			if err == nil || strings.Contains(err.Error(), hostile) || !strings.Contains(err.Error(), "not the HTTP") {
				t.Errorf("error = %v, want the class of the fault and nothing of the server", err)
			}
		})
	}
}
