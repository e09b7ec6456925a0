package translate_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
)

// problemsOf are the problems of a configuration, as lines.
func problemsOf(cfg translate.Config) []string {
	_, err := translate.New(cfg)
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func TestNewRefuses(t *testing.T) {
	rules := func(r ...translate.Rule) translate.Config {
		return translate.Config{DefaultDomain: domain, Rules: r}
	}
	table := func(a ...translate.Attribute) translate.Config {
		return translate.Config{DefaultDomain: domain, Attributes: a}
	}
	const tenant = "urn:scim:schemas:extension:workspace:tenant:acme:1.0"
	tests := []struct {
		name string
		cfg  translate.Config
		want []string // the beginnings of the problems, all of them
	}{
		{"no default domain", translate.Config{}, []string{"domains.default: is required"}},
		{"a default that is a URL", translate.Config{DefaultDomain: "https://acme.com"},
			[]string{"domains.default: must be a domain alone"}},
		{"the domain of local administrators", translate.Config{DefaultDomain: "system domain"},
			[]string{"domains.default: is the domain of local administrators"}},
		{"managed domains without the default", translate.Config{DefaultDomain: domain, Managed: []string{"beta.com"}},
			[]string{"domains.managed: must hold domains.default"}},
		{"a default that has another spelling", translate.Config{DefaultDomain: domain, Managed: []string{"ACME.com"}},
			[]string{"domains.default: is spelled ACME.com"}},
		{"a managed domain twice",
			translate.Config{DefaultDomain: domain, Managed: []string{domain, "bücher.example", "XN--bcher-kva.example"}},
			[]string{"domains.managed[2]: is there already"}},
		{
			"managed domains that no directory can have",
			translate.Config{DefaultDomain: domain,
				Managed: []string{domain, "*.acme.com", "a..b", "-a.com", strings.Repeat("a", 64) + ".com", "a_b.com", "ac me.com",
					"", "acme.com.", "a!b.com"}},
			[]string{
				"domains.managed[1]: must be a domain alone", "domains.managed[2]: is no domain: two dots",
				"domains.managed[3]: is no domain: a part of it begins",
				"domains.managed[4]: is no domain: a part of it is longer", "domains.managed[6]: must be a domain alone",
				"domains.managed[7]: is empty",
				"domains.managed[8]: is no domain: two dots", "domains.managed[9]: is no domain: it holds a character",
			},
		},

		{"an unknown source", translate.Config{DefaultDomain: domain, Sources: []string{"userName", "upn"}},
			[]string{"domains.source[1]: must be one of"}},
		{"no source", translate.Config{DefaultDomain: domain, Sources: []string{}},
			[]string{"domains.source: must name at least one"}},
		{"a source twice", translate.Config{DefaultDomain: domain, Sources: []string{"email", "email"}},
			[]string{"domains.source[1]: email is there already"}},
		{"a source after the default", translate.Config{DefaultDomain: domain, Sources: []string{"default", "email"}},
			[]string{"domains.source[0]: default always decides"}},
		{"attributes that are no source",
			translate.Config{DefaultDomain: domain, Sources: []string{"email"}, DomainAttributes: []string{"domain"}},
			[]string{"domains.attributes: is of no use"}},
		{
			"what cannot name the domain",
			translate.Config{DefaultDomain: domain, DomainAttributes: []string{"domain", "do main", "x.y", "domain"}},
			[]string{"domains.attributes[1]: a path looks like", "domains.attributes[2]: must be an attribute alone",
				"domains.attributes[3]: is there already"},
		},
		{"a place for the domain that is mapped",
			translate.Config{DefaultDomain: domain, DomainAttributes: []string{"userType"}},
			[]string{"domains.attributes: userType is mapped already"}},

		{"a rule without sides", rules(translate.Rule{}),
			[]string{"domains.rules[0].okta: is empty", "domains.rules[0].access: is empty"}},
		{"a star elsewhere", rules(translate.Rule{Okta: "a.*.com", Access: "b.com"}),
			[]string{"domains.rules[0].okta: must be a domain alone"}},
		{"one domain to many", rules(translate.Rule{Okta: "a.com", Access: "*.b.com"}),
			[]string{"domains.rules[0]: access is for many domains"}},
		{"many domains to one", rules(translate.Rule{Okta: "*.a.com", Access: "b.com"}),
			[]string{"domains.rules[0]: every domain below a.com would become b.com, with no way back"}},
		{"many domains to one directory are fine",
			rules(translate.Rule{Okta: "*.a.com", Access: "b.com", Rewrite: []string{}}), nil},
		{"a rule to what is not managed",
			translate.Config{DefaultDomain: domain, Managed: []string{domain},
				Rules: []translate.Rule{{Okta: "a.com", Access: "b.com"}}},
			[]string{"domains.rules[0].access: b.com is not in domains.managed"}},
		{"a rule for e-mails to what is not managed is fine",
			translate.Config{DefaultDomain: domain, Managed: []string{domain},
				Rules: []translate.Rule{{Okta: "a.com", Access: "b.com", Rewrite: []string{"emails"}}}}, nil},
		{"what cannot be rewritten", rules(translate.Rule{Okta: "a.com", Access: "b.com", Rewrite: []string{"title"}}),
			[]string{"domains.rules[0].rewrite[0]: must be one of userName"}},
		{"two rules for a domain",
			rules(translate.Rule{Okta: "bücher.example", Access: "b.com"},
				translate.Rule{Okta: "xn--bcher-kva.EXAMPLE", Access: "c.com"}),
			[]string{"domains.rules[1].okta: xn--bcher-kva.EXAMPLE has a rule already: domains.rules[0]"}},
		{"two domains to one",
			rules(translate.Rule{Okta: "a.com", Access: "c.com"}, translate.Rule{Okta: "b.com", Access: "C.com"}),
			[]string{"domains.rules[0]: a.com and b.com would both become c.com, so the way back would be ambiguous"}},
		{"two domains to one directory are fine",
			rules(translate.Rule{Okta: "a.com", Access: "c.com"},
				translate.Rule{Okta: "b.com", Access: "c.com", Rewrite: []string{}}), nil},
		{"two suffixes to one",
			rules(translate.Rule{Okta: "*.a.com", Access: "*.c.com"}, translate.Rule{Okta: "*.b.com", Access: "*.c.com"}),
			[]string{"domains.rules[0]: *.a.com and *.b.com would both become *.c.com"}},
		{"a domain to what a suffix makes of another",
			rules(translate.Rule{Okta: "*.a.com", Access: "*.c.com"}, translate.Rule{Okta: "x.b.com", Access: "x.c.com"}),
			[]string{"domains.rules[0]: x.a.com and x.b.com would both become x.c.com"}},
		{"a domain that a suffix treats alike is fine",
			rules(translate.Rule{Okta: "*.a.com", Access: "*.c.com"}, translate.Rule{Okta: "x.a.com", Access: "x.c.com"}), nil},
		{"an exception from a suffix is fine",
			rules(translate.Rule{Okta: "*.a.com", Access: "*.c.com"}, translate.Rule{Okta: "x.a.com", Access: "x.a.com"}), nil},
		{"a circle of two",
			rules(translate.Rule{Okta: "a.com", Access: "b.com"}, translate.Rule{Okta: "b.com", Access: "a.com"}),
			[]string{"domains.rules[0]: the rules lead in a circle: a.com -> b.com -> a.com",
				"domains.rules[1]: the rules lead in a circle"}},
		{"a circle of three",
			rules(translate.Rule{Okta: "a.com", Access: "b.com"}, translate.Rule{Okta: "b.com", Access: "c.com"},
				translate.Rule{Okta: "c.com", Access: "a.com"}),
			[]string{"domains.rules[0]: the rules lead in a circle", "domains.rules[1]: the rules lead in a circle",
				"domains.rules[2]: the rules lead in a circle"}},
		{"a circle of suffixes",
			rules(translate.Rule{Okta: "*.a.com", Access: "*.b.com"}, translate.Rule{Okta: "*.b.com", Access: "*.a.com"}),
			[]string{"domains.rules[0]: the rules lead in a circle: *.a.com -> *.b.com -> *.a.com",
				"domains.rules[1]: the rules lead in a circle"}},
		{"a suffix that leads into itself", rules(translate.Rule{Okta: "*.a.com", Access: "*.eu.a.com"}),
			[]string{"domains.rules[0]: the rules lead in a circle"}},
		{"a chain is fine",
			rules(translate.Rule{Okta: "a.com", Access: "b.com"}, translate.Rule{Okta: "b.com", Access: "c.com"}), nil},
		{"an unknown preset", translate.Config{DefaultDomain: domain, Presets: []string{"vmware.com"}},
			[]string{"domains.presets[0]: there is no such preset; there are vmwareidentity.com"}},
		{"two presets", translate.Config{DefaultDomain: domain, Presets: []string{"vmwareidentity.com", "vmwareidentity.eu"}},
			[]string{"domains.presets[0]: *.vmwareidentity.com and *.vmwareidentity.eu would both become " +
				"*.workspaceoneaccess.com, so the way back would be ambiguous; name the one suffix"}},

		{"a line that says nothing", table(translate.Attribute{}), []string{"attributes[0]: needs scim"}},
		{"what is no path", table(translate.Attribute{SCIM: "name..x", Access: "title"}),
			[]string{"attributes[0].scim: a path looks like"}},
		{"a filter of two conditions",
			table(translate.Attribute{SCIM: `phoneNumbers[type eq "a" and primary eq true].value`, Access: tenant + ":x"}),
			[]string{"attributes[0].scim: a filter in a path is one equality"}},
		{"a filter on what holds one value",
			table(translate.Attribute{SCIM: `title[type eq "a"].value`, Access: tenant + ":x"}),
			[]string{"attributes[0].scim: title holds one value"}},
		{"a filter on the side of Access",
			table(translate.Attribute{SCIM: "mobile", Access: `phoneNumbers[type eq "mobile"].value`}),
			[]string{"attributes[0].access: an attribute of Access takes no filter"}},
		{"what is read-only",
			table(translate.Attribute{SCIM: "groups", Access: tenant + ":x"},
				translate.Attribute{SCIM: "Password", Access: tenant + ":y"}),
			[]string{"attributes[0].scim: groups is not for the table", "attributes[1].scim: Password is not for the table"}},
		{"a case that SCIM does not spell", table(translate.Attribute{SCIM: "nickname", Access: tenant + ":x"}),
			[]string{"attributes[0].scim: the attribute is spelled nickName"}},
		{"attributes that Access does not have",
			table(translate.Attribute{SCIM: "a", Access: "shoeSize"},
				translate.Attribute{SCIM: "b", Access: upstreamWorkspace + ":upn"},
				translate.Attribute{SCIM: "c", Access: "Title"}),
			[]string{"attributes[0].access: shoeSize: Access has no such attribute",
				"attributes[1].access: " + upstreamWorkspace + ":upn: Access has no such",
				"attributes[2].access: Title: the attribute is spelled title"}},
		{"attributes that no client may set",
			table(translate.Attribute{SCIM: "a", Access: upstreamWorkspace + ":domain"},
				translate.Attribute{SCIM: "b", Access: upstreamWorkspace + ":internalUserType"},
				translate.Attribute{SCIM: "c", Access: "id"}),
			[]string{"attributes[0].access: " + upstreamWorkspace + ":domain: the attribute is not for clients",
				"attributes[1].access: ", "attributes[2].access: id: "}},
		{"a tenant in capitals",
			table(translate.Attribute{SCIM: "a", Access: "urn:scim:schemas:extension:workspace:tenant:ACME:1.0:x"}),
			[]string{"attributes[0].access: urn:scim:schemas:extension:workspace:tenant:ACME:1.0:x: " +
				"the URN of a tenant's attributes is in lower case"}},
		{"a part of what has no parts",
			table(translate.Attribute{SCIM: "a", Access: "title.x"}, translate.Attribute{SCIM: "b", Access: "name"},
				translate.Attribute{SCIM: "c", Access: "name.nick"}),
			[]string{"attributes[0].access: title.x: the attribute has no sub-attribute",
				"attributes[1].access: name: the attribute is set by its sub-attributes",
				"attributes[2].access: name.nick: Access has no such sub-attribute"}},
		{"one attribute of Access twice",
			table(translate.Attribute{SCIM: "a", Access: tenant + ":x"}, translate.Attribute{SCIM: "b", Access: tenant + ":x"}),
			[]string{"attributes[1].access: " + tenant + ":x is written twice: by attributes[0] and by attributes[1]"}},
		{"one attribute of SCIM twice",
			table(translate.Attribute{SCIM: "a", Access: tenant + ":x"}, translate.Attribute{SCIM: "A", Access: tenant + ":y"}),
			[]string{"attributes[1].scim: A would be read from " + tenant + ":x and from " + tenant + ":y"}},
		{"the attribute of a default pair", table(translate.Attribute{SCIM: "a", Access: "title"}),
			[]string{"attributes[0].access: title is written twice: by the default pair of title and by attributes[0]"}},
		{"an attribute that a default pair reads", table(translate.Attribute{SCIM: "title", Access: tenant + ":x"}),
			[]string{"attributes[0].scim: title would be read from title and from"}},
		{"two filters that mean the same value",
			table(translate.Attribute{SCIM: `phoneNumbers[type eq "mobile"].value`, Access: tenant + ":x"},
				translate.Attribute{SCIM: `phoneNumbers[type eq "MOBILE"]`, Access: tenant + ":y"}),
			[]string{"attributes[1].scim: phoneNumbers"}},
		{"no way to Access", table(translate.Attribute{SCIM: "shoeSize"}),
			[]string{"attributes[0].access: is required: no default pair has shoeSize"}},
		{"what is not there to switch off", table(translate.Attribute{SCIM: "shoeSize", Off: true}),
			[]string{"attributes[0].off: there is no default pair for shoeSize"}},
		{"what Okta needs switched off",
			table(translate.Attribute{SCIM: "userName", Off: true}, translate.Attribute{SCIM: "active", Off: true}),
			[]string{"attributes[0].off: userName cannot be switched off", "attributes[1].off: active cannot be switched off"}},
		{"what Access needs switched off", table(translate.Attribute{SCIM: "name.givenName", Off: true}),
			[]string{"attributes: nothing writes name.givenName, and Access creates no user without it"}},
		{"what is switched off with more", table(translate.Attribute{SCIM: "title", Off: true, Required: true}),
			[]string{"attributes[0].off: what is switched off has no other settings"}},
		{"a computed attribute with two sides", table(translate.Attribute{SCIM: "a", Access: tenant + ":x", Value: "email"}),
			[]string{"attributes[0].value: a computed attribute has no scim"}},
		{"a computed attribute without a place", table(translate.Attribute{Value: "email"}),
			[]string{"attributes[0].access: is required"}},
		{"a computed list",
			table(translate.Attribute{SCIM: "phoneNumbers", Off: true},
				translate.Attribute{Access: "phoneNumbers", Value: "email"}),
			[]string{"attributes[1]: a computed attribute holds one value"}},
		{"one value for several",
			table(translate.Attribute{SCIM: "phoneNumbers", Off: true},
				translate.Attribute{SCIM: "mobile", Access: "phoneNumbers"}),
			[]string{"attributes[1]: one of mobile and phoneNumbers holds several values"}},
		{"an unknown type", table(translate.Attribute{SCIM: "a", Access: tenant + ":x", Type: "date"}),
			[]string{"attributes[0].type: must be one of string, boolean, strings, list"}},
		{"another type for a default pair", table(translate.Attribute{SCIM: "title", Type: "boolean"}),
			[]string{"attributes[0].type: the type of a default pair is fixed"}},
		{"an unknown moment", table(translate.Attribute{SCIM: "a", Access: tenant + ":x", On: "update"}),
			[]string{"attributes[0].on: must be create"}},
		{"a userName that never changes", table(translate.Attribute{SCIM: "userName", On: "create"}),
			[]string{"attributes[0].on: userName must be free to change"}},
		{"a default that does not suit",
			table(translate.Attribute{SCIM: "a", Access: upstreamWorkspace + ":externalUserDisabled", Default: "maybe"}),
			[]string{"attributes[0].default: must be true or false"}},
		{"a default for a list", table(translate.Attribute{SCIM: "a", Access: tenant + ":x", Type: "strings", Default: "x"}),
			[]string{"attributes[0].default: an attribute with several values"}},
		{"one externalId for all", table(translate.Attribute{SCIM: "externalId", Default: "x"}),
			[]string{"attributes[0].default: externalId has no default"}},
		{"all of it at once",
			translate.Config{DefaultDomain: "a b", Rules: []translate.Rule{{Okta: "x", Access: "*"}}, Presets: []string{"none"},
				Attributes: []translate.Attribute{{SCIM: "a", Access: "shoeSize"}, {Value: "(", Access: "title"}}},
			[]string{"domains.rules[0].access", "domains.presets[0]", "domains.default", "attributes[0].access",
				"attributes[1].value: the expression ( cannot be used"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := problemsOf(tt.cfg)
			if len(got) != len(tt.want) {
				t.Fatalf("got %d problems, want %d:\n  %s", len(got), len(tt.want), strings.Join(got, "\n  "))
			}
			for _, want := range tt.want {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
					t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), want)
				}
			}
		})
	}
}

const upstreamWorkspace = schema.Workspace

// TestProblemsNameTheirSetting checks that each problem has its setting and its
// reason.
func TestProblemsNameTheirSetting(t *testing.T) {
	_, err := translate.New(translate.Config{Rules: []translate.Rule{{}}})
	var problem *translate.Problem
	if !errors.As(err, &problem) || problem.Setting == "" || problem.Reason == "" {
		t.Errorf("got %v, want a Problem", err)
	}
}
