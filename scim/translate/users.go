package translate

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"ws1bridge/upstream"
)

// Resource is a SCIM 2.0 resource as decoded from JSON.
type Resource = map[string]any

// Config is what a Translator needs.
type Config struct {
	// DefaultDomain is the domain of users for whom nothing else says one;
	// required.
	DefaultDomain string
}

// Translator converts users both ways. It is safe for concurrent use.
type Translator struct {
	domain string
	pairs  []pair
}

// New returns a Translator with the default attribute table.
func New(cfg Config) (*Translator, error) {
	if cfg.DefaultDomain == "" {
		return nil, errors.New("translate: DefaultDomain is required")
	}
	return &Translator{domain: cfg.DefaultDomain, pairs: defaultPairs()}, nil
}

// Error says which attributes of a user Access can't take, and why. Its text is
// fit for Okta's administrator: it names attributes, never values.
type Error struct {
	Attribute string
	Reason    string
}

// Error gives the reason as one sentence.
func (e *Error) Error() string { return fmt.Sprintf("The attribute %s %s.", e.Attribute, e.Reason) }

// NewUser converts a user that is to be created, and says which domain it goes
// to. The error, an *Error, lists every required attribute that is missing. A
// missing externalId is not among them, for it is the caller's to choose one.
func (t *Translator) NewUser(r Resource) (domain string, _ upstream.Attributes, _ error) {
	a, err := t.UserChange(r)
	if err != nil {
		return "", nil, err
	}
	var missing []string
	for _, p := range t.pairs {
		if p.createOnly {
			v, err := p.toAccess(r)
			if err != nil {
				return "", nil, err
			}
			a[p.access] = v
			continue
		}
		if p.required && a[p.access] == nil {
			missing = append(missing, p.scim.String())
		}
	}
	if len(missing) > 0 {
		return "", nil, &Error{Attribute: strings.Join(missing, ", "), Reason: "is missing: Workspace ONE Access creates no user without it"}
	}
	return t.domain, a, nil
}

// UserChange converts a user that exists: what it says each mapped attribute
// should be, nil where it should be cleared. Attributes that may not change, or
// not be cleared and are absent, are left out: they stay as they are.
func (t *Translator) UserChange(r Resource) (upstream.Attributes, error) {
	a := make(upstream.Attributes, len(t.pairs))
	for _, p := range t.pairs {
		if p.createOnly {
			continue
		}
		v, err := p.toAccess(r)
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

// UserToSCIM converts a user of Access. id, meta and groups are not in the
// table: the caller adds them.
func (t *Translator) UserToSCIM(u upstream.User) Resource {
	r := make(Resource, len(u.Attributes)+4)
	schemas := []any{UserSchema}
	for _, p := range t.pairs {
		v, ok := u.Attributes[p.access]
		if !ok {
			continue
		}
		if v := p.form.toSCIM(v); v != nil {
			if _, listed := r[p.scim.schema]; p.scim.schema != "" && !listed {
				schemas = append(schemas, p.scim.schema)
			}
			put(r, p.scim, v)
		}
	}
	r["schemas"] = schemas
	return r
}

func (p pair) toAccess(r Resource) (upstream.Value, error) {
	v, err := get(r, p.scim)
	if err == nil {
		v, err = p.form.toAccess(v)
	}
	if err != nil {
		return nil, &Error{Attribute: p.scim.String(), Reason: err.Error()}
	}
	return v, nil
}

// errNoObject is an attribute whose parent, such as name, is something else.
var errNoObject = errors.New("must stand in an object")

// get finds the value at a path, nil where there is none.
func get(r Resource, p scimPath) (any, error) {
	block := r
	if p.schema != "" {
		var ok bool
		if block, ok = r[p.schema].(map[string]any); !ok && r[p.schema] != nil {
			return nil, errNoObject
		}
	}
	v := block[p.name]
	if p.sub == "" {
		return v, nil
	}
	switch parent := v.(type) {
	case nil:
		return nil, nil
	case map[string]any:
		return parent[p.sub], nil
	case string:
		switch {
		case p.name == "manager" && p.sub == "value": // "manager": "id", as some send it
			return parent, nil
		case p.name == "manager" || parent == "":
			return nil, nil
		}
	}
	return nil, errNoObject
}

// has reports whether the resource names the attribute at all, be it as null.
func has(r Resource, p scimPath) bool {
	block := r
	if p.schema != "" {
		block, _ = r[p.schema].(map[string]any)
	}
	_, ok := block[p.name]
	return ok
}

// put sets the value at a path and makes what it stands in.
func put(r Resource, p scimPath, v any) {
	block := r
	if p.schema != "" {
		block = child(r, p.schema)
	}
	if p.sub != "" {
		block = child(block, p.name)
		block[p.sub] = v
		return
	}
	block[p.name] = v
}

func child(r map[string]any, name string) map[string]any {
	c, ok := r[name].(map[string]any)
	if !ok {
		c = map[string]any{}
		r[name] = c
	}
	return c
}

// Attributes lists the SCIM attributes that the table maps, as
// "schema:attribute", or "attribute" for the core schema, each once.
func (t *Translator) Attributes() []string {
	var names []string
	for _, p := range t.pairs {
		name := scimPath{schema: p.scim.schema, name: p.scim.name}.String()
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Required lists the SCIM attributes that Access needs in every user, and that
// may change once the user exists.
func (t *Translator) Required() []string {
	var paths []string
	for _, p := range t.pairs {
		if p.required && !p.createOnly {
			paths = append(paths, p.scim.String())
		}
	}
	return paths
}
