package jsonvalue

import (
	"encoding/json"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// TestAppend checks that every value comes out as encoding/json writes it, but for the
// characters that it escapes for HTML.
func TestAppend(t *testing.T) {
	values := []any{
		nil, true, false, "", "Zoë \"Zed\" <z@acme.com>\n\x00\u2028", "not \xff UTF-8", json.Number("1234567890123456"),
		3, []any{}, []any{"a", nil, []any{map[string]any{}}}, []string{"b", "c"}, map[string]any{"b": 1.5, "a": "x"},
		struct{ A, B string }{"a", "b"}, []map[string]any{{"x": "y"}},
		map[string]any{"z": map[string]any{"é": []any{"é"}, "": false}},
	}
	many := map[string]any{}
	for _, c := range "zyxwvutsrqponmlkjihgfedcba0123456789" {
		many[string(c)] = string(c)
	}
	for _, v := range append(values, many) {
		got, err := Append([]byte("before "), v)
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

func TestAppendReportsWhatHasNoForm(t *testing.T) {
	for _, v := range []any{make(chan int), []any{make(chan int)}, map[string]any{"a": func() {}}} {
		if got, err := Append(nil, v); err == nil {
			t.Errorf("%v is written %s", v, got)
		}
	}
}
