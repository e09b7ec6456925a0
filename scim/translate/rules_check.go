package translate

import (
	"fmt"
	"slices"
	"strings"

	"ws1bridge/scim/domains"
	"ws1bridge/upstream"
)

// anyLabel stands for the part that a wildcard keeps, where no rule names it.
const anyLabel = "any-tenant"

// compileRules reads the configured rules and the presets, and reports all that
// is wrong with them.
func compileRules(cfg Config, report *problems) []compiledRule {
	var rules []compiledRule
	fallback := cfg.Rewrite
	if fallback == nil {
		fallback = defaultRewrite
	}
	checkRewrite("domains.rewrite", fallback, report)
	for i, r := range cfg.Rules {
		rules = append(rules, compileRule(r, indexed("domains.rules", i), fallback, report))
	}
	for i, name := range cfg.Presets {
		setting := indexed("domains.presets", i)
		if !slices.Contains(upstream.OldHosts(), name) {
			report.add(setting, "there is no such preset; there are %s", strings.Join(upstream.OldHosts(), ", "))
			continue
		}
		rules = append(rules, compileRule(presetRule(name), setting, fallback, report))
	}
	return rules
}

func compileRule(r Rule, setting string, fallback []string, report *problems) compiledRule {
	c := compiledRule{Rule: r, setting: setting}
	names := fallback
	if r.Rewrite != nil {
		names = r.Rewrite
		checkRewrite(setting+".rewrite", names, report)
	}
	for k := range c.rewrites {
		c.rewrites[k] = slices.Contains(names, rewritable[k])
	}
	checkPattern(setting+".okta", r.Okta, report)
	checkPattern(setting+".access", r.Access, report)
	switch {
	case isWild(r.Access) && !isWild(r.Okta):
		report.add(setting, "access is for many domains (*.) and okta for one: begin both with *. or neither")
	case isWild(r.Okta) && !isWild(r.Access) && c.rewrites != [kinds]bool{}:
		report.add(setting, "every domain below %s would become %s, with no way back: begin both with *., "+
			"or write rewrite: [] so that the rule only chooses the directory", r.Okta[2:], r.Access)
	}
	return c
}

func checkRewrite(setting string, names []string, report *problems) {
	for i, name := range names {
		if !slices.Contains(rewritable, name) {
			report.add(indexed(setting, i), "must be one of %s", strings.Join(rewritable, ", "))
		}
	}
}

func checkPattern(setting, pattern string, report *problems) {
	if err := domains.Check(strings.TrimPrefix(pattern, "*.")); err != nil {
		report.add(setting, "%v", err)
	}
}

// checkMapping reports rules that contradict each other, lead in a circle, or
// make two domains one without a way back.
func checkMapping(rules []compiledRule, m *mapping, report *problems) {
	first := map[string]string{}
	for _, r := range rules {
		if earlier, twice := first[domains.Form(r.Okta)]; twice {
			report.add(r.setting+".okta", "%s has a rule already: %s", r.Okta, earlier)
			continue
		}
		first[domains.Form(r.Okta)] = r.setting
		if circle := m.circle(r, len(rules)); circle != "" {
			report.add(r.setting, "the rules lead in a circle: %s", circle)
		} else if clash := m.clash(r, rules); clash != "" {
			report.add(r.setting, "%s", clash)
		}
	}
}

// circle follows a domain from rule to rule, and shows the way where it does
// not come to an end.
func (m *mapping) circle(r compiledRule, rules int) string {
	domain := strings.Replace(r.Okta, "*", anyLabel, 1)
	way := []string{domain}
	for range rules + 1 {
		next, rule := m.directory.apply(domain)
		if rule == nil || domains.Same(next, domain) {
			return ""
		}
		way = append(way, next)
		if domains.Same(next, way[0]) {
			break
		}
		domain = next
	}
	return strings.ReplaceAll(strings.Join(way, " -> "), anyLabel+".", "*.")
}

// clash finds two domains of Okta's that a rule makes one of Access's, so that
// one of them would be read back as the other.
func (m *mapping) clash(r compiledRule, rules []compiledRule) string {
	for k, both := range m.byKind {
		if !r.rewrites[k] {
			continue
		}
		for _, domain := range r.examples(k, rules) {
			sent, rule := both.there.apply(domain)
			if rule == nil || rule.setting != r.setting {
				continue // another rule is more specific, and is checked itself
			}
			if read, _ := both.undo(sent); !domains.Same(read, domain) {
				text := fmt.Sprintf("%s and %s would both become %s, so the way back would be ambiguous", domain, read, sent)
				if slices.Contains(upstream.OldHosts(), strings.TrimPrefix(r.Okta, "*.")) {
					text += "; name the one suffix that your tenant had, or write a rule for each domain"
				}
				return strings.ReplaceAll(text, anyLabel+".", "*.")
			}
		}
	}
	return ""
}

// examples are the domains of Okta's on which the way back through a rule can
// go wrong: one that no other rule names, and those whose image lies within
// what another rule leads to.
func (r compiledRule) examples(k int, rules []compiledRule) []string {
	if !isWild(r.Okta) {
		return []string{r.Okta}
	}
	okta, access := r.Okta[1:], domains.Form(r.Access[1:]) // with the dot
	examples := []string{anyLabel + okta}
	for _, s := range rules {
		to := s.Access
		if !s.rewrites[k] {
			to = s.Okta
		}
		if left, ok := strings.CutSuffix(domains.Form(strings.TrimPrefix(to, "*.")), access); ok {
			if isWild(to) {
				left = anyLabel + "." + left
			}
			examples = append(examples, left+okta)
		}
	}
	return examples
}
