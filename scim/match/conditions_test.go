package match_test

import (
	"testing"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/match"
	"ws1bridge/scim/schematest"

	scimerrors "github.com/elimity-com/scim/errors"
)

const filteredUser = `{
	"schemas": ["$USER", "$ENTERPRISE"], "id": "2819c223-AAAA", "externalId": "00u1ABC",
	"userName": "Ada@Example.com", "active": true,
	"name": {"givenName": "Ada", "familyName": "O'Malley"}, "title": "", "displayName": "Ada Lovelace",
	"emails": [{"value": "ada@example.com", "type": "work", "primary": true}],
	"phoneNumbers": [{"value": "+31 6 1", "type": "mobile"}, {"value": "+44 2", "type": "work", "primary": true}],
	"groups": [{"value": "g-1", "display": "Sales", "type": "direct"}],
	"meta": {"resourceType": "User", "version": "W/\"1\"",
		"created": "2026-01-02T03:04:05.123Z", "lastModified": "2026-03-01T00:00:00Z"},
	"$ENTERPRISE": {"department": "Engines", "employeeNumber": "0042", "costCenter": "1234567890123456789",
		"manager": {"value": "m-1", "displayName": "Charles"}}}`

// condition reads a filter and makes it executable.
func condition(raw string, in match.Scope) (match.Condition, error) {
	e, err := filter.Parse(schematest.URNs(raw))
	if err != nil {
		return nil, err
	}
	return match.New(e, in)
}

// TestConditions holds every operator against every type of attribute.
func TestConditions(t *testing.T) {
	tests := []struct {
		name, filter string
		want         bool
	}{
		{"userName is equal in any case", `userName eq "ADA@example.COM"`, true},
		{"and not to another", `userName eq "ada@example.co"`, false},
		{"ne is the opposite of eq", `userName ne "ADA@example.COM"`, false},
		{"externalId is case-exact", `externalId eq "00u1abc"`, false},
		{"externalId is equal exactly", `externalId eq "00u1ABC"`, true},
		{"id is case-exact", `id eq "2819c223-aaaa"`, false},
		{"co finds a part in any case", `userName co "@EXAMPLE"`, true},
		{"sw finds the beginning", `userName sw "ada@"`, true},
		{"sw does not find the middle", `userName sw "example"`, false},
		{"ew finds the end", `userName ew ".COM"`, true},
		{"ew does not find the beginning", `userName ew "ada"`, false},
		{"co of a case-exact attribute minds case", `externalId co "abc"`, false},
		{"gt of text follows its letters", `userName gt "ac"`, true},
		{"ge takes the same text", `userName ge "ada@example.com"`, true},
		{"lt", `userName lt "b"`, true},
		{"le", `userName le "a"`, false},
		{"a sub-attribute", `name.familyName eq "o'malley"`, true},
		{"a sub-attribute that is absent", `name.middleName eq "x"`, false},
		{"ne of what is absent", `name.middleName ne "x"`, true},
		{"pr of text", `userName pr`, true},
		{"pr of empty text", `title pr`, false},
		{"pr of what is absent", `nickName pr`, false},
		{"pr of a complex attribute", `name pr`, true},
		{"pr of a list", `emails pr`, true},
		{"pr of a list that is absent", `addresses pr`, false},
		{"null is what has no value", `nickName eq null`, true},
		{"ne null is pr", `userName ne null`, true},
		{"a flag", `active eq true`, true},
		{"a flag in quotes, as some send it", `active eq "True"`, true},
		{"a flag that is not so", `active eq false`, false},
		{"ne of a flag", `active ne false`, true},
		{"a date is compared as a moment", `meta.created eq "2026-01-02T04:04:05.123+01:00"`, true},
		{"gt of a date", `meta.lastModified gt "2026-02-28T23:59:59Z"`, true},
		{"lt of a date", `meta.lastModified lt "2026-02-28T23:59:59Z"`, false},
		{"ge of the same date", `meta.lastModified ge "2026-03-01T00:00:00Z"`, true},
		{"a multi-valued attribute is compared by its values", `emails co "EXAMPLE.com"`, true},
		{"a value of one of several", `phoneNumbers.value sw "+44"`, true},
		{"ne where one of several is equal", `phoneNumbers.type ne "work"`, false},
		{"ne where none of several is equal", `phoneNumbers.type ne "fax"`, true},
		{"terms on different values", `phoneNumbers.type eq "mobile" and phoneNumbers.value sw "+44"`, true},
		{"terms on the same value", `phoneNumbers[type eq "mobile" and value sw "+44"]`, false},
		{"a value path that holds", `phoneNumbers[type eq "work" and value sw "+44" and primary eq true]`, true},
		{"a negation in a value path", `phoneNumbers[not (type eq "work") and not (primary eq true)]`, true},
		{"a reference is case-exact", `groups.value eq "G-1"`, false},
		{"the display of a reference is not", `groups[display eq "SALES"]`, true},
		{"the URN of the core schema", `urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.com"`, true},
		{"an attribute of an extension", `$ENTERPRISE:department eq "engines"`, true},
		{"a URN in any case", `URN:ietf:params:scim:schemas:extension:ENTERPRISE:2.0:user:DEPARTMENT sw "eng"`, true},
		{"a sub-attribute of an extension", `$ENTERPRISE:manager.displayName eq "charles"`, true},
		{"a number for text keeps its digits", `$ENTERPRISE:employeeNumber eq 42`, false},
		{"a number of 19 digits", `$ENTERPRISE:costCenter eq 1234567890123456789`, true},
		{"a number that differs in its 19th digit", `$ENTERPRISE:costCenter eq 1234567890123456788`, false},
		{"an extension that is there", `$ENTERPRISE pr`, true},
		{"an extension that is not", `$WORKSPACE pr`, false},
		{"core and extension mixed",
			`userName sw "ada" and ($ENTERPRISE:department eq "x" or $ENTERPRISE:employeeNumber eq "0042")`, true},
		{"schemas", `schemas eq "$ENTERPRISE"`, true},
		{"schemas that are not there", `schemas eq "$WORKSPACE"`, false},
		{"not", `not (active eq true)`, false},
		{"or of which one holds", `title pr or userName pr`, true},
		{"and of which one does not", `title pr and userName pr`, false},
	}
	users, _ := schematest.Indexes(t)
	resource := schematest.Resource(t, filteredUser)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			matches, err := condition(tt.filter, users)
			if err != nil {
				t.Fatal(err)
			}
			if got := matches(resource); got != tt.want {
				t.Errorf("%s: got %t, want %t", tt.filter, got, tt.want)
			}
		})
	}
}

