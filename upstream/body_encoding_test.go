package upstream

import "testing"

func TestBodies(t *testing.T) {
	const mfa = "urn:scim:schemas:extension:workspace:mfa:1.0"
	given, family := Path{Name: "name", Sub: "givenName"}, Path{Name: "name", Sub: "familyName"}
	managerID := Path{Schema: EnterpriseSchema, Name: "manager", Sub: "managerId"}
	for name, tt := range map[string]struct {
		body body
		want string
	}{
		"nothing": {body{}, `{"schemas":["urn:scim:schemas:core:1.0"]}`},
		"names within a name, and next to it": {
			newBody(Attributes{given: "A", family: "B", {Name: "title"}: `"C"`, {Name: "active"}: false}),
			`{"schemas":["urn:scim:schemas:core:1.0"],"active":false,` +
				`"name":{"familyName":"B","givenName":"A"},"title":"\"C\""}`},
		"an address, which is a list": {newBody(Attributes{emailsPath: "a@acme.com"}),
			`{"schemas":["urn:scim:schemas:core:1.0"],"emails":[{"value":"a@acme.com"}]}`},
		"extensions, each in a block that is declared": {
			newBody(Attributes{userNamePath: "a", managerID: "m", {Schema: mfa, Name: "mfaId"}: "1",
				{Schema: EnterpriseSchema, Name: "department"}: "d"}),
			`{"schemas":["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:enterprise:1.0",` +
				`"urn:scim:schemas:extension:workspace:mfa:1.0"],"userName":"a",` +
				`"urn:scim:schemas:extension:enterprise:1.0":{"department":"d","manager":{"managerId":"m"}},` +
				`"urn:scim:schemas:extension:workspace:mfa:1.0":{"mfaId":"1"}}`},
		"a creation, without what is empty": {
			creationBody(Attributes{userNamePath: "a", given: "", {Name: "title"}: nil, {Name: "ims"}: []Element{}},
				"internalUserType", UserProvisioned, "acme.com"),
			`{"schemas":["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:workspace:1.0"],"userName":"a",` +
				`"urn:scim:schemas:extension:workspace:1.0":{"domain":"acme.com","internalUserType":"PROVISIONED"}}`},
		"what is cleared, declared too": {
			body{cleared: []Path{{Name: "title"}, {Schema: mfa, Name: "mfaId"}}},
			`{"schemas":["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:workspace:mfa:1.0"],` +
				`"meta":{"attributes":["title","urn:scim:schemas:extension:workspace:mfa:1.0:mfaId"]}}`},
		"a list, with names in a fixed order": {
			newBody(Attributes{{Name: "phoneNumbers"}: []Element{
				{"value": "1", "type": "work", "primary": true}, {"value": "2"}}}),
			`{"schemas":["urn:scim:schemas:core:1.0"],` +
				`"phoneNumbers":[{"primary":true,"type":"work","value":"1"},{"value":"2"}]}`},
		"members that come": {body{members: []Member{{ID: "1", Display: "A"}, {ID: "2"}}},
			`{"schemas":["urn:scim:schemas:core:1.0"],` +
				`"members":[{"type":"User","value":"1"},{"type":"User","value":"2"}]}`},
		"members that go": {body{members: []Member{{ID: "1"}}, leaving: true},
			`{"schemas":["urn:scim:schemas:core:1.0"],"members":[{"type":"User","value":"1","operation":"delete"}]}`},
	} {
		packed, err := tt.body.pack()
		if err != nil || string(packed) != tt.want {
			t.Errorf("%s:\ngot  %s, %v\nwant %s", name, packed, err, tt.want)
		}
		for p, v := range tt.body.set {
			if got := packed.attributes()[p]; !isEmpty(v) && !sameValue(got, v) {
				t.Errorf("%s: %v is unpacked as %v, want %v", name, p, got, v)
			}
		}
	}
}
