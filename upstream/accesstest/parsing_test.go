package accesstest_test

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestParseResource(t *testing.T) {
	const core = `"urn:scim:schemas:core:1.0"`
	tests := []struct {
		name, body string
		want       int
		at, value  string
	}{
		{"names have no case", `{"UserName":"x","NAME":{"GivenName":"A"}}`, 201, "name", `{"givenName":"A"}`},
		{"URNs have no case", `{"schemas":[` + core + `,"URN:SCIM:schemas:extension:enterprise:1.0"],"userName":"x",
			"urn:scim:schemas:extension:ENTERPRISE:1.0":{"Department":"HR"}}`, 201, enterprise, `{"department":"HR"}`},
		{"schemas may be missing", `{"userName":"x"}`, 201, "userName", `"x"`},
		{"Schemas with a capital is not seen", `{"Schemas":["` + enterprise + `"],"userName":"x"}`, 201, "userName", `"x"`},
		{"an extension must be listed", `{"schemas":[` + core + `],"userName":"x","` + enterprise + `":{}}`, 400, "", ""},
		{"also when schemas is missing", `{"userName":"x","` + enterprise + `":{"department":"HR"}}`, 400, "", ""},
		{"the core schema must be listed", `{"schemas":["` + enterprise + `"],"userName":"x"}`, 400, "", ""},
		{"schemas must be an array", `{"schemas":"x","userName":"x"}`, 400, "", ""},
		{"unknown URNs may be listed",
			`{"schemas":[` + core + `,"urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"x"}`, 201, "userName", `"x"`},
		{"but have no attributes", `{"schemas":[` + core + `,"urn:x:y"],"userName":"x","urn:x:y":{"a":1}}`, 400, "", ""},
		{"unknown attributes are refused", `{"userName":"x","shoeSize":7}`, 400, "", ""},
		{"unknown attributes of extensions too", `{` + schemas + `,"userName":"x","` + enterprise + `":{"shoeSize":7}}`, 400,
			"", ""},
		{"unknown sub-attributes are dropped", `{"userName":"x","name":{"nick":"n","givenName":"A"}}`, 201, "name",
			`{"givenName":"A"}`},
		{"a text can be a multi-valued attribute", `{"userName":"x","emails":"a@b"}`, 201, "emails", `[{"value":"a@b"}]`},
		{"an array may hold texts", `{"userName":"x","phoneNumbers":["1",null,2]}`, 201, "phoneNumbers",
			`[{"value":"1"},{"value":"2"}]`},
		{"an object in place of an array is kept as text", `{"userName":"x","emails":{"work":"a@b"}}`, 201, "emails",
			`[{"value":"{\"work\":\"a@b\"}"}]`},
		{"also with a value", `{"userName":"x","phoneNumbers":{"value":"12"}}`, 201, "phoneNumbers",
			`[{"value":"{\"value\":\"12\"}"}]`},
		{"null is no value", `{"userName":"x","name":null,"emails":null,"meta":null,"title":null}`, 201, "title", `null`},
		{"a text cannot be a complex attribute", `{"userName":"x","name":"A"}`, 400, "", ""},
		{"an object cannot be a text", `{"userName":{}}`, 400, "", ""},
		{"a number can be a text", `{"userName":12345678901234567890}`, 201, "userName", `"12345678901234567890"`},
		{"an extension must be an object", `{` + schemas + `,"userName":"x","` + enterprise + `":"HR"}`, 400, "", ""},
		{"read-only attributes are ignored", `{"userName":"x","id":"7","groups":[],"roles":[{"value":"r"}]}`, 201, "userName",
			`"x"`},
		{"meta must be an object", `{"userName":"x","meta":"m"}`, 400, "", ""},
		{"meta.attributes must be an array", `{"userName":"x","meta":{"attributes":"m"}}`, 400, "", ""},
		{"core attributes may be below their URN", `{` + core + `:{"userName":"x"}}`, 201, "userName", `"x"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{})
			got := tn.want(tt.want, http.MethodPost, usersPath, tt.body)
			if tt.want != 201 {
				checkError(t, got)
				if !strings.Contains(got.body, "Resource 'User' is malformed: ") {
					t.Errorf("got %s, want the words of the SDK", got.body)
				}
				return
			}
			same(t, got.json()[tt.at], tt.value)
		})
	}
}

// TestOtherPublicClients sends what public programs are known to send to Access.
func TestOtherPublicClients(t *testing.T) {
	tn := start(t, accesstest.Config{})
	t.Run("a command-line client capitalizes names and sends no content type", func(t *testing.T) {
		got := tn.want(http.StatusCreated, http.MethodPost, usersPath,
			`{"Schemas":["urn:scim:schemas:core:1.0"],"UserName":"joe",
			"Emails":[{"Value":"joe@x"}],"Name":{"GivenName":"Joe","FamilyName":"D"},"Password":"pw"}`).json()
		same(t, got["emails"], `[{"value":"joe@x"}]`)
		tn.want(http.StatusNoContent, http.MethodPost, usersPath+"/"+got["id"].(string), `{"Name":{"GivenName":"Jo"}}`,
			"X-HTTP-Method-Override", "PATCH")
		same(t, tn.found(usersPath, `Username co "jo"`, "id"), text(t, []any{got["id"]}))
	})
	t.Run("a proxy sends e-mails as text and foreign schemas", func(t *testing.T) {
		tn.want(http.StatusCreated, http.MethodPost, usersPath, `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",
			"urn:scim:schemas:core:1.0","`+workspace+`","urn:scim:schemas:extension:workspace:tenant:sva:1.0"],
			"userName":"amy","name":{"givenName":"A","familyName":"B"},"emails":"amy@acme.com","externalId":"7",
			"`+workspace+`":{"internalUserType":"PROVISIONED","domain":"acme.com","userPrincipalName":"amy@acme.com"}}`)
	})
	t.Run("a proxy patches members in mixed form", func(t *testing.T) {
		a, b, g := tn.user("m1"), tn.user("m2"), tn.group("Mixed")
		for range 2 {
			tn.want(http.StatusNoContent, http.MethodPatch, groupsPath+"/"+g,
				`{"members":[{"value":"`+a+`"},{"operation":"delete","value":"`+b+`"}]}`, "Content-Type", "text/plain")
		}
		got := tn.want(http.StatusOK, http.MethodGet, groupsPath+"/"+g+"?attributes=members.value,displayName", "").json()
		same(t, got["members"], `[{"value":"`+a+`"}]`)
	})
	t.Run("a script searches by domain with co and asks for 10000", func(t *testing.T) {
		got := tn.want(http.StatusOK, http.MethodGet, usersPath+"?filter=domain%20co%20%22acme%22&count=10000", "").json()
		same(t, got["totalResults"], `3`)
	})
	t.Run("a script sends credentials in the query, without a body", func(t *testing.T) {
		tn.want(http.StatusOK, http.MethodPost,
			"/SAAS/API/1.0/oauth2/token?grant_type=client_credentials&client_id=client&client_secret=s3cret%2F%2B", "",
			"Authorization", "")
	})
	t.Run("a script lists directories with a slash at the end", func(t *testing.T) {
		tn.want(http.StatusOK, http.MethodGet, api+"/connectormanagement/directoryconfigs/", "")
	})
}
