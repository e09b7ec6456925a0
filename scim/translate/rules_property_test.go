package translate_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// The words of which random domains are made: few, so that rules meet often.
var (
	hosts = []string{"acme", "beta", "any-tenant", "bücher", "ACME"}
	parts = []string{"acme.old.example", "old.example", "new.example", "sub.new.example", "eu.old.example",
		"beta.example", "bücher.example"}
	locals = []string{"jane", "Jane", "o'neil+x", "j@ne"}
)

func anyDomain() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		domain := rapid.SampledFrom(parts).Draw(t, "part")
		if rapid.Bool().Draw(t, "has a host") {
			domain = rapid.SampledFrom(hosts).Draw(t, "host") + "." + domain
		}
		if rapid.IntRange(0, 5).Draw(t, "shouts") == 0 {
			domain = strings.ToUpper(domain)
		}
		return domain
	})
}

func anyRule() *rapid.Generator[translate.Rule] {
	return rapid.Custom(func(t *rapid.T) translate.Rule {
		r := translate.Rule{Okta: anyDomain().Draw(t, "okta"), Access: anyDomain().Draw(t, "access")}
		switch rapid.IntRange(0, 4).Draw(t, "wild") {
		case 0, 1:
			r.Okta, r.Access = "*."+r.Okta, "*."+r.Access
		case 2:
			r.Okta = "*." + r.Okta
		}
		if rapid.Bool().Draw(t, "says what it rewrites") {
			r.Rewrite = rapid.SliceOfDistinct(rapid.SampledFrom([]string{"userName", "userPrincipalName", "emails", "domain"}),
				rapid.ID[string]).Draw(t, "rewrite")
		}
		return r
	})
}

// ruled is a translator with random rules, as far as they go together.
func ruled(t *rapid.T, showDomain bool) (*translate.Translator, []translate.Rule) {
	cfg := translate.Config{DefaultDomain: "acme.old.example", Sources: []string{"default"}} // no user is refused
	if showDomain {
		cfg.Sources, cfg.DomainAttributes = []string{"attribute", "default"}, []string{"domain"}
	}
	var tr *translate.Translator
	for _, r := range rapid.SliceOfN(anyRule(), 1, 6).Draw(t, "rules") {
		next := cfg
		next.Rules = append(slices.Clone(cfg.Rules), r)
		made, err := translate.New(next)
		if err == nil {
			tr, cfg = made, next
		}
	}
	if tr == nil {
		t.Skip("no rule fits")
	}
	return tr, cfg.Rules
}

// TestRuledRoundTrip checks that whatever a rule rewrites comes back as it was.
// A value in a domain that only Access has comes back as the one that Okta has
// for it, once and for all.
func TestRuledRoundTrip(t *testing.T) {
	rewritten := 0
	rapid.Check(t, func(rt *rapid.T) {
		tr, rules := ruled(rt, false)
		x := rapid.SampledFrom(locals).Draw(rt, "local") + "@" + anyDomain().Draw(rt, "domain")
		in := person(x)
		c, err := tr.NewUser(in)
		if err != nil {
			rt.Fatalf("%v", err)
		}
		sent := c.Attributes
		back := tr.UserToSCIM(upstream.User{Attributes: sent})
		for name, v := range map[string][2]string{
			"userName": {upstream.User{Attributes: sent}.UserName(), back["userName"].(string)},
			"emails":   {sent[path(t, "emails")].(string), back["emails"].([]any)[0].(map[string]any)["value"].(string)},
			"userPrincipalName": {sent[path(t, upstream.WorkspaceSchema+":userPrincipalName")].(string),
				back[schema.Workspace].(map[string]any)["userPrincipalName"].(string)},
		} {
			if !domains.SameAddress(v[0], x) {
				rewritten++
			}
			if !domains.SameAddress(v[1], x) && !domains.SameAddress(v[0], x) {
				rt.Errorf("%s: %s became %s and came back as %s with %v", name, x, v[0], v[1], rules)
			}
		}
		// What was read back may be written again without changing anything.
		again, err := tr.UserChange(upstream.User{}, back)
		if err != nil {
			rt.Fatalf("%v", err)
		}
		delete(sent, path(t, "externalId"))
		if !sameAccess(set(again), set(sent)) {
			rt.Errorf("%v became %v with %v", set(sent), set(again), rules)
		}
	})
	if rewritten == 0 && !testing.Short() {
		t.Error("no rule rewrote anything: nothing was checked")
	}
}

// sameAccess compares what Access would hold; the spelling of domains may differ.
func sameAccess(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		x, ok := v.(string)
		y, ok2 := b[k].(string)
		if ok && ok2 && domains.SameAddress(x, y) {
			continue
		}
		if !reflect.DeepEqual(v, b[k]) {
			return false
		}
	}
	return true
}

func person(name string) schema.Resource {
	return schema.Resource{
		"userName": name, "externalId": "00u1", "name": map[string]any{"givenName": "G", "familyName": "F"},
		"emails":         []any{map[string]any{"value": name}},
		schema.Workspace: map[string]any{"userPrincipalName": name},
	}
}

