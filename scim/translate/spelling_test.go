package translate_test

import (
	"encoding/json"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"ws1bridge/scim/schema"
	"ws1bridge/scim/schematest"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// number is a JSON number as it is decoded.
func number() *rapid.Generator[json.Number] {
	return rapid.Map(schematest.Number(), func(s string) json.Number { return json.Number(s) })
}

// TestNumbersComeBack checks that any number of Okta's comes back digit for digit.
func TestNumbersComeBack(t *testing.T) {
	tr := made(t, computing(`user.badge`))
	rapid.Check(t, func(rt *rapid.T) {
		n := number().Draw(rt, "n")
		r := resource(t, strings.ReplaceAll(`{"userName":~,"externalId":~,"name":{"givenName":~,"familyName":~},
			"emails":[~],"phoneNumbers":[~,{"value":~,"type":"work"}],"badge":~,
			`+enterprise+`:{"employeeNumber":~,"manager":~}}`, "~", n.String()))
		c, err := tr.NewUser(r)
		if err != nil {
			rt.Fatal(err)
		}
		for p, v := range set(c.Attributes) {
			phones, isList := v.([]upstream.Element)
			if !isList && v != n.String() || isList && (phones[0]["value"] != n.String() || phones[1]["value"] != n.String()) {
				rt.Errorf("%s became %v", p, v)
			}
		}
		shown, err := json.Marshal(tr.UserToSCIM(created(c)))
		if want := 9; err != nil || strings.Count(string(shown), `"`+n.String()+`"`) != want {
			rt.Errorf("Okta is shown %s (%v), want the number %d times", shown, err, want)
		}
	})
}

// blanks is white space of any kind, line ends and what has no width too.
func blanks() *rapid.Generator[string] {
	runes := []rune(" \t\r\n\v\u0085\u00a0\u2003\u2028\u3000\u200b\u2060\ufeff\u200e")
	return rapid.StringOfN(rapid.SampledFrom(runes), 0, 3, -1)
}

// TestSpellingDecidesNothing checks that white space around a name, an address or
// a domain, dots at the end, and the normal form send nobody to another directory
// or past a rule, and that Okta finds the person by whatever it sent.
func TestSpellingDecidesNothing(t *testing.T) {
	tr := made(t, translate.Config{
		DefaultDomain: "acme.com", Managed: []string{"acme.com", "b\u00fccher.example", "new.example"},
		Rules: []translate.Rule{
			{Okta: "old.example", Access: "new.example"},
			{Okta: "*.old.example", Access: "new.example", Rewrite: []string{}},
		},
	})
	domain := rapid.SampledFrom([]string{"acme.com", "B\u00fccher.example", "old.example", "a.OLD.example",
		"elsewhere.example"})
	rapid.Check(t, func(rt *rapid.T) {
		local := rapid.SampledFrom([]string{"jane", "Zo\u00e9", "\u1e69"}).Draw(rt, "local")
		name := local + "@" + domain.Draw(rt, "domain")
		form := rapid.SampledFrom([]norm.Form{norm.NFC, norm.NFD}).Draw(rt, "form")
		draw := func(what string) string { return blanks().Draw(rt, what) }
		_, of, _ := strings.Cut(name, "@")
		dot := rapid.SampledFrom([]string{"", ".", "\u3002"}).Draw(rt, "dot")
		odd := draw("before") + form.String(local) + "@" + draw("within") + form.String(of) + draw("after") + dot +
			draw("end")
		person := func(name string) schema.Resource {
			return schema.Resource{"userName": name, "emails": []any{name}, "externalId": "1",
				"name": map[string]any{"givenName": "G", "familyName": "F"}}
		}
		want, err := tr.NewUser(person(name))
		if err != nil {
			rt.Fatal(err)
		}
		got, err := tr.NewUser(person(odd))
		if err != nil || got.Domain != want.Domain || got.Key() != want.Key() {
			rt.Fatalf("%q goes to %q as %q, %q to %q as %q (%v)", name, want.Domain, want.UserName(), odd, got.Domain,
				got.UserName(), err)
		}
		if !finds(tr, odd, got.UserName()) || !finds(tr, name, got.UserName()) {
			rt.Errorf("%q is not found by %q, or by %q", got.UserName(), odd, name)
		}
		named := person("jane")
		named["domain"] = draw("around") + form.String(got.Domain) + dot + draw("behind")
		if got, err := tr.NewUser(named); err != nil || got.Domain != want.Domain {
			rt.Errorf("the domain %q leads to %q (%v), want %q", named["domain"], got.Domain, err, want.Domain)
		}
	})
}

func TestNamesAreTidy(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"white space around a name is left out", "\u00a0 jane\r\n", "jane"},
		{"white space within stays", "jane  doe", "jane  doe"},
		{"white space around a domain is left out", "jane@ acme.com \t", "jane@acme.com"},
		{"a dot after a domain is left out", "jane@acme.com. ", "jane@acme.com"},
		{"a dot after a name stays", "jane.", "jane."},
		{"the normal form stays", "Zoe\u0301", "Zoe\u0301"},
		{"a line end within is refused", "jane\ndoe", ""},
		{"a line separator within is refused", "jane\u2028doe", ""},
		{"a control character is refused", "jane\u0001", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := resource(t, minimal+`}`)
			r["userName"] = tt.in
			r[schema.Workspace] = map[string]any{"userPrincipalName": tt.in}
			c, err := translator(t).NewUser(r)
			if tt.want == "" {
				if !isAbout(err, "userName") {
					t.Errorf("got the error %v, want one about userName", err)
				}
				return
			}
			principal := c.Attributes[path(t, upstreamWorkspace+":userPrincipalName")]
			if err != nil || c.UserName() != tt.want || principal != tt.want {
				t.Errorf("got %q, %v and the error %v", c.UserName(), c.Attributes, err)
			}
		})
	}
}

