package config

import (
	"errors"
	"io/fs"
	"strings"
	"unicode"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/regular"
)

// maxSecretFile bounds a file with secrets, in bytes: some 1,000 tokens.
const maxSecretFile = 64 << 10

// readSecretFiles takes secrets from the files that are named for them. A
// secret in the environment wins over a file that the YAML names.
func (c *Config) readSecretFiles(env map[string]string) (problems Problems) {
	for _, secret := range []struct {
		key, path string
		into      *auth.Secret
	}{
		{"access.client_secret", c.Access.ClientSecretFile, &c.Access.ClientSecret},
		{"okta.api_token", c.Okta.APITokenFile, &c.Okta.APIToken},
		{"okta.private_key", c.Okta.PrivateKeyFile, &c.Okta.PrivateKey},
		{"journal.url", c.Journal.URLFile, &c.Journal.URL},
		{"console.oidc.client_secret", c.Console.OIDC.ClientSecretFile, &c.Console.OIDC.ClientSecret},
	} {
		if secret.path == "" || env[variableOf(secret.key)] != "" {
			continue
		}
		if text, ok := problems.readFile(secret.key+"_file", secret.path); ok {
			*secret.into = auth.Secret(text)
		}
	}
	if path := c.Okta.TokensFile; path != "" && env["WS1BRIDGE_OKTA_TOKENS"] == "" {
		if text, ok := problems.readFile("okta.tokens_file", path); ok {
			c.Okta.Tokens = nil
			for _, token := range splitList(strings.ReplaceAll(text, "\n", ",")) {
				c.Okta.Tokens = append(c.Okta.Tokens, Token{Token: auth.Secret(token)})
			}
		}
	}
	c.Okta.readFiles(&problems)
	return problems
}

// readFile reads the file that a setting names, or reports why it cannot: without
// the path, which is the secret itself where the settings were mixed up.
func (ps *Problems) readFile(setting, path string) (text string, ok bool) {
	b, err := regular.Read(path, maxSecretFile, "secret")
	if cause, isPath := errors.AsType[*fs.PathError](err); isPath {
		err = cause.Err
	}
	if err != nil {
		ps.report(setting, "the file cannot be read: %v", err)
		return "", false
	}
	if err := auth.CheckText(string(b)); err != nil {
		ps.report(setting, "the file %v", err)
		return "", false
	}
	return strings.TrimSpace(string(b)), true
}

// Warnings are what is probably a mistake, and still taken: what may be the
// beginning of trouble with a secret, a certificate near its end, and variables
// that nobody reads. They quote no secret.
func (c *Config) Warnings(environ []string) Problems {
	warnings := checkVariables(environ)
	c.TLS.warn(&warnings)
	warnings.doubt("access.client_id", "", c.Access.ClientID)
	warnings.doubt("access.client_secret", "", string(c.Access.ClientSecret))
	if _, err := auth.ReadClaims(string(c.Access.ClientSecret)); err == nil {
		warnings.report("access.client_secret",
			"it looks like a JSON Web Token: the shared secret of the OAuth client is meant, not a token that it got")
	}
	warnings.doubt("console.oidc.client_secret", "", string(c.Console.OIDC.ClientSecret))
	c.Okta.warn(&warnings)
	c.Drift.warn(&c.Guard, &warnings)
	return warnings
}

// doubt reports what a pasted text brings along.
func (ps *Problems) doubt(setting, which, text string) {
	switch {
	case strings.Trim(text, "\"'`“”‘’„«»") != text:
		ps.report(setting, "%sit has a quotation mark at an end: in a file for docker --env-file, values have none", which)
	case strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }):
		ps.report(setting, "%sit has characters that are not ASCII, such as those that a word processor puts in", which)
	}
}
