package doctor_test

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestCandidates(t *testing.T) {
	const provider = "identity provider of acme.com"
	diagnose(t, []mistake{
		{name: "none", access: withMistakes(accesstest.Mistakes{OktaProvider: "none"}), check: provider,
			finding: "there is no identity provider for Okta", fix: "ws1bridge login setup --metadata"},
		{name: "one", access: withMistakes(accesstest.Mistakes{OktaProvider: "unassociated"}), check: provider,
			finding: "no identity provider uses the directory Okta", fix: "ws1bridge login setup --provider 'Okta SAML'"},
		{name: "two", access: withMistakes(accesstest.Mistakes{OktaProvider: "two"}), check: provider,
			finding: "there are Okta SAML (enabled, method Okta SAML, finds people by emails); " +
				"Okta 2 (enabled, method Okta 2, finds people by emails)",
			fix: "choose the one that stands for Okta"},
		{name: "two that may not be read", access: withMistakes(accesstest.Mistakes{OktaProvider: "two"}),
			plant: failing(accessAPI+"/identityProviders/", http.StatusForbidden), check: provider,
			finding: "there are Okta SAML (enabled, method Okta SAML); Okta 2 (enabled, method Okta 2)",
			fix:     "choose the one that stands for Okta"},
		{name: "the policy has the method of one of two", plant: twoProviders, check: "access policy for acme.com",
			outcome: doctor.OK, finding: "has the method Okta SAML, but not Okta 2"},
		{name: "no provider, and no method in the policy either",
			access: withMistakes(accesstest.Mistakes{OktaProvider: "unassociated", PolicyOmitsOkta: true}),
			check:  "access policy for acme.com", finding: "does not have the method Okta SAML", fix: "add the method"},
		{name: "a disabled one", access: withMistakes(accesstest.Mistakes{OktaProvider: "disabled"}), check: provider,
			finding: "Okta SAML uses the directory Okta, but is disabled", fix: "enable Okta SAML"},
		{name: "two disabled ones", plant: twoDisabled, check: provider,
			finding: "each identity provider that uses the directory Okta is disabled: Okta SAML (disabled, method Okta SAML, " +
				"finds people by emails); Okta 2 (disabled,",
			fix: "ws1bridge login setup --enable --provider NAME"},
	})
}

// twoProviders adds a provider after the policy was made.
func twoProviders(t *testing.T, w *world) {
	t.Helper()
	if err := w.access.SetModes(accesstest.Modes{Mistakes: accesstest.Mistakes{OktaProvider: "two"}}); err != nil {
		t.Fatal(err)
	}
}

// twoDisabled has two providers that use the directory, and neither is enabled.
func twoDisabled(t *testing.T, w *world) {
	t.Helper()
	twoProviders(t, w)
	client := w.client(t, domain)
	directories, err := client.DirectoriesWithDomains(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d, err := upstream.DirectoryOf(directories, domain)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range w.access.State().Providers[1:] {
		id, _ := p["id"].(string)
		document, err := client.ProviderDocument(t.Context(), id)
		if err == nil {
			document, err = document.With(upstream.KeyStatus, 0)
		}
		if err == nil {
			document, err = document.WithDirectories(d)
		}
		if err == nil {
			err = client.ChangeProvider(t.Context(), id, document)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestQuote has a shell read what it is told to type.
func TestQuote(t *testing.T) {
	for _, name := range []string{"Okta", "Okta SAML", "it's", "a$b`c\"d", "[x]", "{a,b}", "größer", "a\tb", "", "*",
		"~", "!", "-x"} {
		printed, err := exec.CommandContext(t.Context(), "sh", "-c", "printf '%s|' "+doctor.Quote(name)).Output()
		if err != nil || string(printed) != name+"|" {
			t.Errorf("a shell reads %s as %q, %v", doctor.Quote(name), printed, err)
		}
	}
	if quoted := doctor.Quote("Okta-2"); strings.Contains(quoted, "'") {
		t.Errorf("got %s", quoted)
	}
}
