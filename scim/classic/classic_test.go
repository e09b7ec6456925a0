package classic_test

import (
	"encoding/json"
	"testing"

	"ws1bridge/scim/classic"
	"ws1bridge/scim/schema"
)

func decoded(tb testing.TB, text string) (object map[string]any) {
	tb.Helper()
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		tb.Fatal(err)
	}
	return object
}

func encoded(tb testing.TB, v any) string {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

const (
	old          = "urn:scim:schemas:extension:enterprise:1.0"
	enterprise11 = `"urn:scim:schemas:extension:enterprise:1.0"`
	enterprise20 = `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"`
)

func TestResources(t *testing.T) {
	for name, tt := range map[string]struct{ old, modern string }{
		"schemas": {`{"schemas":["urn:scim:schemas:core:1.0",` + enterprise11 + `]}`,
			`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",` + enterprise20 + `]}`},
		"a manager": {`{` + enterprise11 + `:{"department":"D","manager":{"displayName":"C","managerId":"9"}},"schemas":[]}`,
			`{"schemas":[],` + enterprise20 + `:{"department":"D","manager":{"displayName":"C","value":"9"}}}`},
		"what is the same": {`{"emails":[{"value":"a"}],"schemas":[],"urn:x:1.0":{"domain":"d"}}`,
			`{"emails":[{"value":"a"}],"schemas":[],"urn:x:1.0":{"domain":"d"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := encoded(t, classic.FromResource(decoded(t, tt.old))); got != encoded(t, decoded(t, tt.modern)) {
				t.Errorf("from SCIM 1.1: got %s, want %s", got, tt.modern)
			}
			if got := encoded(t, classic.ToResource(decoded(t, tt.modern))); got != encoded(t, decoded(t, tt.old)) {
				t.Errorf("to SCIM 1.1: got %s, want %s", got, tt.old)
			}
		})
	}
}

// TestLenientResources takes forms that nobody documents.
func TestLenientResources(t *testing.T) {
	for in, want := range map[string]string{
		`{"URN:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:1.0":{"Manager":{"managerid":"9"}}}`: `{` + enterprise20 +
			`:{"Manager":{"value":"9"}}}`,
		`{"urn:scim:schemas:core:1.0":{"userName":"a","title":"t"},"title":"T"}`: `{"title":"T","userName":"a"}`,
		`{` + enterprise11 + `:"none"}`:                                          `{` + enterprise20 + `:"none"}`,
		`{` + enterprise20 + `:{"manager":{"value":"9"}}}`: `{` + enterprise20 +
			`:{"manager":{"value":"9"}}}`,
		`{"schemas":["x",7,"x"]}`: `{"schemas":["x"]}`,
	} {
		if got := encoded(t, classic.FromResource(decoded(t, in))); got != encoded(t, decoded(t, want)) {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

// TestOnlyInModern leaves out what SCIM 1.1 does not have.
func TestOnlyInModern(t *testing.T) {
	r := decoded(t, `{"schemas":[],"meta":{"resourceType":"User","version":"v"},"groups":[{"value":"g","$ref":"x"}]}`)
	r["members"] = schema.Members{Users: "https://bridge/Users/", List: []schema.Member{{Value: "u", Display: "U"}}}
	want := `{"groups":[{"value":"g"}],"members":[{"display":"U","type":"User","value":"u"}],"meta":{"version":"v"},` +
		`"schemas":[]}`
	if got := encoded(t, classic.ToResource(r)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestPaths(t *testing.T) {
	const urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	for in, want := range map[string]string{
		"userName": "userName", " name.givenName ": "name.givenName", "urn:scim:schemas:core:1.0:userName": "userName",
		"urn:scim:schemas:extension:enterprise:1.0:department":        urn + ":department",
		"URN:SCIM:SCHEMAS:EXTENSION:ENTERPRISE:1.0:manager.managerId": urn + ":manager.value",
		"urn:scim:schemas:extension:enterprise:1.0":                   urn + ":",
		"urn:scim:schemas:core:1.0x":                                  "urn:scim:schemas:core:1.0x",
		"urn:other:a":                                                 "urn:other:a",
		"":                                                            "",
	} {
		if got := classic.Path(in); got != want {
			t.Errorf("Path(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		`userName eq "a b(c"`: `userName eq "a b(c"`,
		`urn:scim:schemas:core:1.0:userName eq "urn:scim:schemas:core:1.0:x \" y"`: "" +
			`userName eq "urn:scim:schemas:core:1.0:x \" y"`,
		`(urn:scim:schemas:extension:enterprise:1.0:department pr)`: "(" + urn + ":department pr)",
		`a eq "x\\" and urn:scim:schemas:core:1.0:b pr`:             `a eq "x\\" and b pr`,
	} {
		if got := classic.Filter(in); got != want {
			t.Errorf("Filter(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestReadChanges(t *testing.T) {
	users := schema.Users([]schema.Mapped{{Name: "userName"}, {Name: "title"}, {Name: "active"},
		{Name: "name", Sub: []string{"givenName", "familyName"}}, {Name: "emails"},
		{Schema: schema.Enterprise, Name: "department"}, {Schema: schema.Enterprise, Name: "manager"}})
	const urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	for name, tt := range map[string]struct{ in, want string }{
		"single values": {`{"schemas":["x"],"id":"1","title":"T","active":false}`,
			`[{"Op":"replace","Path":"active","Value":false},{"Op":"replace","Path":"title","Value":"T"}]`},
		"parts of a value": {`{"name":{"givenName":"A","familyName":"B"}}`,
			`[{"Op":"replace","Path":"name.familyName","Value":"B"},{"Op":"replace","Path":"name.givenName","Value":"A"}]`},
		"a list": {`{"emails":[{"value":"a"},{"value":"b","operation":"DELETE"},{"value":"c"}]}`,
			`[{"Op":"add","Path":"emails","Value":[{"value":"a"}]},` +
				`{"Op":"remove","Path":"emails[value eq \"b\"]","Value":null},` +
				`{"Op":"add","Path":"emails","Value":[{"value":"c"}]}]`},
		"a quotation mark in a value": {`{"emails":[{"value":"a\"b\\","operation":"delete"}]}`,
			`[{"Op":"remove","Path":"emails[value eq \"a\\\"b\\\\\"]","Value":null}]`},
		"what is cleared, first": {`{"title":"T","meta":{"attributes":["title","` + old + `:department"," "]}}`,
			`[{"Op":"remove","Path":"title","Value":null},{"Op":"remove","Path":"` + urn + `:department","Value":null},` +
				`{"Op":"replace","Path":"title","Value":"T"}]`},
		"extensions": {`{` + enterprise11 + `:{"department":"D","manager":{"managerId":"9"}}}`,
			`[{"Op":"replace","Path":"` + urn + `:department","Value":"D"},` +
				`{"Op":"replace","Path":"` + urn + `:manager.value","Value":"9"}]`},
		"nothing":     {`{"schemas":[],"meta":{}}`, `null`},
		"no elements": {`{"emails":[]}`, `null`},
	} {
		t.Run(name, func(t *testing.T) {
			got := encoded(t, classic.ReadChanges(decoded(t, tt.in), users.Index))
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzReadChanges reads anything that is an object.
func FuzzReadChanges(f *testing.F) {
	f.Add(`{"title":"T","meta":{"attributes":["a"]}}`)
	f.Add(`{"emails":[{"value":"a","operation":"delete"},7],"name":{"givenName":null}}`)
	users := schema.Users([]schema.Mapped{{Name: "userName"}, {Name: "emails"}, {Name: "name"}})
	f.Fuzz(func(_ *testing.T, in string) {
		var object map[string]any
		if json.Unmarshal([]byte(in), &object) == nil && object != nil {
			classic.ReadChanges(object, users.Index)
		}
	})
}