// TestRuledFilter checks that a search by userName finds exactly the people
// whose image in Access is that of the name, among people of whom each has a
// name of its own in Access.
func TestRuledFilter(t *testing.T) {
	found := 0
	rapid.Check(t, func(rt *rapid.T) {
		tr, rules := ruled(rt, false)
		held := map[string]string{} // Access's userName, in lower case, to Okta's
		for range rapid.IntRange(1, 8).Draw(rt, "people") {
			x := rapid.SampledFrom(locals).Draw(rt, "local") + "@" + anyDomain().Draw(rt, "domain")
			if y := image(rt, tr, x); shown(tr, y) == x || domains.SameAddress(shown(tr, y), x) {
				held[strings.ToLower(y)] = x
			}
		}
		asked := rapid.SampledFrom(locals).Draw(rt, "asked") + "@" + anyDomain().Draw(rt, "asked domain")
		want := image(rt, tr, asked)
		if !domains.SameAddress(shown(tr, want), asked) {
			// Only Access has that domain: Okta, which knows the people by
			// another name, must not be given somebody else's.
			for y := range held {
				if finds(tr, asked, y) {
					rt.Errorf("%s finds %s, who is shown as %s with %v", asked, y, shown(tr, y), rules)
				}
			}
			return
		}
		for y, x := range held {
			if got, want := finds(tr, asked, y), domains.SameAddress(y, want); got != want {
				rt.Errorf("%s finds %s (%s): %t, want %t with %v", asked, y, x, got, want, rules)
			} else if got {
				found++
			}
		}
	})
	if found == 0 && !testing.Short() {
		t.Error("no user was found: nothing was checked")
	}
}

func image(t rapid.TB, tr *translate.Translator, x string) string {
	c, err := tr.NewUser(person(x))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return c.UserName()
}

func shown(tr *translate.Translator, y string) string {
	held := upstream.User{Attributes: upstream.Attributes{upstream.CorePath("userName"): y}}
	name, _ := tr.UserToSCIM(held)["userName"].(string)
	return name
}

// finds is the search as the endpoint does it: Access is asked for each name,
// without regard to case, and a hit counts where Okta is shown what it asked for.
func finds(tr *translate.Translator, asked, y string) bool {
	hit := slices.ContainsFunc(tr.UserNames(asked), func(name string) bool { return domains.SameAddress(name, y) })
	return hit && domains.SameAddress(shown(tr, y), asked)
}

// TestDomainIsManaged checks that whatever rules and users say, the domain of
// a new user is exactly a managed one.
func TestDomainIsManaged(t *testing.T) {
	refused, chosen := 0, map[string]int{}
	checkUntil(t, func() bool { return refused > 0 && len(chosen) > 1 }, func(rt *rapid.T) {
		cfg := translate.Config{
			DefaultDomain: "acme.old.example",
			Managed:       append([]string{"acme.old.example"}, rapid.SliceOfN(anyDomain(), 0, 3).Draw(rt, "managed")...),
			Sources: rapid.Permutation([]string{"attribute", "userName", "email"}).Draw(rt,
				"source")[:rapid.IntRange(1, 3).Draw(rt, "sources")],
			Rules: rapid.SliceOfN(anyRule(), 0, 4).Draw(rt, "rules"),
		}
		if rapid.Bool().Draw(rt, "has a default") {
			cfg.Sources = append(cfg.Sources, "default")
		}
		tr, err := translate.New(cfg)
		if err != nil {
			rt.Skip("the rules may not stand")
		}
		in := person("jane@" + anyDomain().Draw(rt, "domain"))
		in["emails"] = []any{map[string]any{"value": "jane@" + anyDomain().Draw(rt, "e-mail")}}
		if rapid.Bool().Draw(rt, "names a domain") {
			in["domain"] = anyDomain().Draw(rt, "named")
		}
		c, err := tr.NewUser(in)
		if err != nil {
			refused++
			for _, name := range cfg.Managed {
				if !strings.Contains(err.Error(), name) {
					rt.Errorf("%v does not list %s", err, name)
				}
			}
			return
		}
		chosen[c.Domain]++
		if !slices.Contains(cfg.Managed, c.Domain) {
			rt.Errorf("a user lands in %s, managed are %v", c.Domain, cfg.Managed)
		}
	})
}

// TestRefusedRulesAreAmbiguous checks that rules are not refused without need:
// where New says that two domains become one, they do.
func TestRefusedRulesAreAmbiguous(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := anyDomain().Draw(rt, "a"), anyDomain().Draw(rt, "b")
		to := anyDomain().Draw(rt, "to")
		if domains.SameAddress("x@"+a, "x@"+b) || domains.SameAddress("x@"+a, "x@"+to) || domains.SameAddress("x@"+b,
			"x@"+to) {
			rt.Skip("they are one")
		}
		rules := []translate.Rule{{Okta: a, Access: to}, {Okta: b, Access: to}}
		if _, err := translate.New(translate.Config{DefaultDomain: "acme.com",
			Rules: rules}); err == nil || !strings.Contains(err.Error(), "ambiguous") {
			rt.Errorf("%v were taken, error %v", rules, err)
		}
		for i := range rules {
			rules[i].Rewrite = []string{}
		}
		if _, err := translate.New(translate.Config{DefaultDomain: "acme.com", Rules: rules}); err != nil {
			rt.Errorf("%v only choose the directory and are refused: %v", rules, err)
		}
	})
}

// checkUntil checks a property, again where chance has not shown all that it is
// about.
func checkUntil(t *testing.T, shown func() bool, property func(*rapid.T)) {
	t.Helper()
	const rounds = 50
	for range rounds {
		rapid.Check(t, property)
		if shown() || t.Failed() || testing.Short() {
			return
		}
	}
	t.Errorf("too little was checked in %d rounds", rounds)
}
