package schema

import (
	"encoding/json"
	"testing"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// TestAppendJSON checks that every value comes out as encoding/json writes it, but for the
// characters that it escapes for HTML.
func TestAppendJSON(t *testing.T) {
	values := []any{
		nil, true, false, "", "Zoë \"Zed\" <z@acme.com>\n\x00\u2028", "not \xff UTF-8", json.Number("12345678901234567890"),
		3, []any{}, []any{"a", nil, []any{map[string]any{}}}, []string{"b", "c"}, map[string]any{"b": 1.5, "a": "x"},
		struct{ A, B string }{"a", "b"}, []map[string]any{{"x": "y"}},
		map[string]any{"z": map[string]any{"é": []any{"é"}, "": false}},
	}
	many := map[string]any{}
	for _, c := range "zyxwvutsrqponmlkjihgfedcba0123456789" {
		many[string(c)] = string(c)
	}
	for _, v := range append(values, many) {
		got, err := AppendJSON([]byte("before "), v)
		if err != nil {
			t.Errorf("%v: %v", v, err)
		}
		encoded, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		want := jsontext.Value(encoded)
		if err := want.Canonicalize(); err != nil { // without what is escaped for HTML
			t.Fatal(err)
		}
		plain := jsontext.Value(got[len("before "):])
		if err := plain.Canonicalize(); err != nil || string(plain) != string(want) {
			t.Errorf("%v is written %s, want %s", v, got, want)
		}
	}
}

func TestAppendJSONReportsWhatHasNoForm(t *testing.T) {
	for _, v := range []any{make(chan int), []any{make(chan int)}, map[string]any{"a": func() {}}} {
		if got, err := AppendJSON(nil, v); err == nil {
			t.Errorf("%v is written %s", v, got)
		}
	}
}

// TestMembersInBothForms checks that members are the same, whether somebody looked into
// them or not.
func TestMembersInBothForms(t *testing.T) {
	for _, m := range []Members{
		{}, {List: []Member{{Value: "1", Display: "Ada \"A\""}, {Value: "2"}}},
		{List: []Member{{Value: "1"}}, Users: "https://bridge.example.com/scim/v2/Users/"},
	} {
		whole, err := AppendJSON(nil, m)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := AppendJSON(nil, List(m))
		if err != nil {
			t.Fatal(err)
		}
		if string(whole) != string(opened) {
			t.Errorf("members are written %s, and after a look %s", whole, opened)
		}
		var read any
		if err := jsonv2.Unmarshal(whole, &read); err != nil {
			t.Error(err)
		}
		if HasValue(m) != (len(m.List) > 0) || len(Copy(m).([]any)) != len(m.List) {
			t.Errorf("%v counts otherwise than its list", m)
		}
	}
}
