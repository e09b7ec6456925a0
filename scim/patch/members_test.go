package patch

import (
	"reflect"
	"slices"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
)

func memberIDs(list any) []string {
	ids := []string{}
	for _, item := range schema.List(list) {
		ids = append(ids, memberID(item))
	}
	slices.Sort(ids)
	return ids
}

// TestApart checks that operations on members come to the same, whether they are applied to
// the group or to nothing.
func TestApart(t *testing.T) {
	const group = `{"displayName":"g","members":[{"value":"a","type":"User"},{"value":"b","type":"User"}]}`
	add := func(list string) string { return `{"op":"add","path":"members","value":` + list + `}` }
	remove := func(id string) string { return `{"op":"remove","path":"members[value eq \"` + id + `\"]"}` }
	tests := []struct {
		name, operations string
		join, leave      []string
		whole            bool // who is to be in the group follows from who is
	}{
		{"a list", add(`[{"value":"c"},{"value":"b"}]`), []string{"b", "c"}, []string{}, false},
		{"one without a list", add(`{"value":"c"}`), []string{"c"}, []string{}, false},
		{"without a path", `{"op":"add","value":{"displayName":"h","members":[{"value":"c"}]}}`,
			[]string{"c"}, []string{}, false},
		{"by filter", remove("a") + "," + remove("z"), []string{}, []string{"a", "z"}, false},
		{"by their values", `{"op":"remove","path":"members","value":[{"value":"a"},{"value":"z"}]}`,
			[]string{}, []string{"a", "z"}, false},
		{"out and in again", remove("a") + "," + add(`[{"value":"a"}]`), []string{"a"}, []string{}, false},
		{"in and out again", add(`[{"value":"c"}]`) + "," + remove("c"), []string{}, []string{"c"}, false},
		{"twice", add(`[{"value":"c"},{"value":"c"}]`), []string{"c"}, []string{}, false},
		{"null, which says nothing", add(`null`) + `,{"op":"replace","path":"members","value":null}`,
			[]string{}, []string{}, false},
		{"a name, and nobody", `{"op":"replace","value":{"id":"u1","displayName":"h"}}`, []string{}, []string{}, false},
		{"the list as a whole", `{"op":"replace","path":"members","value":[{"value":"c"}]}`, nil, nil, true},
		{"everybody", `{"op":"remove","path":"members"}`, nil, nil, true},
		{"those with a name", `{"op":"remove","path":"members[display eq \"A\"]"}`, nil, nil, true},
		{"one that a filter describes", `{"op":"add","path":"members[value eq \"c\"]","value":{"display":"C"}}`,
			nil, nil, true},
		{"a value that is none", `{"op":"remove","path":"members","value":[{"display":"A"}]}`, nil, nil, true},
	}
	_, groups := schematest.Indexes(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var request Request
			if err := jsonv2.Unmarshal([]byte(`{"Operations":[`+tt.operations+`]}`), &request,
				jsonv2.MatchCaseInsensitiveNames(true)); err != nil {
				t.Fatal(err)
			}
			operations, _, err := request.Read(groups, patchedID)
			if err != nil {
				t.Fatal(err)
			}
			parts, ok := Apart(operations)
			if ok == tt.whole {
				t.Fatalf("taken apart: %t, want %t", ok, !tt.whole)
			}
			if !ok {
				return
			}
			slices.Sort(parts.Leave)
			if join := memberIDs(parts.Join); !slices.Equal(join, tt.join) || !slices.Equal(parts.Leave, tt.leave) {
				t.Errorf("%v join and %v leave, want %v and %v", join, parts.Leave, tt.join, tt.leave)
			}
			current := schematest.Resource(t, group)
			next, err := Apply(t.Context(), current, operations)
			if err != nil {
				t.Fatal(err)
			}
			others, err := Apply(t.Context(), current, parts.Others)
			if err != nil {
				t.Fatal(err)
			}
			members := slices.DeleteFunc(memberIDs(others["members"]),
				func(id string) bool { return slices.Contains(parts.Leave, id) })
			members = append(members, memberIDs(parts.Join)...)
			slices.Sort(members)
			if want := memberIDs(next["members"]); !slices.Equal(slices.Compact(members), want) {
				t.Errorf("apart they make %v members, together %v", members, want)
			}
			delete(others, "members")
			delete(next, "members")
			if !reflect.DeepEqual(others, next) {
				t.Errorf("apart they make %v of the rest, together %v", others, next)
			}
		})
	}
}
