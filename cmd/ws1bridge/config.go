package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ws1bridge/auth"
)

// Config is the configuration of the bridge.
type Config struct {
	// Listen is the address that Okta calls.
	Listen string `koanf:"listen"`
	// OpsListen is the address of health and metrics.
	OpsListen string `koanf:"ops_listen"`
	// PublicURL is the SCIM base URL as Okta knows it. Optional; default from
	// each request.
	PublicURL string        `koanf:"public_url"`
	Access    AccessConfig  `koanf:"access"`
	Domains   DomainsConfig `koanf:"domains"`
	Groups    struct {
		// Domain is the domain that new groups go to. Optional; default
		// domains.default.
		Domain string `koanf:"domain"`
	} `koanf:"groups"`
	// Attributes change the table of attributes. Optional.
	Attributes []AttributeConfig `koanf:"attributes"`
	Okta       struct {
		// Tokens are the bearer tokens that Okta may present. At least one.
		Tokens []auth.Secret `koanf:"tokens"`
		// TokensFile names a file that holds them, one a line.
		TokensFile string `koanf:"tokens_file"`
	} `koanf:"okta"`
	SCIM struct {
		// MaxScan bounds how many resources are looked through for a query that
		// Access can't answer; a whole number. Default 10,000.
		MaxScan float64 `koanf:"max_scan"`
	} `koanf:"scim"`
	Log struct {
		// Level is debug, info, warn or error.
		Level string `koanf:"level"`
	} `koanf:"log"`

	// dryRun and dryRunValues are the flags --dry-run and --dry-run-values of
	// serve; they have no setting, so that nobody leaves them behind in a file.
	dryRun, dryRunValues bool
}

// AccessConfig says which tenant the bridge works for, and as whom.
type AccessConfig struct {
	// URL is the tenant. Required; scheme and host are taken.
	URL string `koanf:"url"`
	// ClientID is the OAuth service client. Required.
	ClientID string `koanf:"client_id"`
	// ClientSecret is its secret. Required.
	ClientSecret auth.Secret `koanf:"client_secret"`
	// ClientSecretFile names a file that holds it.
	ClientSecretFile string `koanf:"client_secret_file"`
	// RateLimit is how many requests a second Access is sent at most, 0 for any
	// number.
	RateLimit float64 `koanf:"rate_limit"`
}

// setting is a setting that has an environment variable.
type setting struct {
	variable string
	key      string
	// list says that it holds several values, in one string with commas between.
	list bool
	// number says that it is one, in YAML too; all others are text.
	number bool
}

// settings are all environment variables beside WS1BRIDGE_CONFIG. Others that
// begin alike are none of ours: Kubernetes makes some for a service's name.
func settings() []setting {
	return []setting{
		{variable: "WS1BRIDGE_LISTEN", key: "listen"},
		{variable: "WS1BRIDGE_OPS_LISTEN", key: "ops_listen"},
		{variable: "WS1BRIDGE_PUBLIC_URL", key: "public_url"},
		{variable: "WS1BRIDGE_ACCESS_URL", key: "access.url"},
		{variable: "WS1BRIDGE_ACCESS_CLIENT_ID", key: "access.client_id"},
		{variable: "WS1BRIDGE_ACCESS_CLIENT_SECRET", key: "access.client_secret"},
		{variable: "WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE", key: "access.client_secret_file"},
		{variable: "WS1BRIDGE_ACCESS_RATE_LIMIT", key: "access.rate_limit", number: true},
		{variable: "WS1BRIDGE_DOMAIN", key: "domains.default"},
		{variable: "WS1BRIDGE_DOMAINS_MANAGED", key: "domains.managed", list: true},
		{variable: "WS1BRIDGE_DOMAINS_SOURCE", key: "domains.source", list: true},
		{variable: "WS1BRIDGE_DOMAINS_PRESETS", key: "domains.presets", list: true},
		{variable: "WS1BRIDGE_GROUPS_DOMAIN", key: "groups.domain"},
		{variable: "WS1BRIDGE_OKTA_TOKENS", key: "okta.tokens", list: true},
		{variable: "WS1BRIDGE_OKTA_TOKENS_FILE", key: "okta.tokens_file"},
		{variable: "WS1BRIDGE_SCIM_MAX_SCAN", key: "scim.max_scan", number: true},
		{variable: "WS1BRIDGE_LOG_LEVEL", key: "log.level"},
	}
}

// loadConfig reads the file, if any, and the environment over it, and reports
// every problem at once. It changes nothing.
func loadConfig(path string, environ []string) (Config, error) {
	cfg, problems := examineConfig(path, environ)
	if err := joined(problems); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// examineConfig reads the configuration and lists what is wrong with it, one
// problem a setting.
func examineConfig(path string, environ []string) (Config, []error) {
	cfg, problems := readConfig(path, environ)
	for _, problem := range cfg.check() {
		if !slices.ContainsFunc(problems, func(known error) bool { return subject(known) == subject(problem) }) {
			problems = append(problems, problem)
		}
	}
	return cfg, problems
}

// joined is all problems as one error of usage, nil where there are none.
func joined(problems []error) error {
	if len(problems) == 0 {
		return nil
	}
	return usageError{fmt.Errorf("the configuration has %d problem(s):\n%w", len(problems), errors.Join(problems...))}
}

// subject is what a problem is about: one setting has one problem at a time.
func subject(problem error) string {
	about, _, _ := strings.Cut(problem.Error(), ": ")
	return about
}
