package translate_test

import (
	"reflect"
	"slices"
	"testing"

	"ws1bridge/scim/domains"
	"ws1bridge/scim/schema"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

func TestRules(t *testing.T) {
	renamed := translate.Config{DefaultDomain: "acme.workspaceoneaccess.com", Sources: []string{"default"},
		Presets: []string{"vmwareidentity.eu"}}
	several := translate.Config{Sources: []string{"default"}, Rules: []translate.Rule{
		{Okta: "*.old.example", Access: "*.new.example"},
		{Okta: "main.old.example", Access: "headquarters.example"},
		{Okta: "*.uk.old.example", Access: "*.new-uk.example"},
		{Okta: "keep.old.example", Access: "keep.old.example"},
		{Okta: "bücher.example", Access: "buecher.example"},
	}}
	tests := []struct {
		name string
		cfg  translate.Config
		okta string
		want string
		back string // "" for okta
	}{
		{"a renamed tenant", renamed, "jane@acme.vmwareidentity.eu", "jane@acme.workspaceoneaccess.com", ""},
		{"another suffix is another's", renamed, "jane@acme.vmwareidentity.com", "jane@acme.vmwareidentity.com", ""},
		{"the new name comes back as the old", renamed, "jane@acme.workspaceoneaccess.com",
			"jane@acme.workspaceoneaccess.com", "jane@acme.vmwareidentity.eu"},
		{"the suffix itself has nothing to keep", renamed, "jane@vmwareidentity.eu", "jane@vmwareidentity.eu", ""},
		{"a suffix with the same end", renamed, "jane@acme.myvmwareidentity.eu", "jane@acme.myvmwareidentity.eu", ""},
		{"several parts are kept", several, "jane@a.b.old.example", "jane@a.b.new.example", ""},
		{"the kept part keeps its case", several, "Jane@ACME.Old.Example", "Jane@ACME.new.example", "Jane@ACME.old.example"},
		{"an exact domain wins", several, "jane@main.old.example", "jane@headquarters.example", ""},
		{"the longer suffix wins", several, "jane@a.uk.old.example", "jane@a.new-uk.example", ""},
		{"an exception", several, "jane@keep.old.example", "jane@keep.old.example", ""},
		{"a domain of another script", several, "jane@BÜCHER.example", "jane@buecher.example", "jane@bücher.example"},
		{"its ASCII form", several, "jane@xn--bcher-kva.example", "jane@buecher.example", "jane@bücher.example"},
		{"a kept part of another script", several, "jane@büro.old.example", "jane@büro.new.example", ""},
		{"no domain", several, "jane", "jane", ""},
		{"a domain without a name", several, "@main.old.example", "@headquarters.example", ""},
		{"what follows the last @", several, "a@b@main.old.example", "a@b@headquarters.example", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := made(t, tt.cfg)
			sent := image(t, tr, tt.okta)
			if back := shown(tr, sent); !domains.SameAddress(sent, tt.want) || !domains.SameAddress(back,
				orSame(tt.back, tt.okta)) {
				t.Errorf("%s became %s and came back as %s, want %s and %s", tt.okta, sent, back, tt.want, orSame(tt.back, tt.okta))
			}
		})
	}
}

func orSame(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func TestWhatRulesRewrite(t *testing.T) {
	const upn = upstream.WorkspaceSchema + ":userPrincipalName"
	for name, tt := range map[string]struct {
		rewrite []string
		changed []string
	}{
		"all but e-mails by default": {nil, []string{"userName", upn}},
		"e-mails where it says so":   {[]string{"emails"}, []string{"emails"}},
		"all": {[]string{"userName", "userPrincipalName", "emails", "domain"},
			[]string{"userName", upn, "emails"}},
		"nothing": {[]string{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			tr := made(t,
				translate.Config{Rules: []translate.Rule{{Okta: "old.example", Access: "new.example", Rewrite: tt.rewrite}}})
			c, err := tr.NewUser(person("jane@old.example"))
			if err != nil {
				t.Fatal(err)
			}
			a := c.Attributes
			for _, attribute := range []string{"userName", "emails", upn} {
				want := "jane@old.example"
				if slices.Contains(tt.changed, attribute) {
					want = "jane@new.example"
				}
				if a[path(t, attribute)] != want {
					t.Errorf("%s is %v, want %s", attribute, a[path(t, attribute)], want)
				}
			}
			want := "new.example"
			if slices.Equal(tt.rewrite, []string{"emails"}) {
				want = domain // the rule is about mailboxes
			}
			if c.Domain != want {
				t.Errorf("the user goes to %s, want %s", c.Domain, want)
			}
			back, sent := tr.UserToSCIM(upstream.User{Attributes: a}), person("jane@old.example")
			if back["userName"] != sent["userName"] || !reflect.DeepEqual(back[schema.Workspace], sent[schema.Workspace]) ||
				back["emails"].([]any)[0].(map[string]any)["value"] != "jane@old.example" {
				t.Errorf("came back as %v", back)
			}
		})
	}
}

func TestManagedDomains(t *testing.T) {
	tr := made(t, translate.Config{Presets: []string{"vmwareidentity.com"}, Rules: []translate.Rule{
		{Okta: "a.com", Access: "b.com"}, {Okta: "c.com", Access: "ACME.com"},
		{Okta: "d.com", Access: "b.com", Rewrite: []string{}}}})
	if got := tr.ManagedDomains(); !slices.Equal(got, []string{domain, "b.com"}) {
		t.Errorf("got %v", got)
	}
	got := tr.Rules()
	if len(got) != 4 || got[0] != "a.com -> b.com" || got[3] != "*.vmwareidentity.com -> *.workspaceoneaccess.com" {
		t.Errorf("got %v", got)
	}
	for _, name := range upstream.OldHosts() {
		if _, err := translate.New(translate.Config{DefaultDomain: domain, Presets: []string{name}}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestUserNames(t *testing.T) {
	tr := made(t,
		translate.Config{Rules: []translate.Rule{{Okta: "old.example", Access: "new.example"},
			{Okta: "mail.example", Access: domain, Rewrite: []string{}}}})
	for name, tt := range map[string]struct {
		okta string
		want []string
	}{
		"no rule":                         {"jane@acme.com", []string{"jane@acme.com"}},
		"no domain":                       {"jane", []string{"jane"}},
		"a rule, and what was before it":  {"Jane@Old.example", []string{"Jane@new.example", "Jane@Old.example"}},
		"a name that only Access has":     {"jane@new.example", nil},
		"a rule that rewrites no name":    {"jane@mail.example", []string{"jane@mail.example"}},
		"a name that only looks like one": {"jane@xold.example", []string{"jane@xold.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tr.UserNames(tt.okta); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}
