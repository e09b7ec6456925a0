package accesstest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

const (
	coreURN       = "urn:scim:schemas:core:1.0"
	workspaceURN  = "urn:scim:schemas:extension:workspace:1.0"
	enterpriseURN = "urn:scim:schemas:extension:enterprise:1.0"
	mfaURN        = "urn:scim:schemas:extension:workspace:mfa:1.0"
	// tenantPrefix begins the URN of a tenant's custom attributes: prefix, tenant name, ":1.0".
	tenantPrefix = "urn:scim:schemas:extension:workspace:tenant:"
)

type kind int

const (
	text kind = iota
	boolean
	complexValue
	multiValued
)

// attribute describes one attribute of a schema.
type attribute struct {
	name     string
	kind     kind
	subs     attributes
	readOnly bool // ignored in bodies
	fixed    bool // ignored in a PATCH
	exact    bool // compared with case
}

// attributes are the attributes of a block by lower-case name: names have no case in the UnboundID
// SCIM 1.1 SDK.
type attributes map[string]attribute

// schema describes a resource type.
type schema struct {
	name, endpoint string
	label          string // the attribute that answers always have
	core           attributes
	ext            map[string]attributes
}

var (
	userSchema  = newUserSchema()
	groupSchema = newGroupSchema()
)

func define(defs ...attribute) attributes {
	out := attributes{}
	for _, def := range defs {
		out[strings.ToLower(def.name)] = def
	}
	return out
}

func (a attributes) plain(names ...string) attributes {
	for _, name := range names {
		a[strings.ToLower(name)] = attribute{name: name}
	}
	return a
}

func (a attributes) readOnly(names ...string) attributes {
	for _, name := range names {
		a[strings.ToLower(name)] = attribute{name: name, readOnly: true, exact: true}
	}
	return a
}

// plural defines a multi-valued attribute with the sub-attributes of SCIM 1.1 §3.2.
func plural(name string) attribute {
	return attribute{name: name, kind: multiValued, subs: define(attribute{name: "primary", kind: boolean}).
		plain("value", "display", "type", "operation")}
}

// metaAttribute is read-only except for meta.attributes, which parse takes out by itself.
func metaAttribute() attribute {
	return attribute{name: "meta", kind: complexValue, readOnly: true, exact: true,
		subs: attributes{}.plain("created", "lastModified", "location", "version", "attributes")}
}

// newUserSchema lists the attributes of the Access OpenAPI's user resource, its workspace extension
// together with the User schema of a real tenant, and SCIM 1.1's enterprise extension.
func newUserSchema() *schema {
	addresses := attribute{name: "addresses", kind: multiValued, subs: define(attribute{name: "primary", kind: boolean}).
		plain("formatted", "streetAddress", "locality", "region", "postalCode", "country", "type", "operation")}
	name := attribute{name: "name", kind: complexValue, subs: attributes{}.
		plain("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")}
	groups, roles := plural("groups"), plural("roles")
	groups.readOnly, roles.readOnly = true, true
	manager := attribute{name: "manager", kind: complexValue, subs: attributes{}.plain("managerId", "displayName")}
	return &schema{
		name: "User", endpoint: "Users", label: "userName",
		core: define(
			attribute{name: "id", readOnly: true, exact: true}, attribute{name: "externalId", exact: true},
			attribute{name: "active", kind: boolean}, metaAttribute(), name, addresses, groups, roles,
			plural("emails"), plural("phoneNumbers"), plural("ims"), plural("photos"), plural("entitlements"),
			plural("x509Certificates"),
		).plain("userName", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage",
			"locale", "timezone", "password"),
		ext: map[string]attributes{
			workspaceURN: define(
				attribute{name: "domain", exact: true},
				attribute{name: "internalUserType", fixed: true, exact: true},
				attribute{name: "externalUserDisabled", kind: boolean},
			).plain("userPrincipalName", "distinguishedName").
				readOnly("userStatus", "userStoreUuid", "directoryUuid", "directoryName", "directoryType",
					"softDeleted", "isSoftDeleted", "firstLoginUrl", "otaLink", "userGroups",
					"isPasswordChangeFeatureEnabled", "isUserInPreHireGroup"),
			enterpriseURN: define(manager).
				plain("employeeNumber", "organization", "department", "costCenter", "division"),
			mfaURN: attributes{}.plain("hubMfaPreferredUDID", "mfaId", "mfaPhoneNumber"),
		},
	}
}

// newGroupSchema lists the attributes of the Access OpenAPI's group resource.
func newGroupSchema() *schema {
	return &schema{
		name: "Group", endpoint: "Groups", label: "displayName",
		core: define(
			attribute{name: "id", readOnly: true, exact: true}, attribute{name: "externalId", exact: true},
			metaAttribute(), plural("members"),
		).plain("displayName"),
		ext: map[string]attributes{
			workspaceURN: define(
				attribute{name: "domain", exact: true},
				attribute{name: "internalGroupType", fixed: true, exact: true},
				attribute{name: "compositionRulesV2", kind: boolean},
			).plain("distinguishedName", "description", "compositionRules", "email").
				readOnly("userStoreUuid", "parents"),
			enterpriseURN: {},
		},
	}
}

