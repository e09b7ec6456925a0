package config

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func TestConfigMistakes(t *testing.T) {
	const (
		isNoText  = "must be text, in quotes if it looks like a number or a date"
		isMissing = "is required: the tenant, such as https://example.workspaceoneaccess.com"
	)
	tests := []struct {
		name string
		file string   // in testdata
		env  []string // changes to a good environment
		want []string // lines
	}{
		{name: "nothing is wrong"},
		{
			name: "the tenant is missing", env: []string{"WS1BRIDGE_ACCESS_URL="},
			want: []string{"access.url (WS1BRIDGE_ACCESS_URL): " + isMissing},
		},
		{
			name: "no room for a scan", env: []string{"WS1BRIDGE_SCIM_MAX_SCAN=0"},
			want: []string{"scim.max_scan (WS1BRIDGE_SCIM_MAX_SCAN): must be a whole number from 1 to 100000"},
		},
		{
			name: "readings that never end", env: []string{"WS1BRIDGE_ACCESS_REUSE_READS=3600"},
			want: []string{"access.reuse_reads (WS1BRIDGE_ACCESS_REUSE_READS): " +
				"must be from 0 to 60 seconds; 0 reads each record before each change of it"},
		},
		{
			name: "half a record to look through", env: []string{"WS1BRIDGE_SCIM_MAX_SCAN=10.5"},
			want: []string{"scim.max_scan (WS1BRIDGE_SCIM_MAX_SCAN): must be a whole number from 1 to 100000"},
		},
		{
			name: "more than memory has room for", env: []string{"WS1BRIDGE_SCIM_MAX_SCAN=100001"},
			want: []string{"scim.max_scan (WS1BRIDGE_SCIM_MAX_SCAN): must be a whole number from 1 to 100000"},
		},
		{
			name: "plain http to a tenant off loopback",
			env:  []string{"WS1BRIDGE_ACCESS_URL=http://example.workspaceoneaccess.com"},
			want: []string{"access.url (WS1BRIDGE_ACCESS_URL): the tenant URL must use https (plain http is for loopback only)"},
		},
		{name: "plain http to loopback is for trying", env: []string{"WS1BRIDGE_ACCESS_URL=http://127.0.0.1:8443"}},
		{name: "plain http to the loopback of IPv6", env: []string{"WS1BRIDGE_ACCESS_URL=http://[::1]:8443"}},
		{
			name: "a tenant without a scheme", env: []string{"WS1BRIDGE_ACCESS_URL=example.workspaceoneaccess.com"},
			want: []string{"access.url (WS1BRIDGE_ACCESS_URL): the tenant URL must look like " +
				"https://example.workspaceoneaccess.com, without user or password"},
		},
		{
			name: "a password in the tenant's URL", env: []string{"WS1BRIDGE_ACCESS_URL=https://hush:hush@example.com"},
			want: []string{"access.url (WS1BRIDGE_ACCESS_URL): the tenant URL must look like " +
				"https://example.workspaceoneaccess.com, without user or password"},
		},
		{
			name: "credentials are missing", env: []string{"WS1BRIDGE_ACCESS_CLIENT_ID=", "WS1BRIDGE_ACCESS_CLIENT_SECRET="},
			want: []string{
				"access.client_id (WS1BRIDGE_ACCESS_CLIENT_ID): is required: the OAuth 2.0 service client made in Workspace ONE " +
					"Access",
				"access.client_secret (WS1BRIDGE_ACCESS_CLIENT_SECRET): is required: the secret of that client",
			},
		},
		{
			name: "credentials pasted with white space", env: []string{"WS1BRIDGE_ACCESS_CLIENT_ID= bridge",
				"WS1BRIDGE_ACCESS_CLIENT_SECRET=hush\n"},
			want: []string{
				"access.client_id (WS1BRIDGE_ACCESS_CLIENT_ID): has white space around it",
				"access.client_secret (WS1BRIDGE_ACCESS_CLIENT_SECRET): has white space around it",
			},
		},
		{
			name: "the domain is missing", env: []string{"WS1BRIDGE_DOMAIN="},
			want: []string{"domains.default (WS1BRIDGE_DOMAIN): is required: the domain of the directory that users go to, " +
				"such as example.com"},
		},
		{
			name: "an address instead of a domain", env: []string{"WS1BRIDGE_DOMAIN=https://acme.com"},
			want: []string{"domains.default (WS1BRIDGE_DOMAIN): must be a domain alone, such as example.com, as the " +
				"directory in Workspace ONE Access spells it"},
		},
		{
			name: "no token for Okta", env: []string{"WS1BRIDGE_OKTA_TOKENS= , "},
			want: []string{"okta.tokens (WS1BRIDGE_OKTA_TOKENS): inbound tokens: at least one is required"},
		},
		{
			name: "a token with the word Bearer, and one that no header holds",
			env:  []string{"WS1BRIDGE_OKTA_TOKENS=Bearer " + cmdtest.Token + ",hüsh"},
			want: []string{
				"okta.tokens (WS1BRIDGE_OKTA_TOKENS): inbound token 1 of 2: has a space in it; give the token alone, without " +
					"the word Bearer",
				"inbound token 2 of 2: has a control character, or one that is not ASCII",
			},
		},
		{
			name: "addresses without a port", env: []string{"WS1BRIDGE_LISTEN=8080", "WS1BRIDGE_OPS_LISTEN=127.0.0.1"},
			want: []string{
				"listen (WS1BRIDGE_LISTEN): must be an address such as :8080 or 127.0.0.1:8080",
				"ops_listen (WS1BRIDGE_OPS_LISTEN): must be an address such as :8080 or 127.0.0.1:8080",
			},
		},
		{
			name: "both listeners on one address", env: []string{"WS1BRIDGE_OPS_LISTEN=:8080"},
			want: []string{"ops_listen (WS1BRIDGE_OPS_LISTEN): must not be the address of listen"},
		},
		{name: "both listeners on free ports", env: []string{"WS1BRIDGE_LISTEN=127.0.0.1:0",
			"WS1BRIDGE_OPS_LISTEN=127.0.0.1:0"}},
		{
			name: "a public URL without a scheme", env: []string{"WS1BRIDGE_PUBLIC_URL=bridge.example.com/scim/v2"},
			want: []string{"public_url (WS1BRIDGE_PUBLIC_URL): must look like https://bridge.example.com/scim/v2"},
		},
		{
			name: "a public URL that Okta refuses", env: []string{"WS1BRIDGE_PUBLIC_URL=https://my_bridge.example.com/scim/v2"},
			want: []string{"public_url (WS1BRIDGE_PUBLIC_URL): must not contain an underscore in its host: Okta refuses that"},
		},
		{
			name: "a public URL with a secret", env: []string{"WS1BRIDGE_PUBLIC_URL=https://bridge.example.com/scim/v2?k=hush"},
			want: []string{"public_url (WS1BRIDGE_PUBLIC_URL): must end with its path: links are made of it, and shown"},
		},
		{
			name: "a level that does not exist", env: []string{"WS1BRIDGE_LOG_LEVEL=loud"},
			want: []string{"log.level (WS1BRIDGE_LOG_LEVEL): must be debug, info, warn or error"},
		},
		{
			name: "a journal that is none", env: []string{"WS1BRIDGE_JOURNAL=mysql://u:hush@h/db",
				"WS1BRIDGE_JOURNAL_KEEP=1m", "WS1BRIDGE_JOURNAL_MAX_RECORDS=1.5", "WS1BRIDGE_JOURNAL_VALUES=perhaps"},
			want: []string{
				"journal.values (WS1BRIDGE_JOURNAL_VALUES): must be true or false",
				"journal.url (WS1BRIDGE_JOURNAL): must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE, or be left out",
				"journal.keep (WS1BRIDGE_JOURNAL_KEEP): must be from 1h to 43800h0m0s",
				"journal.max_records (WS1BRIDGE_JOURNAL_MAX_RECORDS): must be a whole number from 1000 to 100000000",
			},
		},
		{
			name: "a token of the console in clear", env: []string{"WS1BRIDGE_CONSOLE_TOKEN_SHA256=hush"},
			want: []string{"console.token_sha256 (WS1BRIDGE_CONSOLE_TOKEN_SHA256): must be the SHA-256 digest of a token, " +
				"64 hexadecimal digits: ws1bridge token new prints both"},
		},
		{
			name: "a console for everybody, below a path", env: []string{"WS1BRIDGE_CONSOLE_TOKEN_SHA256=" +
				"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "WS1BRIDGE_CONSOLE_OIDC_CLIENT_ID=id",
				"WS1BRIDGE_CONSOLE_OIDC_ISSUER=https://acme.okta.com", "WS1BRIDGE_CONSOLE_OIDC_GROUPS=g",
				"WS1BRIDGE_CONSOLE_OIDC_URL=https://bridge.example.com/hush"},
			want: []string{
				"console.token_sha256 (WS1BRIDGE_CONSOLE_TOKEN_SHA256): is the digest of nothing: ws1bridge token new prints a " +
					"token and its digest",
				"console.oidc.url (WS1BRIDGE_CONSOLE_OIDC_URL): must have no path: the console is at the root of its host",
			},
		},
		{
			name: "tokens as mappings with mistakes", file: "tokens.yaml", env: []string{"WS1BRIDGE_OKTA_TOKENS="},
			want: []string{
				"okta.tokens[2].expires: must be a date such as 2027-01-31, or a time such as 2027-01-31T08:00:00Z",
				"okta.tokens[1].secret: there is no such setting; did you mean okta.tokens[].name?",
				"okta.tokens[3].token_file: is one of three: leave out token and sha256",
				"okta.tokens (WS1BRIDGE_OKTA_TOKENS): inbound token 4 of 4: has a digest that is no SHA-256, 64 hexadecimal " +
					"digits: ws1bridge token new makes one",
			},
		},
		{
			name: "an org in clear", env: []string{"WS1BRIDGE_OKTA_ORG_URL=http://hush.okta.com"},
			want: []string{"okta.org_url (WS1BRIDGE_OKTA_ORG_URL): must begin with https:// (http is for loopback only), " +
				"such as https://acme.okta.com"},
		},
		{
			name: "a guard with mistakes", env: []string{"WS1BRIDGE_GUARD_WINDOW=1s", "WS1BRIDGE_GUARD_MAX_DEACTIVATIONS=some",
				"WS1BRIDGE_GUARD_MAX_DELETIONS=0%", "WS1BRIDGE_GUARD_MAX_MEMBER_REMOVALS=-1"},
			want: []string{
				"guard.window (WS1BRIDGE_GUARD_WINDOW): must be from 1m0s to 168h0m0s",
				"guard.max_deactivations (WS1BRIDGE_GUARD_MAX_DEACTIVATIONS): must be a whole number such as 50, or a share of " +
					"what is managed, such as 5%",
				"guard.max_deletions (WS1BRIDGE_GUARD_MAX_DELETIONS): must be a whole number such as 50, or a share of what is " +
					"managed, such as 5%",
				"guard.max_member_removals (WS1BRIDGE_GUARD_MAX_MEMBER_REMOVALS): must be a whole number such as 50, or a share " +
					"of what is managed, such as 5%",
			},
		},
		{
			name: "proxies by name", env: []string{"WS1BRIDGE_TRUSTED_PROXIES=10.0.0.0/8, proxy.example.com"},
			want: []string{"trusted_proxies (WS1BRIDGE_TRUSTED_PROXIES): must be addresses or networks, such as 10.0.0.7 or " +
				"10.0.0.0/8"},
		},
		{
			name: "a sign-in without an issuer", env: []string{"WS1BRIDGE_CONSOLE_OIDC_CLIENT_SECRET=hush"},
			want: []string{"console.oidc.issuer (WS1BRIDGE_CONSOLE_OIDC_ISSUER): is required with the other settings of " +
				"console.oidc: where people sign in, such as https://acme.okta.com"},
		},
		{
			name: "a sign-in in clear, for everybody", env: []string{"WS1BRIDGE_CONSOLE_OIDC_ISSUER=http://hush.example.com",
				"WS1BRIDGE_CONSOLE_OIDC_URL=https://bridge-ops.example.com/?hush", "WS1BRIDGE_CONSOLE_OIDC_GROUPS_CLAIM="},
			want: []string{
				"console.oidc.issuer (WS1BRIDGE_CONSOLE_OIDC_ISSUER): must begin with https:// (http is for loopback only), " +
					"such as https://acme.okta.com",
				"console.oidc.url (WS1BRIDGE_CONSOLE_OIDC_URL): must be a URL without user, query and fragment: the console as " +
					"browsers reach it, such as https://bridge-ops.example.com; the issuer must know it with /oidc/callback after it",
				"console.oidc.client_id (WS1BRIDGE_CONSOLE_OIDC_CLIENT_ID): is required: the id that the issuer gave the console",
				"console.oidc.groups (WS1BRIDGE_CONSOLE_OIDC_GROUPS): is required: the groups whose members may see the console",
			},
		},
		{
			name: "secret files that are missing",
			env: []string{"WS1BRIDGE_ACCESS_CLIENT_SECRET=", "WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE=/hush",
				"WS1BRIDGE_OKTA_TOKENS=", "WS1BRIDGE_OKTA_TOKENS_FILE=/hush"},
			want: []string{
				"access.client_secret_file (WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE): the file cannot be read: no such file or " +
					"directory",
				"okta.tokens_file (WS1BRIDGE_OKTA_TOKENS_FILE): the file cannot be read: no such file or directory",
			},
		},
		{
			name: "keys that do not exist", file: "unknown_keys.yaml",
			want: []string{"access.secret: there is no such setting; did you mean access.client_secret?",
				"okta.token: there is no such setting; did you mean okta.tokens?", "port: there is no such setting"},
		},
		{
			name: "values that are not text", file: "wrong_types.yaml",
			env: []string{"WS1BRIDGE_ACCESS_URL=", "WS1BRIDGE_ACCESS_CLIENT_ID=", "WS1BRIDGE_ACCESS_CLIENT_SECRET=",
				"WS1BRIDGE_DOMAIN=", "WS1BRIDGE_OKTA_TOKENS="},
			want: []string{
				"listen (WS1BRIDGE_LISTEN): " + isNoText, "public_url (WS1BRIDGE_PUBLIC_URL): " + isNoText,
				"access.url (WS1BRIDGE_ACCESS_URL): " + isNoText, "access.client_id (WS1BRIDGE_ACCESS_CLIENT_ID): " + isNoText,
				"access.client_secret (WS1BRIDGE_ACCESS_CLIENT_SECRET): " + isNoText, "domains.default (WS1BRIDGE_DOMAIN): " +
					isNoText,
				"okta.tokens (WS1BRIDGE_OKTA_TOKENS): " + isNoText,
			},
		},
		{
			name: "sections that are values", file: "wrong_sections.yaml", env: []string{"WS1BRIDGE_ACCESS_URL=",
				"WS1BRIDGE_ACCESS_CLIENT_ID=", "WS1BRIDGE_ACCESS_CLIENT_SECRET=", "WS1BRIDGE_DOMAIN="},
			want: []string{"the configuration file: a section holds a value instead of settings; " +
				"deploy/configuration.md lists them"},
		},
		{
			name: "a value that YAML takes for an anchor", file: "not_yaml_anchor.yaml",
			want: []string{"the configuration file: it is not YAML with one setting a line"},
		},
		{
			name: "a secret instead of the file", file: "not_yaml_secret.yaml",
			want: []string{"the configuration file: it is not YAML with one setting a line, see line 1"},
		},
		{
			name: "a quote that does not end", file: "not_yaml_quote.yaml",
			want: []string{"the configuration file: it is not YAML with one setting a line, see line 3"},
		},
		{
			name: "a file that does not exist", file: "none.yaml",
			want: []string{"the configuration file: open testdata/none.yaml: no such file or directory"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := ""
			if tt.file != "" {
				path = filepath.Join("testdata", tt.file)
			}
			_, err := Load(path, cmdtest.Environ(tt.env...))
			got := problems(err)
			for _, want := range tt.want {
				if !slices.Contains(got, want) {
					t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), want)
				}
			}
			// Sections that are values leave everything in them missing.
			if len(got) != len(tt.want) && tt.file != "wrong_sections.yaml" {
				t.Errorf("got %d problems, want %d:\n  %s", len(got), len(tt.want), strings.Join(got, "\n  "))
			}
			if strings.Contains(fmt.Sprint(err), "hush") {
				t.Errorf("the problem quotes a value: %v", err)
			}
		})
	}
}

// problems are the lines of a configuration error after the first.
func problems(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")[1:]
}

func TestConfigProblemsAreCounted(t *testing.T) {
	_, err := Load("", nil)
	if want := "the configuration has 5 problem(s):\n"; err == nil || !strings.HasPrefix(err.Error(), want) ||
		len(problems(err)) != 5 {
		t.Errorf("got %v, want 5 problems", err)
	}
}
