package oktatest

import "strings"

// appSchema is the app's profile, as Okta's template for SCIM has it.
func appSchema() map[string]any {
	properties := map[string]any{}
	add := func(variable, namespace, name string) {
		properties[variable] = map[string]any{"title": variable, "type": "string", "externalName": name,
			"externalNamespace": namespace}
	}
	const user = "urn:ietf:params:scim:schemas:core:2.0:User"
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	add("userName", user, "userName")
	add("givenName", user, "name.givenName")
	add("familyName", user, "name.familyName")
	add("email", user, "emails.^[primary==true].value")
	add("emailType", user, "emails.^[primary==true].type")
	add("title", user, "title")
	add("displayName", user, "displayName")
	add("mobilePhone", user, "phoneNumbers.^[type=='mobile'].value")
	add("department", enterprise, "department")
	add("managerValue", enterprise, "manager.value")
	properties["local"] = map[string]any{"title": "not pushed", "type": "string"}
	return map[string]any{"definitions": map[string]any{
		"base":   map[string]any{"properties": map[string]any{"userName": properties["userName"]}},
		"custom": map[string]any{"properties": properties},
	}}
}

// Profile is that of somebody, as the app has it.
func Profile(given, family, email string, more ...string) map[string]any {
	p := map[string]any{"givenName": given, "familyName": family, "email": email, "emailType": "work", "local": "x",
		"displayName": strings.TrimSpace(given + " " + family), "title": nil}
	for i := 0; i+1 < len(more); i += 2 {
		p[more[i]] = more[i+1]
	}
	return p
}
