package patch

import (
	"context"
	"reflect"
	"strings"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
)

// patchedID is the id in the path of every PATCH of these tests.
const patchedID = "u1"

// apply does what a PATCH with these Operations does to the resource. unknown are
// the names as the log has them.
func apply(
	tb testing.TB, x schema.Index, current schema.Resource, operations string,
) (next schema.Resource, unknown []string, _ error) {
	tb.Helper()
	var request Request
	body := []byte(`{"Operations":` + schematest.URNs(operations) + `}`)
	if err := jsonv2.Unmarshal(body, &request, jsonv2.MatchCaseInsensitiveNames(true)); err != nil {
		tb.Fatal(err)
	}
	read, names, err := request.Read(x, patchedID)
	for _, name := range names {
		unknown = append(unknown, schema.Label(name))
	}
	if err != nil {
		return nil, unknown, err
	}
	before := schema.Copy(current)
	next, err = Apply(context.Background(), current, read)
	if !reflect.DeepEqual(current, before) {
		tb.Errorf("the current resource became %v, was %v", current, before)
	}
	again, err2 := Apply(context.Background(), current, read)
	if !reflect.DeepEqual(again, next) || !reflect.DeepEqual(err2, err) {
		tb.Errorf("applied twice, the operations give %v (%v), then %v (%v)", next, err, again, err2)
	}
	return next, unknown, err
}

// changes are the top-level attributes in which two resources differ, null for
// what is gone.
func changes(before, after map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range after {
		if !reflect.DeepEqual(before[name], v) {
			out[name] = v
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			out[name] = nil
		}
	}
	return out
}

const patchedUser = `{"schemas":["$USER","$ENTERPRISE"],"userName":"ada@x","externalId":"e",` +
	`"active":true,"title":"Countess",
	"name":{"givenName":"Ada","familyName":"L","middleName":"K"},
	"emails":[{"value":"ada@x","type":"work","primary":true}],
	"addresses":[{"type":"work","country":"GB","primary":true}],
	"$ENTERPRISE":{"department":"d","manager":{"value":"m","displayName":"M"}}}`

