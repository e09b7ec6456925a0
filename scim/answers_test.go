package scim_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

// raw sends a request and returns the answer as it came over the wire.
func (w *world) raw(method, path, body string, header map[string]string) (*http.Response, []byte) {
	w.T.Helper()
	req, err := http.NewRequestWithContext(w.T.Context(), method, w.Bridge.URL+path, strings.NewReader(body))
	must(w.T, err)
	req.Header.Set("Authorization", "Bearer "+oktaToken)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := w.Bridge.Client().Transport.RoundTrip(req)
	must(w.T, err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	must(w.T, err)
	return res, b
}

func TestMediaTypesOut(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	tests := []struct{ name, accept, want string }{
		{"nothing asked", "", "application/scim+json; charset=utf-8"},
		{"SCIM", "application/scim+json", "application/scim+json; charset=utf-8"},
		{"anything", "*/*", "application/scim+json; charset=utf-8"},
		{"plain JSON", "application/json", "application/json; charset=utf-8"},
		{"plain JSON with a charset", "application/json; charset=utf-8", "application/json; charset=utf-8"},
		{"either", "application/json, application/scim+json", "application/scim+json; charset=utf-8"},
		{"something else", "text/html", "application/scim+json; charset=utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for path, status := range map[string]int{usersPath: 200, usersPath + "/nobody": 404} {
				res, body := w.raw(http.MethodGet, path, "", map[string]string{"Accept": tt.accept})
				if res.StatusCode != status || res.Header.Get("Content-Type") != tt.want || !json.Valid(body) {
					t.Errorf("%s was answered %s as %q", path, res.Status, res.Header.Get("Content-Type"))
				}
			}
		})
	}
}

func TestMediaTypesIn(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	tests := []struct {
		name, contentType, encoding string
		status                      int
	}{
		{"SCIM", "application/scim+json", "", 400},
		{"SCIM with a charset", "application/scim+json; charset=UTF-8", "", 400},
		{"plain JSON", "application/json", "identity", 400},
		{"none", "", "", 400},
		{"another charset", "application/scim+json; charset=iso-8859-1", "", 415},
		{"a form", "application/x-www-form-urlencoded", "", 415},
		{"XML", "application/xml", "", 415},
		{"not a type", ";;", "", 415},
		{"a compressed body", "application/json", "gzip", 415},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			header := map[string]string{"Content-Type": tt.contentType, "Content-Encoding": tt.encoding}
			res, body := w.raw(http.MethodPost, usersPath, "{}", header) // good JSON, but no user
			if res.StatusCode != tt.status {
				t.Errorf("answered %s %s, want %d", res.Status, body, tt.status)
			}
		})
	}
}

func TestGzip(t *testing.T) {
	w := newWorld(t, accesstest.Config{SeedUsers: 100})
	tests := []struct {
		name, accept, path string
		want               bool
	}{
		{"a large answer to who asks for it", "gzip,deflate", usersPath, true},
		{"a large answer to who takes anything", "*", usersPath, true},
		{"a large answer to who prefers something else", "br;q=1.0, gzip;q=0.5", usersPath, true},
		{"a large answer to who refuses", "gzip;q=0, br", usersPath, false},
		{"a large answer to who does not ask", "identity", usersPath, false},
		{"a small answer", "gzip", usersPath + "?count=1", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, body := w.raw(http.MethodGet, tt.path, "", map[string]string{"Accept-Encoding": tt.accept})
			if got := res.Header.Get("Content-Encoding") == "gzip"; got != tt.want {
				t.Fatalf("Content-Encoding is %q", res.Header.Get("Content-Encoding"))
			}
			if int64(len(body)) != res.ContentLength || !strings.Contains(res.Header.Get("Vary"), "Accept-Encoding") {
				t.Errorf("%d bytes came, Content-Length %d, Vary %q", len(body), res.ContentLength, res.Header.Get("Vary"))
			}
			if tt.want {
				z, err := gzip.NewReader(bytes.NewReader(body))
				must(t, err)
				body, err = io.ReadAll(z)
				must(t, err)
			}
			if !json.Valid(body) {
				t.Errorf("the answer is not JSON: %.100s", body)
			}
		})
	}
}

func TestHead(t *testing.T) {
	w := newWorld(t, accesstest.Config{SeedUsers: 1})
	for path, status := range map[string]int{
		usersPath: 200, usersPath + "/nobody": 404, "/scim/v2/Schemas": 200, "/scim/v2/Bulk": 405,
	} {
		res, body := w.raw(http.MethodHead, path, "", nil)
		if res.StatusCode != status || len(body) > 0 || status < 405 && res.ContentLength <= 0 {
			t.Errorf("%s was answered %s with %d bytes, Content-Length %d; want %d",
				path, res.Status, len(body), res.ContentLength, status)
		}
	}
}
