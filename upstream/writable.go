package upstream

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// mfaSchema and tenantPrefix begin the extensions of a user that only some
// tenants have (Omnissa Access OpenAPI, and the User schema of a real tenant).
const (
	mfaSchema    = "urn:scim:schemas:extension:workspace:mfa:1.0"
	tenantPrefix = "urn:scim:schemas:extension:workspace:tenant:"
)

// writable are the attributes that may be set on a user, by schema, with their
// sub-attributes where they have some of their own. A tenant's own attributes
// are not in it: any name may be one.
var writable = map[string]map[string][]string{
	"": {
		"userName": nil, "externalId": nil, "active": nil, "displayName": nil, "nickName": nil, "profileUrl": nil,
		"title": nil, "userType": nil, "preferredLanguage": nil, "locale": nil, "timezone": nil,
		"name":   {"givenName", "familyName", "middleName", "honorificPrefix", "honorificSuffix", "formatted"},
		"emails": nil, "phoneNumbers": nil, "addresses": nil, "ims": nil, "photos": nil, "entitlements": nil,
	},
	EnterpriseSchema: {
		"employeeNumber": nil, "costCenter": nil, "organization": nil, "division": nil, "department": nil,
		"manager": {"managerId", "displayName"},
	},
	WorkspaceSchema: {"userPrincipalName": nil, "distinguishedName": nil, "externalUserDisabled": nil},
	mfaSchema:       {"hubMfaPreferredUDID": nil, "mfaId": nil, "mfaPhoneNumber": nil},
}

// CheckWritable is nil where a client may set p on a user. Otherwise it says
// what is wrong with p. Attributes of schemas that are not Access's own, those
// of a tenant above all, are taken as they are: only the tenant knows them.
func CheckWritable(p Path) error {
	if strings.HasPrefix(strings.ToLower(p.Schema()), tenantPrefix) && p.Schema() != strings.ToLower(p.Schema()) {
		return errors.New("the URN of a tenant's attributes is in lower case")
	}
	attributes, ok := writable[p.Schema()]
	if !ok {
		if known := caseVariant(slices.Sorted(maps.Keys(writable)), p.Schema()); known != "" {
			return fmt.Errorf("the schema is spelled %s", known)
		}
		return nil
	}
	if p.Schema() == "" && slices.Contains(readOnly, strings.ToLower(p.Name())) ||
		p.Schema() == WorkspaceSchema && caseVariant(workspaceReadOnly, p.Name()) != "" {
		return errors.New("the attribute is not for clients to set")
	}
	subs, ok := attributes[p.Name()]
	switch {
	case !ok:
		return unknownName("attribute", slices.Sorted(maps.Keys(attributes)), p.Name())
	case len(subs) == 0 && p.Sub() != "":
		return errors.New("the attribute has no sub-attribute that can be set")
	case len(subs) > 0 && p.Sub() == "":
		return fmt.Errorf("the attribute is set by its sub-attributes (%s)", strings.Join(subs, ", "))
	case p.Sub() != "" && !slices.Contains(subs, p.Sub()):
		return unknownName("sub-attribute", subs, p.Sub())
	}
	return nil
}

func unknownName(kind string, known []string, name string) error {
	if spelled := caseVariant(known, name); spelled != "" {
		return fmt.Errorf("the %s is spelled %s", kind, spelled)
	}
	return fmt.Errorf("Access has no such %s there (it has %s)", kind, strings.Join(known, ", "))
}

func caseVariant(known []string, name string) string {
	for _, k := range known {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	return ""
}
