package domains_test

import (
	"strings"
	"testing"

	"ws1bridge/scim/domains"
)

func TestSame(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"case does not count", "Acme.COM", "acme.com", true},
		{"nor does the form of a name", "bücher.example", "xn--bcher-kva.example", true},
		{"another domain is another", "acme.com", "acme.org", false},
		{"white space around it does not count", " acme.com\u00a0", "acme.com\r\n", true},
		{"nor does a dot after it", "acme.com.", "acme.com", true},
		{"nor does the normal form", "bu\u0308cher.example", "b\u00fccher.example", true},
		{"what is no domain is compared as it is", "no domain", "NO domain", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := domains.Same(tt.a, tt.b); got != tt.want {
				t.Errorf("%s and %s: got %t", tt.a, tt.b, got)
			}
		})
	}
}

func TestSameAddress(t *testing.T) {
	tests := []struct {
		name, a, b string
		want       bool
	}{
		{"names are compared without regard to case", "Ada", "ADA", true},
		{"addresses by the form of their domain", "Ada@bücher.example", "ada@XN--bcher-kva.example", true},
		{"the local part counts", "ada@acme.com", "bob@acme.com", false},
		{"a name is no address", "ada", "ada@acme.com", false},
		{"white space around it does not count", "\ufeffada@ acme.com. ", "ada@acme.com", true},
		{"a dot after a name counts", "ada.", "ada", false},
		{"an address without a domain is a name", "ada@", "ADA@", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := domains.SameAddress(tt.a, tt.b); got != tt.want {
				t.Errorf("%s and %s: got %t", tt.a, tt.b, got)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	for _, domain := range []string{
		"", "System Domain", "https://acme.com", "ada@acme.com", "*.acme.com", "acme..com", ".acme.com", "-acme.com",
		"acme!.com", " acme.com", "acme.com\u00a0", "ac\u200bme.com", "ac\u034fme.com", "acme.com.",
		strings.Repeat("a", 64) + ".com", strings.Repeat("a.", 130) + "com",
	} {
		if domains.Check(domain) == nil {
			t.Errorf("%q was taken for a domain", domain)
		}
	}
	for _, domain := range []string{"acme.com", "ACME", "bücher.example", "_dmarc.acme.com"} {
		if err := domains.Check(domain); err != nil {
			t.Errorf("%q was refused: %v", domain, err)
		}
	}
}
