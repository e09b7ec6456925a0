package accesstest_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func keys(m object) []string { return slices.Sorted(maps.Keys(m)) }

func TestPatchUser(t *testing.T) {
	const tenantURN = "urn:scim:schemas:extension:workspace:tenant:acme:1.0"
	tests := []struct {
		name  string
		modes accesstest.Modes
		body  string
		want  int    // 0 = 204
		at    string // path of what is compared: attribute or urn
		value string
	}{
		{name: "a simple attribute is replaced", body: `{"title":"New"}`, at: "title", value: `"New"`},
		{name: "null changes nothing", body: `{"title":null}`, at: "title", value: `"Old"`},
		{name: "empty text clears", body: `{"title":""}`, at: "title", value: `null`},
		{name: "an absent attribute stays", body: `{"nickName":"n"}`, at: "title", value: `"Old"`},
		{name: "meta.attributes clears", body: `{"meta":{"attributes":["Title"]}}`, at: "title", value: `null`},
		{name: "meta.attributes may clear nothing", modes: accesstest.Modes{IgnoreMetaAttributes: true},
			body: `{"meta":{"attributes":["title"]}}`, at: "title", value: `"Old"`},
		{name: "meta.attributes goes first", body: `{"title":"New","meta":{"attributes":["title"]}}`, at: "title",
			value: `"New"`},
		{name: "unknown names in meta.attributes are ignored", body: `{"meta":{"attributes":["nonsense","id"]}}`, at: "title",
			value: `"Old"`},
		{name: "meta.attributes names sub-attributes", body: `{"meta":{"attributes":["name.middleName"]}}`,
			at: "name", value: `{"familyName":"L","givenName":"Ada"}`},
		{name: "meta.attributes names attributes by URN", body: `{"meta":{"attributes":["` + enterprise + `:department"]}}`,
			at: enterprise, value: `{"manager":{"displayName":"Boss","managerId":"7"}}`},
		{name: "meta.attributes names sub-attributes by URN", body: `{"meta":{"attributes":["` + enterprise +
			`:manager.displayName"]}}`,
			at: enterprise, value: `{"department":"HR","manager":{"managerId":"7"}}`},
		{name: "meta.attributes names a whole extension", body: `{"meta":{"attributes":["` + enterprise + `"]}}`,
			at: enterprise, value: `null`},
		{name: "meta.attributes names core attributes by URN",
			body: `{"meta":{"attributes":["urn:scim:schemas:core:1.0:title"]}}`, at: "title", value: `null`},
		{name: "meta.attributes names tenant attributes with case",
			body: `{"meta":{"attributes":["` + tenantURN + `:objectGUID"]}}`,
			at:   tenantURN, value: `{"other":"x"}`},
		{name: "a complex attribute is merged", body: `{"name":{"givenName":"Eve"}}`,
			at: "name", value: `{"familyName":"L","givenName":"Eve","middleName":"M"}`},
		{name: "a complex attribute must be an object", body: `{"name":"Eve"}`, want: 400, at: "title", value: `"Old"`},
		{name: "an e-mail is replaced", body: `{"emails":[{"value":"new@x"}]}`, at: "emails", value: `[{"value":"new@x"}]`},
		{name: "two e-mails are refused", body: `{"title":"New","emails":[{"value":"a@x"},{"value":"b@x"}]}`, want: 400,
			at: "title", value: `"Old"`},
		{name: "no e-mails are refused", body: `{"emails":[]}`, want: 400, at: "emails", value: `[{"value":"ada@acme.com"}]`},
		{name: "an empty e-mail is refused", body: `{"emails":[{"value":""}]}`, want: 400, at: "emails",
			value: `[{"value":"ada@acme.com"}]`},
		{name: "phone numbers are merged by value", body: `{"phoneNumbers":[{"value":"1","type":"home"},{"value":"3"}]}`,
			at:    "phoneNumbers",
			value: `[{"primary":true,"type":"home","value":"1"},{"type":"mobile","value":"2"},{"value":"3"}]`},
		{name: "phone numbers are deleted by value",
			body: `{"phoneNumbers":[{"value":"1","operation":"delete"},{"value":"9","operation":"DELETE"}]}`,
			at:   "phoneNumbers", value: `[{"type":"mobile","value":"2"}]`},
		{name: "the last phone number leaves no array",
			body: `{"phoneNumbers":[{"value":"1","operation":"delete"},{"value":"2","operation":"delete"}]}`,
			at:   "phoneNumbers", value: `null`},
		{name: "one primary at most", body: `{"phoneNumbers":[{"value":"3","primary":true}]}`,
			at:    "phoneNumbers",
			value: `[{"type":"work","value":"1"},{"type":"mobile","value":"2"},{"primary":true,"value":"3"}]`},
		{name: "an address is added", body: `{"addresses":[{"locality":"Here"}]}`,
			at: "addresses", value: `[{"locality":"Here"},{"locality":"Here"}]`},
		{name: "an extension is merged", body: `{` + schemas + `,"` + enterprise + `":{"department":"","employeeNumber":7}}`,
			at: enterprise, value: `{"employeeNumber":"7","manager":{"displayName":"Boss","managerId":"7"}}`},
		{name: "a required attribute cannot be cleared", body: `{"meta":{"attributes":["externalId"]}}`, want: 400,
			at: "externalId", value: `"00u1"`},
		{name: "nor emptied", body: `{"name":{"givenName":""}}`, want: 400, at: "title", value: `"Old"`},
		{name: "userName cannot be cleared", body: `{"userName":""}`, want: 400, at: "userName", value: `"ada@acme.com"`},
		{name: "the domain cannot be cleared", body: `{"meta":{"attributes":["domain"]}}`, want: 400, at: "title",
			value: `"Old"`},
		{name: "the domain cannot be of another directory",
			body: `{` + schemas + `,"` + workspace + `":{"domain":"Beta.example"}}`, want: 400, at: "title", value: `"Old"`},
		{name: "the domain may be repeated", body: `{` + schemas + `,"title":"New","` + workspace +
			`":{"domain":"acme.com"}}`, at: "title", value: `"New"`},
		{name: "userName can change", body: `{"userName":"eve"}`, at: "userName", value: `"eve"`},
		{name: "userName may change its case", body: `{"userName":"ADA@acme.com"}`, at: "userName", value: `"ADA@acme.com"`},
		{name: "a taken userName is refused", body: `{"title":"New","userName":"BOB"}`, want: 409, at: "title",
			value: `"Old"`},
		{name: "userName may be immutable", modes: accesstest.Modes{UserNameImmutable: true}, body: `{"userName":"eve"}`,
			at: "userName", value: `"ada@acme.com"`},
		{name: "a taken externalId is refused", body: `{"externalId":"ext-bob"}`, want: 409, at: "externalId",
			value: `"00u1"`},
		{name: "read-only attributes are ignored",
			body: `{` + schemas + `,"id":"x","groups":[{"value":"g"}],"roles":[],"` + workspace +
				`":{"userStatus":"3","internalUserType":"LOCAL"}}`,
			at: "active", value: `true`},
		{name: "active is toggled", body: `{"active":false}`, at: "active", value: `false`},
		{name: "active may be text", body: `{"active":"False"}`, at: "active", value: `false`},
		{name: "active must be boolean", body: `{"active":"yes"}`, want: 400, at: "active", value: `true`},
		{name: "active cannot be cleared", body: `{"active":""}`, want: 400, at: "active", value: `true`},
		{name: "incorrect JSON is refused", body: `{"active":`, want: 400, at: "active", value: `true`},
	}
	full := `{"schemas":["urn:scim:schemas:core:1.0","` + workspace + `","` + enterprise + `","` + tenantURN + `"],
		"userName":"ada@acme.com","externalId":"00u1","title":"Old","emails":[{"value":"ada@acme.com"}],
		"name":{"givenName":"Ada","middleName":"M","familyName":"L"},
		"phoneNumbers":[{"value":"1","type":"work","primary":true},{"value":"2","type":"mobile"}],
		"addresses":[{"locality":"Here"}],
		"` + enterprise + `":{"department":"HR","manager":{"managerId":"7","displayName":"Boss"}},
		"` + tenantURN + `":{"objectGUID":"g","other":"x"},
		"` + workspace + `":{"internalUserType":"PROVISIONED","domain":"acme.com"}}`
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := start(t, accesstest.Config{Modes: tt.modes})
			tn.user("bob")
			id := tn.want(http.StatusCreated, http.MethodPost, usersPath, full).json()["id"].(string)
			before := text(t, tn.getUser(id))
			if tt.want == 0 {
				tt.want = http.StatusNoContent
			}
			got := tn.want(tt.want, http.MethodPatch, usersPath+"/"+id, tt.body)
			after := tn.getUser(id)
			same(t, after[tt.at], tt.value)
			switch {
			case tt.want >= 400 && text(t, after) != before:
				t.Errorf("a refused PATCH changed %s to %s", before, text(t, after))
			case tt.want == 204 && (got.body != "" || got.header.Get("ETag") != after["meta"].(object)["version"] ||
				text(t, after) == before):
				t.Errorf("body %q, ETag %q, want the new version %v", got.body, got.header.Get("ETag"), after["meta"])
			}
		})
	}
}

func TestPatchUserAnswers(t *testing.T) {
	tn := start(t, accesstest.Config{})
	id := tn.user("ada")
	got := tn.want(http.StatusOK, http.MethodPatch, usersPath+"/"+id+"?attributes=active", `{"active":false}`)
	same(t, got.json()["active"], `false`)
	same(t, tn.getUser(id)[workspace].(object)["userStatus"], `"2"`)
	tn.want(http.StatusNoContent, http.MethodPost, usersPath+"/"+id, `{"active":true}`, "X-HTTP-Method-Override", "PATCH")
	same(t, tn.getUser(id)[workspace].(object)["userStatus"], `"1"`)
	tn.want(http.StatusMethodNotAllowed, http.MethodPost, usersPath+"/"+id, `{"active":true}`)
	checkError(t, tn.want(http.StatusNotFound, http.MethodPatch, usersPath+"/absent", `{"active":true}`))
	tn.want(http.StatusNoContent, http.MethodPatch, usersPath+"/"+id, `{"userName":"eve"}`)
	tn.user("ada2")
	tn.want(http.StatusCreated, http.MethodPost, usersPath, provisioned("ada", "free", "acme.com"))
}
