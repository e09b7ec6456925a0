package translate

import (
	"slices"
	"strings"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
	"ws1bridge/upstream/names"
)

// Creation is a user that is to be created.
type Creation struct {
	// Domain is the domain of the directory that the user goes to.
	Domain     string
	Attributes upstream.Attributes
	// Resource is what Okta sent, for a user who turns out to be there already.
	Resource schema.Resource
	// NoExternalID says that Okta sent no externalId. Access requires one: the caller
	// makes one up, which makes no claim to know the person.
	NoExternalID bool
}

// UserKey identifies a user in a tenant. It is comparable.
type UserKey struct {
	Domain   string
	UserName string // as names are compared
}

var (
	userNamePath   = upstream.CorePath("userName")
	externalIDPath = upstream.CorePath("externalId")
	activePath     = upstream.CorePath("active")

	externalIDAttribute = attributePath("", "externalId")
)

// UserName is the name that the user will log in with.
func (c Creation) UserName() string { return c.text(userNamePath) }

// ExternalID is the externalId that the user will have, "" where Okta sent none
// and none was made up.
func (c Creation) ExternalID() string { return c.text(externalIDPath) }

// SetExternalID gives the user an externalId that was made up.
func (c Creation) SetExternalID(id string) { c.Attributes[externalIDPath] = id }

// Key is the same for two creations of one user.
func (c Creation) Key() UserKey { return UserKey{c.Domain, names.Fold(c.UserName())} }

func (c Creation) text(p upstream.Path) string {
	s, _ := c.Attributes[p].(string)
	return s
}

// usualAttributes is how many attributes most users have at most.
const usualAttributes = 24

// NewUser converts a user that is to be created. It goes to one of the managed
// domains, always. The error is a *problem.Error; where required attributes are
// missing, it lists all of them. A missing externalId is not among them, for it
// is the caller's to choose one, unless the configuration requires it.
func (t *Translator) NewUser(r schema.Resource) (Creation, error) { return t.newUser(r, nil) }

func (t *Translator) newUser(r schema.Resource, trace *recorder) (Creation, error) {
	chosen, err := t.chooseDomain(r)
	if err != nil {
		return Creation{}, err
	}
	trace.choose(chosen)
	env, err := t.environment(r, chosen.domain)
	if err != nil {
		return Creation{}, err
	}
	from := origin{Resource: r, env: env, trace: trace}
	a := make(upstream.Attributes, usualAttributes)
	var missing []string
	for _, p := range with(t.pairs, t.sentByName(r)) {
		v, err := t.value(p, from)
		if err != nil {
			return Creation{}, err
		}
		if v != nil {
			a[p.access] = v
		}
		if v == nil && p.demanded() {
			missing = append(missing, p.name())
		}
	}
	if len(missing) > 0 {
		return Creation{}, problem.Missing(strings.Join(missing, ", "))
	}
	return Creation{Domain: chosen.domain, Attributes: a, Resource: r, NoExternalID: a[externalIDPath] == nil}, nil
}

// UserChange converts a user that exists: what it says each mapped attribute
// should be, nil where it should be cleared. Attributes that may not change, or
// not be cleared and are absent, are left out: they stay as they are.
//
// current is the user as Access holds it. A resource that names another domain
// is refused, and one with a value that cannot be used, unless it makes an active
// user inactive: a person who leaves is shut out in any case, and what cannot be
// used stays as it is. The error is a *problem.Error.
func (t *Translator) UserChange(current upstream.User, r schema.Resource) (upstream.Attributes, error) {
	return t.userChange(current, r, nil)
}

