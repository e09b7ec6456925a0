// Package config reads the configuration of the bridge: a YAML file, environment
// variables over it, and secrets from files that either names. It has no side
// effects, and reports every mistake at once as a Problem that names its setting.
package config

import (
	"slices"
	"time"

	"ws1bridge/auth"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// Config is the configuration of the bridge.
type Config struct {
	// Listen is the address that Okta calls.
	Listen string `koanf:"listen"`
	// OpsListen is the address of health and metrics.
	OpsListen string `koanf:"ops_listen"`
	// PublicURL is the SCIM base URL as Okta knows it. Optional; default from
	// each request.
	PublicURL string  `koanf:"public_url"`
	TLS       TLS     `koanf:"tls"`
	Access    Access  `koanf:"access"`
	Domains   Domains `koanf:"domains"`
	Groups    struct {
		// Domain is the domain that new groups go to. Optional; default
		// domains.default.
		Domain string `koanf:"domain"`
	} `koanf:"groups"`
	// Attributes change the table of attributes; their keys are the names of the
	// fields in lower case, as those of rules are. Optional.
	Attributes []translate.Attribute `koanf:"attributes"`
	Okta       Okta                  `koanf:"okta"`
	SCIM       struct {
		// MaxScan bounds how many resources are looked through for a query that
		// Access can't answer; a whole number. Default 10,000.
		MaxScan float64 `koanf:"max_scan"`
		// AllowDeleteUsers has a DELETE of a user delete the account, which otherwise
		// deactivates it. Default false.
		AllowDeleteUsers bool `koanf:"allow_delete_users"`
	} `koanf:"scim"`
	Journal  Journal `koanf:"journal"`
	Guard    Guard   `koanf:"guard"`
	Drift    Drift   `koanf:"drift"`
	Console  Console `koanf:"console"`
	Shutdown struct {
		// Delay is how long requests are still answered as ever after SIGTERM, while
		// /readyz says that the bridge is stopping. Default 5 s.
		Delay time.Duration `koanf:"delay"`
	} `koanf:"shutdown"`
	Log struct {
		// Level is debug, info, warn or error.
		Level string `koanf:"level"`
	} `koanf:"log"`

	// TrustedProxies are the addresses or networks whose forwarding headers are believed.
	TrustedProxies []string `koanf:"trusted_proxies"`

	file string // that it was read from, "" for none
}

// Okta says what Okta presents.
type Okta struct {
	// Tokens are the bearer tokens that Okta may present. At least one.
	Tokens []Token `koanf:"tokens"`
	// TokensFile names a file that holds them, one a line.
	TokensFile string `koanf:"tokens_file"`
	// OrgURL, AppID and what follows are for drift alone, which asks Okta's management API: the org,
	// the app that pushes, and who asks, which is a token of a read-only administrator or a service
	// app. Optional.
	OrgURL   string      `koanf:"org_url"`
	AppID    string      `koanf:"app_id"`
	APIToken auth.Secret `koanf:"api_token"`
	// APITokenFile names a file that holds the token.
	APITokenFile string `koanf:"api_token_file"`
	// ClientID is that of the service app, and PrivateKey its key, as PEM or as JWK.
	ClientID   string      `koanf:"client_id"`
	PrivateKey auth.Secret `koanf:"private_key"`
	// PrivateKeyFile names a file that holds the key.
	PrivateKeyFile string `koanf:"private_key_file"`
	// KeyID is the kid of the key in Okta. Optional; default that of the JWK, or none.
	KeyID string `koanf:"key_id"`
}

// Access says which tenant the bridge works for, and as whom.
type Access struct {
	// URL is the tenant. Required; only scheme and host are kept.
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
	// ReuseReads is how many seconds a record that was read need not be read again for a
	// change of it, 0 for none.
	ReuseReads float64 `koanf:"reuse_reads"`
}

// Journal says where pushes are remembered, and for how long.
type Journal struct {
	// URL is sqlite:PATH or a postgres URL, which may hold a password. Optional; by
	// default the last 1,000 pushes are in memory.
	URL auth.Secret `koanf:"url"`
	// URLFile names a file that holds it.
	URLFile string `koanf:"url_file"`
	// Keep is how long history is kept. Default 720 h.
	Keep time.Duration `koanf:"keep"`
	// MaxRecords is how many pushes are kept; a whole number. Default 1,000,000.
	MaxRecords float64 `koanf:"max_records"`
	// Values says that values of attributes are kept too, which are personal data.
	Values bool `koanf:"values"`
}

// Load reads the file, if any, and the environment over it. The file is path,
// else the one that the environment names. The error is Problems.
func Load(path string, environ []string) (Config, error) {
	cfg, problems := Examine(path, environ)
	if err := problems.Err(); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// Examine is Load for those who can work with a part of the configuration: it
// returns what could be read, and what is wrong, one problem a setting.
func Examine(path string, environ []string) (Config, Problems) {
	cfg, problems := read(path, environ)
	for _, p := range cfg.check() {
		if !slices.ContainsFunc(problems, func(known Problem) bool { return known.hides(p) }) {
			problems = append(problems, p)
		}
	}
	if tenant, err := upstream.TenantURL(cfg.Access.URL); err == nil {
		cfg.Access.URL = tenant.String() // the rest may hold a secret
	}
	return cfg, problems
}
