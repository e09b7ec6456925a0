package translate

import (
	"errors"
	"fmt"
	"slices"
)

// Config is what a Translator needs.
type Config struct {
	// DefaultDomain is the domain of users where nothing else names one;
	// required. (domains.default)
	DefaultDomain string
	// Managed are the domains whose directories take users, exactly as the
	// directories spell them. nil means DefaultDomain and every single domain
	// that a rule leads people to. (domains.managed)
	Managed []string
	// Sources say where the domain of a user comes from, in order; nil means
	// attribute, userName, email, default. (domains.source)
	Sources []string
	// DomainAttributes are the SCIM paths where a domain may be. Users are
	// shown with it there. nil takes it from "domain" and the domain of the
	// workspace extension, and shows it nowhere. (domains.attributes)
	DomainAttributes []string
	// Rules make domains of Okta's domains of Access's. (domains.rules)
	Rules []Rule
	// Rewrite is which values rules change that do not say it themselves; nil
	// means userName, userPrincipalName and domain. (domains.rewrite)
	Rewrite []string
	// Presets are names out of upstream.OldHosts. (domains.presets)
	Presets []string
	// Attributes change the table of attributes. (attributes)
	Attributes []Attribute
}

// Attribute is a line of the attribute table: one of its own, or a change of
// the default pair that has the same SCIM path.
type Attribute struct {
	// SCIM is the attribute as Okta knows it, "" for a computed one.
	SCIM string
	// Access is the attribute of Access. It may be left out where SCIM names a
	// default pair.
	Access string
	// Type is "string", "boolean", "strings" (a list of texts) or "list" (a
	// list of objects with value, display, type and primary). "" takes what the
	// attribute is known to be, else a string.
	Type string
	// On is "create" for what must never change once the user exists.
	On string
	// Default is what Access gets where Okta has no value.
	Default string
	// Required refuses to create a user without a value.
	Required bool
	// Value computes the attribute: an expression over the user.
	Value string
	// Off switches a default pair off.
	Off bool
}

// Translator converts users both ways. It is safe for concurrent use.
type Translator struct {
	defaultDomain string
	managed       managed
	sources       []string
	domainPaths   []scimPath // where a domain may be
	showsDomain   bool       // and is shown
	rules         *mapping
	pairs         []*pair
	// mapped and computed are the pairs with an attribute of SCIM's and those
	// with an expression.
	mapped, computed []*pair
	extensions       []string // URNs of the SCIM side
}

// New returns a Translator. The error joins a *Problem for every mistake in cfg.
func New(cfg Config) (*Translator, error) {
	var report problems
	t := &Translator{defaultDomain: cfg.DefaultDomain}
	rules := compileRules(cfg, &report)
	t.compileSources(cfg, &report)
	t.managed = compileManaged(cfg, rules, &report)
	t.rules = newMapping(rules)
	if len(report) == 0 { // what does not hold by itself is not compared with the rest
		checkMapping(rules, t.rules, &report)
	}
	t.pairs = compilePairs(cfg.Attributes, t.domainPaths, &report)
	for _, p := range t.pairs {
		if p.computed != nil {
			t.computed = append(t.computed, p)
		} else {
			t.mapped = append(t.mapped, p)
		}
	}
	t.extensions = t.extensionsOf()
	if err := errors.Join(report...); err != nil {
		return nil, err
	}
	return t, nil
}

// ManagedDomains are the domains whose directories take users, as Access spells
// them.
func (t *Translator) ManagedDomains() []string { return slices.Clone(t.managed.names) }

// Rules are the rules in force, presets among them, as "okta -> access".
func (t *Translator) Rules() []string {
	rules := make([]string, len(t.rules.all))
	for i, r := range t.rules.all {
		rules[i] = r.String()
	}
	return rules
}

// Problem is one mistake in a Config.
type Problem struct {
	// Setting is where the mistake is, as the configuration file calls it:
	// "domains.rules[0].okta".
	Setting string
	// Reason says what is wrong and what to do.
	Reason string
}

// Error is the setting and the reason.
func (p *Problem) Error() string { return p.Setting + ": " + p.Reason }

// problems collects all mistakes of a Config.
type problems []error

func (p *problems) add(setting, format string, args ...any) {
	*p = append(*p, &Problem{Setting: setting, Reason: fmt.Sprintf(format, args...)})
}

// indexed names an entry of a list.
func indexed(setting string, i int) string { return fmt.Sprintf("%s[%d]", setting, i) }
