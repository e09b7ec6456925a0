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
func compileManaged(cfg Config, rules []compiled, report *problems) managed {
	if cfg.DefaultDomain == "" {
		report.report("domains.default", "is required: the domain of the directory that users go to, such as example.com")
	} else if err := domains.Check(cfg.DefaultDomain); err != nil {
		report.report("domains.default", "%v", err)
	}
	names := cfg.Managed
	if names == nil {
		names = []string{cfg.DefaultDomain}
		for i := range rules {
			r := &rules[i]
			if !isWild(r.Access) && r.choosesDirectory() && !contains(names, r.Access) {
				names = append(names, r.Access)
			}
		}
		return newManaged(names)
	}
	for i, name := range names {
		setting := indexed("domains.managed", i)
		if err := domains.Check(name); err != nil {
			report.report(setting, "%v", err)
		} else if contains(names[:i], name) {
			report.report(setting, "is there already")
		}
	}
	m := newManaged(names)
	for i := range rules {
		r := &rules[i]
		if _, ok := m.find(r.Access); !ok && !isWild(r.Access) && r.choosesDirectory() {
			report.report(r.setting+".access", "%s is not in domains.managed, so nobody could go there: add it, or rewrite neither userName nor domain", r.Access)
		}
	}
	if name, ok := m.find(cfg.DefaultDomain); cfg.DefaultDomain != "" && name != cfg.DefaultDomain {
		if ok {
			report.report("domains.default", "is spelled %s in domains.managed: Access compares to the byte", name)
		} else {
			report.report("domains.managed", "must hold domains.default")
		}
	}
	return m
}

// contains reports whether one of the names means the domain.
func contains(names []string, domain string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return domains.Same(name, domain) })
}