// block returns the attributes of a URN and the URN as it is served. Every tenant's custom
// attributes are known; open tells that the block takes any name.
func (s *schema) block(urn string) (canonical string, defs attributes, open, ok bool) {
	lower := strings.ToLower(urn)
	if lower == coreURN {
		return coreURN, s.core, false, true
	}
	if defs, ok = s.ext[lower]; ok {
		return lower, defs, false, true
	}
	if strings.HasPrefix(lower, tenantPrefix) {
		return lower, nil, true, true
	}
	return "", nil, false, false
}

// path names an attribute, a sub-attribute or, without a name, a whole extension. Core is urn "".
type path struct{ urn, name, sub string }

// resolve reads an attribute name as filters, "attributes" and meta.attributes have it: bare, with
// a sub-attribute, or qualified by its URN. Bare names are looked for in extensions too, since the
// Access OpenAPI has filters such as domain eq "System Domain".
func (s *schema) resolve(name string) (path, attribute, bool) {
	if len(name) > 4 && strings.EqualFold(name[:4], "urn:") {
		return s.resolveQualified(name)
	}
	if p, def, ok := inBlock("", s.core, false, name); ok {
		return p, def, true
	}
	for _, urn := range slices.Sorted(maps.Keys(s.ext)) {
		if p, def, ok := inBlock(urn, s.ext[urn], false, name); ok {
			return p, def, true
		}
	}
	return path{}, attribute{}, false
}

func (s *schema) resolveQualified(name string) (path, attribute, bool) {
	if urn, _, _, ok := s.block(name); ok && strings.HasSuffix(urn, ":1.0") {
		return path{urn: urn}, attribute{kind: complexValue}, true
	}
	colon := strings.LastIndex(name, ":")
	urn, defs, open, ok := s.block(name[:colon])
	if !ok {
		return path{}, attribute{}, false
	}
	if urn == coreURN {
		urn = ""
	}
	return inBlock(urn, defs, open, name[colon+1:])
}

func inBlock(urn string, defs attributes, open bool, name string) (path, attribute, bool) {
	if open {
		return path{urn: urn, name: name}, attribute{name: name, exact: true}, name != ""
	}
	first, sub, _ := strings.Cut(name, ".")
	def, ok := defs[strings.ToLower(first)]
	if !ok {
		return path{}, attribute{}, false
	}
	p := path{urn: urn, name: def.name}
	if sub == "" {
		return p, def, true
	}
	subDef, ok := def.subs[strings.ToLower(sub)]
	if !ok {
		return path{}, attribute{}, false
	}
	p.sub = subDef.name
	def.kind, def.exact = subDef.kind, def.exact || subDef.exact
	return p, def, true
}

// listSchemas needs a filter by name with eq (Access OpenAPI). The shape is that of SCIM 1.1 §10.
func listSchemas(r *http.Request) (answer, error) {
	c, err := parseComparison(r.URL.Query().Get("filter"))
	if err != nil {
		return answer{}, err
	}
	if !strings.EqualFold(c.name, "name") || c.op != "eq" {
		return answer{}, refuse(http.StatusBadRequest, "invalid.filter", "Only filters by name with 'eq' are supported")
	}
	resources := []any{}
	for _, s := range []*schema{userSchema, groupSchema} {
		if strings.EqualFold(s.name, c.want) {
			resources = append(resources, s.describe())
		}
	}
	return listAnswer(resources, 1, len(resources), coreURN)
}

func (s *schema) describe() object {
	list := describeAll(coreURN, s.core)
	for _, urn := range slices.Sorted(maps.Keys(s.ext)) {
		list = append(list, describeAll(urn, s.ext[urn])...)
	}
	return object{
		"id": coreURN + ":" + s.name, "name": s.name, "schema": coreURN, "endpoint": "/" + s.endpoint, "attributes": list,
	}
}

func describeAll(urn string, defs attributes) []any {
	list := []any{}
	for _, key := range slices.Sorted(maps.Keys(defs)) {
		def := defs[key]
		kinds := map[kind]string{text: "string", boolean: "boolean", complexValue: "complex", multiValued: "complex"}
		described := object{
			"name": def.name, "type": kinds[def.kind], "multiValued": def.kind == multiValued, "schema": urn,
			"readOnly": def.readOnly || def.fixed, "required": def.name == "userName", "caseExact": def.exact,
		}
		if len(def.subs) > 0 {
			described["subAttributes"] = describeAll(urn, def.subs)
		}
		list = append(list, described)
	}
	return list
}
