package trace

import (
	"regexp"
	"strings"
	"testing"

	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// TestSides checks that nothing of either side is left out: what a pair takes to
// the other, what no pair takes, and the domain.
func TestSides(t *testing.T) {
	translator, err := translate.New(translate.Config{
		DefaultDomain: "acme.com", DomainAttributes: []string{"urn:x:y:1.0:domain"},
	})
	if err != nil {
		t.Fatal(err)
	}
	user := upstream.User{Domain: "acme.com", Attributes: upstream.Attributes{
		upstream.CorePath("userName"): "ada@acme.com", upstream.PathOf("", "name", "givenName"): "Ada",
		upstream.PathOf(upstream.WorkspaceSchema, "unmapped", ""): "kept",
	}}
	tests := []struct {
		name  string
		print func(Printer)
		want  []string
	}{
		{"seen by Okta", func(p Printer) { p.Sides(Sides(translator, user), true) }, []string{
			`OKTA SEES`, `\n  userName +ada@acme\.com +userName +ada@acme\.com\n`,
			`\n  name\.givenName +Ada +name\.givenName +Ada\n`,
			`\n  workspace:unmapped +kept +- +-\n`, `\n  workspace:domain +acme\.com +urn:x:y:1\.0:domain +acme\.com\n`,
		}},
		{"not seen", func(p Printer) { p.Sides(Held(user), false) }, []string{
			`OKTA DOES NOT SEE THIS ACCOUNT`, `\n  userName +ada@acme\.com +- +-\n`, `\n  name\.givenName +Ada +- +-\n`,
			`\n  workspace:unmapped +kept +- +-\n`,
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out strings.Builder
			tt.print(Printer{Out: &out})
			if got := strings.Count(out.String(), "\n"); got != len(tt.want) {
				t.Errorf("there are %d lines", got)
			}
			for _, line := range tt.want {
				if !regexp.MustCompile(line).MatchString(out.String()) {
					t.Errorf("there is no line %s in\n%s", line, out.String())
				}
			}
		})
	}
}
