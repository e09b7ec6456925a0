package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// setting is a setting that has an environment variable.
type setting struct {
	variable string
	key      string
	kind     kind
}

// kind is what a setting holds.
type kind int

const (
	text     kind = iota
	list          // several texts, or one with commas between them
	number        // in YAML too
	duration      // such as 5s
	truth         // true or false
	texts         // a list, whose items may be mappings
	amount        // a whole number, or a share such as 5%
)

// settings are all environment variables but WS1BRIDGE_CONFIG.
func settings() []setting {
	return []setting{
		{"WS1BRIDGE_LISTEN", "listen", text},
		{"WS1BRIDGE_OPS_LISTEN", "ops_listen", text},
		{"WS1BRIDGE_PUBLIC_URL", "public_url", text},
		{"WS1BRIDGE_TRUSTED_PROXIES", "trusted_proxies", list},
		{"WS1BRIDGE_TLS_CERT_FILE", "tls.cert_file", text},
		{"WS1BRIDGE_TLS_KEY_FILE", "tls.key_file", text},
		{"WS1BRIDGE_TLS_CLIENT_CA_FILE", "tls.client_ca_file", text},
		{"WS1BRIDGE_TLS_ACME_DOMAINS", "tls.acme.domains", list},
		{"WS1BRIDGE_TLS_ACME_CACHE", "tls.acme.cache", text},
		{"WS1BRIDGE_TLS_ACME_DIRECTORY_URL", "tls.acme.directory_url", text},
		{"WS1BRIDGE_TLS_ACME_EMAIL", "tls.acme.email", text},
		{"WS1BRIDGE_TLS_ACME_CA_FILE", "tls.acme.ca_file", text},
		{"WS1BRIDGE_ACCESS_URL", "access.url", text},
		{"WS1BRIDGE_ACCESS_CLIENT_ID", "access.client_id", text},
		{"WS1BRIDGE_ACCESS_CLIENT_SECRET", "access.client_secret", text},
		{"WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE", "access.client_secret_file", text},
		{"WS1BRIDGE_ACCESS_RATE_LIMIT", "access.rate_limit", number},
		{"WS1BRIDGE_ACCESS_REUSE_READS", "access.reuse_reads", number},
		{"WS1BRIDGE_DOMAIN", "domains.default", text},
		{"WS1BRIDGE_DOMAINS_MANAGED", "domains.managed", list},
		{"WS1BRIDGE_DOMAINS_SOURCE", "domains.source", list},
		{"WS1BRIDGE_DOMAINS_PRESETS", "domains.presets", list},
		{"WS1BRIDGE_GROUPS_DOMAIN", "groups.domain", text},
		{"WS1BRIDGE_OKTA_TOKENS", "okta.tokens", texts},
		{"WS1BRIDGE_OKTA_TOKENS_FILE", "okta.tokens_file", text},
		{"WS1BRIDGE_OKTA_ORG_URL", "okta.org_url", text},
		{"WS1BRIDGE_OKTA_APP_ID", "okta.app_id", text},
		{"WS1BRIDGE_OKTA_API_TOKEN", "okta.api_token", text},
		{"WS1BRIDGE_OKTA_API_TOKEN_FILE", "okta.api_token_file", text},
		{"WS1BRIDGE_OKTA_CLIENT_ID", "okta.client_id", text},
		{"WS1BRIDGE_OKTA_PRIVATE_KEY", "okta.private_key", text},
		{"WS1BRIDGE_OKTA_PRIVATE_KEY_FILE", "okta.private_key_file", text},
		{"WS1BRIDGE_OKTA_KEY_ID", "okta.key_id", text},
		{"WS1BRIDGE_SCIM_MAX_SCAN", "scim.max_scan", number},
		{"WS1BRIDGE_SCIM_ALLOW_DELETE_USERS", "scim.allow_delete_users", truth},
		{"WS1BRIDGE_JOURNAL", "journal.url", text},
		{"WS1BRIDGE_JOURNAL_FILE", "journal.url_file", text},
		{"WS1BRIDGE_JOURNAL_KEEP", "journal.keep", duration},
		{"WS1BRIDGE_JOURNAL_MAX_RECORDS", "journal.max_records", number},
		{"WS1BRIDGE_JOURNAL_VALUES", "journal.values", truth},
		{"WS1BRIDGE_GUARD_WINDOW", "guard.window", duration},
		{"WS1BRIDGE_GUARD_MAX_DEACTIVATIONS", "guard.max_deactivations", amount},
		{"WS1BRIDGE_GUARD_MAX_DELETIONS", "guard.max_deletions", amount},
		{"WS1BRIDGE_GUARD_MAX_MEMBER_REMOVALS", "guard.max_member_removals", amount},
		{"WS1BRIDGE_DRIFT_EVERY", "drift.every", duration},
		{"WS1BRIDGE_DRIFT_REPAIR", "drift.repair", truth},
		{"WS1BRIDGE_CONSOLE_TOKEN_SHA256", "console.token_sha256", text},
		{"WS1BRIDGE_CONSOLE_OIDC_ISSUER", "console.oidc.issuer", text},
		{"WS1BRIDGE_CONSOLE_OIDC_CLIENT_ID", "console.oidc.client_id", text},
		{"WS1BRIDGE_CONSOLE_OIDC_CLIENT_SECRET", "console.oidc.client_secret", text},
		{"WS1BRIDGE_CONSOLE_OIDC_CLIENT_SECRET_FILE", "console.oidc.client_secret_file", text},
		{"WS1BRIDGE_CONSOLE_OIDC_GROUPS", "console.oidc.groups", list},
		{"WS1BRIDGE_CONSOLE_OIDC_GROUPS_CLAIM", "console.oidc.groups_claim", text},
		{"WS1BRIDGE_CONSOLE_OIDC_URL", "console.oidc.url", text},
		{"WS1BRIDGE_SHUTDOWN_DELAY", "shutdown.delay", duration},
		{"WS1BRIDGE_LOG_LEVEL", "log.level", text},
	}
}

