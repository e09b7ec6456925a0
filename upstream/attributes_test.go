package upstream

import (
	"reflect"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
)

func TestParsePath(t *testing.T) {
	tests := []struct {
		in   string
		want Path
	}{
		{"userName", CorePath("userName")},
		{"name.givenName", PathOf("", "name", "givenName")},
		{"urn:scim:schemas:extension:workspace:1.0:userPrincipalName",
			PathOf(WorkspaceSchema, "userPrincipalName", "")},
		{"urn:scim:schemas:extension:enterprise:1.0:manager.managerId",
			PathOf(EnterpriseSchema, "manager", "managerId")},
	}
	for _, tt := range tests {
		got, err := ParsePath(tt.in)
		if err != nil || got != tt.want || got.String() != tt.in {
			t.Errorf("ParsePath(%q) = %#v (%s), %v; want %#v", tt.in, got, got, err, tt.want)
		}
	}
	for _, bad := range []string{"", ".", "a.", "a.b.c", "urn:x", "urn:scim:schemas:core:1.0:"} {
		if got, err := ParsePath(bad); err == nil {
			t.Errorf("ParsePath(%q) = %#v, want an error", bad, got)
		}
	}
}

// TestNumbersKeepTheirDigits checks that a number of Access's is the text that
// was sent, whatever has it: as a float64 two people's ids would be the same.
func TestNumbersKeepTheirDigits(t *testing.T) {
	const digits = "1234567890123456789012345678901234567890"
	u, err := DecodeUser([]byte(`{"id":"1","externalId":` + digits + `,"title":12.50,"name":{"familyName":1e3},
		"phoneNumbers":[` + digits + `,{"value":` + digits + `,"type":"work"}],"emails":[` + digits + `],
		"` + EnterpriseSchema + `":{"employeeNumber":` + digits + `}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Attributes{
		externalIDPath: digits, CorePath("title"): "12.50", PathOf("", "name", "familyName"): "1e3",
		CorePath("phoneNumbers"): []Element{{"value": digits}, {"value": digits, "type": "work"}}, emailsPath: digits,
		PathOf(EnterpriseSchema, "employeeNumber", ""): digits, activePath: true,
	}
	if !reflect.DeepEqual(u.Attributes, want) {
		t.Errorf("got %v, want %v", u.Attributes, want)
	}
}

// TestListsAreComparedByValue checks what counts as a difference in a list that
// Access merges by value: only what a write could change.
func TestListsAreComparedByValue(t *testing.T) {
	work, mobile := Element{"value": "1", "type": "work", "primary": true}, Element{"value": "1", "type": "mobile"}
	merged, home := Element{"value": "1", "type": "mobile", "primary": true}, Element{"value": "2", "type": "home"}
	tests := []struct {
		name       string
		have, want []Element
		same       bool
	}{
		{"the order does not count", []Element{home, work}, []Element{work, home}, true},
		{"one of two types is kept", []Element{work}, []Element{work, mobile}, true},
		{"both are kept", []Element{work, mobile}, []Element{mobile, work}, true},
		{"both are merged", []Element{merged}, []Element{work, mobile}, true},
		{"another type", []Element{mobile}, []Element{work}, false},
		{"a type that is not wanted", []Element{{"value": "1", "type": "fax"}}, []Element{work, mobile}, false},
		{"one type too many", []Element{work, mobile}, []Element{work}, false},
		{"a value too many", []Element{work, home}, []Element{work, mobile}, false},
		{"a value is missing", []Element{work}, []Element{work, home}, false},
		{"without values all counts", []Element{{"country": "GB"}}, []Element{{"country": "GB"}, {"country": "GB"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := sameValue(tt.have, tt.want); got != tt.same {
				t.Errorf("%v and %v: the same is %t", tt.have, tt.want, got)
			}
		})
	}
	got := withDeletions([]Element{work}, []Element{work, mobile, home})
	want := []Element{{"value": "1", "type": "mobile", "operation": "delete"}, work, {"value": "2", "operation": "delete"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestNumbersInGroups checks that a group whose name or externalId is a number can
// be read, with all digits.
func TestNumbersInGroups(t *testing.T) {
	var g groupRecord
	err := jsonv2.Unmarshal([]byte(`{"id":"1","displayName":2026,"externalId":1234567890123456789}`), &g, leniently)
	if err != nil || g.DisplayName != "2026" || g.ExternalID != "1234567890123456789" {
		t.Errorf("got %+v and the error %v", g, err)
	}
	if jsonv2.Unmarshal([]byte(`{"id":"1","displayName":["a"]}`), &g, leniently) == nil {
		t.Error("a list was taken for a name")
	}
}
