package translate

import (
	"fmt"
	"maps"
	"strings"

	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// Error says which attributes of a user Access can't take, and why. Its text is
// fit for Okta's administrator: it names attributes and configured domains,
// never values of the user.
type Error struct {
	Attribute string
	Reason    string
}

// Error gives the reason as one sentence.
func (e *Error) Error() string { return fmt.Sprintf("The attribute %s %s.", e.Attribute, e.Reason) }

// NewUser converts a user that is to be created, and says which domain it goes
// to: always one of the managed ones. The error, an *Error, lists every required
// attribute that is missing. A missing externalId is not among them, for it is
// the caller's to choose one, unless the configuration requires it.
func (t *Translator) NewUser(r schema.Resource) (domain string, _ upstream.Attributes, _ error) {
	chosen, err := t.chooseDomain(r)
	if err != nil {
		return "", nil, err
	}
	a := make(upstream.Attributes, len(t.pairs))
	in, err := t.input(r, chosen.domain)
	if err != nil {
		return "", nil, err
	}
	var missing []string
	for i := range t.pairs {
		p := &t.pairs[i]
		v, err := t.value(p, in)
		if err != nil {
			return "", nil, err
		}
		if v != nil || !p.staysSet() {
			a[p.access] = v
		}
		if v == nil && p.required && (p.access != externalID || p.insisted) {
			missing = append(missing, p.name())
		}
	}
	if len(missing) > 0 {
		return "", nil, &Error{Attribute: strings.Join(missing, ", "), Reason: "is missing: Workspace ONE Access creates no user without it"}
	}
	return chosen.domain, a, nil
}

var externalID = upstream.Path{Name: "externalId"}

// UserChange converts a user that exists: what it says each mapped attribute
// should be, nil where it should be cleared. Attributes that may not change, or
// not be cleared and are absent, are left out: they stay as they are.
//
// current is the user as Access holds it. A resource that names another domain
// is refused, and one for which an attribute cannot be computed: but not where it
// makes the user inactive, for nothing of that is worth leaving somebody in.
func (t *Translator) UserChange(current upstream.User, r schema.Resource) (upstream.Attributes, error) {
	active, err := flag{}.toAccess(r["active"])
	leaves := err == nil && active == false
	if err := t.checkStays(current, r); err != nil && !leaves {
		return nil, err
	}
	in, err := t.input(t.completed(current, r), current.Domain)
	if err != nil && !leaves {
		return nil, err
	}
	in.Resource = r
	a := make(upstream.Attributes, len(t.pairs))
	for i := range t.pairs {
		p := &t.pairs[i]
		if p.createOnly || p.computed != nil && !p.computed.says(r) {
			continue
		}
		v, err := t.value(p, in)
		if err != nil && leaves && p.computed != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		if v == nil && (p.staysSet() || p.echoed && !has(r, p.scim)) {
			continue
		}
		a[p.access] = v
	}
	return a, nil
}

// completed is r with what stays as it is because r does not say it, for
// computed attributes to see.
func (t *Translator) completed(current upstream.User, r schema.Resource) schema.Resource {
	if !t.computes {
		return r
	}
	out, copied := r, false
	for i := range t.pairs {
		p := &t.pairs[i]
		held, ok := current.Attributes[p.access]
		if !ok || p.computed != nil || !p.staysSet() && !p.createOnly && (!p.echoed || has(r, p.scim)) {
			continue
		}
		if said, err := get(r, p.scim); err != nil || said != nil && said != "" {
			continue
		}
		if shown := p.form.toSCIM(t.rewritten(p, held, true)); shown != nil {
			if !copied {
				out, copied = maps.Clone(r), true
			}
			putCopy(out, p.scim, shown)
		}
	}
	return out
}

// putCopy is put into a resource whose inner objects belong to another.
func putCopy(r schema.Resource, p scimPath, v any) {
	if block, ok := r[p.URN].(map[string]any); ok && p.URN != "" {
		r[p.URN] = maps.Clone(block)
	}
	block := r
	if p.URN != "" {
		block = child(r, p.URN)
	}
	if parent, ok := block[p.Name].(map[string]any); ok && p.Sub != "" {
		block[p.Name] = maps.Clone(parent)
	}
	put(r, p, v)
}

// input is what values are made of.
type input struct {
	schema.Resource
	env environment // nil where nothing is computed
}

func (t *Translator) input(r schema.Resource, domain string) (input, error) {
	in := input{Resource: r}
	if !t.computes {
		return in, nil
	}
	var failed *Error
	for name, v := range r {
		if err := checkInput(v); err != nil && (failed == nil || name < failed.Attribute) {
			failed = &Error{Attribute: name, Reason: err.Error()}
		}
	}
	if failed != nil {
		return in, failed
	}
	in.env = newEnvironment(r, domain)
	return in, nil
}

// value is what Access should hold for a pair, nil for nothing.
func (t *Translator) value(p *pair, in input) (upstream.Value, error) {
	var v any
	var err error
	if p.computed != nil {
		v, err = p.computed.evaluate(in.env)
	} else {
		v, err = get(in.Resource, p.scim)
	}
	if err == nil {
		v, err = p.form.toAccess(v)
	}
	if err != nil {
		return nil, &Error{Attribute: p.name(), Reason: err.Error()}
	}
	if v == nil {
		return p.fallback, nil
	}
	return t.rewritten(p, v, false), nil
}

// rewritten is a value of a pair with its domain changed by the rules, there or
// back.
func (t *Translator) rewritten(p *pair, v upstream.Value, back bool) upstream.Value {
	s, ok := v.(string)
	if p.kind == noKind || !ok {
		return v
	}
	both := &t.rules.byKind[p.kind]
	change := both.there.apply
	if back {
		change = both.undo
	}
	changed, rule := rewrite(change, p.kind, s)
	if rule == nil {
		return v // not s, which would be put on the heap once more
	}
	return changed
}

// UserToSCIM converts a user of Access. id, meta and groups are not in the
// table: the caller adds them.
func (t *Translator) UserToSCIM(u upstream.User) schema.Resource {
	r := make(schema.Resource, len(u.Attributes)+4)
	for i := range t.pairs {
		p := &t.pairs[i]
		v, ok := u.Attributes[p.access]
		if !ok || p.computed != nil {
			continue
		}
		if v := p.form.toSCIM(t.rewritten(p, v, true)); v != nil {
			put(r, p.scim, v)
		}
	}
	t.showDomain(r, u.Domain)
	r["schemas"] = t.schemasOf(r)
	return r
}

// schemasOf lists the schemas whose attributes the resource has.
func (t *Translator) schemasOf(r schema.Resource) []any {
	schemas := make([]any, 1, 1+len(t.extensions))
	schemas[0] = schema.User
	for _, urn := range t.extensions {
		if _, ok := r[urn]; ok {
			schemas = append(schemas, urn)
		}
	}
	return schemas
}

// name is what the pair is called in answers.
func (p *pair) name() string {
	if p.computed != nil {
		return p.access.String()
	}
	return p.scim.String()
}

// Required lists the SCIM attributes that Access needs in every user, and that
// may change once the user exists.
func (t *Translator) Required() []string {
	var paths []string
	for _, p := range t.pairs {
		if p.required && !p.createOnly && p.computed == nil {
			paths = append(paths, p.scim.String())
		}
	}
	return paths
}