func TestPatchUser(t *testing.T) {
	tests := []struct {
		name, operations, want string
	}{
		{"a value without a path replaces what it names", `[{"op":"replace","value":{"active":false}}]`, `{"active":false}`},
		{"a value without a path adds", `[{"op":"add","value":{"nickName":"n","title":"t"}}]`,
			`{"nickName":"n","title":"t"}`},
		{"names in a value may be in any case", `[{"op":"replace","value":{"ACTIVE":false,"NAME":{"GIVENNAME":"G"}}}]`,
			`{"active":false,"name":{"givenName":"G","familyName":"L","middleName":"K"}}`},
		{"op and path may be in any case", `[{"op":"Replace","path":"TITLE","value":"t"}]`, `{"title":"t"}`},
		{"an empty path is none", `[{"op":"replace","path":"","value":{"title":"t"}}]`, `{"title":"t"}`},
		{"a name in a value may be a path", `[{"op":"replace","value":{"name.givenName":"G"}}]`,
			`{"name":{"givenName":"G","familyName":"L","middleName":"K"}}`},
		{"what Okta echoes is ignored",
			`[{"op":"replace","value":{"id":"u1","schemas":[],"meta":{},"groups":[{"value":"g"}],"displayName":"d"}}]`,
			`{"displayName":"d"}`},
		{"a password is dropped", `[{"op":"replace","value":{"password":"p"}},{"op":"add","path":"password","value":"p"}]`,
			`{}`},
		{"add sets a simple attribute", `[{"op":"add","path":"title","value":"t"}]`, `{"title":"t"}`},
		{"replace sets one that was absent", `[{"op":"replace","path":"nickName","value":"n"}]`, `{"nickName":"n"}`},
		{"remove removes a simple attribute", `[{"op":"remove","path":"title"}]`, `{"title":null}`},
		{"remove of what is absent changes nothing", `[{"op":"remove","path":"nickName"}]`, `{}`},
		{"numbers in a list keep their digits",
			`[{"op":"add","path":"phoneNumbers","value":[1234567890123456789,1234567890123456788]}]`,
			`{"phoneNumbers":[1234567890123456789,1234567890123456788]}`},
		{"null stands for no value", `[{"op":"replace","path":"title","value":null}]`, `{"title":null}`},
		{"a string for a flag is kept for the translation",
			`[{"op":"replace","path":"active","value":"False"}]`, `{"active":"False"}`},
		{"replace sets a sub-attribute", `[{"op":"replace","path":"name.givenName","value":"G"}]`,
			`{"name":{"givenName":"G","familyName":"L","middleName":"K"}}`},
		{"remove removes a sub-attribute", `[{"op":"remove","path":"name.middleName"}]`,
			`{"name":{"givenName":"Ada","familyName":"L"}}`},
		{"add to a complex attribute keeps the rest", `[{"op":"add","path":"name","value":{"honorificPrefix":"Lady"}}]`,
			`{"name":{"givenName":"Ada","familyName":"L","middleName":"K","honorificPrefix":"Lady"}}`},
		{"replace of a complex attribute keeps the rest", `[{"op":"replace","path":"name","value":{"middleName":null}}]`,
			`{"name":{"givenName":"Ada","familyName":"L","middleName":null}}`},
		{"remove removes a complex attribute", `[{"op":"remove","path":"name"}]`, `{"name":null}`},
		{"later operations see earlier ones",
			`[{"op":"remove","path":"name"},{"op":"add","path":"name.givenName","value":"G"}]`, `{"name":{"givenName":"G"}}`},

		{"the URN of the core schema may be before a path", `[{"op":"replace","path":"$USER:name.givenName","value":"G"}]`,
			`{"name":{"givenName":"G","familyName":"L","middleName":"K"}}`},
		{"an attribute of an extension has a URN", `[{"op":"replace","path":"$ENTERPRISE:department","value":"x"}]`,
			`{"$ENTERPRISE":{"department":"x","manager":{"value":"m","displayName":"M"}}}`},
		{"a sub-attribute of an extension too", `[{"op":"remove","path":"$ENTERPRISE:manager.displayName"}]`,
			`{"$ENTERPRISE":{"department":"d","manager":{"value":"m"}}}`},
		{"a URN may be in any case",
			`[{"op":"replace","path":"URN:SCIM:Schemas:extension:workspace:1.0:userprincipalname","value":"p"}]`,
			`{"$WORKSPACE":{"userPrincipalName":"p"}}`},
		{"an extension in a value keeps the rest", `[{"op":"replace","value":{"$ENTERPRISE":{"Department":"x"}}}]`,
			`{"$ENTERPRISE":{"department":"x","manager":{"value":"m","displayName":"M"}}}`},
		{"null for an extension is null for each attribute", `[{"op":"replace","value":{"$WORKSPACE":null}}]`,
			`{"$WORKSPACE":{"userPrincipalName":null,"distinguishedName":null,"domain":null}}`},
		{"a path may name a whole extension", `[{"op":"replace","path":"$ENTERPRISE","value":{"Department":"x"}}]`,
			`{"$ENTERPRISE":{"department":"x","manager":{"value":"m","displayName":"M"}}}`},
		{"a whole extension is added",
			`[{"op":"add","path":"URN:scim:schemas:extension:workspace:1.0","value":{"userPrincipalName":"p"}}]`,
			`{"$WORKSPACE":{"userPrincipalName":"p"}}`},
		{"a whole extension is removed", `[{"op":"remove","path":"$ENTERPRISE"}]`, `{"$ENTERPRISE":{}}`},
		{"a manager may be a bare string", `[{"op":"replace","path":"$ENTERPRISE:manager","value":"m2"}]`,
			`{"$ENTERPRISE":{"department":"d","manager":"m2"}}`},

		{"replace sets a whole list", `[{"op":"replace","path":"emails","value":[{"value":"b@x","TYPE":"work"}]}]`,
			`{"emails":[{"value":"b@x","type":"work"}]}`},
		{"a single value stands for a list", `[{"op":"replace","path":"emails","value":{"value":"b@x"}}]`,
			`{"emails":[{"value":"b@x"}]}`},
		{"a bare string stands for a value", `[{"op":"replace","path":"emails","value":"b@x"}]`, `{"emails":["b@x"]}`},
		{"an empty list clears", `[{"op":"replace","path":"emails","value":[]}]`, `{"emails":[]}`},
		{"null clears a list", `[{"op":"replace","path":"emails","value":null}]`, `{"emails":null}`},
		{"null adds nothing to a list", `[{"op":"add","path":"emails","value":null}]`, `{}`},
		{"a value of another type is another value",
			`[{"op":"add","path":"emails","value":[{"value":"ADA@x","type":"home"},{"value":"ada@x","type":"home"}]}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":true},
				{"value":"ADA@x","type":"home"},{"value":"ada@x","type":"home"}]}`},
		{"primary moves to a value that is there",
			`[{"op":"add","path":"emails","value":[{"value":"b@x","type":"home"}]},
				{"op":"add","path":"emails","value":[{"value":"b@x","primary":true}]}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":false},{"value":"b@x","type":"home","primary":true}]}`},
		{"remove clears a list", `[{"op":"remove","path":"emails"}]`, `{"emails":[]}`},
		{"remove may name the values", `[{"op":"remove","path":"emails","value":[{"value":"ada@x"}]}]`, `{"emails":[]}`},
		{"add appends to a list", `[{"op":"add","path":"emails","value":[{"value":"b@x"}]}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":true},{"value":"b@x"}]}`},
		{"add of a value that is there changes nothing", `[{"op":"add","path":"emails","value":[{"value":"ada@x"}]}]`, `{}`},
		{"add makes a list", `[{"op":"add","path":"phoneNumbers","value":[{"value":"1"}]}]`,
			`{"phoneNumbers":[{"value":"1"}]}`},
		{"a new primary value takes primary from the others",
			`[{"op":"add","path":"emails","value":[{"value":"b@x","primary":true}]}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":false},{"value":"b@x","primary":true}]}`},
		{"a sub-attribute without a filter is set in every value", `[{"op":"replace","path":"emails.type","value":"home"}]`,
			`{"emails":[{"value":"ada@x","type":"home","primary":true}]}`},
		{"a sub-attribute without a filter is removed from every value", `[{"op":"remove","path":"emails.type"}]`,
			`{"emails":[{"value":"ada@x","primary":true}]}`},

		{"a filter selects values", `[{"op":"replace","path":"emails[type eq \"work\"].value","value":"b@x"}]`,
			`{"emails":[{"value":"b@x","type":"work","primary":true}]}`},
		{"replace of a selected value replaces all of it",
			`[{"op":"replace","path":"emails[type eq \"work\"]","value":{"value":"b@x"}}]`, `{"emails":[{"value":"b@x"}]}`},
		{"add to a selected value keeps the rest", `[{"op":"add","path":"emails[primary eq true]","value":{"Display":"d"}}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":true,"display":"d"}]}`},
		{"remove of a selected value removes it", `[{"op":"remove","path":"emails[value eq \"ADA@x\"]"}]`, `{"emails":[]}`},
		{"remove of what no value has changes nothing", `[{"op":"remove","path":"emails[type eq \"home\"]"}]`, `{}`},
		{"remove of a sub-attribute of a selected value", `[{"op":"remove","path":"emails[type eq \"work\"].type"}]`,
			`{"emails":[{"value":"ada@x","primary":true}]}`},
		{"add where nothing matches makes what the filter describes",
			`[{"op":"add","path":"emails[TYPE eq \"home\" and Primary eq true].Value","value":"b@x"}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":false},{"value":"b@x","type":"home","primary":true}]}`},
		{"a value made by one operation is found by the next",
			`[{"op":"add","path":"emails[type eq \"home\"].value","value":"b@x"},
				{"op":"replace","path":"emails[type eq \"home\"].display","value":"d"}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":true},{"type":"home","value":"b@x","display":"d"}]}`},
		{"primary moves to the selected value though both have the same value",
			`[{"op":"add","path":"emails[type eq \"home\"].value","value":"ada@x"},
				{"op":"replace","path":"emails[type eq \"home\"].primary","value":true}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":false},{"type":"home","value":"ada@x","primary":true}]}`},
		{"values without a value are equal when all their parts are",
			`[{"op":"add","path":"addresses","value":[{"type":"work","country":"GB","primary":true},{"country":"FR"}]}]`,
			`{"addresses":[{"type":"work","country":"GB","primary":true},{"country":"FR"}]}`},
		{"what one operation added, the next one changes",
			`[{"op":"add","path":"emails","value":[{"value":"b@x"}]},
				{"op":"replace","path":"emails[value eq \"b@x\"].value","value":"c@x"}]`,
			`{"emails":[{"value":"ada@x","type":"work","primary":true},{"value":"c@x"}]}`},
	}
	users, _ := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			current := schematest.Resource(t, patchedUser)
			next, _, err := apply(t, users, current, tt.operations)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := changes(current, next), schematest.Resource(t, tt.want); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}

