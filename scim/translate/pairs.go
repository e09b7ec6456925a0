package translate

import "ws1bridge/upstream"

// The SCIM schemas of a user. Access's own extension keeps its URN on the SCIM
// side, because that is the namespace that VMware's guide has administrators
// enter in Okta's profile editor.
const (
	UserSchema       = "urn:ietf:params:scim:schemas:core:2.0:User"
	EnterpriseSchema = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	WorkspaceSchema  = upstream.WorkspaceSchema
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
	// kind says what sort of domain stands in the value, for rules to rewrite.
	kind kind
	// fallback is what Access gets where Okta has no value; nil for nothing.
	fallback upstream.Value
	// computed makes the value out of the user; nil takes it from scim.
	computed *expression
	// setting is where the pair is configured, "" for a default one.
	setting string
}

// by says which pair it is.
func (p pair) by() string {
	if p.setting == "" {
		return "default pair"
	}
	return p.setting
}

// defaultPairs is everything in Okta's SCIM 2.0 template that Access has a home
// for. Okta's secondary e-mail has none: Access keeps exactly one address.
func defaultPairs() []pair {
	both := func(scim scimPath, access upstream.Path) pair {
		return pair{scim: scim, access: access, form: text{}, kind: noKind}
	}
	core := func(name string) pair { return both(scimPath{name: name}, upstream.Path{Name: name}) }
	name := func(sub string) pair {
		return both(scimPath{name: "name", sub: sub}, upstream.Path{Name: "name", Sub: sub})
	}
	enterprise := func(attribute string) pair {
		return both(scimPath{schema: EnterpriseSchema, name: attribute}, upstream.Path{Schema: upstream.EnterpriseSchema, Name: attribute})
	}
	workspace := func(attribute string) pair {
		return both(scimPath{schema: WorkspaceSchema, name: attribute}, upstream.Path{Schema: upstream.WorkspaceSchema, Name: attribute})
	}
	manager := func(scimSub, accessSub string) pair {
		return both(scimPath{schema: EnterpriseSchema, name: "manager", sub: scimSub},
			upstream.Path{Schema: upstream.EnterpriseSchema, Name: "manager", Sub: accessSub})
	}
	return []pair{
		core("userName").require().rewrite(kindUserName),
		core("externalId").require().onCreate(),
		core("active").as(flag{}).keep(),
		name("givenName").require(),
		name("familyName").require(),
		name("middleName"),
		name("honorificPrefix"),
		name("honorificSuffix"),
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
		enterprise("employeeNumber"),
		enterprise("costCenter"),
		enterprise("organization"),
		enterprise("division"),
		enterprise("department"),
		manager("value", "managerId"),
		manager("displayName", "displayName"),
		workspace("userPrincipalName").echo().rewrite(kindPrincipal),
		workspace("distinguishedName").echo(),
	}
}

// The forms of the lists that SCIM 1.1 and 2.0 have in common.
var (
	plural = list{identity: []string{"value"}, other: []string{"display", "type"}}
	postal = list{
		identity: []string{"formatted", "streetAddress", "locality", "region", "postalCode", "country"},
		other:    []string{"type"},
	}
)

func (p pair) as(f form) pair      { p.form = f; return p }
func (p pair) require() pair       { p.required = true; return p }
func (p pair) onCreate() pair      { p.createOnly = true; return p }
func (p pair) keep() pair          { p.kept = true; return p }
func (p pair) echo() pair          { p.echoed = true; return p }
func (p pair) rewrite(k kind) pair { p.kind = k; return p }
func (p pair) staysSet() bool      { return p.required || p.kept }
