package translate

import (
	"slices"
	"strings"

	"ws1bridge/scim/domains"
)

// managed are the domains whose directories take users, each spelled
// exactly as its directory does, by ASCII form.
type managed struct {
	names   []string
	byASCII map[string]string
}

func newManaged(names []string) managed {
	m := managed{names: names, byASCII: make(map[string]string, len(names))}
	for _, name := range names {
		m.byASCII[domains.Form(name)] = name
	}
	return m
}

// find returns the managed domain that a name means.
func (m managed) find(name string) (string, bool) {
	managed, ok := m.byASCII[domains.Form(name)]
	return managed, ok
}

func (m managed) String() string { return strings.Join(m.names, ", ") }

// compileManaged reads which domains there are.
func compileManaged(cfg Config, rules []compiledRule, report *problems) managed {
	checkDefaultDomain(cfg.DefaultDomain, report)
	if cfg.Managed == nil {
		return newManaged(impliedDomains(cfg.DefaultDomain, rules))
	}
	checkManagedNames(cfg.Managed, report)
	m := newManaged(cfg.Managed)
	m.checkCovers(cfg.DefaultDomain, rules, report)
	return m
}

func checkDefaultDomain(domain string, report *problems) {
	if domain == "" {
		report.add("domains.default",
			"is required: the domain of the directory that users go to, such as example.com")
	} else if err := domains.Check(domain); err != nil {
		report.add("domains.default", "%v", err)
	}
}

func checkManagedNames(names []string, report *problems) {
	for i, name := range names {
		setting := indexed("domains.managed", i)
		if err := domains.Check(name); err != nil {
			report.add(setting, "%v", err)
		} else if contains(names[:i], name) {
			report.add(setting, "is there already")
		}
	}
}

// impliedDomains are the managed domains where the configuration lists none: the default
// and those that rules lead to.
func impliedDomains(defaultDomain string, rules []compiledRule) []string {
	names := []string{defaultDomain}
	for i := range rules {
		if domain := rules[i].leadsTo(); domain != "" && !contains(names, domain) {
			names = append(names, domain)
		}
	}
	return names
}

// checkCovers reports domains that users would be sent to and that are missing.
func (m managed) checkCovers(defaultDomain string, rules []compiledRule, report *problems) {
	for i := range rules {
		domain := rules[i].leadsTo()
		if _, ok := m.find(domain); domain != "" && !ok {
			report.add(rules[i].setting+".access", "%s is not in domains.managed, so no user could go there: "+
				"add it, or rewrite neither userName nor domain", domain)
		}
	}
	name, ok := m.find(defaultDomain)
	switch {
	case defaultDomain == "" || name == defaultDomain:
	case !ok:
		report.add("domains.managed", "must hold domains.default")
	case domains.Check(name) == nil: // what is none was reported
		report.add("domains.default", "is spelled %s in domains.managed: Access compares exactly", name)
	}
}

// contains reports whether one of the names means the domain.
func contains(names []string, domain string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return domains.Same(name, domain) })
}
