package upstream_test

import (
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

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

// TestBombs has Access answer with what is built to fill the memory. The client gives up, and
// says so.
func TestBombs(t *testing.T) {
	const gigabyte = 1 << 30
	endless := func(w io.Writer, begin, part string) {
		_, err := io.WriteString(w, begin)
		for sent := 0; err == nil && sent < gigabyte; sent += len(part) {
			_, err = io.WriteString(w, part)
		}
	}
	for name, answer := range map[string]func(w http.ResponseWriter){
		"a gigabyte of text":  func(w http.ResponseWriter) { endless(w, `{"id":"`, strings.Repeat("a", 1<<20)) },
		"a gigabyte of space": func(w http.ResponseWriter) { endless(w, `{`, strings.Repeat(" ", 1<<20)) },
		"an endless list": func(w http.ResponseWriter) {
			endless(w, `{"emails":[`, strings.Repeat(`{"value":"a"},`, 1<<16))
		},
		"endless parts": func(w http.ResponseWriter) {
			var parts strings.Builder
			for i := range 1 << 16 {
				parts.WriteString(`"` + strconv.Itoa(i) + `":1,`)
			}
			endless(w, `{"id":"some-id","name":{`, parts.String())
		},
		"endless values in one": func(w http.ResponseWriter) {
			endless(w, `{"emails":[{"value":[`, strings.Repeat(`{"a":1},`, 1<<16))
		},
		"endless names": func(w http.ResponseWriter) { endless(w, `{`, strings.Repeat(`"a":1,`, 1<<16)) },
		"a gigabyte, packed": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			packed := gzip.NewWriter(w)
			endless(packed, `{"id":"`, strings.Repeat("a", 1<<20))
			_ = packed.Close()
		},
		"ten million lists in one another": func(w http.ResponseWriter) { endless(w, `{"a":`, strings.Repeat("[", 10<<20)) },
		"an endless header": func(w http.ResponseWriter) {
			for range 1000 {
				w.Header().Add("X-Long", strings.Repeat("a", 64<<10))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				answer(w)
			}))
			defer srv.Close()
			c, err := upstream.NewClient(upstream.Config{BaseURL: srv.URL, HTTPClient: srv.Client(), Domains: []string{domain},
				Resilience: upstream.Resilience{Attempts: 1}})
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			_, err = c.User(t.Context(), "some-id")
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, upstream.ErrUnavailable) || took > 20*time.Second {
				t.Errorf("after %v: %v, want trouble", took, err)
			}
			if grown := (after.HeapSys - before.HeapSys) >> 20; after.HeapSys > before.HeapSys && grown > 300 {
				t.Errorf("the heap grew by %d MB", grown)
			}
		})
	}
}
