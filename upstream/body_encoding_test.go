package upstream

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

const (
	enterpriseBlock = `"` + EnterpriseSchema + `"`
	workspaceBlock  = `"` + WorkspaceSchema + `"`
	core            = `"` + CoreSchema + `"`
)

// TestBodies compares bodies as texts: they come out the same each time.
func TestBodies(t *testing.T) {
	title, phones := CorePath("title"), CorePath("phoneNumbers")
	given, family := PathOf("", "name", "givenName"), PathOf("", "name", "familyName")
	department := PathOf(EnterpriseSchema, "department", "")
	managerID := PathOf(EnterpriseSchema, "manager", "managerId")
	managerName := PathOf(EnterpriseSchema, "manager", "displayName")
	principal := PathOf(WorkspaceSchema, "userPrincipalName", "")
	user := func(a Attributes) body { return creationBody(a, "internalUserType", UserProvisioned, "acme.com") }
	const owner = workspaceBlock + `:{"domain":"acme.com","internalUserType":"PROVISIONED"}`
	tests := []struct {
		name string
		body body
		want string
	}{
		{"nothing is changed by the core schema alone", newBody(nil), `{"schemas":[` + core + `]}`},
		{"core attributes are in the order of their names",
			newBody(Attributes{title: "T", activePath: false, userNamePath: "u"}),
			`{"schemas":[` + core + `],"active":false,"title":"T","userName":"u"}`},
		{"sub-attributes are in one object", newBody(Attributes{given: "G", family: "F", title: "T"}),
			`{"schemas":[` + core + `],"name":{"familyName":"F","givenName":"G"},"title":"T"}`},
		{"one sub-attribute is in an object", newBody(Attributes{given: "G"}),
			`{"schemas":[` + core + `],"name":{"givenName":"G"}}`},
		{"the e-mail is a list of one", newBody(Attributes{emailsPath: "a@b"}),
			`{"schemas":[` + core + `],"emails":[{"value":"a@b"}]}`},
		{"a list stays one", newBody(Attributes{phones: []Element{{"value": "1", "type": "work"}, {"value": "2"}}}),
			`{"schemas":[` + core + `],"phoneNumbers":[{"type":"work","value":"1"},{"value":"2"}]}`},
		{"an extension has a block, and is declared", newBody(Attributes{department: "D", title: "T"}),
			`{"schemas":[` + core + `,` + enterpriseBlock + `],"title":"T",` + enterpriseBlock + `:{"department":"D"}}`},
		{"each extension has its own, with its own objects",
			newBody(Attributes{department: "D", managerID: "M", managerName: "N", principal: "P", given: "G"}),
			`{"schemas":[` + core + `,` + enterpriseBlock + `,` + workspaceBlock + `],"name":{"givenName":"G"},` +
				enterpriseBlock + `:{"department":"D","manager":{"displayName":"N","managerId":"M"}},` +
				workspaceBlock + `:{"userPrincipalName":"P"}}`},
		{"an object that ends a block is closed with it", newBody(Attributes{managerID: "M", principal: "P"}),
			`{"schemas":[` + core + `,` + enterpriseBlock + `,` + workspaceBlock + `],` +
				enterpriseBlock + `:{"manager":{"managerId":"M"}},` + workspaceBlock + `:{"userPrincipalName":"P"}}`},
		{"what is cleared is named in meta, and its extension declared",
			body{set: Attributes{given: "G"}, cleared: []Path{title, PathOf("", "name", "middleName"), department}},
			`{"schemas":[` + core + `,` + enterpriseBlock + `],"meta":{"attributes":["title","name.middleName","` +
				EnterpriseSchema + `:department"]},"name":{"givenName":"G"}}`},
		{"an extension of which something is set and something cleared is declared once",
			body{set: Attributes{managerID: "M"}, cleared: []Path{department}},
			`{"schemas":[` + core + `,` + enterpriseBlock + `],"meta":{"attributes":["` + EnterpriseSchema +
				`:department"]},` + enterpriseBlock + `:{"manager":{"managerId":"M"}}}`},
		{"who joins is told with the type", body{members: []Member{{ID: "1", Display: "x"}, {ID: "2"}}},
			`{"schemas":[` + core + `],"members":[{"type":"User","value":"1"},{"type":"User","value":"2"}]}`},
		{"who leaves is marked", body{members: []Member{{ID: "1"}}, leaving: true},
			`{"schemas":[` + core + `],"members":[{"type":"User","value":"1","operation":"delete"}]}`},
		{"an empty text clears in a change", newBody(Attributes{title: "", phones: []Element{}}),
			`{"schemas":[` + core + `],"phoneNumbers":[],"title":""}`},
		{"a creation has its owner", user(Attributes{userNamePath: "u"}),
			`{"schemas":[` + core + `,` + workspaceBlock + `],"userName":"u",` + owner + `}`},
		{"and other attributes of the same extension", user(Attributes{userNamePath: "u", principal: "P"}),
			`{"schemas":[` + core + `,` + workspaceBlock + `],"userName":"u",` + workspaceBlock +
				`:{"domain":"acme.com","internalUserType":"PROVISIONED","userPrincipalName":"P"}}`},
		{"nobody is created with nothing", user(Attributes{userNamePath: "u", title: "", phones: []Element{}, emailsPath: "",
			department: nil, given: ""}), `{"schemas":[` + core + `,` + workspaceBlock + `],"userName":"u",` + owner + `}`},
		{"but with false", user(Attributes{activePath: false}),
			`{"schemas":[` + core + `,` + workspaceBlock + `],"active":false,` + owner + `}`},
		{"a group has the names of its own",
			creationBody(Attributes{displayNamePath: "g"}, "internalGroupType", GroupInternal, "d"),
			`{"schemas":[` + core + `,` + workspaceBlock + `],"displayName":"g",` + workspaceBlock +
				`:{"domain":"d","internalGroupType":"INTERNAL"}}`},
		{"texts are escaped, but not for HTML", newBody(Attributes{title: "<\"&\n\u2028é>"}),
			`{"schemas":[` + core + `],"title":"<\"&\n` + "\u2028" + `é>"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.body.AppendJSON([]byte("before "))
			if err != nil || string(got) != "before "+tt.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, tt.want)
			}
			if whole, err := tt.body.MarshalJSON(); err != nil || string(whole) != tt.want || !json.Valid(whole) {
				t.Errorf("marshaled it is %s, %v", whole, err)
			}
			p, err := tt.body.pack()
			if err != nil {
				t.Fatal(err)
			}
			copied, err := p.AppendJSON([]byte("before "))
			if marshaled, err2 := p.MarshalJSON(); err != nil || err2 != nil || string(copied) != string(got) ||
				string(marshaled) != tt.want {
				t.Errorf("packed it is %s and %s, %v, %v", copied, marshaled, err, err2)
			}
		})
	}
}

// More attributes than usual have no other order.
func TestLongBodiesKeepTheirOrder(t *testing.T) {
	set, want := Attributes{}, map[string]any{}
	for _, a := range "abcdefghijklmnopqrstuvwxyz" {
		for _, b := range "xyz" {
			name := string(a) + string(b)
			set[CorePath(name)], want[name] = name, name
		}
	}
	got, err := newBody(set).pack()
	if err != nil {
		t.Fatal(err)
	}
	var sent map[string]any
	if err := json.Unmarshal(got, &sent); err != nil {
		t.Fatal(err)
	}
	if delete(sent, "schemas"); !reflect.DeepEqual(sent, want) {
		t.Errorf("got %v, want %v", sent, want)
	}
	for range 10 {
		if again, _ := newBody(set).pack(); string(again) != string(got) {
			t.Fatalf("the body is %s, then %s", got, again)
		}
	}
}

func TestBodiesThatCannotBeWritten(t *testing.T) {
	for _, a := range []Attributes{{userNamePath: make(chan int)}, {PathOf("", "a", "b"): []any{func() {}}}} {
		var unsupported *json.UnsupportedTypeError
		if got, err := newBody(a).pack(); !errors.As(err, &unsupported) {
			t.Errorf("%v is written %s, %v", a, got, err)
		}
	}
}
