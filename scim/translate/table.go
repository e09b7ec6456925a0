package translate

import (
	"slices"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// typeNames are the types of an attribute.
var typeNames = []string{"string", "boolean", "strings", "list"}

var formsByType = map[string]form{"string": text{}, "boolean": flag{}, "strings": texts{}, "list": plural}

// onCreate is the value of Attribute.On.
const onCreate = "create"

// requiredByAccess are what Access creates no user without (Access guide "SCIM
// APIs for Provisioned Users").
var requiredByAccess = []upstream.Path{
	userNamePath, externalIDPath, upstream.PathOf("", "name", "givenName"),
	upstream.PathOf("", "name", "familyName"), upstream.CorePath("emails"),
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
	pairs  []*pair
	report *problems
}

// line is a line of the configuration and where it is.
type line struct {
	Attribute
	setting string
}

// refuse reports what is wrong with a key of a line, "" for the line as such.
func (t *table) refuse(l line, key, format string, args ...any) {
	setting := l.setting
	if key != "" {
		setting += "." + key
	}
	t.report.add(setting, format, args...)
}

// compilePairs changes the default table as configured, and reports all that is
// wrong with the result.
func compilePairs(attributes []Attribute, domainPaths []scimPath, report *problems) []*pair {
	t := &table{report: report}
	for _, p := range defaultPairs {
		t.pairs = append(t.pairs, &p)
	}
	// What is switched off goes first, so that the order of the lines means nothing.
	for _, off := range []bool{true, false} {
		for i, a := range attributes {
			if a.Off == off {
				t.add(line{a, indexed("attributes", i)})
			}
		}
	}
	t.checkConflicts(domainPaths)
	t.checkComplete()
	t.settleReads()
	// Values of a list are put into what the whole list brought.
	slices.SortStableFunc(t.pairs, func(a, b *pair) int { return rank(a) - rank(b) })
	return t.pairs
}

func rank(p *pair) int {
	if p.scim.values.some() {
		return 1
	}
	return 0
}

func (t *table) add(l line) {
	p, ok := t.read(l)
	if !ok {
		return
	}
	i := slices.IndexFunc(t.pairs, func(have *pair) bool {
		return have.setting == "" && l.SCIM != "" && have.scim == p.scim && (l.Access == "" || have.access == p.access)
	})
	switch {
	case i >= 0 && l.Off:
		t.switchOff(i, l)
	case i >= 0:
		t.adjust(t.pairs[i], p, l)
	case l.Off:
		t.refuse(l, "off", "there is no default pair for %s to switch off", l.SCIM)
	case l.Access == "":
		t.refuse(l, "access", "is required: no default pair has %s", l.SCIM)
	default:
		t.settleForm(p, l)
		t.pairs = append(t.pairs, p)
	}
}

func (t *table) switchOff(i int, l line) {
	if name := t.pairs[i].scim.String(); slices.Contains(indispensable, name) {
		t.refuse(l, "off", "%s cannot be switched off: Okta finds people by userName and shuts them out by active", name)
		return
	}
	t.pairs = slices.Delete(t.pairs, i, i+1)
}

// adjust changes a default pair as a line says.
func (t *table) adjust(have, said *pair, l line) {
	if l.Type != "" {
		t.refuse(l, "type", "the type of a default pair is fixed")
	}
	have.setting = l.setting
	have.required, have.insisted = have.required || said.required, said.required
	have.createOnly = have.createOnly || said.createOnly
	if slices.Contains(indispensable, have.scim.String()) && said.createOnly {
		t.refuse(l, "on", "%s must be free to change", l.SCIM)
	}
	t.settleDefault(have, l)
}

// read reads a line as a pair, except what depends on its type.
func (t *table) read(l line) (p *pair, ok bool) {
	before := len(*t.report)
	p = &pair{kind: noKind, required: l.Required, createOnly: l.On == onCreate, setting: l.setting}
	t.readValue(p, l)
	if l.Access != "" {
		p.access = t.readAccess(l)
	}
	t.checkWords(l)
	return p, len(*t.report) == before
}

// readValue reads where the value comes from: an attribute of Okta's, or an
// expression.
func (t *table) readValue(p *pair, l line) {
	switch {
	case l.SCIM == "" && l.Value == "":
		t.refuse(l, "", "needs scim, the attribute as Okta knows it, or value, an expression")
	case l.SCIM != "" && l.Value != "":
		t.refuse(l, "value", "a computed attribute has no scim: what is computed cannot be read back")
	case l.SCIM != "":
		p.scim = t.readSCIM(l)
	case l.Access == "":
		t.refuse(l, "access", "is required")
	default:
		p.computed = compileExpression(l.Value, l.setting+".value", t.report)
	}
}

// checkWords reports words that mean nothing, and what does not go together.
func (t *table) checkWords(l line) {
	if l.On != "" && l.On != onCreate {
		t.refuse(l, "on", "must be create, or be left out")
	}
	if l.Type != "" && !slices.Contains(typeNames, l.Type) {
		t.refuse(l, "type", "must be one of %s", strings.Join(typeNames, ", "))
	}
	if l.Off && (l.Required || l.On != "" || l.Default != "" || l.Value != "" || l.Type != "") {
		t.refuse(l, "off", "what is switched off has no other settings")
	}
}

func (t *table) readSCIM(l line) scimPath {
	p, err := parsePath(l.SCIM)
	spelled := spelling(p)
	switch {
	case err != nil:
		t.refuse(l, "scim", "%v", err)
	case notForTable(p):
		t.refuse(l, "scim", "%s is not for the table: it is read-only or goes nowhere", p.Name)
	case p.values.some() && p.Sub == p.values.sub:
		t.refuse(l, "scim", "the filter fixes %s already", p.Sub)
	case spelled != p.Name:
		t.refuse(l, "scim", "the attribute is spelled %s", spelled)
	}
	return p
}

// spelling is how the default table spells the attribute that p names in some
// case, p.Name where the table does not have it.
func spelling(p scimPath) string {
	for _, known := range defaultPairs {
		if known.scim.sameAttribute(p) {
			return known.scim.Name
		}
	}
	return p.Name
}

func (t *table) readAccess(l line) upstream.Path {
	a, condition, err := parseAttribute(l.Access)
	if condition != nil {
		t.refuse(l, "access", "an attribute of Access takes no filter: choose the value on the SCIM side")
		return upstream.Path{}
	}
	if a.URN == upstream.CoreSchema {
		a.URN = ""
	}
	p := upstream.PathOf(a.URN, a.Name, a.Sub)
	if err == nil {
		err = upstream.CheckWritable(p)
	}
	if err != nil {
		t.refuse(l, "access", "%s: %v", l.Access, err)
	}
	return p
}

// settleForm decides how the values of a new pair look.
func (t *table) settleForm(p *pair, l line) {
	held := formOfAccess(p.access)
	p.form = formsByType[l.Type]
	if l.Type == "" {
		p.form = formOf(p.scim)
		if p.computed != nil || isText(p.form) && isFlag(held) {
			p.form = held
		}
	}
	if isList(p.form) != isList(held) && p.access.Schema() == "" {
		t.refuse(l, "", "one of %s and %s holds several values, the other one", p.scim, p.access)
	}
	if p.computed != nil && isList(p.form) {
		t.refuse(l, "", "a computed attribute holds one value")
	}
	if p.scim.URN == schema.Workspace {
		p.echoed = true // Access's own namespace, which Okta need not map
	}
	p.settleAccess()
	t.settleDefault(p, l)
}

// settleAccess gives a new pair what its attribute of Access demands, wherever
// the value comes from.
func (p *pair) settleAccess() {
	p.insisted = p.required
	p.required = p.required || slices.Contains(requiredByAccess, p.access)
	p.createOnly = p.createOnly || p.access == externalIDPath
	switch p.access {
	case upstream.CorePath("emails"):
		p.kind = kindEmails
	case upstream.PathOf(upstream.WorkspaceSchema, "userPrincipalName", ""):
		p.kind = kindPrincipal
	}
}

func (t *table) settleDefault(p *pair, l line) {
	switch {
	case l.Default == "":
		return
	case isList(p.form):
		t.refuse(l, "default", "an attribute with several values has no default")
		return
	case p.access == externalIDPath:
		t.refuse(l, "default", "externalId has no default: each user needs one of its own")
		return
	}
	v, wrong := p.form.toAccess(l.Default)
	if wrong != nil { // a text can be wrong for a flag only
		t.refuse(l, "default", "must be true or false")
	}
	p.fallback = v
}
