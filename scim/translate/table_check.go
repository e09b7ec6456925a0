package translate

import (
	"slices"
	"strings"

	"ws1bridge/upstream"
)

// checkConflicts reports pairs that write one attribute of Access, or that are
// read into one of SCIM.
func (t *table) checkConflicts(domainPaths []scimPath) {
	for i, p := range t.pairs {
		for _, q := range t.pairs[:i] {
			if p.setting == "" && q.setting == "" {
				continue
			}
			if overlapAccess(p.access, q.access) {
				t.report.report(setting(p, q, "access"), "%s is written twice: by %s and by %s; switch one off, or compute another attribute from it", p.access, describe(q), describe(p))
			}
			if overlapSCIM(p.scim, q.scim) {
				t.report.report(setting(p, q, "scim"), "%s would be read from %s and from %s: switch one off, or compute the second (value) from the first", p.scim, q.access, p.access)
			}
		}
		if p.computed != nil {
			continue
		}
		for _, d := range domainPaths {
			switch {
			case !overlapSCIM(p.scim, d):
			case p.setting == "":
				t.report.report("domains.attributes", "%s is mapped already: it cannot name the domain too", p.scim)
			default:
				t.report.report(p.setting+".scim", "%s names the domain (domains.attributes)", p.scim)
			}
		}
	}
}

// setting is where a conflict is configured: at the later of two pairs, unless
// that is a default one.
func setting(p, q pair, key string) string {
	if p.setting == "" {
		return q.setting + "." + key
	}
	return p.setting + "." + key
}

func describe(p pair) string {
	if p.setting != "" {
		return p.setting
	}
	return "the default pair of " + p.scim.String()
}

// overlapAccess reports whether one path is the other or lies within it.
func overlapAccess(a, b upstream.Path) bool {
	return a.Schema == b.Schema && a.Name == b.Name && (a.Sub == b.Sub || a.Sub == "" || b.Sub == "")
}

// overlapSCIM reports whether reading both paths would fill one place. Names
// have no case (RFC 7643 section 2.1). A value of a list may stand beside the
// whole list, which then has the last word on what Okta reads.
func overlapSCIM(a, b scimPath) bool {
	switch {
	case a.Name == "" || b.Name == "" || !strings.EqualFold(a.URN, b.URN) || !strings.EqualFold(a.Name, b.Name):
		return false
	case a.values.some() != b.values.some():
		return a.Sub != "" && b.Sub != ""
	case a.values.some():
		return a.values.same(b.values) && strings.EqualFold(a.Sub, b.Sub)
	case a.Name != b.Name: // name.givenName and Name.familyName
		return true
	}
	return strings.EqualFold(a.Sub, b.Sub) || a.Sub == "" || b.Sub == ""
}

// settleReads finds out what computed attributes look at beyond what users are
// shown with, and reports names that are spelled otherwise than elsewhere.
func (t *table) settleReads() {
	for _, p := range t.pairs {
		if p.computed == nil {
			continue
		}
		for _, read := range p.computed.reads {
			shown := false
			for _, q := range t.pairs {
				if q.computed != nil || !strings.EqualFold(q.scim.URN, read.URN) || !strings.EqualFold(q.scim.Name, read.Name) {
					continue
				}
				if shown = true; q.scim.attribute() != read {
					t.report.report(p.setting+".value", "%s is spelled %s", read, q.scim.attribute())
				}
			}
			if spelled := spelling(read); !shown && spelled != "" && spelled != read.Name {
				t.report.report(p.setting+".value", "%s is spelled %s", read.Name, spelled)
			}
			if !shown {
				p.computed.unshown = append(p.computed.unshown, read)
			}
		}
	}
}

// checkComplete reports what Access requires and no pair writes, and filters on
// attributes that are known to hold one value.
func (t *table) checkComplete() {
	for _, path := range requiredByAccess {
		if !slices.ContainsFunc(t.pairs, func(p pair) bool { return p.access == path }) {
			t.report.report("attributes", "nothing writes %s, and Access creates no user without it", path)
		}
	}
	for _, p := range t.pairs {
		known := formOf(p.scim.attribute())
		one := p.scim.URN == "" && !isList(known) && p.scim.Name != "emails"
		if p.scim.values.some() && one && spelling(p.scim) != "" {
			t.report.report(p.setting+".scim", "%s holds one value and takes no filter", p.scim.Name)
		}
	}
}
