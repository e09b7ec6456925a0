package translate_test

import (
	"maps"
	"reflect"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// made is a translator with that configuration.
func made(tb testing.TB, cfg translate.Config) *translate.Translator {
	tb.Helper()
	if cfg.DefaultDomain == "" {
		cfg.DefaultDomain = domain
	}
	tr, err := translate.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return tr
}

func TestDomainOfNewUsers(t *testing.T) {
	const urn = "urn:okta:acme_1:1.0:user:custom"
	several := translate.Config{Managed: []string{domain, "Beta.example", "bücher.example"}}
	with := func(change func(*translate.Config)) translate.Config {
		cfg := several
		change(&cfg)
		return cfg
	}
	strict := with(func(c *translate.Config) { c.Sources = []string{"attribute", "userName"} })
	custom := with(func(c *translate.Config) { c.DomainAttributes = []string{urn + ":domain"} })
	ruled := with(func(c *translate.Config) {
		c.Rules = []translate.Rule{{Okta: "old.example", Access: "beta.example"},
			{Okta: "*.acme.com", Access: domain, Rewrite: []string{}},
			{Okta: "*.mail.example", Access: "*.post.example", Rewrite: []string{"emails"}}}
		c.Presets = []string{"vmwareidentity.com"}
	})
	tests := []struct {
		name    string
		cfg     translate.Config
		changes string // to a user jane@other.example
		want    string
		refused string // the attribute that is named
	}{
		{"nothing names one", several, `{}`, domain, ""},
		{"the userName does, spelled as the directory", several, `{"userName":"jane@BETA.example"}`, "Beta.example", ""},
		{"a userName without a domain does not", several, `{"userName":"jane"}`, domain, ""},
		{"a userName that ends in @ does not", several, `{"userName":"jane@"}`, domain, ""},
		{"what follows the last @ counts", several, `{"userName":"j@ne@beta.example"}`, "Beta.example", ""},
		{"the e-mail does where the userName does not", several,
			`{"emails":[{"value":"x@acme.com"},{"value":"x@beta.example","primary":true}]}`, "Beta.example", ""},
		{"the userName comes before the e-mail", several, `{"userName":"jane@acme.com","emails":["x@beta.example"]}`, domain,
			""},
		{"an attribute comes first", several, `{"userName":"jane@acme.com","domain":"beta.example"}`, "Beta.example", ""},
		{"an attribute of Access's extension", several, `{` + workspace + `:{"domain":"Beta.example"}}`, "Beta.example", ""},
		{"both attributes, which agree", several, `{"domain":"beta.example",` + workspace + `:{"domain":"BETA.EXAMPLE"}}`,
			"Beta.example", ""},
		{"both attributes, which differ", several, `{"domain":"acme.com",` + workspace + `:{"domain":"beta.example"}}`, "",
			upstreamWorkspace + ":domain"},
		{"an empty attribute does not count", several, `{"domain":"",` + workspace + `:{"domain":null}}`, domain, ""},
		{"an attribute of a custom schema", custom, `{"` + urn + `":{"domain":"beta.example"},"domain":"nonsense"}`,
			"Beta.example", ""},
		{"the ASCII form of a domain", several, `{"userName":"jane@xn--bcher-kva.example"}`, "bücher.example", ""},
		{"a domain in capitals of its own script", several, `{"domain":"BÜCHER.example"}`, "bücher.example", ""},
		{"an attribute that names no directory", several, `{"domain":"gamma.example"}`, "", "domain"},
		{"an attribute that is no text", several, `{"domain":["beta.example"]}`, "", "domain"},
		{"an attribute does not count where it is no source",
			with(func(c *translate.Config) { c.Sources = []string{"default"} }), `{"domain":"gamma.example"}`, domain, ""},
		{"nothing decides", strict, `{}`, "", "domain, " + upstreamWorkspace + ":domain, userName"},
		{"a rule leads to the directory", ruled, `{"userName":"jane@old.example"}`, "Beta.example", ""},
		{"a rule leads an attribute to the directory", ruled, `{"domain":"old.example"}`, "Beta.example", ""},
		{"a rule that only chooses the directory", ruled, `{"userName":"jane@sales.acme.com"}`, domain, ""},
		{"a rule that leads nowhere", ruled, `{"userName":"jane@x.vmwareidentity.com"}`, "", "userName"},
		{"a rule that leads nowhere, for the e-mail", ruled, `{"emails":["jane@x.vmwareidentity.com"]}`, "", "emails"},
		{"a rule that is not about directories", ruled, `{"emails":["jane@x.mail.example"]}`, domain, ""},
		{"an attribute that the rule does not rewrite", ruled, `{"domain":"sales.acme.com"}`, "", "domain"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := person("jane@other.example")
			maps.Copy(r, resource(t, tt.changes))
			c, err := made(t, tt.cfg).NewUser(r)
			switch {
			case (err != nil) != (tt.refused != "") || c.Domain != tt.want:
				t.Errorf("got %q and the error %v, want %q", c.Domain, err, tt.want)
			case err != nil && !isAbout(err, tt.refused):
				t.Errorf("got the error %v, want one about %q", err, tt.refused)
			}
			if err != nil && !strings.Contains(err.Error(), "another") && !strings.Contains(err.Error(), "must be") &&
				!strings.Contains(err.Error(), "acme.com, Beta.example, bücher.example") {
				t.Errorf("%v does not list the domains", err)
			}
			if err != nil && (strings.Contains(err.Error(), "jane") || strings.Contains(err.Error(), "gamma")) {
				t.Errorf("%v quotes a value", err)
			}
		})
	}
}

