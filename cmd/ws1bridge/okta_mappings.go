package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"ws1bridge/scim/schema"
)

// mapping is an attribute of the app's profile in Okta.
type mapping struct {
	variable  string // Okta's name in the app's profile
	external  string // in Okta's own notation, which is never on the wire
	namespace string
	value     string // where it usually comes from
}

// unmapped are what Okta sends by itself, whatever the mappings are.
var unmapped = map[string]string{
	"active":     "sent by itself: assigned or not",
	"externalId": "sent by itself: Okta's id of the person",
}

// alike are the attributes that Okta calls the same everywhere.
var alike = []string{
	"displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale", "timezone",
	schema.Enterprise + ":employeeNumber", schema.Enterprise + ":costCenter", schema.Enterprise + ":organization",
	schema.Enterprise + ":division", schema.Enterprise + ":department",
}

// template is the rest of Okta's profile of a SCIM 2.0 app, by the attribute that
// it is for.
var template = map[string][]mapping{
	"userName": {{variable: "userName", external: "userName", value: "set under Sign On > Application username"}},
	"name":     nameMappings,
	"emails":   {{variable: "email", external: "emails.^[primary==true].value", value: "user.email (required)"}},
	"phoneNumbers": {{variable: "primaryPhone", external: "phoneNumbers.^[primary==true].value",
		value: "user.primaryPhone"}},
	"addresses": addressMappings,
	schema.Enterprise + ":manager": {
		{variable: "managerValue", external: "manager.value", value: "user.managerId"},
		{variable: "managerDisplayName", external: "manager.displayName", value: "user.manager"},
	},
	schema.Workspace + ":userPrincipalName": {{variable: "userPrincipalName", external: "userPrincipalName",
		value: "user.login; add it in the Profile Editor"}},
	schema.Workspace + ":distinguishedName": {{variable: "distinguishedName", external: "distinguishedName",
		value: "where Okta has it; add it in the Profile Editor"}},
}

var nameMappings = []mapping{
	{variable: "givenName", external: "name.givenName", value: "user.firstName (required)"},
	{variable: "familyName", external: "name.familyName", value: "user.lastName (required)"},
	{variable: "middleName", external: "name.middleName", value: "user.middleName"},
	{variable: "honorificPrefix", external: "name.honorificPrefix", value: "user.honorificPrefix"},
	{variable: "honorificSuffix", external: "name.honorificSuffix", value: "user.honorificSuffix"},
}

var addressMappings = []mapping{
	{variable: "streetAddress", external: "addresses.^[primary==true].streetAddress", value: "user.streetAddress"},
	{variable: "locality", external: "addresses.^[primary==true].locality", value: "user.city"},
	{variable: "region", external: "addresses.^[primary==true].region", value: "user.state"},
	{variable: "postalCode", external: "addresses.^[primary==true].postalCode", value: "user.zipCode"},
	{variable: "country", external: "addresses.^[primary==true].country", value: "user.countryCode"},
}

// mappings are those of Okta's profile that the bridge takes, by namespace and
// in the order of its table. An attribute that Okta's template does not have is
// one to add.
func mappings(attributes []string) []mapping {
	var list []mapping
	for _, attribute := range attributes {
		namespace, name := schema.User, attribute
		if i := strings.LastIndexByte(attribute, ':'); i >= 0 {
			namespace, name = attribute[:i], attribute[i+1:]
		}
		for _, m := range mappingsOf(attribute, name) {
			m.namespace = namespace
			list = append(list, m)
		}
	}
	order := []string{schema.User, schema.Enterprise, schema.Workspace}
	for _, m := range list {
		if !slices.Contains(order, m.namespace) {
			order = append(order, m.namespace)
		}
	}
	slices.SortStableFunc(list, func(a, b mapping) int {
		return cmp.Compare(slices.Index(order, a.namespace), slices.Index(order, b.namespace))
	})
	return list
}

// mappingsOf are those of one attribute, without their namespace.
func mappingsOf(attribute, name string) []mapping {
	if known, ok := template[attribute]; ok {
		return known
	}
	if value, ok := unmapped[attribute]; ok {
		return []mapping{{variable: "-", external: name, value: value}}
	}
	value := "add it in the Profile Editor"
	if slices.Contains(alike, attribute) {
		value = "user." + name
	}
	return []mapping{{variable: name, external: name, value: value}}
}

// profileNames are what Okta's own profile and its exports call what every app is sent.
var profileNames = map[string]string{
	"login": "userName", "id": "externalId", "firstname": "name.givenName", "lastname": "name.familyName",
	"email": "emails", "secondemail": "emails#home", "mobilephone": "phoneNumbers#mobile",
	"primaryphone": "phoneNumbers", "city": "addresses.locality", "state": "addresses.region",
	"zipcode": "addresses.postalCode", "countrycode": "addresses.country",
	"manager": schema.Enterprise + ":manager.displayName", "managerid": schema.Enterprise + ":manager.value",
}

// columnNames are what else than by their paths the attributes are called in tables: by the
// names of the app's profile, and by those of Okta's own. What follows a # is the type
// of a value.
func columnNames(attributes []string) map[string]string {
	names := maps.Clone(profileNames)
	for _, m := range mappings(attributes) {
		path := strings.TrimSuffix(strings.Replace(m.external, ".^[primary==true]", "", 1), ".value")
		if m.namespace != schema.User {
			path = m.namespace + ":" + path
		}
		if _, known := names[strings.ToLower(m.variable)]; !known && m.variable != "-" {
			names[strings.ToLower(m.variable)] = path
		}
	}
	return names
}
