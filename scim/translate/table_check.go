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
		for _, earlier := range t.pairs[:i] {
			t.checkConflict(p, earlier)
		}
		for _, d := range domainPaths {
			t.checkDomainPath(p, d)
		}
	}
}

// checkConflict compares a pair with an earlier one.
func (t *table) checkConflict(p, earlier *pair) {
	at := p.setting
	if at == "" {
		at = earlier.setting
	}
	if at == "" {
		return // the default pairs go together
	}
	if overlapAccess(p.access, earlier.access) {
		t.report.add(at+".access", "%s is written twice: by %s and by %s; "+
			"switch one off, or compute another attribute from it", p.access, describe(earlier), describe(p))
	}
	if overlapSCIM(p.scim, earlier.scim) {
		t.report.add(at+".scim", "%s would be read from %s and from %s: "+
			"switch one off, or compute the second (value) from the first", p.scim, earlier.access, p.access)
	}
}

func describe(p *pair) string {
	if p.setting != "" {
		return p.setting
	}
	return "the default pair of " + p.scim.String()
}

// checkDomainPath reports a pair of an attribute that names the domain.
func (t *table) checkDomainPath(p *pair, names scimPath) {
	switch {
	case !overlapSCIM(p.scim, names):
	case p.setting == "":
		t.report.add("domains.attributes", "%s is mapped already: it cannot name the domain too", p.scim)
	default:
		t.report.add(p.setting+".scim", "%s names the domain (domains.attributes)", p.scim)
	}
}

// overlapAccess reports whether one path is the other or lies within it.
func overlapAccess(a, b upstream.Path) bool {
	return a.Schema() == b.Schema() && a.Name() == b.Name() && (a == b || a.Sub() == "" || b.Sub() == "")
}

// overlapSCIM reports whether reading both paths would fill one place. Names
// have no case (RFC 7643 section 2.1). A value of a list may be mapped as well as the
// whole list, which then has the last word on what Okta reads. Computed
// attributes have no path and fill none.
func overlapSCIM(a, b scimPath) bool {
	switch {
	case a.Name == "" || b.Name == "" || !a.sameAttribute(b):
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
// shown with.
func (t *table) settleReads() {
	for _, p := range t.pairs {
		if p.computed == nil {
			continue
		}
		for _, read := range p.computed.reads {
			if !t.checkRead(p, read) {
				p.computed.unshown = append(p.computed.unshown, read)
			}
		}
	}
}

// checkRead reports whether users are shown with an attribute that a computed one
// looks at, and refuses a name that has another spelling elsewhere.
func (t *table) checkRead(p *pair, read scimPath) (shown bool) {
	for _, q := range t.pairs {
		if q.computed != nil || !q.scim.sameAttribute(read) {
			continue
		}
		shown = true
		if q.scim.attribute() != read {
			t.report.add(p.setting+".value", "%s is spelled %s", read, q.scim.attribute())
		}
	}
	if spelled := spelling(read); !shown && spelled != read.Name {
		t.report.add(p.setting+".value", "%s is spelled %s", read.Name, spelled)
	}
	return shown
}

// checkComplete reports what Access requires and no pair writes, and filters on
// attributes that are known to hold one value.
func (t *table) checkComplete() {
	for _, path := range requiredByAccess {
		if !slices.ContainsFunc(t.pairs, func(p *pair) bool { return p.access == path }) {
			t.report.add("attributes", "nothing writes %s, and Access creates no user without it", path)
		}
	}
	for _, p := range t.pairs {
		if p.scim.values.some() && isSimple(p.scim.attribute()) {
			t.report.add(p.setting+".scim", "%s holds one value and takes no filter", p.scim.Name)
		}
	}
}

// isSimple reports whether an attribute is known to hold one value.
func isSimple(p scimPath) bool {
	known := slices.ContainsFunc(defaultPairs, func(d pair) bool { return d.scim.sameAttribute(p) })
	return p.URN == "" && known && !isList(formOf(p)) && !p.is("emails")
}
