package translate_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"ws1bridge/scim/problem"
	"ws1bridge/upstream"
)

// TestFormsToAccess checks how each kind of attribute is read. What wants nil
// is to be cleared; absent means that the attribute stays as it is.
func TestFormsToAccess(t *testing.T) {
	const absent = "(absent)"
	phone := func(pairs ...string) upstream.Element {
		e := upstream.Element{}
		for pair := range slices.Chunk(pairs, 2) {
			e[pair[0]] = pair[1]
		}
		return e
	}
	tests := []struct {
		name string
		in   string
		path string
		want any
	}{
		{"a string is itself", `{"title":"Director"}`, "title", "Director"},
		{"a string keeps its spaces and its case", `{"title":"  dr. "}`, "title", "  dr. "},
		{"a whole number becomes its digits", `{"title":7}`, "title", "7"},
		{"a number of 40 digits keeps them", `{"title":1234567890123456789012345678901234567890}`, "title",
			"1234567890123456789012345678901234567890"},
		{"a number keeps its spelling", `{"title":12.50e3}`, "title", "12.50e3"},
		{"a fraction becomes its digits", `{"title":1.5}`, "title", "1.5"},
		{"an empty string clears", `{"title":""}`, "title", nil},
		{"null clears", `{"title":null}`, "title", nil},
		{"an absent string clears", `{}`, "title", nil},
		{"an absent userName stays", `{}`, "userName", absent},
		{"an empty userName stays", `{"userName":""}`, "userName", absent},

		{"false is itself", `{"active":false}`, "active", false},
		{"true is itself", `{"active":true}`, "active", true},
		{"False in quotes is false", `{"active":"False"}`, "active", false},
		{"true in quotes is true", `{"active":"true"}`, "active", true},
		{"an absent active stays", `{}`, "active", absent},
		{"active null stays", `{"active":null}`, "active", absent},
		{"active as an empty string stays", `{"active":""}`, "active", absent},

		{"the only e-mail counts", `{"emails":[{"value":"a@x"}]}`, "emails", "a@x"},
		{"the primary e-mail wins over the first", `{"emails":[{"value":"a@x"},{"value":"b@x","primary":true}]}`, "emails",
			"b@x"},
		{"the first primary e-mail wins", `{"emails":[{"value":"a@x","primary":true},{"value":"b@x","primary":true}]}`,
			"emails", "a@x"},
		{"primary in quotes counts", `{"emails":[{"value":"a@x"},{"value":"b@x","primary":"True"}]}`, "emails", "b@x"},
		{"an e-mail that is not primary is dropped",
			`{"emails":[{"value":"a@x","primary":true},{"value":"b@x","primary":false}]}`, "emails", "a@x"},
		{"a primary e-mail without a value does not win", `{"emails":[{"value":"a@x"},{"primary":true}]}`, "emails", "a@x"},
		{"an e-mail may be a bare string in a list", `{"emails":["a@x"]}`, "emails", "a@x"},
		{"an e-mail may be a bare string", `{"emails":"a@x"}`, "emails", "a@x"},
		{"an e-mail may be an object outside of a list", `{"emails":{"value":"a@x"}}`, "emails", "a@x"},
		{"null among e-mails does not count", `{"emails":[null,{"value":"a@x"}]}`, "emails", "a@x"},
		{"an empty list of e-mails stays", `{"emails":[]}`, "emails", absent},
		{"an e-mail with an empty value stays", `{"emails":[{"value":"","primary":true}]}`, "emails", absent},

		{"a phone number keeps display and type", `{"phoneNumbers":[{"value":"1","display":"one","type":"work"}]}`,
			"phoneNumbers",
			[]upstream.Element{phone("value", "1", "display", "one", "type", "work")}},
		{"a phone number may be a bare string", `{"phoneNumbers":["1"]}`, "phoneNumbers",
			[]upstream.Element{phone("value", "1")}},
		{"a phone number may be a number", `{"phoneNumbers":[{"value":4412345}]}`, "phoneNumbers",
			[]upstream.Element{phone("value", "4412345")}},
		{"a phone number may be a number alone", `{"phoneNumbers":[1234567890123456789]}`, "phoneNumbers",
			[]upstream.Element{{"value": "1234567890123456789"}}},
		{"a phone number may be outside of a list", `{"phoneNumbers":{"value":"1","type":"work"}}`, "phoneNumbers",
			[]upstream.Element{phone("value", "1", "type", "work")}},
		{"primary is kept, also where it is false",
			`{"phoneNumbers":[{"value":"1","primary":true},{"value":"2","primary":false}]}`, "phoneNumbers",
			[]upstream.Element{{"value": "1", "primary": true}, {"value": "2", "primary": false}}},
		{"a sub-attribute that Access lacks is dropped", `{"phoneNumbers":[{"value":"1","$ref":"x","operation":"delete"}]}`,
			"phoneNumbers",
			[]upstream.Element{phone("value", "1")}},
		{"a type alone is no phone number", `{"phoneNumbers":[{"type":"work","value":null}]}`, "phoneNumbers", nil},
		{"an empty list clears", `{"phoneNumbers":[]}`, "phoneNumbers", nil},
		{"a list of null clears", `{"phoneNumbers":[null]}`, "phoneNumbers", nil},
		{"null for a list clears", `{"phoneNumbers":null}`, "phoneNumbers", nil},
		{"an absent list clears", `{}`, "phoneNumbers", nil},
		{"an address needs no value", `{"addresses":[{"type":"work","country":"GB","street":"?"}]}`, "addresses",
			[]upstream.Element{phone("type", "work", "country", "GB")}},
		{"a type alone is no address", `{"addresses":[{"type":"work","primary":true}]}`, "addresses", nil},
		{"a bare string is no address", `{"addresses":["1 High Street"]}`, "addresses", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := translator(t).UserChange(upstream.User{}, resource(t, tt.in))
			if err != nil {
				t.Fatal(err)
			}
			got, ok := a[path(t, tt.path)]
			if !ok {
				got = absent
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
		})
	}
}

