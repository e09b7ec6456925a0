package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"ws1bridge/scim/translate"
)

// Domains says which domains there are and how Okta's become Access's.
type Domains struct {
	// Default is the domain of the directory that users go to for whom nothing
	// else says one. Required; it must equal the directory's domain exactly.
	Default string `koanf:"default"`
	// Managed are all domains whose users and groups are the bridge's. Optional;
	// default domains.default and every single domain that a rule leads to.
	Managed []string `koanf:"managed"`
	// Source says where the domain of a new user comes from: the first of
	// attribute, userName, email and default that names a managed domain.
	// Optional; default all of them, in this order.
	Source []string `koanf:"source"`
	// Attributes are the attributes in which Okta may name the domain. Optional;
	// default "domain" and the domain of the workspace extension.
	Attributes []string `koanf:"attributes"`
	// Rules make domains of Okta's domains of Access's, and back. Optional.
	Rules []translate.Rule `koanf:"rules"`
	// Rewrite is which values rules change: userName, userPrincipalName, emails,
	// domain. Optional; default all but emails.
	Rewrite []string `koanf:"rewrite"`
	// Presets are rules by name, for tenants that were renamed. Optional.
	Presets []string `koanf:"presets"`
}

// Translation is what the translation of users is configured with.
func (c *Config) Translation() translate.Config {
	d := c.Domains
	return translate.Config{
		DefaultDomain: d.Default, Managed: d.Managed, Sources: d.Source, DomainAttributes: d.Attributes,
		Rules: d.Rules, Rewrite: d.Rewrite, Presets: d.Presets, Attributes: c.Attributes,
	}
}

// GroupDomain is the domain that new groups go to.
func (c *Config) GroupDomain() string { return cmp.Or(c.Groups.Domain, c.Domains.Default) }

// checkTranslation finds what the translation could not work with.
func (c *Config) checkTranslation(problems *Problems) {
	t, err := translate.New(c.Translation())
	if err == nil {
		if domains := t.ManagedDomains(); !slices.Contains(domains, c.GroupDomain()) {
			problems.report("groups.domain", "must be one of the managed domains: %s", strings.Join(domains, ", "))
		}
		return
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		problems.report("domains", "%v", err)
		return
	}
	for _, err := range joined.Unwrap() {
		if p, ok := errors.AsType[*translate.Problem](err); ok {
			*problems = append(*problems, Problem(*p))
		}
	}
}

// Summary says in lines what is configured beyond the default domain, nothing
// where that is all.
func (c *Config) Summary() string {
	t, err := translate.New(c.Translation())
	if err != nil {
		return ""
	}
	var out strings.Builder
	if domains := t.ManagedDomains(); len(domains) > 1 {
		_, _ = fmt.Fprintf(&out, "Managed domains: %s; groups go to %s.\n", strings.Join(domains, ", "), c.GroupDomain())
	}
	if rules := t.Rules(); len(rules) > 0 {
		_, _ = fmt.Fprintf(&out, "Domain rules: %s.\n", strings.Join(rules, ", "))
	}
	if len(c.Attributes) > 0 {
		_, _ = fmt.Fprintf(&out, "Attribute table: %d line(s) of your own; ws1bridge map shows what they do.\n",
			len(c.Attributes))
	}
	return out.String()
}
