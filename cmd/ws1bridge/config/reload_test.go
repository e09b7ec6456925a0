package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func loaded(t *testing.T, environ ...string) Config {
	t.Helper()
	cfg, err := Load("", cmdtest.Environ(environ...))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestChanged(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		want    string
	}{
		{"nothing", nil, ""},
		{"a setting at the top", []string{"WS1BRIDGE_LISTEN=:1"}, "listen"},
		{"settings of sections, in their order", []string{"WS1BRIDGE_LOG_LEVEL=debug", "WS1BRIDGE_ACCESS_RATE_LIMIT=7",
			"WS1BRIDGE_DOMAINS_SOURCE=userName"}, "access.rate_limit domains.source log.level"},
		{"secrets", []string{"WS1BRIDGE_ACCESS_CLIENT_SECRET=other", "WS1BRIDGE_OKTA_TOKENS=" + cmdtest.Token + ",other"},
			"access.client_secret okta.tokens"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(Changed(loaded(t), loaded(t, tt.environ...)), " "); got != tt.want {
				t.Errorf("changed are %q, want %q", got, tt.want)
			}
		})
	}
}

// Each setting that can be written is compared, so that none changes without a word.
func TestChangedKnowsEverySetting(t *testing.T) {
	known := Changed(Config{}, allDifferent(t))
	for _, s := range settings() {
		if name := s.key; !slices.Contains(known, name) {
			t.Errorf("a change of %s is not told", name)
		}
	}
}

// allDifferent has no setting as the zero Config has it.
func allDifferent(t *testing.T) Config {
	t.Helper()
	secret := cmdtest.WriteFile(t, "secret-in-a-file")
	cfg := loaded(t, "WS1BRIDGE_PUBLIC_URL=https://b.example.com/scim/v2", "WS1BRIDGE_ACCESS_CLIENT_SECRET=",
		"WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE="+secret, "WS1BRIDGE_ACCESS_RATE_LIMIT=7", "WS1BRIDGE_DOMAINS_MANAGED=acme.com",
		"WS1BRIDGE_DOMAINS_SOURCE=userName", "WS1BRIDGE_DOMAINS_PRESETS=vmwareidentity.com",
		"WS1BRIDGE_JOURNAL_FILE="+cmdtest.WriteFile(t, "sqlite:j.db"), "WS1BRIDGE_JOURNAL_VALUES=true",
		"WS1BRIDGE_SCIM_ALLOW_DELETE_USERS=true",
		"WS1BRIDGE_CONSOLE_TOKEN_SHA256="+strings.Repeat("0a", 32),
		"WS1BRIDGE_GROUPS_DOMAIN=acme.com", "WS1BRIDGE_OKTA_TOKENS=", "WS1BRIDGE_OKTA_TOKENS_FILE="+secret)
	cfg.Okta.OrgURL, cfg.Okta.AppID, cfg.Okta.APIToken, cfg.Okta.APITokenFile = "u", "a", "t", "f"
	cfg.Okta.ClientID, cfg.Okta.PrivateKey, cfg.Okta.PrivateKeyFile, cfg.Okta.KeyID = "c", "k", "f", "i"
	cfg.Guard = Guard{Window: 1, MaxDeactivations: "1", MaxDeletions: "1", MaxMemberRemovals: "1"}
	cfg.Drift = Drift{Every: 1, Repair: true}
	cfg.TrustedProxies = []string{"10.0.0.0/8"}
	cfg.Console.OIDC = OIDC{Issuer: "i", ClientID: "c", ClientSecret: "s", ClientSecretFile: "f", Groups: []string{"g"},
		GroupsClaim: "g", URL: "u"}
	cfg.TLS = TLS{CertFile: "cert", KeyFile: "key", ClientCAFile: "ca",
		ACME: ACME{Domains: []string{"bridge.example.com"}, Cache: "folder", DirectoryURL: "url", Email: "e", CAFile: "ca"}}
	return cfg
}

// The addresses stay, with which a bridge was started.
func TestKeep(t *testing.T) {
	started := loaded(t)
	read := loaded(t, "WS1BRIDGE_LISTEN=:1", "WS1BRIDGE_OPS_LISTEN=:2", "WS1BRIDGE_LOG_LEVEL=debug",
		"WS1BRIDGE_ACCESS_URL=https://other.workspaceoneaccess.com")
	now := started.Keep(read)
	if got := strings.Join(Changed(started, now), " "); got != "log.level" {
		t.Errorf("taken are %s", got)
	}
	if got := strings.Join(Changed(now, read), " "); got != "listen ops_listen access.url" {
		t.Errorf("not taken are %s", got)
	}
}

// Files of TLS change, and what gives the certificate stays.
func TestKeepTLS(t *testing.T) {
	files := TLS{CertFile: "cert", KeyFile: "key", ClientCAFile: "ca"}
	others := TLS{CertFile: "cert 2", KeyFile: "key 2", ClientCAFile: "ca 2"}
	acme := TLS{ACME: ACME{Domains: []string{"bridge.example.com"}}, ClientCAFile: "ca"}
	acme2 := TLS{ACME: ACME{Domains: []string{"other.example.com"}}, ClientCAFile: "ca 2"}
	mixed := TLS{ACME: acme.ACME, ClientCAFile: "ca 2"}
	for _, tt := range []struct {
		name                string
		started, read, want TLS
	}{
		{"other files", files, others, others},
		{"no certificate any more", files, TLS{}, files},
		{"a certificate at last", TLS{}, files, TLS{}},
		{"ACME instead of files", files, acme2, files},
		{"files instead of ACME", acme, others, acme},
		{"other domains", acme, acme2, mixed},
	} {
		if got := tt.started.keep(tt.read); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: kept is %+v", tt.name, got)
		}
	}
}

func TestFiles(t *testing.T) {
	secret, tokens := cmdtest.WriteFile(t, "secret-in-a-file"), cmdtest.WriteFile(t, "token-in-a-file")
	file := cmdtest.WriteFile(t, "okta: {tokens_file: "+tokens+"}")
	cfg := loaded(t, "WS1BRIDGE_CONFIG="+file, "WS1BRIDGE_ACCESS_CLIENT_SECRET=", "WS1BRIDGE_OKTA_TOKENS=",
		"WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE="+secret)
	if got := cfg.Files(); !slices.Equal(got, []string{file, secret, tokens}) {
		t.Errorf("the files are %v", got)
	}
	if got := loadedWithoutFiles(t).Files(); len(got) != 0 {
		t.Errorf("a configuration of the environment has the files %v", got)
	}
}

func loadedWithoutFiles(t *testing.T) *Config {
	t.Helper()
	cfg := loaded(t)
	return &cfg
}

func TestDurations(t *testing.T) {
	const key = "shutdown.delay"
	for value, want := range map[string]string{
		"0s": "", "1m30s": "", "5m": "",
		"5": "must be a duration with its unit, such as 5s or 1m30s", "soon": "must be a duration with its unit",
		"-1s": "must be from 0s to 5m0s", "1h": "must be from 0s to 5m0s",
	} {
		_, err := Load("", cmdtest.Environ("WS1BRIDGE_SHUTDOWN_DELAY="+value))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), key) ||
			!strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", value, err, want)
		}
	}
	if got := loaded(t).Shutdown.Delay; got != defaultShutdownDelay {
		t.Errorf("the default is %v", got)
	}
	file := "WS1BRIDGE_CONFIG=" + cmdtest.WriteFile(t, "shutdown: {delay: 7s}")
	if got := loaded(t, file).Shutdown.Delay; got.Seconds() != 7 {
		t.Errorf("7s in a file is %v", got)
	}
}
