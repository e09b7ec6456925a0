package jsonvalue

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func decoder(text string) *jsontext.Decoder { return jsontext.NewDecoder(strings.NewReader(text)) }

func TestRead(t *testing.T) {
	const digits = "12345678901234567890.10"
	tests := []struct {
		name, text string
		reader     Reader
		want       any
	}{
		{"null is nothing", `null`, Reader{}, nil},
		{"true is a bool", `true`, Reader{}, true},
		{"false is a bool", `false`, Reader{}, false},
		{"a text is unescaped", `"a\u00e9\n\"\\"`, Reader{}, "aé\n\"\\"},
		{"an empty text is a text", `""`, Reader{}, ""},
		{"a number keeps its digits", digits, Reader{}, json.Number(digits)},
		{"a number keeps its form", `-0.5E+3`, Reader{}, json.Number("-0.5E+3")},
		{"a number may be a text", digits, Reader{NumbersAreText: true}, digits},
		{"an empty object is an object", `{}`, Reader{}, map[string]any{}},
		{"an empty list is a list", `[ ]`, Reader{}, []any{}},
		{"null within stays", `{"a":null,"b":[null]}`, Reader{}, map[string]any{"a": nil, "b": []any{nil}}},
		{"values are read at any depth", `[{"a":[{"b":[1,"x",true]}]},[]]`, Reader{Names: 3},
			[]any{map[string]any{"a": []any{map[string]any{"b": []any{json.Number("1"), "x", true}}}}, []any{}}},
		{"numbers are texts at any depth", `{"1":[1,{"a":2}]}`, Reader{NumbersAreText: true},
			map[string]any{"1": []any{"1", map[string]any{"a": "2"}}}},
		{"names are made by the reader, texts are not", `{"a":["b",1,{"c":true}]}`,
			Reader{Name: func(b []byte) string { return string(b) + "!" }},
			map[string]any{"a!": []any{"b", json.Number("1"), map[string]any{"c!": true}}}},
		{"a text of other letters is a text", `{"é":"ü\u00e9ö","a":"日本"}`, Reader{},
			map[string]any{"é": "üéö", "a": "日本"}},
		{"white space does not matter", " {\n\t\"a\" : [ 1 , 2 ] } ", Reader{},
			map[string]any{"a": []any{json.Number("1"), json.Number("2")}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := decoder(tt.text)
			got, err := tt.reader.Read(d)
			if err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %#v, %v; want %#v", got, err, tt.want)
			}
			if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
				t.Errorf("after the value there is more: %v", err)
			}
		})
	}
}

