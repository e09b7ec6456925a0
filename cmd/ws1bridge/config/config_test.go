package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func TestConfigSources(t *testing.T) {
	full := filepath.Join("testdata", "full.yaml")
	tests := []struct {
		name string
		path string
		env  []string
		want string // listen, public URL, tenant, client, secret, domain, tokens, level
	}{
		{
			name: "the environment alone, with defaults", env: cmdtest.Environ(),
			want: ":8080 :9090  https://example.workspaceoneaccess.com bridge " + cmdtest.Secret + " acme.com [" +
				cmdtest.Token + "] info",
		},
		{
			name: "the file alone", path: full,
			want: "127.0.0.1:8181 127.0.0.1:9191 https://bridge.example.com/scim/v2 " +
				"https://example.workspaceoneaccess.com bridge secret-of-the-file acme.com [first-token-of-the-file " +
				"second-token-of-the-file] debug",
		},
		{
			name: "the file that the environment names, and the environment over it",
			env: []string{"WS1BRIDGE_CONFIG=" + full, "WS1BRIDGE_LISTEN=:1", "WS1BRIDGE_OPS_LISTEN=:2",
				"WS1BRIDGE_ACCESS_CLIENT_SECRET=other", "WS1BRIDGE_OKTA_TOKENS=" + cmdtest.Token + ", other-token-of-okta,",
				"WS1BRIDGE_LOG_LEVEL=warn"},
			want: ":1 :2 https://bridge.example.com/scim/v2 https://example.workspaceoneaccess.com bridge other " +
				"acme.com [" + cmdtest.Token + " other-token-of-okta] warn",
		},
		{
			name: "an empty variable is none", path: full, env: []string{"WS1BRIDGE_LISTEN=", "WS1BRIDGE_OKTA_TOKENS="},
			want: "127.0.0.1:8181 127.0.0.1:9191 https://bridge.example.com/scim/v2 " +
				"https://example.workspaceoneaccess.com bridge secret-of-the-file acme.com [first-token-of-the-file " +
				"second-token-of-the-file] debug",
		},
		{
			name: "what Kubernetes makes for a service of this name",
			env: cmdtest.Environ("WS1BRIDGE_PORT=tcp://10.0.0.1:8080", "WS1BRIDGE_SERVICE_HOST=10.0.0.1",
				"WS1BRIDGE_SERVICE_PORT=8080",
				"WS1BRIDGE_PORT_8080_TCP=tcp://10.0.0.1:8080"),
			want: ":8080 :9090  https://example.workspaceoneaccess.com bridge " + cmdtest.Secret + " acme.com [" +
				cmdtest.Token + "] info",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Load(tt.path, tt.env)
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprint(c.Listen, " ", c.OpsListen, " ", c.PublicURL, " ", c.Access.URL, " ", c.Access.ClientID, " ",
				string(c.Access.ClientSecret), " ", c.Domains.Default, " ", revealed(c.Okta.Tokens), " ", c.Log.Level)
			if got != tt.want {
				t.Errorf("got\n  %s\nwant\n  %s", got, tt.want)
			}
		})
	}
}

func TestConfigSecretFiles(t *testing.T) {
	const inFile = "secret-in-the-file"
	full, err := os.ReadFile(filepath.Join("testdata", "full.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	secretFile := cmdtest.WriteFile(t, inFile+"\n")
	tokensFile := cmdtest.WriteFile(t, "first-token-in-file\r\n\nsecond-token-in-file\n")
	yaml := strings.NewReplacer("  client_id:", "  client_secret_file: "+secretFile+"\n  client_id:",
		"  tokens:", "  tokens_file: "+tokensFile+"\n  tokens:").Replace(string(full))
	tests := []struct {
		name       string
		path       string
		env        []string
		wantSecret string
		wantTokens []string
	}{
		{
			name: "the environment names the files",
			env: cmdtest.Environ("WS1BRIDGE_ACCESS_CLIENT_SECRET=", "WS1BRIDGE_OKTA_TOKENS=",
				"WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE="+secretFile, "WS1BRIDGE_OKTA_TOKENS_FILE="+tokensFile),
			wantSecret: inFile, wantTokens: []string{"first-token-in-file", "second-token-in-file"},
		},
		{
			name: "a secret in the environment wins over its file",
			env:  cmdtest.Environ("WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE="+secretFile, "WS1BRIDGE_OKTA_TOKENS_FILE="+tokensFile),

			wantSecret: cmdtest.Secret, wantTokens: []string{cmdtest.Token},
		},
		{
			name: "a named file wins over a secret in the YAML", path: cmdtest.WriteFile(t, yaml),
			wantSecret: inFile, wantTokens: []string{"first-token-in-file", "second-token-in-file"},
		},
		{
			name: "tokens with commas between, in the YAML", path: cmdtest.WriteFile(t,
				"okta:\n  tokens: first-token-in-yaml, second-token-in-yaml\n"), env: cmdtest.Environ("WS1BRIDGE_OKTA_TOKENS="),
			wantSecret: cmdtest.Secret, wantTokens: []string{"first-token-in-yaml", "second-token-in-yaml"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Load(tt.path, tt.env)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(c.Access.ClientSecret); got != tt.wantSecret {
				t.Errorf("client secret %q, want %q", got, tt.wantSecret)
			}
			if got := revealed(c.Okta.Tokens); !slices.Equal(got, tt.wantTokens) {
				t.Errorf("tokens %q, want %q", got, tt.wantTokens)
			}
		})
	}
}

func TestSecretsPrintRedacted(t *testing.T) {
	c, err := Load("", cmdtest.Environ())
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for form, printed := range map[string]string{
		"%v": fmt.Sprintf("%v", c), "%+v": fmt.Sprintf("%+v", c), "%#v": fmt.Sprintf("%#v", c), "JSON": string(encoded),
		"a secret as %x": fmt.Sprintf("%x %q", c.Access.ClientSecret, c.Access.ClientSecret),
		"tokens as %q":   fmt.Sprintf("%q", c.Okta.Tokens),
	} {
		if strings.Contains(printed, cmdtest.Secret) || strings.Contains(printed, cmdtest.Token) ||
			!strings.Contains(printed, "[redacted]") {
			t.Errorf("%s shows a secret: %s", form, printed)
		}
	}
}

func TestReferenceNamesEverySetting(t *testing.T) {
	b, err := os.ReadFile("../../../deploy/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(settings(), setting{variable: "WS1BRIDGE_CONFIG", key: "--config"}) {
		for _, word := range []string{name.variable, name.key} {
			if !strings.Contains(string(b), "`"+word+"`") {
				t.Errorf("deploy/configuration.md does not name `%s`", word)
			}
		}
	}
}

func revealed(tokens []Token) (texts []string) {
	for _, t := range tokens {
		texts = append(texts, string(t.Token))
	}
	return texts
}

// TestGuardLimits are numbers and shares, in the environment and in YAML without quotes.
func TestGuardLimits(t *testing.T) {
	c, err := Load(cmdtest.WriteFile(t, "guard: {max_deactivations: 5%, max_deletions: 7, max_member_removals: \"8\"}\n"),
		cmdtest.Environ())
	if err != nil || c.Guard.MaxDeactivations != "5%" || c.Guard.MaxDeletions != "7" || c.Guard.MaxMemberRemovals != "8" {
		t.Errorf("got %+v, %v", c.Guard, err)
	}
	if c, err = Load("", cmdtest.Environ("WS1BRIDGE_GUARD_MAX_DELETIONS=9")); err != nil || c.Guard.MaxDeletions != "9" {
		t.Errorf("got %+v, %v", c.Guard, err)
	}
}
