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

// scimPath names an attribute of a SCIM 2.0 user. The zero schema is the core
// schema.
type scimPath struct {
	schema, name, sub string
}

func (p scimPath) String() string {
	s := p.name
	if p.sub != "" {
		s += "." + p.sub
	}
	if p.schema != "" {
		s = p.schema + ":" + s
	}
	return s
}

// pair is one attribute in both worlds.
type pair struct {
	scim   scimPath
	access upstream.Path
	form   form
	// required is what Access will not create a user without, and what can't be
	// cleared: a user that comes without it keeps the value it has.
	required bool
	// createOnly is what must never change once the user exists.
	createOnly bool
	// kept is what can't be cleared, though it is not required.
	kept bool
	// echoed is cleared by a null only, not by its absence: no recording shows
	// that Okta writes back an extension that it does not map, and Access may
	// have filled the attribute by itself.
	echoed bool
}

// defaultPairs is everything in Okta's SCIM 2.0 template that Access has a home
// for. Okta's secondary e-mail has none: Access keeps exactly one address.
func defaultPairs() []pair {
	core := func(name string) pair {
		return pair{scim: scimPath{name: name}, access: upstream.Path{Name: name}, form: text{}}
	}
	name := func(sub string) pair {
		return pair{scim: scimPath{name: "name", sub: sub}, access: upstream.Path{Name: "name", Sub: sub}, form: text{}}
	}
	enterprise := func(attribute string) pair {
		return pair{
			scim:   scimPath{schema: EnterpriseSchema, name: attribute},
			access: upstream.Path{Schema: upstream.EnterpriseSchema, Name: attribute}, form: text{},
		}
	}
	workspace := func(attribute string) pair {
		return pair{
			scim:   scimPath{schema: WorkspaceSchema, name: attribute},
			access: upstream.Path{Schema: upstream.WorkspaceSchema, Name: attribute}, form: text{},
		}
	}
	manager := func(scimSub, accessSub string) pair {
		return pair{
			scim:   scimPath{schema: EnterpriseSchema, name: "manager", sub: scimSub},
			access: upstream.Path{Schema: upstream.EnterpriseSchema, Name: "manager", Sub: accessSub}, form: text{},
		}
	}
	return []pair{
		core("userName").require(),
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
		core("emails").as(email{}).require(),
		core("phoneNumbers").as(list{identity: []string{"value"}, other: []string{"display", "type"}}),
		core("addresses").as(list{
			identity: []string{"formatted", "streetAddress", "locality", "region", "postalCode", "country"},
			other:    []string{"type"},
		}),
		enterprise("employeeNumber"),
		enterprise("costCenter"),
		enterprise("organization"),
		enterprise("division"),
		enterprise("department"),
		manager("value", "managerId"),
		manager("displayName", "displayName"),
		workspace("userPrincipalName").echo(),
		workspace("distinguishedName").echo(),
	}
}

func (p pair) as(f form) pair { p.form = f; return p }
func (p pair) require() pair  { p.required = true; return p }
func (p pair) onCreate() pair { p.createOnly = true; return p }
func (p pair) keep() pair     { p.kept = true; return p }
func (p pair) echo() pair     { p.echoed = true; return p }
func (p pair) staysSet() bool { return p.required || p.kept }
