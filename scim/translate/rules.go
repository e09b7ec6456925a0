package translate

import (
	"slices"
	"strings"

	"ws1bridge/scim/domains"
	"ws1bridge/upstream"
)

// Rule makes a domain of Okta's one of Access's, and back.
type Rule struct {
	// Okta and Access are domains. Where both begin with "*.", the rule is for
	// every domain below them, and what is to the left of it is kept.
	Okta, Access string
	// Rewrite is which values the rule changes; nil takes Config.Rewrite. An
	// empty list changes none: then the rule only says which directory people
	// of the domain go to.
	Rewrite []string
}

func (r Rule) String() string { return r.Okta + " -> " + r.Access }

// The values that a rule can rewrite.
const (
	RewriteUserName  = "userName"
	RewritePrincipal = "userPrincipalName"
	RewriteEmails    = "emails"
	RewriteDomain    = "domain"
)

// rewritable are all of them. The index of a value is its kind.
var rewritable = []string{RewriteUserName, RewritePrincipal, RewriteEmails, RewriteDomain}

// kind is what sort of value a domain stands in.
type kind int

const (
	kindUserName kind = iota
	kindPrincipal
	kindEmails
	kindDomain
	kinds // their number
	noKind
)

// defaultRewrite leaves e-mail addresses alone: they name mailboxes, which do
// not move because a tenant does.
var defaultRewrite = []string{RewriteUserName, RewritePrincipal, RewriteDomain}

// presetRule is the rule that the name of a preset stands for: from the suffix that
// a renamed tenant had to workspaceoneaccess.com.
func presetRule(name string) Rule { return Rule{Okta: "*." + name, Access: "*." + upstream.NewHost} }

// compiledRule is a rule with the place where it was configured.
type compiledRule struct {
	Rule
	setting  string
	rewrites [kinds]bool
}

// choosesDirectory reports whether the rule leads people to a directory: one that
// only rewrites e-mail addresses or principal names does not mean to.
func (r *compiledRule) choosesDirectory() bool {
	means := r != nil && (r.rewrites == [kinds]bool{} || r.rewrites[kindDomain] || r.rewrites[kindUserName])
	return means && !domains.Same(r.Okta, r.Access)
}

// leadsTo is the one domain to whose directory the rule leads people, "" for none
// or for many.
func (r *compiledRule) leadsTo() string {
	if isWild(r.Access) || !r.choosesDirectory() {
		return ""
	}
	return r.Access
}

func isWild(pattern string) bool { return strings.HasPrefix(pattern, "*.") }

// direction finds the rule for a domain, one way. The most specific decides: an
// exact domain, else the longest suffix.
type direction struct {
	exact, wild map[string]target
}

// target is what a rule makes of a domain that matched.
type target struct {
	domain string
	// keepsLeft says that domain follows what is to the left of the suffix.
	keepsLeft bool
	rule      *compiledRule
}

func newDirection() direction {
	return direction{exact: map[string]target{}, wild: map[string]target{}}
}

func (d direction) add(from, to string, rule *compiledRule) {
	t := target{domain: strings.TrimPrefix(to, "*."), keepsLeft: isWild(to), rule: rule}
	if isWild(from) {
		d.wild[domains.Form(from[2:])] = t
		return
	}
	d.exact[domains.Form(from)] = t
}

// apply returns what becomes of a domain and the rule that did it, nil where
// there is none and the domain stays as it is.
func (d direction) apply(domain string) (string, *compiledRule) {
	if len(d.exact) == 0 && len(d.wild) == 0 {
		return domain, nil
	}
	domain = domains.Clean(domain)
	key := domains.Form(domain)
	if t, ok := d.exact[key]; ok {
		return t.domain, t.rule
	}
	for i := 1; i < len(key) && len(d.wild) > 0; i++ {
		if key[i] != '.' {
			continue
		}
		if t, ok := d.wild[key[i+1:]]; ok {
			return t.below(domain, key, i), t.rule
		}
	}
	return domain, nil
}

// below is the target for a domain, with its ASCII form and the place in it of
// the dot before the suffix that matched.
func (t target) below(domain, key string, dot int) string {
	switch {
	case !t.keepsLeft:
		return t.domain
	case domains.IsASCII(domain):
		return domain[:dot+1] + t.domain // in the case it came in
	}
	return key[:dot+1] + t.domain
}

// bothWays rewrites the domains in values of one kind.
type bothWays struct {
	there, back direction
}

// undo is the way back of a domain. A domain that Access holds and that no rule
// would lead to, because a more specific one leads elsewhere, stays as it is:
// else writing back what was read would change it.
func (b bothWays) undo(domain string) (string, *compiledRule) {
	was, rule := b.back.apply(domain)
	if rule == nil {
		return domain, nil
	}
	if _, leads := b.there.apply(was); leads != rule {
		return domain, nil
	}
	return was, rule
}

// mapping is all rules, compiled.
type mapping struct {
	all []compiledRule
	// directory says which domain's directory the people of a domain go to.
	directory direction
	byKind    [kinds]bothWays
}

func newMapping(rules []compiledRule) *mapping {
	m := &mapping{all: rules, directory: newDirection()}
	for k := range m.byKind {
		m.byKind[k] = bothWays{there: newDirection(), back: newDirection()}
	}
	for i := range rules {
		r := &rules[i]
		m.directory.add(r.Okta, r.Access, r)
		for k := range m.byKind {
			to := r.Access
			if !r.rewrites[k] {
				to = r.Okta // so that a less specific rule does not change it either
			}
			if isWild(r.Okta) != isWild(to) {
				continue
			}
			m.byKind[k].there.add(r.Okta, to, r)
			m.byKind[k].back.add(to, r.Okta, r)
		}
	}
	return m
}

// rewriter changes the domain in a value of a kind, and says by which rule.
type rewriter func(kind, string) (string, *compiledRule)

// toAccess is what Access gets for a value of that kind, and by which rule.
func (m *mapping) toAccess(k kind, value string) (string, *compiledRule) {
	return rewrite(m.byKind[k].there.apply, k, value)
}

// toOkta is what Okta is shown for a value of that kind, and by which rule.
func (m *mapping) toOkta(k kind, value string) (string, *compiledRule) {
	return rewrite(m.byKind[k].undo, k, value)
}

// rewrites reports whether some rule changes values of the kind.
func (m *mapping) rewrites(k kind) bool {
	return slices.ContainsFunc(m.all, func(r compiledRule) bool { return r.rewrites[k] && r.Okta != r.Access })
}

// rewrite changes the domain in a value of that kind, and says by which rule.
func rewrite(change func(string) (string, *compiledRule), k kind, value string) (string, *compiledRule) {
	at := 0
	if k != kindDomain {
		if at = domains.Start(value); at < 0 {
			return value, nil
		}
	}
	domain, rule := change(value[at:])
	if rule == nil || domain == value[at:] {
		return value, nil
	}
	return value[:at] + domain, rule
}