func TestUsersStayInTheirDomain(t *testing.T) {
	tr := made(t, translate.Config{Managed: []string{domain, "beta.example"}})
	jane := upstream.User{Domain: domain}
	for name, tt := range map[string]struct {
		in   string
		want string // part of the refusal, "" for none
	}{
		"no domain":                   {`{"userName":"jane@beta.example"}`, ""},
		"the same domain":             {`{"domain":"acme.com"}`, ""},
		"the same domain in capitals": {`{"domain":"ACME.COM"}`, ""},
		"another domain": {`{"domain":"beta.example"}`,
			"names the domain beta.example, but the user is in acme.com"},
		"a domain without a directory": {`{"domain":"gamma.example"}`, "has no domain whose directory the bridge manages"},
		"another domain, leaving":      {`{"domain":"beta.example","active":false}`, ""},
		"nonsense, leaving":            {`{"domain":"gamma.example","active":"False"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tr.UserChange(jane, resource(t, tt.in))
			if (err != nil) != (tt.want != "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestDomainIsShown checks that users are shown with their domain where it may
// be named by configuration, as Okta knows it, and nowhere else.
func TestDomainIsShown(t *testing.T) {
	const urn = "urn:okta:acme_1:1.0:user:custom"
	rule := []translate.Rule{{Okta: "old.example", Access: "new.example"}}
	jane := upstream.User{Domain: "new.example", Attributes: access(t, "userName", "jane@new.example")}
	schemas := `{"schemas":["` + schema.User + `"`
	for name, tt := range map[string]struct {
		cfg  translate.Config
		want string
	}{
		"nowhere by itself": {translate.Config{Rules: rule}, schemas + `],"userName":"jane@old.example"}`},
		"where it is named": {translate.Config{Rules: rule, DomainAttributes: []string{"domain", urn + ":site"}},
			schemas + `,"` + urn + `"],"userName":"jane@old.example","domain":"old.example",` +
				`"` + urn + `":{"site":"old.example"}}`},
		"as it is, by no rule": {translate.Config{Managed: []string{domain, "new.example"},
			DomainAttributes: []string{"domain"}}, schemas + `],"userName":"jane@new.example","domain":"new.example"}`},
		"as it is, where the rule leaves it": {translate.Config{Managed: []string{domain, "new.example"},
			DomainAttributes: []string{"domain"}, Rules: rule, Rewrite: []string{"userName"}},
			schemas + `],"userName":"jane@old.example","domain":"new.example"}`},
	} {
		t.Run(name, func(t *testing.T) {
			tr := made(t, tt.cfg)
			got := tr.UserToSCIM(jane)
			if want := resource(t, tt.want); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if _, err := tr.UserChange(jane, got); err != nil {
				t.Errorf("what was shown is refused: %v", err)
			}
		})
	}
}
