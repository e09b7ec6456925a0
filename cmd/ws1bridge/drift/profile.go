package drift

import (
	"strings"

	"ws1bridge/scim/schema"
)

// shutOut are the statuses of an app user who is not to log in (Okta management API,
// Application Users); the other ones are to.
var shutOut = map[string]bool{
	"DEPROVISIONED": true, "INACTIVE": true, "SUSPENDED": true, "REVOKED": true, "UNASSIGNED": true,
}

// toCome are the statuses of an app user whom Okta has yet to push.
var toCome = map[string]bool{"STAGED": true, "PENDING": true}

// active reports whether the person is to be able to log in.
func (u appUser) active() bool { return !shutOut[u.Status] }

// resource is the user as Okta pushes it, by the variables of the app's profile.
func (u appUser) resource(properties map[string]property) schema.Resource {
	r := schema.Resource{"schemas": []any{schema.User}, "externalId": u.ID, "active": u.active()}
	for name, value := range u.Profile {
		if p, ok := properties[name]; ok && value != nil && value != "" {
			put(r, p, value)
		}
	}
	r["userName"] = u.Credentials.UserName // which the profile may have under another name
	return r
}

// put puts a value where its variable says.
func put(r schema.Resource, p property, value any) {
	into := r
	if p.ExternalNamespace != "" && !strings.EqualFold(p.ExternalNamespace, schema.User) {
		into = object(r, p.ExternalNamespace)
	}
	name, rest, isNested := strings.Cut(p.ExternalName, ".")
	switch {
	case !isNested:
		into[name] = value
	case strings.HasPrefix(rest, "^["):
		condition, sub, _ := strings.Cut(strings.TrimPrefix(rest, "^["), "]")
		element(into, name, condition)[strings.TrimPrefix(sub, ".")] = value
	default:
		object(into, name)[rest] = value
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

// element is the value of a list of which a condition such as primary==true or type=='work' holds,
// which is made where it is missing.
func element(in map[string]any, name, condition string) map[string]any {
	key, text, _ := strings.Cut(condition, "==")
	text = strings.Trim(text, `'"`)
	var want any = text
	if text == "true" || text == "false" {
		want = text == "true"
	}
	list, _ := in[name].([]any)
	for _, item := range list {
		if e, ok := item.(map[string]any); ok && e[key] == want {
			return e
		}
	}
	e := map[string]any{key: want}
	in[name] = append(list, e)
	return e
}