func (t *Translator) userChange(
	current upstream.User, r schema.Resource, trace *recorder,
) (upstream.Attributes, error) {
	leaves := deactivates(current, r)
	if err := t.checkStays(current, r); err != nil && !leaves {
		return nil, err
	}
	env, err := t.environment(t.completed(current, r), current.Domain)
	if err != nil && !leaves {
		return nil, err
	}
	from := origin{r, env, trace, current.Attributes}
	a := make(upstream.Attributes, len(current.Attributes))
	for _, p := range with(t.pairs, t.changedByName(current.Attributes, r)) {
		if !p.mayChange(r) {
			continue
		}
		v, err := t.value(p, from)
		switch {
		case err != nil && leaves: // it stays as it is
		case err != nil:
			return nil, err
		case v != nil || p.clears(r):
			a[p.access] = v
		}
	}
	return a, nil
}

// deactivates reports whether a request makes the user inactive who is not so yet:
// a PATCH of somebody who left long ago is no such request.
func deactivates(current upstream.User, r schema.Resource) bool {
	active, wrong := flag{}.toAccess(r["active"])
	return wrong == nil && active == false && current.Attributes[activePath] != false
}

// Overruled names the attributes that ask for another domain, where that is not
// refused because the person leaves.
func (t *Translator) Overruled(current upstream.User, r schema.Resource) (names []string) {
	if t.checkStays(current, r) == nil {
		return nil
	}
	for _, p := range t.domainPaths {
		if has(r, p) {
			names = append(names, p.String())
		}
	}
	return names
}

// completed is a request with what stays as it is because the request does not
// say it, for computed attributes to see.
func (t *Translator) completed(current upstream.User, r schema.Resource) schema.Resource {
	if len(t.computed) == 0 {
		return r
	}
	out, copied := r, false
	for _, p := range t.mapped {
		kept := t.kept(p, current, r)
		if kept == nil {
			continue
		}
		if !copied {
			out, copied = schema.Copy(r).(map[string]any), true
		}
		put(out, p.scim, kept)
	}
	return out
}

// kept is how Okta knows the value of a pair that a request leaves as it is, nil
// where the request changes it or there is none.
func (t *Translator) kept(p *pair, current upstream.User, r schema.Resource) any {
	held, ok := current.Attributes[p.access]
	if !ok || p.isInvented(held) || !p.createOnly && p.clears(r) {
		return nil
	}
	if said, wrong := get(r, p.scim); wrong != nil || said != nil && said != "" {
		return nil
	}
	shown, _ := p.rewritten(held, t.rules.toOkta)
	return p.form.toSCIM(shown)
}

// UserToSCIM converts a user of Access. id, meta and groups are not in the
// table: the caller adds them.
func (t *Translator) UserToSCIM(u upstream.User) schema.Resource { return t.userToSCIM(u, nil) }

func (t *Translator) userToSCIM(u upstream.User, trace *recorder) schema.Resource {
	r := make(schema.Resource, len(u.Attributes)+4)
	for _, p := range with(t.mapped, t.heldByName(u.Attributes)) {
		held, ok := u.Attributes[p.access]
		if !ok || p.isInvented(held) {
			continue
		}
		v, rule := p.rewritten(held, t.rules.toOkta)
		trace.note(p, step{rule: rule})
		if shown := p.form.toSCIM(v); shown != nil {
			put(r, p.scim, shown)
		}
	}
	t.showDomain(r, u.Domain, trace)
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
	for urn := range r {
		if schema.IsTenant(urn) && !slices.Contains(t.extensions, urn) {
			schemas = append(schemas, urn) // a user is of one tenant
		}
	}
	return schemas
}

// Fixed lists the SCIM attributes that never change once the user exists.
func (t *Translator) Fixed() []string {
	var paths []string
	for _, p := range t.mapped {
		if p.createOnly {
			paths = append(paths, p.scim.String())
		}
	}
	return paths
}

// Required lists the SCIM attributes that are never cleared, and that may change
// once the user exists: the values that have to be there.
func (t *Translator) Required() []string {
	var paths []string
	for _, p := range t.mapped {
		if p.staysSet() && !p.createOnly {
			at := p.scim
			at.Sub = p.valueName()
			paths = append(paths, at.String())
		}
	}
	return paths
}
