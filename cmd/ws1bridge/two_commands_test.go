package main

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// TestTwoCommands goes from an empty tenant to a pushed person, as README.md
// shows.
func TestTwoCommands(t *testing.T) {
	s := serve(t, accesstest.Config{Domains: []string{}})
	person := okta.User("ada@acme.com", "Ada", "Lovelace", "00u1ada")
	refused := s.push(t, http.StatusTooManyRequests, http.MethodPost, "/Users", person)
	if detail, _ := refused.Body["detail"].(string); !strings.Contains(detail,
		"no directory has the domain acme.com: create one of type Other") {
		t.Errorf("without a directory the answer is %v", refused.Body)
	}
	o := &operator{access: s.access, env: cmdtest.Environ("WS1BRIDGE_ACCESS_URL=" + s.access.URL)}
	o.expect(t, exitOK, words("directory create"), "Created the directory Okta")
	s.push(t, http.StatusCreated, http.MethodPost, "/Users", person)
	o.expect(t, exitFailed, words("user get ada@acme.com"), "✓ account", "✗ identity provider of acme.com")
}
