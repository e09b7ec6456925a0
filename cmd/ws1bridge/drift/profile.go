package drift

import (
	"maps"
	"strings"

	"ws1bridge/scim/classic"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// oldCore begins the namespace that an app has if it pushes in SCIM 1.1. Those of extensions say
// nothing: Access's own begin with urn:scim:schemas: in SCIM 2.0, too.
const oldCore = "urn:scim:schemas:core:"

// resource is the user as a push would have it: as Okta reads it, with the variables of the app's
// profile written over it. Who has no account yet is the zero User.
func (p *people) resource(u AppUser, held upstream.User) schema.Resource {
	r := p.Translator.UserToSCIM(held)
	switch {
	case u.Profile == nil: // of which nothing is known
	case p.isOld:
		pushed := map[string]any{"schemas": []any{schema.User}}
		for name, value := range u.Profile {
			if property, ok := p.app.Properties[name]; ok && isSet(value) {
				put(pushed, property, value)
			}
		}
		pushed = classic.FromResource(pushed)
		p.Translator.CorrectDomain(pushed)
		overlay(r, pushed)
	default:
		for name, property := range p.app.Properties {
			value := u.Profile[name]
			if !p.seen[name] || property.ExternalName == "locale" && !isSet(value) {
				continue // nobody has it: it may be hidden; and for locale Okta has a value of its own
			}
			put(r, property, value)
		}
	}
	if id := p.externalID(u); id != "" {
		r["externalId"] = id
	}
	if u.Credentials.UserName != "" {
		r["userName"] = u.Credentials.UserName
	}
	r["active"] = u.standing().isActive
	if held.ID != "" && !u.standing().isPushed {
		r["active"] = held.Active()
	}
	clean, _ := p.users.Index.Canonical(r)
	return clean
}

// externalID is what Okta pushes as that: its own id, unless the app's profile has a variable for it.
func (p *people) externalID(u AppUser) string {
	if p.idVariable == "" {
		return u.ID
	}
	id, _ := u.Profile[p.idVariable].(string)
	return id
}

// isCore reports whether a namespace is that of the core schema.
func isCore(namespace string) bool {
	return namespace == "" || strings.EqualFold(namespace, schema.User) || strings.EqualFold(namespace, oldCore+"1.0")
}

func isSet(v any) bool { return v != nil && v != "" }

// overlay writes attributes over others, those of extensions one by one.
func overlay(r schema.Resource, over map[string]any) {
	for name, value := range over {
		under, both := r[name].(map[string]any)
		if block, ok := value.(map[string]any); ok && both {
			maps.Copy(under, block)
			continue
		}
		r[name] = value
	}
}

// put puts a value where its variable says, or takes out what is there where it has none.
func put(r map[string]any, p Property, value any) {
	into := r
	if !isCore(p.ExternalNamespace) {
		into = object(r, p.ExternalNamespace)
	}
	name, rest, isNested := strings.Cut(p.ExternalName, ".")
	switch {
	case !isNested:
		set(into, name, value)
	case strings.HasPrefix(rest, "^["):
		condition, sub, _ := strings.Cut(strings.TrimPrefix(rest, "^["), "]")
		putElement(into, name, condition, strings.TrimPrefix(sub, "."), value)
	case isSet(value) || into[name] != nil:
		set(object(into, name), rest, value)
	}
}

func set(in map[string]any, name string, value any) {
	if isSet(value) {
		in[name] = value
	} else {
		delete(in, name)
	}
}

// object is the complex attribute of a name, which is made where it is missing.
func object(in map[string]any, name string) map[string]any {
	o, ok := in[name].(map[string]any)
	if !ok {
		o = map[string]any{}
		in[name] = o
	}
	return o
}

// putElement puts a value into the element of a list of which a condition such as primary==true
// or type=='work' holds. The element is made where it is missing, and goes with its value.
func putElement(in map[string]any, name, condition, sub string, value any) {
	key, text, _ := strings.Cut(condition, "==")
	text = strings.Trim(text, `'"`)
	var want any = text
	if text == "true" || text == "false" {
		want = text == "true"
	}
	list, _ := in[name].([]any)
	for i, item := range list {
		e, ok := item.(map[string]any)
		if !ok || e[key] != want {
			continue
		}
		if sub == "value" && !isSet(value) {
			in[name] = append(list[:i:i], list[i+1:]...)
			return
		}
		set(e, sub, value)
		return
	}
	if isSet(value) {
		in[name] = append(list, map[string]any{key: want, sub: value})
	}
}
