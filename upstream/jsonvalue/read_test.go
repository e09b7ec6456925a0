package jsonvalue

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func decoder(s string) *jsontext.Decoder { return jsontext.NewDecoder(strings.NewReader(s)) }

func TestReader(t *testing.T) {
	const in = `{"a":[1,2.50,"x",null,true,{"b":false}],"é":"\u00e9","n":12345678901234567890}`
	want := map[string]any{
		"a": []any{json.Number("1"), json.Number("2.50"), "x", nil, true, map[string]any{"b": false}},
		"é": "é", "n": json.Number("12345678901234567890"),
	}
	if got, err := (Reader{}).Read(decoder(in)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	got, err := Reader{NumbersAreText: true, Names: 3}.Read(decoder(`{"n":[1.50,-2e3]}`))
	if want := map[string]any{"n": []any{"1.50", "-2e3"}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("with numbers as text: %v, %v", got, err)
	}
	upper := Reader{Text: func(t jsontext.Token) string { return strings.ToUpper(t.String()) }}
	if got, err := upper.Read(decoder(`{"a":"b"}`)); err != nil || !reflect.DeepEqual(got, map[string]any{"A": "B"}) {
		t.Errorf("with texts of its own: %v, %v", got, err)
	}
	for _, bad := range []string{
		``, `{`, `{"a"`, `{"a":}`, `[1,`, `[1 2]`, `{"a":1,}`, `nul`, `"\ud800"`, `{"a":1,"a":2}`,
	} {
		if got, err := (Reader{}).Read(decoder(bad)); err == nil {
			t.Errorf("%s was read as %v", bad, got)
		}
	}
}

// Every token is shown to the check, and its error is what the reader says.
func TestReaderChecks(t *testing.T) {
	refused := errors.New("refused")
	for n, in := range []string{`"x"`, `["x"]`, `{"a":"x"}`, `{"x":1}`, `[[1],"x"]`} {
		var seen int
		_, err := Reader{Check: func(_ *jsontext.Decoder, token jsontext.Token) error {
			seen++
			if token.Kind() == '"' && token.String() == "x" {
				return refused
			}
			return nil
		}}.Read(decoder(in))
		if !errors.Is(err, refused) || seen == 0 {
			t.Errorf("%d: error = %v after %d tokens", n, err, seen)
		}
	}
}

// Some names of the outermost object are read in a way of their own.
func TestReaderOfSpecialNames(t *testing.T) {
	count := func(r Reader, d *jsontext.Decoder) (any, error) {
		v, err := r.Read(d)
		list, _ := v.([]any)
		return len(list), err
	}
	got, err := Reader{Special: map[string]Special{"list": count}}.Read(decoder(`{"list":[1,2],"a":{"list":["x"]}}`))
	want := map[string]any{"list": 2, "a": map[string]any{"list": []any{"x"}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestObjectAndList(t *testing.T) {
	read := func(in string) (names []string, err error) {
		d := decoder(in)
		err = Object(d, func(name jsontext.Token) error {
			names = append(names, name.String())
			return List(d, func() error { return d.SkipValue() })
		})
		return names, err
	}
	names, err := read(`{"a":[1,{}],"b":null,"c":[]}`)
	if err != nil || !reflect.DeepEqual(names, []string{"a", "b", "c"}) {
		t.Errorf("names %v, %v", names, err)
	}
	if names, err := read(`null`); err != nil || names != nil {
		t.Errorf("null has the names %v, %v", names, err)
	}
	for _, in := range []string{`[]`, `"a"`, `1`, `true`, `{"a":1}`, `{"a":{}}`} {
		if _, err := read(in); !errors.Is(err, ErrForm) {
			t.Errorf("%s: error = %v, want that its form is another", in, err)
		}
	}
	if _, err := read(`{"a":[1}`); err == nil || errors.Is(err, ErrForm) {
		t.Errorf("broken JSON: error = %v", err)
	}
}
