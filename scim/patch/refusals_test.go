package patch

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"ws1bridge/scim/schematest"

	scimerrors "github.com/elimity-com/scim/errors"
)

// TestPatchGroupRefuses has what would take members out by mistake, or time.
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
		{"members without a value", `[{"op":"replace","path":"members"}]`, scimerrors.ScimTypeInvalidValue},
		{"the id of a member", `[{"op":"replace","path":"members[value eq \"1\"].value","value":"z"}]`, scimerrors.ScimTypeMutability},
		{"the ids of all members", `[{"op":"remove","path":"members.value"}]`, scimerrors.ScimTypeMutability},
		{"filters that cost too much", `[` + strings.Repeat(costly, 5) + `{"op":"remove","path":"members[display eq \"z\"]"}]`, scimerrors.ScimTypeTooMany},
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
		{"no operations", `[]`, scimerrors.ScimTypeInvalidSyntax},
		{"an op that does not exist", `[{"op":"move","path":"title"}]`, scimerrors.ScimTypeInvalidSyntax},
		{"no op", `[{"value":{"title":"t"}}]`, scimerrors.ScimTypeInvalidSyntax},
		{"add without a value", `[{"op":"add","path":"title"}]`, scimerrors.ScimTypeInvalidValue},
		{"replace without a value", `[{"op":"replace","path":"emails"}]`, scimerrors.ScimTypeInvalidValue},
		{"a string for a complex attribute", `[{"op":"replace","path":"name","value":"Bob"}]`, scimerrors.ScimTypeInvalidValue},
		{"101 values at once", `[{"op":"add","path":"emails","value":[` + strings.Repeat(`{"value":"x","primary":true},`, 100) + `{}]}]`, scimerrors.ScimTypeInvalidValue},
		{"remove without a path", `[{"op":"remove"}]`, scimerrors.ScimTypeNoTarget},
		{"remove with a value for a path", `[{"op":"remove","value":{"title":"t"}}]`, scimerrors.ScimTypeNoTarget},
		{"a string without a path", `[{"op":"replace","value":"t"}]`, scimerrors.ScimTypeInvalidValue},
		{"no value and no path", `[{"op":"add"}]`, scimerrors.ScimTypeInvalidValue},
		{"a string for an extension", `[{"op":"replace","value":{"$ENTERPRISE":"d"}}]`, scimerrors.ScimTypeInvalidValue},
		{"the id of another", `[{"op":"replace","value":{"id":"u2","title":"t"}}]`, scimerrors.ScimTypeMutability},
		{"an id that is an object", `[{"op":"replace","value":{"ID":{}}}]`, scimerrors.ScimTypeMutability},
		{"a path to id", `[{"op":"replace","path":"id","value":"u1"}]`, scimerrors.ScimTypeMutability},
		{"a path to meta", `[{"op":"remove","path":"meta"}]`, scimerrors.ScimTypeMutability},
		{"a path to schemas", `[{"op":"add","path":"Schemas","value":["x"]}]`, scimerrors.ScimTypeMutability},
		{"a path to groups", `[{"op":"add","path":"$USER:groups","value":[{"value":"g"}]}]`, scimerrors.ScimTypeMutability},
		{"a path into groups", `[{"op":"remove","path":"groups[value eq \"g\"]"}]`, scimerrors.ScimTypeMutability},
		{"replace where nothing matches", `[{"op":"replace","path":"emails[type eq \"home\"].value","value":"b@x"}]`, scimerrors.ScimTypeNoTarget},
		{"add where nothing matches and nothing is described", `[{"op":"add","path":"emails[type ne \"work\"].value","value":"b@x"}]`, scimerrors.ScimTypeNoTarget},
		{"the other of two is not described", `[{"op":"add","path":"emails[type eq \"a\" or type eq \"b\"].value","value":"b@x"}]`, scimerrors.ScimTypeNoTarget},
		{"a string for a selected value", `[{"op":"replace","path":"emails[type eq \"work\"]","value":"b@x"}]`, scimerrors.ScimTypeInvalidValue},
		{"null for a selected value", `[{"op":"replace","path":"emails[type eq \"work\"]","value":null}]`, scimerrors.ScimTypeInvalidValue},
		{"a filter on what has one value", `[{"op":"replace","path":"name[givenName eq \"Ada\"].familyName","value":"x"}]`, scimerrors.ScimTypeInvalidPath},
		{"a path that does not end", `[{"op":"replace","path":"emails[type eq \"work\"","value":"x"}]`, scimerrors.ScimTypeInvalidPath},
		{"a path of two words", `[{"op":"replace","path":"title x","value":"x"}]`, scimerrors.ScimTypeInvalidPath},
		{"a path that ends in a dot", `[{"op":"replace","path":"name.","value":"x"}]`, scimerrors.ScimTypeInvalidPath},
		{"a path of three parts", `[{"op":"replace","path":"name.givenName.x","value":"x"}]`, scimerrors.ScimTypeInvalidPath},
		{"a filter by what no schema has", `[{"op":"remove","path":"emails[unheardOf eq \"x\"]"}]`, scimerrors.ScimTypeInvalidPath},
		{"a flag that is greater than another", `[{"op":"remove","path":"emails[primary gt false]"}]`, scimerrors.ScimTypeInvalidPath},
		{"brackets behind a sub-attribute", `[{"op":"remove","path":"emails.value[type pr]"}]`, scimerrors.ScimTypeInvalidPath},
		{"a string for a whole extension", `[{"op":"replace","path":"$ENTERPRISE","value":"d"}]`, scimerrors.ScimTypeInvalidValue},
		{"a later operation fails", `[{"op":"replace","path":"title","value":"t"},{"op":"replace","path":"emails[type eq \"x\"].value","value":"x"}]`, scimerrors.ScimTypeNoTarget},
		{"1,001 operations", operations(1001, "title"), scimerrors.ScimTypeTooMany},
		{"a path of more than 4 KB", operations(1, "emails[type eq \""+strings.Repeat("x", 4<<10)+"\"]"), scimerrors.ScimTypeInvalidPath},
		{"a path of 4 KB that does not parse", operations(1, strings.Repeat("a", 4<<10-1)+"!"), scimerrors.ScimTypeInvalidPath},
		{"33 parentheses", parentheses(33), scimerrors.ScimTypeInvalidPath},
		{"90,000 parentheses", parentheses(90_000), scimerrors.ScimTypeInvalidPath},
		{"a run of replacement characters", operations(1, "emails["+strings.Repeat("\uFFFD", 100_000)+"]"), scimerrors.ScimTypeInvalidPath},
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