func TestConditionsRefuse(t *testing.T) {
	tests := []struct{ name, filter string }{
		{"an attribute that no schema has", `shoeSize eq "7"`},
		{"a sub-attribute that no schema has", `name.nom eq "x"`},
		{"an attribute that an extension does not have", `$ENTERPRISE:shoeSize pr`},
		{"an extension that nobody knows", `urn:example:1.0:User:a pr`},
		{"the URN of groups", `urn:ietf:params:scim:schemas:core:2.0:Group:displayName eq "a"`},
		{"a complex attribute without its value", `name eq "Ada"`},
		{"gt of a flag", `active gt true`},
		{"co of a flag", `active co "t"`},
		{"text for a flag", `active eq "perhaps"`},
		{"a number for a flag", `active eq 1`},
		{"a flag for text", `userName eq true`},
		{"text that is no date", `meta.created gt "yesterday"`},
		{"co of a date", `meta.created co "2026"`},
		{"gt of null", `userName gt null`},
		{"brackets behind a simple attribute", `userName[type eq "x"]`},
		{"an unknown attribute in brackets", `emails[shoeSize eq "7"]`},
		{"a sub-attribute in brackets", `emails[type.x eq "7"]`},
		{"a mistake deep within", `userName pr or (title pr and not (active co "x"))`},
	}
	users, _ := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := condition(tt.filter, users)
			schematest.WantProblem(t, err, scimerrors.ScimTypeInvalidFilter)
		})
	}
}
