// Package names compares names of people and groups. Who is the same must not be
// decided in two ways: all packages that compare names do it by this one.
package names

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold is the same for two names that are the same: case does not count, as with
// strings.EqualFold, nor does the normal form of Unicode. An é may be one
// character (NFC, as Windows and the web write it) or two (NFD, as files of macOS
// have it), and nobody sees a difference.
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return strings.Map(foldRune, norm.NFC.String(s))
}

// foldRune is one character for all that differ in case alone. It is not
// unicode.ToLower, to which İ and I are the same letter.
func foldRune(r rune) rune {
	least := r
	for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
		least = min(least, other)
	}
	if least >= 'A' && least <= 'Z' {
		return least + 'a' - 'A'
	}
	return least
}

// Same reports whether two names are the same.
func Same(a, b string) bool { return a == b || Fold(a) == Fold(b) }

// Spellings are the name as it is, and its normal forms where they differ from
// that: nothing says in which one Access keeps a name, or that it compares them. Mixed
// forms are not among them: a text of n such letters has 2^n.
func Spellings(s string) []string {
	all := []string{s}
	if isASCII(s) {
		return all
	}
	for _, form := range []norm.Form{norm.NFC, norm.NFD} {
		if other := form.String(s); !slices.Contains(all, other) {
			all = append(all, other)
		}
	}
	return all
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Similar reports whether two names differ in no more than accents and case. A database
// may compare like that.
func Similar(a, b string) bool { return Same(plain(a), plain(b)) }

// plain is s without accents.
func plain(s string) string {
	if isASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(s))
}