// describe names a setting in both of its forms.
func describe(key string) string {
	if variable := variableOf(key); variable != "" {
		return key + " (" + variable + ")"
	}
	return key
}

// variableOf is the environment variable of a setting, "" for one that has none.
func variableOf(key string) string {
	for _, s := range settings() {
		if s.key == key {
			return s.variable
		}
	}
	return ""
}

const notText = "must be text, in quotes if it looks like a number or a date"

// parse is the setting's value in its type, or what is wrong with it. YAML makes
// a number of a secret such as 0123 or 1e10 and forgets how it was written, so
// numbers are not taken for text.
func (s setting) parse(value any) (parsed any, wrong string) {
	switch s.kind {
	case number:
		n, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return nil, "must be a number"
		}
		return n, ""
	case duration:
		d, err := time.ParseDuration(fmt.Sprint(value))
		if err != nil {
			return nil, "must be a duration with its unit, such as 5s or 1m30s"
		}
		return d, ""
	case truth:
		is, err := strconv.ParseBool(fmt.Sprint(value))
		if err != nil {
			return nil, "must be true or false"
		}
		return is, ""
	case amount:
		if n, ok := value.(int); ok {
			return strconv.Itoa(n), ""
		}
	case text, list, texts:
	}
	isItem := func(v any) bool {
		_, isText := v.(string)
		_, isMapping := v.(map[string]any)
		return isText || isMapping && s.kind == texts
	}
	items, isList := value.([]any)
	one, isText := value.(string)
	several := s.kind == list || s.kind == texts
	switch {
	case isText && several:
		return splitList(one), ""
	case isText:
		return value, ""
	case several && isList && !slices.ContainsFunc(items, func(v any) bool { return !isItem(v) }):
		return items, ""
	}
	return nil, notText
}
