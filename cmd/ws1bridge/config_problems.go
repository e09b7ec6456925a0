package main

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"strings"

	"go.uber.org/zap/zapcore"

	"ws1bridge/auth"
	"ws1bridge/upstream"
)

// maxScan keeps a query from holding all users of a large tenant in memory, of
// which 100,000 take about 500 MB.
const maxScan = 100_000

// check finds everything that the program could not work with.
func (c *Config) check() []error {
	var problems []error
	report := func(key, format string, args ...any) {
		problems = append(problems, fmt.Errorf(describe(key)+": "+format, args...))
	}
	for _, address := range []struct{ key, value string }{{"listen", c.Listen}, {"ops_listen", c.OpsListen}} {
		if _, _, err := net.SplitHostPort(address.value); err != nil {
			report(address.key, "must be an address such as :8080 or 127.0.0.1:8080")
		}
	}
	if c.Listen == c.OpsListen && !strings.HasSuffix(c.Listen, ":0") {
		report("ops_listen", "must not be the address of listen")
	}
	if c.Access.URL == "" {
		report("access.url", "is required: the tenant, such as https://example.workspaceoneaccess.com")
	} else if _, err := upstream.TenantURL(c.Access.URL); err != nil {
		report("access.url", "%w", err)
	}
	for _, credential := range []struct{ key, value, is string }{
		{"access.client_id", c.Access.ClientID, "the OAuth 2.0 service client made in Workspace ONE Access"},
		{"access.client_secret", string(c.Access.ClientSecret), "the secret of that client"},
	} {
		switch {
		case credential.value == "":
			report(credential.key, "is required: %s", credential.is)
		case strings.TrimSpace(credential.value) != credential.value:
			report(credential.key, "has white space around it")
		}
	}
	if c.Access.RateLimit < 0 {
		report("access.rate_limit", "must not be negative; 0 is no limit")
	}
	if c.SCIM.MaxScan < 1 || c.SCIM.MaxScan > maxScan || c.SCIM.MaxScan != math.Trunc(c.SCIM.MaxScan) {
		report("scim.max_scan", "must be a whole number from 1 to %d", maxScan)
	}
	for _, problem := range c.translationProblems() {
		report(problem.Setting, "%s", problem.Reason)
	}
	if _, err := auth.NewBearer(c.Okta.Tokens); err != nil {
		report("okta.tokens", "%w", err)
	}
	if err := checkPublicURL(c.PublicURL); err != nil {
		report("public_url", "%w", err)
	}
	if _, err := zapcore.ParseLevel(c.Log.Level); err != nil {
		report("log.level", "must be debug, info, warn or error")
	}
	return problems
}

// describe names a setting in both of its forms.
func describe(key string) string {
	for _, s := range settings() {
		if s.key == key {
			return key + " (" + s.variable + ")"
		}
	}
	return key
}

func checkPublicURL(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("must look like https://bridge.example.com/scim/v2")
	case strings.Contains(u.Host, "_"):
		return errors.New("must not contain an underscore in its host: Okta refuses that")
	}
	return nil
}
