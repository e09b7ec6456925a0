package okta

// Object is a JSON object.
type Object = map[string]any

// UserBody is the body that Okta creates a user with, in Okta's order.
type UserBody struct {
	Schemas     []string `json:"schemas"`
	UserName    string   `json:"userName"`
	Name        Object   `json:"name"`
	Emails      []Object `json:"emails"`
	DisplayName string   `json:"displayName"`
	Locale      string   `json:"locale"`
	ExternalID  string   `json:"externalId"`
	Groups      []Object `json:"groups"`
	Password    string   `json:"password"`
	Active      bool     `json:"active"`
}

// User is an active user whose userName is their e-mail address.
func User(userName, given, family, externalID string) UserBody {
	return UserBody{
		Schemas: []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, UserName: userName,
		Name:        Object{"givenName": given, "familyName": family},
		Emails:      []Object{{"primary": true, "value": userName, "type": "work"}},
		DisplayName: given + " " + family, Locale: "en-US", ExternalID: externalID,
		Groups: []Object{}, Password: "a placeholder that goes nowhere", Active: true,
	}
}

// Group is a group with members.
func Group(displayName string, members ...Object) Object {
	if members == nil {
		members = []Object{}
	}
	return Object{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": displayName,
		"members": members}
}

// Member is a member of a group.
func Member(id, display string) Object { return Object{"value": id, "display": display} }

// Patch is the body of a PATCH.
func Patch(operations ...Object) Object {
	return Object{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": operations}
}

// Replace is the operation that changes attributes of a user, or the name of a
// group.
func Replace(value Object) Object { return Object{"op": "replace", "value": value} }

// AddMembers is the operation that takes people into a group.
func AddMembers(members ...Object) Object {
	return Object{"op": "add", "path": "members", "value": members}
}

// RemoveMember is the operation that takes one person out of a group: Okta sends
// one for each.
func RemoveMember(id string) Object {
	return Object{"op": "remove", "path": `members[value eq "` + id + `"]`}
}
