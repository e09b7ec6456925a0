// Package cmdtest is for tests of the program, in one process with it or not: an
// environment, files, and pages and outputs to read.
package cmdtest

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What the bridge of [Environ] knows.
const (
	Token  = "token-that-okta-presents"
	Secret = "client-secret-of-the-bridge"
)

// Patience is how long a test waits for what must come: much longer than it takes,
// however busy the machine is.
const Patience = 2 * time.Minute

// Environ is a good environment with changes: NAME=value sets, NAME= removes.
func Environ(changes ...string) []string {
	return append([]string{
		"WS1BRIDGE_ACCESS_URL=https://example.workspaceoneaccess.com",
		"WS1BRIDGE_ACCESS_CLIENT_ID=bridge",
		"WS1BRIDGE_ACCESS_CLIENT_SECRET=" + Secret,
		"WS1BRIDGE_DOMAIN=acme.com",
		"WS1BRIDGE_OKTA_TOKENS=" + Token,
		"WS1BRIDGE_SCIM_ALLOW_DELETE_USERS=true", // tests clean up, and try deletions
	}, changes...)
}

// WriteFile makes a file and returns its name.
func WriteFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// Get reads a page.
func Get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	return GetAs(t, url, "")
}

// GetAs reads a page by another name of its host; "" is that of the URL.
func GetAs(t *testing.T, url, host string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}