// TestNothingHidesInADomain checks that what nobody sees in a domain is refused
// wherever the domain comes from: left out, it would choose the directory.
func TestNothingHidesInADomain(t *testing.T) {
	for _, hidden := range []string{" ", "\t", "\u00a0", "\u3000", "\u200b", "\u00ad", "\u200d", "\u2060", "\ufe0f",
		"\u034f", "\u180b", "\u3164"} {
		odd := "ac" + hidden + "me.com"
		for in, names := range map[string][]string{
			"userName": {"jane@" + odd, "userName"}, "emails": {"jane@" + odd, "emails"}, "domain": {odd, "domain"},
			schema.Workspace: {"jane@" + odd, schema.Workspace + ":userPrincipalName"},
		} {
			r := resource(t, minimal+`}`)
			r[in] = names[0]
			if in == schema.Workspace {
				r[in] = map[string]any{"userPrincipalName": names[0]}
			}
			if _, err := translator(t).NewUser(r); !isAbout(err, names[1]) {
				t.Errorf("%q in %s: got the error %v, want one about %s", hidden, in, err, names[1])
			}
			held := upstream.User{Domain: domain, Attributes: access(t, "userName", "ada")}
			if _, err := translator(t).UserChange(held, r); !isAbout(err, names[1]) {
				t.Errorf("%q in %s of a change: got the error %v, want one about %s", hidden, in, err, names[1])
			}
		}
	}
}

// TestHeldSpellingStays checks that what Access holds is not renamed because Okta
// writes back what it read.
func TestHeldSpellingStays(t *testing.T) {
	held := upstream.User{Domain: domain, Attributes: access(t, "userName", " jane@acme.com.", "name.givenName", "G")}
	tr := translator(t)
	change, err := tr.UserChange(held, tr.UserToSCIM(held))
	if err != nil || change[path(t, "userName")] != " jane@acme.com." {
		t.Errorf("the userName becomes %q (%v)", change[path(t, "userName")], err)
	}
}

// TestHeldGroupNameStays is the same for groups.
func TestHeldGroupNameStays(t *testing.T) {
	for _, name := range []string{" Sales ", "Sales\nEU"} {
		held := upstream.Group{DisplayName: name}
		if got, err := translate.ChangedGroup(held, translate.GroupToSCIM(held)); err != nil || got.DisplayName != name {
			t.Errorf("%q becomes %q (%v)", name, got.DisplayName, err)
		}
	}
}
