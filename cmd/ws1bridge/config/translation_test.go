package config

import (
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

func TestTranslationMistakes(t *testing.T) {
	tests := []struct {
		name, yaml string
		env        []string
		want       []string // the beginnings of all problems
	}{
		{name: "nothing is wrong", yaml: "domains:\n  managed: [acme.com, beta.example]\n  rules: [{okta: \"*.a.com\", " +
			"access: \"*.b.com\", rewrite: [userName]}]\ngroups:\n  domain: beta.example\n"},
		{name: "lists in variables", env: []string{"WS1BRIDGE_DOMAINS_MANAGED=acme.com, beta.example",
			"WS1BRIDGE_DOMAINS_SOURCE=userName,default", "WS1BRIDGE_DOMAINS_PRESETS=vmwareidentity.de",
			"WS1BRIDGE_GROUPS_DOMAIN=beta.example"}},
		{name: "a list in a text", yaml: "domains:\n  managed: acme.com, beta.example\ngroups:\n  domain: beta.example\n"},
		{name: "groups in a domain that is not managed", yaml: "groups:\n  domain: beta.example\n",
			want: []string{"groups.domain (WS1BRIDGE_GROUPS_DOMAIN): must be one of the managed domains: acme.com"}},
		{name: "a list of numbers", yaml: "domains:\n  managed: [acme.com, 7]\n",
			want: []string{"domains.managed (WS1BRIDGE_DOMAINS_MANAGED): must be text"}},
		{name: "a rule that is text", yaml: "domains:\n  rules: [a to b]\n",
			want: []string{"domains.rules[0]: must be a list, or settings", "domains.rules[0].okta: is empty",
				"domains.rules[0].access: is empty"}},
		{name: "rules that are no list", yaml: "domains:\n  rules: a to b\n",
			want: []string{"domains.rules: must be a list, or settings"}},
		{name: "a number as a domain", yaml: "domains:\n  rules: [{okta: 7, access: a.com}]\n",
			want: []string{"domains.rules[0].okta: must be text"}},
		{name: "a text for true or false", yaml: "attributes:\n  - {scim: title, off: \"yes\"}\n",
			want: []string{"attributes[0].off: must be true or false"}},
		{name: "an unknown key in a rule", yaml: "domains:\n  rules: [{okta: a.com, access: b.com, from: c.com}]\n",
			want: []string{"domains.rules[0].from: there is no such setting"}},
		{name: "an unknown key in a line", yaml: "attributes:\n  - {scim: title, of: true}\n",
			want: []string{"attributes[0].of: there is no such setting"}},
		{name: "several at once", yaml: "domains:\n  source: [upn]\n  presets: [none]\n  rules: [{okta: a b, access: " +
			"c.com}]\nattributes:\n  - {scim: x, access: shoeSize}\n",
			want: []string{"domains.rules[0].okta: must be a domain alone", "domains.presets[0]: there is no such preset",
				"domains.source[0]: must be one of", "attributes[0].access: shoeSize: Access has no such attribute"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(cmdtest.WriteFile(t, tt.yaml), cmdtest.Environ(tt.env...))
			got := problems(err)
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
