// Package domains compares domains and the addresses that end in one, the way
// that resolvers do: in their ASCII form and without regard to case (UTS 46).
package domains

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/idna"
)

// The bounds of a domain name (RFC 1035 section 2.3.4).
const (
	maxDomain = 253
	maxLabel  = 63
)

var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false))

// Form is the form in which domains are compared. What is no domain at all is
// compared as it is, apart from its case.
func Form(domain string) string {
	if IsASCII(domain) {
		return strings.ToLower(domain) // copies nothing where there is nothing to lower
	}
	if form, err := lookup.ToASCII(domain); err == nil {
		return form
	}
	return strings.ToLower(domain)
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
	case strings.ContainsAny(domain, "/:@*,\\\" \t\r\n"):
		return errors.New("must be a domain alone, such as example.com, as the directory in Workspace ONE Access spells it")
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

// SameAddress reports whether two names or addresses are the same to Okta: case
// does not count, nor does the form of the domain.
func SameAddress(a, b string) bool {
	if strings.EqualFold(a, b) {
		return true
	}
	at, bt := Start(a), Start(b)
	return at > 0 && bt > 0 && strings.EqualFold(a[:at], b[:bt]) && Same(a[at:], b[bt:])
}