// TestFormsRefuse checks the text of the errors: it names the attribute and
// what it should be, and never holds the value, which may be about a person.
func TestFormsRefuse(t *testing.T) {
	tests := []struct {
		name, in, want string
	}{
		{"101 values", `{"phoneNumbers":[` + strings.Repeat(`"1",`, 100) + `"1"]}`,
			"The attribute phoneNumbers has more than 100 values."},
		{"a flag for a string", `{"title":true}`, "The attribute title must be a string."},
		{"an object for a string", `{"userName":{"value":"jane"}}`, "The attribute userName must be a string."},
		{"a list for a string", `{"displayName":["jane"]}`, "The attribute displayName must be a string."},
		{"a word for a flag", `{"active":"jane"}`, "The attribute active must be true or false."},
		{"a number for a flag", `{"active":1}`, "The attribute active must be true or false."},
		{"an object for a flag", `{"active":{}}`, "The attribute active must be true or false."},
		{"a flag for e-mails", `{"emails":true}`, "The attribute emails must be a list of objects with a value."},
		{"a list among e-mails", `{"emails":["jane@x",[7]]}`,
			"The attribute emails must be a list of objects with a value."},
		{"a list in a list", `{"emails":[["jane@x"]]}`, "The attribute emails must be a list of objects with a value."},
		{"an e-mail that is a flag", `{"emails":[{"value":true}]}`, "The attribute emails.value must be a string."},
		{"a primary that is a word", `{"emails":[{"value":"a@x","primary":"jane"}]}`,
			"The attribute emails.primary must be true or false."},
		{"a phone number that is an object", `{"phoneNumbers":[{"value":{"a":"jane"}}]}`,
			"The attribute phoneNumbers.value must be a string."},
		{"a phone number of a wrong type", `{"phoneNumbers":[{"value":"1","type":["jane"]}]}`,
			"The attribute phoneNumbers.type must be a string."},
		{"a wrong primary of a phone number", `{"phoneNumbers":[{"value":"1","primary":2}]}`,
			"The attribute phoneNumbers.primary must be true or false."},
		{"a wrong part of an address", `{"addresses":[{"country":false}]}`,
			"The attribute addresses.country must be a string."},
		{"a string for name", `{"name":"jane"}`, "The attribute name.givenName must be in an object."},
		{"a list for name", `{"name":[{"givenName":"jane"}]}`, "The attribute name.givenName must be in an object."},
		{"a wrong part of a name", `{"name":{"middleName":true}}`, "The attribute name.middleName must be a string."},
		{"a string for an extension", `{` + enterprise + `:"jane"}`,
			"The attribute urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber must be in an object."},
		{"a list for an extension", `{` + workspace + `:["jane"]}`,
			"The attribute urn:scim:schemas:extension:workspace:1.0:domain must be in an object."},
		{"a flag for a manager", `{` + enterprise + `:{"manager":true}}`,
			"The attribute urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value must be in an object."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := translator(t).UserChange(upstream.User{}, resource(t, tt.in))
			if _, ok := errors.AsType[*problem.Error](err); !ok {
				t.Fatalf("got the error %v, want a problem.Error", err)
			}
			if err.Error() != tt.want || strings.Contains(err.Error(), "jane") {
				t.Errorf("got  %s\nwant %s", err, tt.want)
			}
		})
	}
}

// TestFormsToSCIM checks how each kind of attribute is shown. nil stands for an
// attribute that is not shown.
func TestFormsToSCIM(t *testing.T) {
	elements := func(e ...upstream.Element) []upstream.Element { return e }
	tests := []struct {
		name      string
		path      string
		value     any
		attribute string
		want      any
	}{
		{"a string is itself", "title", "Director", "title", "Director"},
		{"an empty string is not shown", "title", "", "title", nil},
		{"no value is not shown", "title", nil, "title", nil},
		{"a flag where a string belongs becomes a string", "title", true, "title", "true"},
		{"a list where a string belongs is not shown", "title", elements(upstream.Element{"value": "x"}), "title", nil},
		{"a flag is itself", "active", false, "active", false},
		{"a string where a flag belongs is not shown", "active", "yes", "active", nil},
		{"the e-mail is the primary one, of work", "emails", "a@x", "emails",
			[]any{map[string]any{"value": "a@x", "type": "work", "primary": true}}},
		{"an empty e-mail is not shown", "emails", "", "emails", nil},
		{"an e-mail that is no string is not shown", "emails", 7.0, "emails", nil},
		{"a phone number shows what SCIM knows", "phoneNumbers",
			elements(upstream.Element{"value": "1", "type": "work", "operation": "x"}), "phoneNumbers",
			[]any{map[string]any{"value": "1", "type": "work"}}},
		{"a phone number that cannot be read is not shown", "phoneNumbers",
			elements(upstream.Element{"value": true}, upstream.Element{"value": "2"}), "phoneNumbers",
			[]any{map[string]any{"value": "2"}}},
		{"an empty list is not shown", "phoneNumbers", elements(), "phoneNumbers", nil},
		{"a string where a list belongs is not shown", "phoneNumbers", "1", "phoneNumbers", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := translator(t).UserToSCIM(upstream.User{Attributes: access(t, tt.path, tt.value)})
			if got := r[tt.attribute]; !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, want %#v", got, tt.want)
			}
			if _, ok := r[tt.attribute]; ok != (tt.want != nil) {
				t.Errorf("got an attribute: %t, want %t", ok, tt.want != nil)
			}
		})
	}
}
