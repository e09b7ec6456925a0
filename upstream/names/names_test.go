package names_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"ws1bridge/upstream/names"
)

func TestSame(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"case does not count", "Ada", "aDA", true},
		{"nor does it beyond ASCII", "ÉMILE ΣΙΓΜΑ", "émile σιγμα", true},
		{"nor does the normal form", "Zoe\u0301", "ZO\u00c9", true},
		{"a letter without its accent is another", "Zoe", "Zoé", false},
		{"a dotted capital I is not an i", "İlker", "ilker", false},
		{"white space counts", "Ada", "Ada ", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if names.Same(tt.a, tt.b) != tt.want || (names.Fold(tt.a) == names.Fold(tt.b)) != tt.want {
				t.Errorf("%q and %q: got %t and the forms %q and %q", tt.a, tt.b, !tt.want, names.Fold(tt.a), names.Fold(tt.b))
			}
		})
	}
}

func TestSpellings(t *testing.T) {
	for in, want := range map[string][]string{
		"ada":       {"ada"},
		"Zo\u00e9":  {"Zo\u00e9", "Zoe\u0301"},
		"Zoe\u0301": {"Zoe\u0301", "Zo\u00e9"},
		"日本":        {"日本"},
	} {
		if got := names.Spellings(in); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestFoldIsEqualFold checks that the form agrees with what Go and Unicode call
// equal, for any text.
func TestFoldIsEqualFold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a := rapid.String().Draw(rt, "a")
		b := rapid.SampledFrom([]func(string) string{
			strings.ToUpper, strings.ToLower, norm.NFC.String, norm.NFD.String, strings.Clone,
		}).Draw(rt, "change")(a)
		want := strings.EqualFold(norm.NFC.String(a), norm.NFC.String(b))
		if got := names.Same(a, b); got != want {
			rt.Errorf("%q and %q: got %t, want %t", a, b, got, want)
		}
	})
}
