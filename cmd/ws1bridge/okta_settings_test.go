package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/config"
	"ws1bridge/scim"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestOktaSettings(t *testing.T) {
	o := &operator{env: cmdtest.Environ("WS1BRIDGE_PUBLIC_URL=https://bridge.example.com/scim/v2")}
	got := o.expect(t, exitOK, words("okta-settings"))
	golden := filepath.Join("testdata", "okta-settings.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got.stdout), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.stdout != string(want) {
		t.Errorf("got\n%s\nwant\n%s", got.stdout, want)
	}
}

func TestOktaSettingsOfOneApp(t *testing.T) {
	o := &operator{env: cmdtest.Environ()}
	for app, other := range map[string]string{"custom": "Catalog app:", "catalog": "Custom app:"} {
		got := o.expect(t, exitOK, []string{"okta-settings", "--app", app}, "! public_url is not set", "Create Users",
			"Push Groups")
		if strings.Contains(got.stdout, other) {
			t.Errorf("--app %s prints %q", app, other)
		}
	}
	got := o.expect(t, exitOK, words("okta-settings --app workspace-one"), "https://HOST-OF-THE-BRIDGE   (without a path)",
		"API Token")
	if strings.Contains(got.stdout, "Custom app:") || strings.Contains(got.stdout, scim.BasePath) {
		t.Errorf("it prints\n%s", got.stdout)
	}
	o.expect(t, exitUsage, words("okta-settings --app saml"), "want custom, catalog, both or workspace-one")
}

func TestOktaWarnings(t *testing.T) {
	tests := []struct {
		name    string
		changes []string
		want    string
	}{
		{"plain http", []string{"WS1BRIDGE_PUBLIC_URL=http://bridge.example.com/scim/v2"},
			"! public_url does not begin with https://"},
		{"another path", []string{"WS1BRIDGE_PUBLIC_URL=https://bridge.example.com"},
			"! public_url does not end in /scim/v2"},
		{"an underscore", []string{"WS1BRIDGE_PUBLIC_URL=https://my_bridge.example.com/scim/v2"},
			"! the host of public_url has an underscore"},
		{"a weak token", []string{"WS1BRIDGE_OKTA_TOKENS=weak"},
			"! okta.tokens (WS1BRIDGE_OKTA_TOKENS): a token is short enough to be guessed"},
		{"problems elsewhere", []string{"WS1BRIDGE_ACCESS_URL="}, "Note: the configuration has 1 problem(s)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			(&operator{env: cmdtest.Environ(tt.changes...)}).expect(t, exitOK, words("okta-settings"), tt.want)
		})
	}
}

// TestMappings checks that Okta's own profile has every attribute of the default
// table, and that one it lacks is told with its namespace.
func TestMappings(t *testing.T) {
	attributes, err := mappedAttributes(config.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mappings(attributes) {
		if m.value == "" || m.external == "" || m.namespace == "" || m.value == "add it in the Profile Editor" {
			t.Errorf("the attribute %+v is not known", m)
		}
	}
	got := mappings([]string{"urn:x:y:1.0:objectGUID", "title", "urn:x:y:1.0:other"})
	want := []mapping{
		{"title", "title", "urn:ietf:params:scim:schemas:core:2.0:User", "user.title"},
		{"objectGUID", "objectGUID", "urn:x:y:1.0", "add it in the Profile Editor"},
		{"other", "other", "urn:x:y:1.0", "add it in the Profile Editor"},
	}
	for i, m := range want {
		if len(got) != len(want) || got[i] != m {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
}

// TestHelp checks that every command says what it does, with an example.
func TestHelp(t *testing.T) {
	var check func(*cobra.Command)
	check = func(cmd *cobra.Command) {
		if cmd.Short == "" || !cmd.HasSubCommands() && (cmd.Example == "" || !strings.Contains(cmd.Example, "ws1bridge")) {
			t.Errorf("%s lacks a description or an example", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check((&program{}).rootCommand())
}
