// Package domains compares domains and the addresses that end in one, the way
// that resolvers do: in their ASCII form and without regard to case (UTS 46).
// White space around a domain and dots after it do not count: nobody sees them,
// and they must not send a person to another directory.
package domains

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"ws1bridge/upstream/names"
)

// The bounds of a domain name (RFC 1035 section 2.3.4).
const (
	maxDomain = 253
	maxLabel  = 63
)

var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false))

// dots are those that end a label (UTS 46 section 2.3).
const dots = ".\u3002\uff0e\uff61"

// Clean is a domain without what is not part of it: white space around it, and
// dots after it, which a resolver takes for the root.
func Clean(domain string) string {
	domain = strings.TrimLeftFunc(domain, isBlank)
	return strings.TrimRightFunc(domain, func(r rune) bool { return isBlank(r) || strings.ContainsRune(dots, r) })
}

// CleanAddress is a name or an address, such as jane@example.com, without white
// space around it and around its domain, and without a dot after its domain.
func CleanAddress(address string) string {
	address = strings.TrimFunc(address, isBlank)
	at := Start(address)
	if at < 0 || address[at:] == Clean(address[at:]) {
		return address
	}
	return address[:at] + Clean(address[at:])
}

// isBlank reports whether a character takes room at most: white space, and what
// has no width, such as the marks that come along when a text is copied.
func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// IsBlank reports whether nobody sees anything of a text.
func IsBlank(s string) bool { return strings.TrimFunc(s, isBlank) == "" }

// Hides reports whether the domain of an address has a character in it that takes
// room at most. Resolvers leave some of these out (UTS 46 section 4), so that a text
// that looks like another domain, or like none, would decide.
func Hides(address string) bool {
	at := Start(address)
	return at >= 0 && strings.ContainsFunc(address[at:], isHidden)
}

func isHidden(r rune) bool {
	return isBlank(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// BreaksLine reports whether a text has a control character or a line end, which
// no name and no address has.
func BreaksLine(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) })
}

// Form is the form in which domains are compared. What is no domain at all is
// compared as a name is.
func Form(domain string) string {
	domain = Clean(domain)
	if IsASCII(domain) {
		return strings.ToLower(domain) // copies nothing where there is nothing to lower
	}
	if form, err := lookup.ToASCII(domain); err == nil {
		return form
	}
	return names.Fold(domain)
}

// IsASCII reports whether s holds nothing but ASCII.
func IsASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// Check is nil where a directory can have the domain, and otherwise says why
// none can.
func Check(domain string) error {
	switch {
	case domain == "":
		return errors.New("is empty")
	case strings.EqualFold(domain, "System Domain"):
		return errors.New("is the domain of local administrators, which the bridge leaves alone")
	case strings.ContainsAny(domain, `/:@*,\"`) || strings.ContainsFunc(domain, isHidden):
		return errors.New("must be a domain alone, such as example.com, as the directory in Workspace ONE Access spells it")
	case domain != Clean(domain): // its form has no dot at the end any more
		return errors.New("is no domain: two dots follow each other, or one is at an end")
	}
	form := Form(domain)
	if !IsASCII(form) || len(form) > maxDomain {
		return errors.New("is no domain: it has no ASCII form of at most 253 characters")
	}
	for label := range strings.SplitSeq(form, ".") {
		switch {
		case label == "":
			return errors.New("is no domain: two dots follow each other, or one is at an end")
		case len(label) > maxLabel:
			return fmt.Errorf("is no domain: a part of it is longer than %d characters", maxLabel)
		case strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-"):
			return errors.New("is no domain: a part of it begins or ends with a hyphen")
		case strings.ContainsFunc(label, foreign):
			return errors.New("is no domain: it holds a character that no domain has")
		}
	}
	return nil
}

func foreign(r rune) bool {
	return r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
}

// Start is the offset at which the domain of a value such as jane@example.com
// begins, -1 where it has none.
func Start(value string) int {
	at := strings.LastIndexByte(value, '@')
	if at < 0 || at == len(value)-1 {
		return -1
	}
	return at + 1
}

// Same reports whether two domains are the same.
func Same(a, b string) bool { return Form(a) == Form(b) }

// SameAddress reports whether two names or addresses are the same to Okta: they are
// compared as names are, and the form of the domain does not count, nor does
// white space around them.
func SameAddress(a, b string) bool {
	a, b = CleanAddress(a), CleanAddress(b)
	if names.Same(a, b) {
		return true
	}
	at, bt := Start(a), Start(b)
	return at > 0 && bt > 0 && names.Same(a[:at], b[:bt]) && Same(a[at:], b[bt:])
}
