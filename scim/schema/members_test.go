package schema

import (
	"encoding/json"
	"testing"
)

// TestMembersInBothForms checks that members are the same, whether somebody looked into
// them or not.
func TestMembersInBothForms(t *testing.T) {
	for _, m := range []Members{
		{}, {List: []Member{{Value: "1", Display: "Ada \"A\""}, {Value: "2"}}},
		{List: []Member{{Value: "1"}}, Users: "https://bridge.example.com/scim/v2/Users/"},
	} {
		whole, err := m.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := json.Marshal(List(m))
		if err != nil {
			t.Fatal(err)
		}
		if string(whole) != string(opened) {
			t.Errorf("members are written %s, and after a look %s", whole, opened)
		}
		var read any
		if err := json.Unmarshal(whole, &read); err != nil {
			t.Error(err)
		}
		if HasValue(m) != (len(m.List) > 0) || len(Copy(m).([]any)) != len(m.List) {
			t.Errorf("%v counts otherwise than its list", m)
		}
	}
}
