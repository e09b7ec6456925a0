package jsonvalue

import (
	"strconv"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// TestIsPlain checks each byte at each place of texts of each length.
func TestIsPlain(t *testing.T) {
	for length := range 20 {
		for place := range length {
			for c := range 256 {
				b := []byte(strings.Repeat("a", length))
				b[place] = byte(c)
				want := c >= ' ' && c < 0x80 && c != '"' && c != '\\'
				if isPlain(b) != want || isPlain(string(b)) != want {
					t.Fatalf("whether %q is plain is %v", b, !want)
				}
			}
		}
	}
}

// FuzzText checks that texts are written and read as the library does it.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"", "Ada", "plain text of some length", "\"quoted\"", `\`, "\x00", "é", "\xff", "a\u2028b",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, _ := jsontext.AppendQuote(nil, text)
		got := AppendText(nil, text)
		if string(got) != string(want) {
			t.Errorf("%s is written %s, want %s", strconv.Quote(text), got, want)
		}
		unquoted, _ := jsontext.AppendUnquote(nil, want)
		read, err := Text(jsontext.NewDecoder(strings.NewReader(string(got))))
		if err != nil || string(read) != string(unquoted) {
			t.Errorf("%s is read %q, %v, want %q", got, read, err, unquoted)
		}
	})
}
