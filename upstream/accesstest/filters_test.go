package accesstest_test

import (
	"net/http"
	"net/url"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestFilterUsers(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{UserExternalIDFilter: true}})
	tn.user("Ada@acme.com")
	tn.want(http.StatusCreated, http.MethodPost, usersPath, provisioned("bob@beta", "00u7", "Beta.example"))
	tn.want(http.StatusNoContent, http.MethodPatch, usersPath+"/"+tn.user("cy"),
		`{`+schemas+`,"active":false,"title":"Say \"hi\" and go","phoneNumbers":["12"],"`+enterprise+`":{"department":"HR"}}`)
	tests := []struct{ name, filter, want string }{
		{"userName is compared without case", `userName eq "ADA@ACME.com"`, `["Ada@acme.com"]`},
		{"userName by its URN", `urn:scim:schemas:core:1.0:userName eq "CY"`, `["cy"]`},
		{"attribute names have no case", `Username co "B"`, `["bob@beta"]`},
		{"operators have no case", `userName EQ "cy"`, `["cy"]`},
		{"sw compares the beginning", `userName sw "a"`, `["admin","Ada@acme.com"]`},
		{"gt", `userName gt "bob@beta"`, `["cy"]`},
		{"ge", `userName ge "bob@beta"`, `["bob@beta","cy"]`},
		{"lt", `userName lt "admin"`, `["Ada@acme.com"]`},
		{"le", `userName le "admin"`, `["admin","Ada@acme.com"]`},
		{"a sub-attribute", `name.givenName sw "ada"`, `["Ada@acme.com","bob@beta","cy"]`},
		{"a workspace attribute by its bare name", `domain eq "System Domain"`, `["admin"]`},
		{"a workspace attribute by its URN", workspace + `:domain co "example"`, `["bob@beta"]`},
		{"another extension by its bare name", `department eq "hr"`, `["cy"]`},
		{"internalUserType", `internalUserType eq "LOCAL"`, `["admin"]`},
		{"userStatus", `userStatus eq "2"`, `["cy"]`},
		{"a boolean", `active eq false`, `["cy"]`},
		{"a value with quotes and keywords", `title eq "Say \"hi\" and go"`, `["cy"]`},
		{"a multi-valued attribute by its value", `phoneNumbers eq "12"`, `["cy"]`},
		{"a number", `phoneNumbers.value eq 12`, `["cy"]`},
		{"meta", `meta.created gt "2100-01-01T00:00:00.000Z"`, `[]`},
		{"externalId in that mode", `externalId eq "00u7"`, `["bob@beta"]`},
		{"nothing found is an empty list", `userName eq "nobody"`, `[]`},
		{"a filter encoded twice matches nothing", `userName%20eq%20%22cy%22`, `[]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { same(t, tn.found(usersPath, tt.filter, "userName"), tt.want) })
	}
}

// A name is that of users of several domains, who are found in order of creation.
func TestFilterByName(t *testing.T) {
	tn := start(t, accesstest.Config{})
	renamed := usersPath + "/" + tn.user("ada")
	tn.want(http.StatusCreated, http.MethodPost, usersPath, provisioned("Same", "00u7", "Beta.example"))
	tn.want(http.StatusNoContent, http.MethodPatch, renamed, `{"userName":"same"}`)
	same(t, tn.found(usersPath, `userName eq "SAME"`, "userName"), `["same","Same"]`)
	same(t, tn.found(usersPath, `userName eq "ada"`, "userName"), `[]`)
	tn.want(http.StatusNoContent, http.MethodDelete, renamed, "")
	same(t, tn.found(usersPath, `userName eq "same"`, "userName"), `["Same"]`)
}

func TestFilterRefusals(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tests := []struct{ name, filter string }{
		{"ne", `userName ne "x"`},
		{"pr", `userName pr`},
		{"and", `userName eq "x" and active eq true`},
		{"or", `userName eq "x" or userName eq "y"`},
		{"parentheses", `(userName eq "x")`},
		{"not", `not (userName eq "x")`},
		{"a value without quotes", `userName eq x`},
		{"a value with single quotes", `userName eq 'x'`},
		{"no value", `userName eq`},
		{"null", `userName eq null`},
		{"an array", `userName eq ["x"]`},
		{"an unknown attribute", `shoeSize eq "x"`},
		{"an unknown sub-attribute", `name.nick eq "x"`},
		{"a complex attribute", `name eq "x"`},
		{"emails", `emails eq "x"`},
		{"emails.value", `emails.value eq "x"`},
		{"externalId of users", `externalId eq "x"`},
		{"the password", `password eq "x"`},
		{"words", `hello`},
	}
	for _, tt := range tests {
		t.Run(tt.name+" is refused", func(t *testing.T) {
			checkError(t, tn.want(http.StatusBadRequest, http.MethodGet, usersPath+"?filter="+url.QueryEscape(tt.filter), ""))
		})
	}
}

func TestFilterGroups(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.want(http.StatusCreated, http.MethodPost, groupsPath, `{"displayName":"Sales \"1\"","externalId":"00g1"}`)
	same(t, tn.found(groupsPath, `displayName eq "sales \"1\""`, "displayName"), `["Sales \"1\""]`)
	same(t, tn.found(groupsPath, `externalId co "g1"`, "displayName"), `["Sales \"1\""]`)
	same(t, tn.found(groupsPath, `internalGroupType eq "ALL_USERS"`, "displayName"), `["ALL USERS"]`)
}
