package patch

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"ws1bridge/scim/schematest"

	scimerrors "github.com/elimity-com/scim/errors"
)

const (
	invalidPath   = scimerrors.ScimTypeInvalidPath
	invalidSyntax = scimerrors.ScimTypeInvalidSyntax
	invalidValue  = scimerrors.ScimTypeInvalidValue
	mutability    = scimerrors.ScimTypeMutability
	noTarget      = scimerrors.ScimTypeNoTarget
	tooMany       = scimerrors.ScimTypeTooMany
)

// TestPatchGroupRefuses has what would remove members by mistake, and what would take
// too long.
func TestPatchGroupRefuses(t *testing.T) {
	var list []any
	for i := range 10_000 {
		list = append(list, map[string]any{"value": strconv.Itoa(i), "display": "d"})
	}
	costly := `{"op":"remove","path":"members[` + strings.Repeat(`display eq \"x\" or `, 150) + `display eq \"y\"]"},`
	tests := []struct {
		name, operations string
		want             scimerrors.ScimType
	}{
		{"members without a value", `[{"op":"replace","path":"members"}]`, invalidValue},
		{"the id of a member", `[{"op":"replace","path":"members[value eq \"1\"].value","value":"z"}]`, mutability},
		{"the ids of all members", `[{"op":"remove","path":"members.value"}]`, mutability},
		{"filters that cost too much",
			`[` + strings.Repeat(costly, 5) + `{"op":"remove","path":"members[display eq \"z\"]"}]`, tooMany},
	}
	_, groups := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schematest.Bounded(t, tt.name, func() {
				_, _, err := apply(t, groups, map[string]any{"displayName": "g", "members": list}, tt.operations)
				schematest.WantProblem(t, err, tt.want)
			})
		})
	}
}

func TestPatchRefuses(t *testing.T) {
	operations := func(n int, path string) string {
		b, err := json.Marshal(map[string]any{"op": "remove", "path": path})
		if err != nil {
			t.Fatal(err)
		}
		return "[" + strings.Repeat(string(b)+",", n-1) + string(b) + "]"
	}
	parentheses := func(n int) string {
		return operations(1, "emails["+strings.Repeat("(", n)+"type pr"+strings.Repeat(")", n)+"]")
	}
	tests := []struct {
		name, operations string
		want             scimerrors.ScimType
	}{
		{"no operations", `[]`, invalidSyntax},
		{"an op that does not exist", `[{"op":"move","path":"title"}]`, invalidSyntax},
		{"no op", `[{"value":{"title":"t"}}]`, invalidSyntax},
		{"add without a value", `[{"op":"add","path":"title"}]`, invalidValue},
		{"replace without a value", `[{"op":"replace","path":"emails"}]`, invalidValue},
		{"a string for a complex attribute", `[{"op":"replace","path":"name","value":"Bob"}]`, invalidValue},
		{"101 values at once",
			`[{"op":"add","path":"emails","value":[` + strings.Repeat(`{"value":"x","primary":true},`, 100) + `{}]}]`,
			invalidValue},
		{"remove without a path", `[{"op":"remove"}]`, noTarget},
		{"remove with a value for a path", `[{"op":"remove","value":{"title":"t"}}]`, noTarget},
		{"a string without a path", `[{"op":"replace","value":"t"}]`, invalidValue},
		{"no value and no path", `[{"op":"add"}]`, invalidValue},
		{"a string for an extension", `[{"op":"replace","value":{"$ENTERPRISE":"d"}}]`, invalidValue},
		{"the id of another", `[{"op":"replace","value":{"id":"u2","title":"t"}}]`, mutability},
		{"an id that is an object", `[{"op":"replace","value":{"ID":{}}}]`, mutability},
		{"a path to id", `[{"op":"replace","path":"id","value":"u1"}]`, mutability},
		{"a path to meta", `[{"op":"remove","path":"meta"}]`, mutability},
		{"a path to schemas", `[{"op":"add","path":"Schemas","value":["x"]}]`, mutability},
		{"a path to groups", `[{"op":"add","path":"$USER:groups","value":[{"value":"g"}]}]`, mutability},
		{"a path into groups", `[{"op":"remove","path":"groups[value eq \"g\"]"}]`, mutability},
		{"replace where nothing matches",
			`[{"op":"replace","path":"emails[type eq \"home\"].value","value":"b@x"}]`, noTarget},
		{"add where nothing matches and nothing is described",
			`[{"op":"add","path":"emails[type ne \"work\"].value","value":"b@x"}]`, noTarget},
		{"the other of two is not described",
			`[{"op":"add","path":"emails[type eq \"a\" or type eq \"b\"].value","value":"b@x"}]`, noTarget},
		{"a string for a selected value", `[{"op":"replace","path":"emails[type eq \"work\"]","value":"b@x"}]`, invalidValue},
		{"null for a selected value", `[{"op":"replace","path":"emails[type eq \"work\"]","value":null}]`, invalidValue},
		{"a filter on what has one value",
			`[{"op":"replace","path":"name[givenName eq \"Ada\"].familyName","value":"x"}]`, invalidPath},
		{"a path that does not end", `[{"op":"replace","path":"emails[type eq \"work\"","value":"x"}]`, invalidPath},
		{"a path of two words", `[{"op":"replace","path":"title x","value":"x"}]`, invalidPath},
		{"a path that ends in a dot", `[{"op":"replace","path":"name.","value":"x"}]`, invalidPath},
		{"a path of three parts", `[{"op":"replace","path":"name.givenName.x","value":"x"}]`, invalidPath},
		{"a filter by what no schema has", `[{"op":"remove","path":"emails[unheardOf eq \"x\"]"}]`, invalidPath},
		{"a flag that is greater than another", `[{"op":"remove","path":"emails[primary gt false]"}]`, invalidPath},
		{"brackets behind a sub-attribute", `[{"op":"remove","path":"emails.value[type pr]"}]`, invalidPath},
		{"a string for a whole extension", `[{"op":"replace","path":"$ENTERPRISE","value":"d"}]`, invalidValue},
		{"a later operation fails",
			`[{"op":"replace","path":"title","value":"t"},{"op":"replace","path":"emails[type eq \"x\"].value","value":"x"}]`,
			noTarget},
		{"1,001 operations", operations(1001, "title"), tooMany},
		{"a path of more than 4 KB", operations(1, "emails[type eq \""+strings.Repeat("x", 4<<10)+"\"]"), invalidPath},
		{"a path of 4 KB that does not parse", operations(1, strings.Repeat("a", 4<<10-1)+"!"), invalidPath},
		{"33 parentheses", parentheses(33), invalidPath},
		{"90,000 parentheses", parentheses(90_000), invalidPath},
		{"a run of replacement characters", operations(1, "emails["+strings.Repeat("\uFFFD", 100_000)+"]"), invalidPath},
	}
	users, _ := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schematest.Bounded(t, tt.name, func() {
				next, _, err := apply(t, users, schematest.Resource(t, patchedUser), tt.operations)
				if next != nil {
					t.Errorf("got %v beside the error", next)
				}
				schematest.WantProblem(t, err, tt.want)
			})
		})
	}
}
