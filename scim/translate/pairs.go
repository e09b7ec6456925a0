package translate

import (
	"strings"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// pair is one attribute in both worlds.
type pair struct {
	scim   scimPath // the zero path for a computed attribute, which only Access has
	access upstream.Path
	form   form
	// required is what no user is created without, and what can't be cleared: a
	// user that comes without it keeps the value it has.
	required bool
	// insisted says that the configuration requires it.
	insisted bool
	// createOnly is what must never change once the user exists.
	createOnly bool
	// kept is what can't be cleared, though it is not required.
	kept bool
	// echoed is cleared by a null only, not by its absence: no recording shows
	// that Okta writes back an extension that it does not map, and Access may
	// have filled the attribute by itself.
	echoed bool
	// kind says what sort of domain is in the value, for rules to rewrite.
	kind kind
	// fallback is what Access gets where Okta has no value; nil for nothing.
	fallback upstream.Value
	// computed makes the value out of the user; nil takes it from scim.
	computed *expression
	// setting is where the pair is configured, "" for a default one.
	setting string
}

// by says which pair it is.
func (p *pair) by() string {
	if p.setting == "" {
		return "default pair"
	}
	return p.setting
}

// defaultPairs is everything in Okta's SCIM 2.0 template that Access has a place
// for. Okta's secondary e-mail has none: Access keeps exactly one address.
var defaultPairs = []pair{
	core("userName").require().rewrite(kindUserName),
	core("externalId").require().onCreate(),
	core("active").as(flag{}).keep(),
	core("name.givenName").require(),
	core("name.familyName").require(),
	core("name.middleName"),
	core("name.honorificPrefix"),
	core("name.honorificSuffix"),
	core("displayName"),
	core("nickName"),
	core("profileUrl"),
	core("title"),
	core("userType"),
	core("preferredLanguage"),
	core("locale"),
	core("timezone"),
	core("emails").as(email{}).require().rewrite(kindEmails),
	core("phoneNumbers").as(plural),
	core("addresses").as(postal),
	enterprise("employeeNumber", "employeeNumber"),
	enterprise("costCenter", "costCenter"),
	enterprise("organization", "organization"),
	enterprise("division", "division"),
	enterprise("department", "department"),
	enterprise("manager.value", "manager.managerId"),
	enterprise("manager.displayName", "manager.displayName"),
	workspace("userPrincipalName").echo().rewrite(kindPrincipal),
	workspace("distinguishedName").echo(),
}

// core is a text of the core schemas, which has the same name on both sides.
func core(path string) pair { return textual("", "", path, path) }

func enterprise(scim, access string) pair {
	return textual(schema.Enterprise, upstream.EnterpriseSchema, scim, access)
}

func workspace(path string) pair {
	return textual(schema.Workspace, upstream.WorkspaceSchema, path, path)
}

// textual is a text, with its schema and path on each side.
func textual(scimURN, accessSchema, scim, access string) pair {
	from := attributePath(scimURN, "")
	from.Name, from.Sub, _ = strings.Cut(scim, ".")
	name, sub, _ := strings.Cut(access, ".")
	return pair{scim: from, access: upstream.PathOf(accessSchema, name, sub), form: text{}, kind: noKind}
}

// The forms of the lists that SCIM 1.1 and 2.0 have in common.
var (
	plural = list{identity: []string{"value"}, other: []string{"display", "type"}}
	postal = list{
		identity: []string{"formatted", "streetAddress", "locality", "region", "postalCode", "country"},
		other:    []string{"type"},
	}
)

// knownForms are those of whole attributes of the core schema; any other is text.
var knownForms = map[string]form{
	"active": flag{}, "emails": email{}, "addresses": postal,
	"phoneNumbers": plural, "ims": plural, "photos": plural, "entitlements": plural,
}

// formOf is what a SCIM attribute is known to look like.
func formOf(p scimPath) form {
	if f, ok := knownForms[p.Name]; ok && p.URN == "" && p.Sub == "" {
		return f
	}
	return text{}
}

// formOfAccess is what an attribute of Access is known to look like.
func formOfAccess(p upstream.Path) form {
	switch {
	case p == upstream.PathOf(upstream.WorkspaceSchema, "externalUserDisabled", ""):
		return flag{}
	case p == upstream.CorePath("emails"):
		return text{} // the one address
	case p.Schema() == "":
		return formOf(scimPath{Attribute: filter.Attribute{Name: p.Name(), Sub: p.Sub()}})
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

func (p pair) as(f form) pair      { p.form = f; return p }
func (p pair) require() pair       { p.required = true; return p }
func (p pair) onCreate() pair      { p.createOnly = true; return p }
func (p pair) keep() pair          { p.kept = true; return p }
func (p pair) echo() pair          { p.echoed = true; return p }
func (p pair) rewrite(k kind) pair { p.kind = k; return p }

// staysSet reports whether the attribute can't be cleared.
func (p *pair) staysSet() bool { return p.required || p.kept }

// demanded reports whether no user is created without a value from Okta. A missing
// externalId is made up, unless the configuration requires one.
func (p *pair) demanded() bool { return p.required && (p.access != externalIDPath || p.insisted) }

// mayChange reports whether a request to change a user says what the attribute
// should be.
func (p *pair) mayChange(r schema.Resource) bool {
	return !p.createOnly && (p.computed == nil || p.computed.says(r))
}

// clears reports whether a request that has no value for the pair means that
// Access should have none.
func (p *pair) clears(r schema.Resource) bool { return !p.staysSet() && (!p.echoed || has(r, p.scim)) }

// name is what the pair is called in answers.
func (p *pair) name() string {
	if p.computed != nil {
		return p.access.String()
	}
	return p.scim.String()
}
