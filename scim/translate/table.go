package translate

import (
	"slices"
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// The types of an attribute.
const (
	typeString  = "string"
	typeBoolean = "boolean"
	typeStrings = "strings"
	typeList    = "list"
)

var typeNames = []string{typeString, typeBoolean, typeStrings, typeList}

// createOnly is the value of Attribute.On.
const onCreate = "create"

// requiredByAccess are what Access creates no user without (Access guide "SCIM
// APIs for Provisioned Users").
var requiredByAccess = []upstream.Path{
	{Name: "userName"}, {Name: "externalId"}, {Name: "name", Sub: "givenName"}, {Name: "name", Sub: "familyName"}, {Name: "emails"},
}

// indispensable are the SCIM attributes whose default pair cannot go: without
// them Okta could not find people, or not shut them out.
var indispensable = []string{"userName", "active"}

// notForTable reports whether an attribute of the core schema, in any case, has no
// place in the table: it is read-only, goes nowhere, or is of groups.
func notForTable(p scimPath) bool {
	return p.URN == "" && (schema.Ignored(p.Name) || strings.EqualFold(p.Name, "members"))
}

// table is the attribute table while it is built.
type table struct {
	pairs  []pair
	report *problems
}

// compilePairs changes the default table as configured, and reports all that is
// wrong with the result.
func compilePairs(attributes []Attribute, domainPaths []scimPath, report *problems) []pair {
	t := &table{pairs: slices.Clone(defaultPairs), report: report}
	// What is switched off goes first, so that the order of the lines means nothing.
	for _, off := range []bool{true, false} {
		for i, a := range attributes {
			if a.Off == off {
				t.add(a, indexed("attributes", i))
			}
		}
	}
	t.checkConflicts(domainPaths)
	t.checkComplete()
	t.settleReads()
	// Values of a list are put into what the whole list brought.
	slices.SortStableFunc(t.pairs, func(a, b pair) int { return rank(a) - rank(b) })
	return t.pairs
}

func rank(p pair) int {
	if p.scim.values.some() {
		return 1
	}
	return 0
}

func (t *table) add(a Attribute, setting string) {
	p, ok := t.read(a, setting)
	if !ok {
		return
	}
	i := slices.IndexFunc(t.pairs, func(have pair) bool {
		return have.setting == "" && a.SCIM != "" && have.scim == p.scim && (a.Access == "" || have.access == p.access)
	})
	switch {
	case i >= 0 && a.Off:
		t.switchOff(i, setting)
	case i >= 0:
		t.adjust(i, a, p, setting)
	case a.Off:
		t.report.report(setting+".off", "there is no default pair for %s to switch off", a.SCIM)
	case a.Access == "":
		t.report.report(setting+".access", "is required: no default pair has %s", a.SCIM)
	default:
		t.settleForm(&p, a, setting)
		t.pairs = append(t.pairs, p)
	}
}

func (t *table) switchOff(i int, setting string) {
	if name := t.pairs[i].scim.String(); slices.Contains(indispensable, name) {
		t.report.report(setting+".off", "%s cannot be switched off: Okta finds people by userName and shuts them out by active", name)
		return
	}
	t.pairs = slices.Delete(t.pairs, i, i+1)
}

// adjust changes a default pair.
func (t *table) adjust(i int, a Attribute, p pair, setting string) {
	have := &t.pairs[i]
	if a.Type != "" {
		t.report.report(setting+".type", "the type of a default pair is fixed")
	}
	have.setting = setting
	have.required, have.insisted = have.required || p.required, p.required
	have.createOnly = have.createOnly || p.createOnly
	if slices.Contains(indispensable, a.SCIM) && p.createOnly {
		t.report.report(setting+".on", "%s must be free to change", a.SCIM)
	}
	t.settleDefault(have, a, setting)
}

// read reads a line as a pair, but for what depends on its type.
func (t *table) read(a Attribute, setting string) (p pair, ok bool) {
	before := len(*t.report)
	p = pair{kind: noKind, required: a.Required, createOnly: a.On == onCreate, setting: setting}
	switch {
	case a.SCIM == "" && a.Value == "":
		t.report.report(setting, "needs scim, the attribute as Okta knows it, or value, an expression")
	case a.SCIM != "" && a.Value != "":
		t.report.report(setting+".value", "a computed attribute has no scim: what is computed cannot be read back")
	case a.SCIM != "":
		p.scim = t.readSCIM(a.SCIM, setting+".scim")
	case a.Access == "":
		t.report.report(setting+".access", "is required")
	default:
		p.computed = compileExpression(a.Value, setting+".value", t.report)
	}
	if a.Access != "" {
		p.access = t.readAccess(a.Access, setting+".access")
	}
	if a.On != "" && a.On != onCreate {
		t.report.report(setting+".on", "must be create, or be left out")
	}
	if a.Type != "" && !slices.Contains(typeNames, a.Type) {
		t.report.report(setting+".type", "must be one of %s", strings.Join(typeNames, ", "))
	}
	if a.Off && (a.Required || a.On != "" || a.Default != "" || a.Value != "" || a.Type != "") {
		t.report.report(setting+".off", "what is switched off has no other settings")
	}
	return p, len(*t.report) == before
}

func (t *table) readSCIM(s, setting string) scimPath {
	p, err := parsePath(s)
	switch {
	case err != nil:
		t.report.report(setting, "%v", err)
	case notForTable(p):
		t.report.report(setting, "%s is not for the table: it is read-only or goes nowhere", p.Name)
	case p.values.some() && p.Sub == p.values.sub():
		t.report.report(setting, "the filter fixes %s already", p.Sub)
	}
	if spelled := spelling(p); err == nil && spelled != "" && spelled != p.Name {
		t.report.report(setting, "the attribute is spelled %s", spelled)
	}
	return p
}

// spelling is how the default table spells an attribute that p names in some case.
func spelling(p scimPath) string {
	for _, known := range defaultPairs {
		if known.scim.URN == p.URN && strings.EqualFold(known.scim.Name, p.Name) {
			return known.scim.Name
		}
	}
	return ""
}

func (t *table) readAccess(s, setting string) upstream.Path {
	a, condition, err := parseAttribute(s)
	if condition != nil {
		t.report.report(setting, "an attribute of Access takes no filter: choose the value on the SCIM side")
		return upstream.Path{}
	}
	p := upstream.Path{Schema: a.URN, Name: a.Name, Sub: a.Sub}
	if p.Schema == upstream.CoreSchema {
		p.Schema = ""
	}
	if err == nil {
		err = upstream.CheckWritable(p)
	}
	if err != nil {
		t.report.report(setting, "%s: %v", s, err)
	}
	return p
}

// settleForm decides how the values of a new pair look.
func (t *table) settleForm(p *pair, a Attribute, setting string) {
	forms := map[string]form{"": formOf(p.scim), typeString: text{}, typeBoolean: flag{}, typeStrings: texts{}, typeList: plural}
	p.form = forms[a.Type]
	held := formOfAccess(p.access)
	if a.Type == "" && p.computed != nil || a.Type == "" && isText(p.form) && isFlag(held) {
		p.form = held
	}
	if isList(p.form) != isList(held) && p.access.Schema == "" {
		t.report.report(setting, "one of %s and %s holds several values, the other one", p.scim, p.access)
	}
	if p.computed != nil && isList(p.form) {
		t.report.report(setting, "a computed attribute holds one value")
	}
	if p.scim.URN == schema.Workspace {
		p.echoed = true // Access's own namespace, which Okta need not map
	}
	p.settleAccess()
	t.settleDefault(p, a, setting)
}

// settleAccess gives a new pair what its attribute of Access demands, wherever
// the value comes from.
func (p *pair) settleAccess() {
	p.insisted = p.required
	p.required = p.required || slices.Contains(requiredByAccess, p.access)
	p.createOnly = p.createOnly || p.access == externalID
	switch p.access {
	case upstream.Path{Name: "emails"}:
		p.kind = kindEmails
	case upstream.Path{Schema: upstream.WorkspaceSchema, Name: "userPrincipalName"}:
		p.kind = kindPrincipal
	}
}

func (t *table) settleDefault(p *pair, a Attribute, setting string) {
	if a.Default == "" {
		return
	}
	if isList(p.form) {
		t.report.report(setting+".default", "an attribute with several values has no default")
		return
	}
	v, err := p.form.toAccess(a.Default)
	if err != nil {
		t.report.report(setting+".default", "%v", err)
	}
	if p.access == externalID {
		t.report.report(setting+".default", "externalId has no default: it must be another for each user")
	}
	p.fallback = v
}

// formOf is what a SCIM attribute is known to look like.
func formOf(p scimPath) form {
	if p.URN == "" && p.Sub == "" {
		switch p.Name {
		case "active":
			return flag{}
		case "emails":
			return email{}
		case "phoneNumbers", "ims", "photos", "entitlements":
			return plural
		case "addresses":
			return postal
		}
	}
	return text{}
}

// formOfAccess is what an attribute of Access is known to look like.
func formOfAccess(p upstream.Path) form {
	switch {
	case p == upstream.Path{Schema: upstream.WorkspaceSchema, Name: "externalUserDisabled"}:
		return flag{}
	case p == upstream.Path{Name: "emails"}:
		return text{} // the one address
	case p.Schema == "":
		return formOf(scimPath{Attribute: filter.Attribute{Name: p.Name, Sub: p.Sub}})
	}
	return text{}
}

func isText(f form) bool { _, ok := f.(text); return ok }
func isFlag(f form) bool { _, ok := f.(flag); return ok }

func isList(f form) bool {
	switch f.(type) {
	case list, texts:
		return true
	}
	return false
}
