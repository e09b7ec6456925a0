package translate_test

import (
	"reflect"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

// busy is a translator with a handful of rules, attributes of its own and one
// that is computed.
func busy(tb testing.TB) *translate.Translator {
	tb.Helper()
	return made(tb, translate.Config{
		Managed:          []string{domain, "beta.example", "buecher.example", "acme.workspaceoneaccess.com"},
		DomainAttributes: []string{"domain"},
		Presets:          []string{"vmwareidentity.com"},
		Rewrite:          []string{"userName", "userPrincipalName", "emails", "domain"},
		Rules: []translate.Rule{
			{Okta: "okta.acme.com", Access: domain}, {Okta: "beta.test", Access: "beta.example"},
			{Okta: "*.corp.example", Access: "*.corp.test"}, {Okta: "bücher.example", Access: "buecher.example"},
		},
		Attributes: []translate.Attribute{
			{SCIM: oktaURN + ":badge", Access: tenantURN + ":badge"},
			{SCIM: `phoneNumbers[type eq "mobile"].value`, Access: tenantURN + ":mobile"},
			{SCIM: "userType", Default: "Employee"},
			{Access: tenantURN + ":login", Value: "lower(user.userName)"},
		},
	})
}

// fullUser has every attribute, and a domain that a rule rewrites.
func fullUser(tb testing.TB) schema.Resource {
	tb.Helper()
	body := strings.ReplaceAll(readFile(tb, "../../testdata/okta/user_full.json"), "full@acme.com", "Full@Okta.acme.com")
	r := resource(tb, body)
	r[oktaURN] = map[string]any{"badge": "B7"}
	return r
}

// TestBusyRoundTrip checks a full user against rules and attributes of all kinds.
func TestBusyRoundTrip(t *testing.T) {
	tr, r := busy(t), fullUser(t)
	c, err := tr.NewUser(r)
	if err != nil {
		t.Fatal(err)
	}
	u, first := created(c), c.Attributes
	login := first[path(t, tenantURN+":login")]
	if c.Domain != domain || c.UserName() != "Full@acme.com" || login != "full@okta.acme.com" {
		t.Errorf("got %s, %v", c.Domain, set(first))
	}
	shown := tr.UserToSCIM(u)
	if shown["userName"] != "Full@okta.acme.com" || shown["domain"] != "okta.acme.com" {
		t.Errorf("shown is %v", shown)
	}
	second, err := tr.UserChange(u, shown)
	if err != nil {
		t.Fatal(err)
	}
	delete(first, path(t, "externalId"))
	if !reflect.DeepEqual(set(second), set(first)) {
		t.Errorf("got %v back, want %v", set(second), set(first))
	}
}

// BenchmarkNewUser bounds what a pushed user costs besides its request to
// Access: below 20 µs and 60 allocations, also with rules.
func BenchmarkNewUser(b *testing.B) {
	for name, tr := range map[string]*translate.Translator{"default": translator(b), "busy": busy(b)} {
		b.Run(name, func(b *testing.B) {
			r := fullUser(b)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tr.NewUser(r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkUserChange bounds what an update of a user costs besides its
// requests, in the same way.
func BenchmarkUserChange(b *testing.B) {
	for name, tr := range map[string]*translate.Translator{"default": translator(b), "busy": busy(b)} {
		b.Run(name, func(b *testing.B) {
			r := fullUser(b)
			c, err := tr.NewUser(r)
			if err != nil {
				b.Fatal(err)
			}
			u := created(c)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := tr.UserChange(u, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkUserToSCIM bounds what a user in an answer costs, of which a page
// has a hundred, in the same way.
func BenchmarkUserToSCIM(b *testing.B) {
	for name, tr := range map[string]*translate.Translator{"default": translator(b), "busy": busy(b)} {
		b.Run(name, func(b *testing.B) {
			c, err := tr.NewUser(fullUser(b))
			if err != nil {
				b.Fatal(err)
			}
			u := created(c)
			b.ReportAllocs()
			for b.Loop() {
				tr.UserToSCIM(u)
			}
		})
	}
}

// TestAllocations holds the number of allocations below the bound of the
// benchmarks, which no machine changes.
func TestAllocations(t *testing.T) {
	tr, r := busy(t), fullUser(t)
	c, err := tr.NewUser(r)
	if err != nil {
		t.Fatal(err)
	}
	u := created(c)
	for name, work := range map[string]func(){
		"NewUser":    func() { _, _ = tr.NewUser(r) },
		"UserChange": func() { _, _ = tr.UserChange(u, r) },
		"UserToSCIM": func() { tr.UserToSCIM(u) },
	} {
		if n := testing.AllocsPerRun(100, work); n >= 60 {
			t.Errorf("%s takes %.0f allocations", name, n)
		}
	}
}
