package doctor_test

import (
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

const unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"

// findBy has the provider for Okta find people by an attribute.
func (w *world) findBy(t *testing.T, attribute string) {
	t.Helper()
	client := w.client(t, domain)
	id, _ := w.access.State().Providers[1]["id"].(string)
	document, err := client.ProviderDocument(t.Context(), id)
	if err == nil {
		document, err = document.With("nameIdFormatType", unspecified)
	}
	if err == nil {
		document, err = document.With("nameIdFormatAttributeMappings", map[string]string{unspecified: attribute})
	}
	if err == nil {
		err = client.ChangeProvider(t.Context(), id, document)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestNameIDs looks whether people have what Access finds them by.
func TestNameIDs(t *testing.T) {
	tests := []struct {
		name    string
		by      string
		finding string
		outcome doctor.Outcome
		state   doctor.LogInState
	}{
		{"all of them", "userName", "which each of the 2 people looked at has", doctor.OK, doctor.Verified},
		{"some of them", "title", "1 of the 2 people looked at have no value", doctor.Failed, doctor.Unverified},
		{"none of them", "userPrincipalName", "2 of the 2 people looked at have no value", doctor.Failed, doctor.Impossible},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{SeedUsers: 2})
			w.change(t, "user-0002@acme.com", upstream.Attributes{upstream.CorePath("title"): "Countess"})
			w.findBy(t, tt.by)
			results := []doctor.Result{}
			for _, r := range w.examine(t) {
				results = append(results, r)
			}
			i := slices.IndexFunc(results, func(r doctor.Result) bool { return r.Name == "name IDs of acme.com" })
			if i < 0 || results[i].Outcome != tt.outcome || !strings.Contains(results[i].Finding, tt.finding) {
				t.Errorf("got %+v, want %s: %s", results, tt.outcome, tt.finding)
			}
			if l := doctor.LogIns(results); len(l) != 1 || l[0].State != tt.state {
				t.Errorf("the log-ins are %+v, want %s", l, tt.state)
			}
		})
	}
}
