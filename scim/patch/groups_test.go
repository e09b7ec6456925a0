package patch

import (
	"reflect"
	"testing"

	"ws1bridge/scim/schematest"
)

func TestPatchGroup(t *testing.T) {
	const group = `{"displayName":"g","members":[{"value":"a","type":"User"},{"value":"b","type":"User"}]}`
	tests := []struct {
		name, operations, want string
	}{
		{"a rename does not touch the members",
			`[{"op":"replace","value":{"id":"u1","displayName":"h"}}]`, `{"displayName":"h"}`},
		{"members are added",
			`[{"op":"add","path":"members","value":[{"value":"b","display":"B"},{"value":"c","display":"C"}]}]`,
			`{"members":[{"value":"a","type":"User"},{"value":"b","type":"User"},{"value":"c","display":"C"}]}`},
		{"one that is added twice is added once",
			`[{"op":"add","path":"members","value":[{"value":"b"},{"value":"b"}]}]`, `{}`},
		{"a member is removed", `[{"op":"remove","path":"members[value eq \"a\"]"}]`,
			`{"members":[{"value":"b","type":"User"}]}`},
		{"a member is removed in any case of the words", `[{"op":"remove","path":"Members[Value EQ \"a\"]"}]`,
			`{"members":[{"value":"b","type":"User"}]}`},
		{"one that is no member is removed", `[{"op":"remove","path":"members[value eq \"z\"]"}]`, `{}`},
		{"a member may be named in the value", `[{"op":"remove","path":"members","value":[{"value":"a"}]}]`,
			`{"members":[{"value":"b","type":"User"}]}`},
		{"removes and an add in one go",
			`[{"op":"remove","path":"members[value eq \"a\"]"},{"op":"remove","path":"members[value eq \"b\"]"},
				{"op":"add","path":"members","value":[{"value":"c"}]}]`,
			`{"members":[{"value":"c"}]}`},
		{"the whole list is replaced", `[{"op":"replace","path":"members","value":[{"value":"c"}]}]`,
			`{"members":[{"value":"c"}]}`},
		{"the whole list may be empty", `[{"op":"replace","path":"members","value":[]}]`, `{"members":[]}`},
		{"members without a path", `[{"op":"replace","value":{"members":[{"value":"c"}]}}]`, `{"members":[{"value":"c"}]}`},
		{"a member that a filter describes is added",
			`[{"op":"add","path":"members[value eq \"c\"]","value":{"display":"C"}}]`,
			`{"members":[{"value":"a","type":"User"},{"value":"b","type":"User"},{"value":"c","display":"C"}]}`},
	}
	_, groups := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			current := schematest.Resource(t, group)
			next, _, err := apply(t, groups, current, tt.operations)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := changes(current, next), schematest.Resource(t, tt.want); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %v\nwant %v", got, want)
			}
		})
	}
}
