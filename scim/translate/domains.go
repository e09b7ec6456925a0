package translate

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

// lookup is how domains are compared: in their ASCII form and without regard to
// case, as resolvers do (UTS 46).
var lookup = idna.New(idna.MapForLookup(), idna.Transitional(false))

// asciiForm is the form in which domains are compared. What is no domain at all
// is compared as it stands, but for its case.
func asciiForm(domain string) string {
	if isASCII(domain) {
		return strings.ToLower(domain) // copies nothing where there is nothing to lower
	}
	if form, err := lookup.ToASCII(domain); err == nil {
		return form
	}
	return strings.ToLower(domain)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// checkDomain says why no directory can have the domain, nil where one can.
func checkDomain(domain string) error {
	switch {
	case domain == "":
		return errors.New("is empty")
	case strings.EqualFold(domain, "System Domain"):
		return errors.New("is the domain of local administrators, which the bridge leaves alone")
	case strings.ContainsAny(domain, "/:@*,\\\" \t\r\n"):
		return errors.New("must be a domain alone, such as example.com, as the directory in Workspace ONE Access spells it")
	}
	form := asciiForm(domain)
	if !isASCII(form) || len(form) > maxDomain {
		return errors.New("is no domain: it has no ASCII form of at most 253 characters")
	}
	for label := range strings.SplitSeq(form, ".") {
		switch {
		case label == "":
			return errors.New("is no domain: two dots follow each other, or one stands at an end")
		case len(label) > maxLabel:
			return fmt.Errorf("is no domain: a part of it is longer than %d characters", maxLabel)
		case strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-"):
			return errors.New("is no domain: a part of it begins or ends with a hyphen")
		case strings.ContainsFunc(label, notInDomain):
			return errors.New("is no domain: it holds a character that no domain has")
		}
	}
	return nil
}

func notInDomain(r rune) bool {
	return r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
}

// suffixOf is where the domain of a value such as jane@example.com begins, -1
// where it has none.
func suffixOf(value string) int {
	at := strings.LastIndexByte(value, '@')
	if at < 0 || at == len(value)-1 {
		return -1
	}
	return at + 1
}

// managed are the domains whose directories take users, each spelled to the
// byte as its directory does, by ASCII form.
type managed struct {
	names   []string
	byASCII map[string]string
}

func newManaged(names []string) managed {
	m := managed{names: names, byASCII: make(map[string]string, len(names))}
	for _, name := range names {
		m.byASCII[asciiForm(name)] = name
	}
	return m
}

// find returns the managed domain that domain means.
func (m managed) find(domain string) (string, bool) {
	name, ok := m.byASCII[asciiForm(domain)]
	return name, ok
}

func (m managed) String() string { return strings.Join(m.names, ", ") }