// TestPatchSelects checks the expressions in a path: which numbers a remove
// leaves.
func TestPatchSelects(t *testing.T) {
	const user = `{"phoneNumbers":[
		{"value":"+44 1","type":"work","primary":true},
		{"value":"+44 2","type":"Mobile","display":"two"},
		{"value":"+33 3","display":""}]}`
	tests := []struct{ filter, want string }{
		{`type eq "mobile"`, "+44 1,+33 3"},
		{`TYPE EQ "MOBILE"`, "+44 1,+33 3"},
		{`type eq "\u006Dobile"`, "+44 1,+33 3"},
		{`type ne "work"`, "+44 1"},
		{`type pr`, "+33 3"},
		{`not (type pr)`, "+44 1,+44 2"},
		{`display pr`, "+44 1,+33 3"},
		{`value co "4 1"`, "+44 2,+33 3"},
		{`value sw "+44"`, "+33 3"},
		{`value ew "3"`, "+44 1,+44 2"},
		{`value gt "+44 1"`, "+44 1,+33 3"},
		{`value ge "+44 1"`, "+33 3"},
		{`value lt "+44"`, "+44 1,+44 2"},
		{`value le "+33 3"`, "+44 1,+44 2"},
		{`primary eq true`, "+44 2,+33 3"},
		{`primary ne true`, "+44 1"},
		{`primary ne false`, ""},
		{`primary eq "true"`, "+44 2,+33 3"},
		{`type eq null`, "+44 1,+44 2"},
		{`type ne null`, "+33 3"},
		{`value gt 7`, "+44 1,+44 2,+33 3"},
		{`type eq "work" and primary eq true and value sw "+44" and not (display pr)`, "+44 2,+33 3"},
		{`type eq "work" or display eq "two"`, "+33 3"},
		{`type eq "work" and primary eq true`, "+44 2,+33 3"},
		{`type eq "work" and primary eq false`, "+44 1,+44 2,+33 3"},
		{`not (type eq "work" or display eq "two")`, "+44 1,+44 2"},
	}
	users, _ := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.filter, func(t *testing.T) {
			operations, err := jsonv2.Marshal([]any{map[string]any{"op": "remove", "path": "phoneNumbers[" + tt.filter + "]"}})
			if err != nil {
				t.Fatal(err)
			}
			next, _, err := apply(t, users, schematest.Resource(t, user), string(operations))
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, item := range next["phoneNumbers"].([]any) {
				left = append(left, item.(map[string]any)["value"].(string))
			}
			if got := strings.Join(left, ","); got != tt.want {
				t.Errorf("got %q left, want %q", got, tt.want)
			}
		})
	}
}