// What is read of a token stays, though the decoder has only one place for it.
func TestNamesOutliveTheirTokens(t *testing.T) {
	got, err := Reader{}.Read(decoder(`{"first":{"second":"third"},"fourth":["fifth","sixth"]}`))
	want := map[string]any{"first": map[string]any{"second": "third"}, "fourth": []any{"fifth", "sixth"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestReadDeeply(t *testing.T) {
	const depth = 5000
	v, err := Reader{}.Read(decoder(strings.Repeat(`[{"a":`, depth) + "1" + strings.Repeat("}]", depth)))
	if err != nil {
		t.Fatal(err)
	}
	for range depth {
		v = v.([]any)[0].(map[string]any)["a"]
	}
	if v != json.Number("1") {
		t.Errorf("at the bottom there is %v", v)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                    "",
		"a text that does not end":   `"a`,
		"a list that does not end":   `[1,2`,
		"an object that ends early":  `{"a":`,
		"an object without a colon":  `{"a" 1}`,
		"a list without a comma":     `[1 2]`,
		"a name that is no text":     `{1:2}`,
		"what comes twice":           `{"a":1,"a":2}`,
		"what comes twice deep down": `[{"a":{"b":1,"b":2}}]`,
		"a bracket that is not open": `]`,
		"the wrong bracket":          `[1}`,
		"the other wrong bracket":    `{"a":1]`,
		"a word":                     `nul`,
		"what is not UTF-8":          "[\"\xff\"]",
	} {
		if got, err := (Reader{}).Read(decoder(text)); err == nil {
			t.Errorf("%s is read as %#v", name, got)
		}
	}
}

// Check sees every token, with names, and where it is. Its error ends the reading.
func TestCheck(t *testing.T) {
	const text = `{"a":[1,{"b":null}],"c":"d"}`
	var seen []string
	var depths []int
	r := Reader{Check: func(d *jsontext.Decoder, kind jsontext.Kind, text []byte) error {
		seen, depths = append(seen, cmp.Or(string(text), kind.String())), append(depths, d.StackDepth())
		return nil
	}}
	if _, err := r.Read(decoder(text)); err != nil {
		t.Fatal(err)
	}
	if got, want := strings.Join(seen, " "), "{ a [ 1 { b null } ] c d }"; got != want {
		t.Errorf("checked were %s, want %s", got, want)
	}
	if want := []int{1, 1, 2, 2, 3, 3, 3, 2, 1, 1, 1, 0}; !reflect.DeepEqual(depths, want) {
		t.Errorf("at the depths %v, want %v", depths, want)
	}
	mine := errors.New("mine")
	for nth := range seen {
		left := nth
		d := decoder(text)
		_, err := Reader{Check: func(*jsontext.Decoder, jsontext.Kind, []byte) error {
			if left--; left < 0 {
				return mine
			}
			return nil
		}}.Read(d)
		if !errors.Is(err, mine) || left != -1 {
			t.Errorf("refused token %d: %v, and %d more were checked", nth, err, -1-left)
		}
	}
}

// reading is what Object and List make of a text.
type reading struct {
	text  string
	seen  string // what they read
	err   error
	after string // the token that comes next
}

var wrongForms = []reading{
	{`null 1`, "", nil, "1"},
	{`"a" 1`, "", ErrForm, "1"},
	{`7 1`, "", ErrForm, "1"},
	{`true 1`, "", ErrForm, "1"},
}

func TestObject(t *testing.T) {
	for _, tt := range append(wrongForms,
		reading{`{} 1`, "", nil, "1"},
		reading{`{"a":1,"b":"x","c":[2,{"d":3}]} 1`, `a=1 b="x" c=[2,{"d":3}] `, nil, "1"},
		reading{`[1,{"a":2}] 1`, "", ErrForm, "1"},
		reading{`{"a":1`, "a=1 ", io.ErrUnexpectedEOF, ""},
		reading{`[1,2`, "", io.ErrUnexpectedEOF, ""},
		reading{``, "", io.EOF, ""},
	) {
		d, seen := decoder(tt.text), ""
		err := Object(d, func(name []byte) error {
			seen += string(name) + "="
			v, err := d.ReadValue()
			seen += string(v) + " "
			return err
		})
		tt.check(t, d, seen, err)
	}
}

func TestList(t *testing.T) {
	for _, tt := range append(wrongForms,
		reading{`[] 1`, "", nil, "1"},
		reading{`[1,"x",[2],{"a":3}] 1`, `1 "x" [2] {"a":3} `, nil, "1"},
		reading{`{"a":[1,2]} 1`, "", ErrForm, "1"},
		reading{`[1,2`, "1 2 ", io.ErrUnexpectedEOF, ""},
		reading{`{"a":1`, "", io.ErrUnexpectedEOF, ""},
		reading{``, "", io.EOF, ""},
	) {
		d, seen := decoder(tt.text), ""
		err := List(d, func() error {
			v, err := d.ReadValue()
			if seen += string(v); err == nil {
				seen += " "
			}
			return err
		})
		tt.check(t, d, seen, err)
	}
}

func (want reading) check(t *testing.T, d *jsontext.Decoder, seen string, err error) {
	t.Helper()
	seen = strings.TrimRight(seen, " =")
	if !errors.Is(err, want.err) || seen != strings.TrimRight(want.seen, " ") {
		t.Errorf("%s: read %q, %v; want %q, %v", want.text, seen, err, want.seen, want.err)
	}
	if want.after == "" {
		return
	}
	if next, err := d.ReadToken(); err != nil || next.String() != want.after {
		t.Errorf("%s: then comes %v, %v; want %s", want.text, next, err, want.after)
	}
}

// The error of who reads a value is returned as it is.
func TestReadersMayRefuse(t *testing.T) {
	mine := errors.New("mine")
	if err := Object(decoder(`{"a":1}`), func([]byte) error { return mine }); !errors.Is(err, mine) {
		t.Errorf("the error of an object is %v", err)
	}
	if err := List(decoder(`[1]`), func() error { return mine }); !errors.Is(err, mine) {
		t.Errorf("the error of a list is %v", err)
	}
}

func TestUnexpected(t *testing.T) {
	d := decoder(`[{"a":[1]},2] "next"`)
	if err := Unexpected(d); !errors.Is(err, ErrForm) {
		t.Errorf("the error is %v, want one of form", err)
	}
	if next, err := d.ReadToken(); err != nil || next.String() != "next" {
		t.Errorf("what comes next is %v, %v", next, err)
	}
	if err := Unexpected(decoder(`[1,`)); err == nil || errors.Is(err, ErrForm) {
		t.Errorf("what is no JSON has the error %v", err)
	}
}

// TestReadBoundsValues takes a value up to a length, each for itself, and no more of it.
func TestReadBoundsValues(t *testing.T) {
	d := decoder(`[1,2] {"a":[3,4]} [1,2,3,4,5,6,7,8,9,10,11,12]`)
	r := Reader{Most: 16}
	for range 2 {
		if _, err := r.Read(d); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := r.Read(d); !errors.Is(err, ErrTooLong) {
		t.Errorf("got %v, %v, want %v", got, err, ErrTooLong)
	}
}
