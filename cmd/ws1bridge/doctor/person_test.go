package doctor_test

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/connection"
	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

// client is a bridge's client of the tenant.
func (w *world) client(t *testing.T, domains ...string) *upstream.Client {
	t.Helper()
	tenant, err := upstream.TenantURL(w.access.URL)
	if err != nil {
		t.Fatal(err)
	}
	access, err := connection.New(tenant, http.DefaultTransport,
		auth.Config{ClientID: clientID, ClientSecret: secret}, connection.ForOperator(domains))
	if err != nil {
		t.Fatal(err)
	}
	return access.Client
}

func TestPerson(t *testing.T) {
	tests := []struct {
		name    string
		access  accesstest.Config
		person  string
		change  upstream.Attributes
		domain  string
		check   string
		outcome doctor.Outcome
		finding string
	}{
		{name: "all is well", check: "account", outcome: doctor.OK, finding: "pushed by Okta"},
		{name: "an active one", check: "status", outcome: doctor.OK, finding: "active"},
		{name: "an inactive one", change: upstream.Attributes{upstream.CorePath("active"): false}, check: "status",
			outcome: doctor.Failed, finding: "not active"},
		{name: "a local administrator", person: "admin", check: "account", outcome: doctor.Failed,
			finding: "of type LOCAL, which Okta does not push"},
		{name: "one of another domain", domain: "beta.com", check: "account", outcome: doctor.Failed,
			finding: "has the domain acme.com, and the bridge works for beta.com"},
		{name: "one of a domain in another case", domain: "ACME.com", check: "account", outcome: doctor.Failed,
			finding: "which the configuration spells ACME.com"},
		{name: "a directory that nobody logs in from",
			access: withMistakes(accesstest.Mistakes{OktaProvider: "unassociated"}),
			check:  "identity provider of acme.com", outcome: doctor.Failed, finding: "no identity provider uses"},
		{name: "a policy without the method", access: withMistakes(accesstest.Mistakes{PolicyOmitsOkta: true}),
			check: "access policy for acme.com", outcome: doctor.Failed, finding: "nobody is sent to Okta"},
		{name: "a name ID that the account has", check: "name ID", outcome: doctor.OK,
			finding: "must send user-0001@acme.com as Name ID"},
		{name: "summaries without a name ID", access: withMistakes(accesstest.Mistakes{ProviderListOmitsDirectories: true}),
			check: "name ID", outcome: doctor.OK, finding: "must send user-0001@acme.com as Name ID"},
		{name: "a role too small to tell", access: withMistakes(accesstest.Mistakes{Role: "users"}),
			check: "directory of acme.com", outcome: doctor.Unknown, finding: "could not be checked"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.access.SeedUsers = 1
			w := newWorld(t, tt.access)
			person, own := tt.person, tt.domain
			if person == "" {
				person = "user-0001@acme.com"
			}
			if own == "" {
				own = domain
			}
			if tt.change != nil {
				w.change(t, person, tt.change)
			}
			client := w.client(t, own)
			found, err := client.Accounts(t.Context(), person)
			if err != nil || len(found) != 1 {
				t.Fatalf("found %v, %v", found, err)
			}
			results := map[string]doctor.Result{}
			if err := doctor.Person(t.Context(), client, found[0], []string{own},
				func(r doctor.Result) { results[r.Name] = r }); err != nil {
				t.Fatal(err)
			}
			if r := results[tt.check]; r.Outcome != tt.outcome || !strings.Contains(r.Finding, tt.finding) ||
				r.Outcome == doctor.Failed && r.Fix == "" {
				t.Errorf("got %+v, want %s: %s", r, tt.outcome, tt.finding)
			}
		})
	}
}

// change changes a user as the bridge would.
func (w *world) change(t *testing.T, userName string, a upstream.Attributes) {
	t.Helper()
	client := w.client(t, domain)
	found, err := client.FindUsers(t.Context(), upstream.ByUserName, userName)
	if err != nil || len(found) != 1 {
		t.Fatalf("found %v, %v", found, err)
	}
	make := func(upstream.User) (upstream.Attributes, error) { return a, nil }
	_, err = client.UpdateUser(t.Context(), found[0].ID, upstream.UserChange{Make: make})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDisabledInAccess is an account that is active by one attribute and
// disabled by the other.
func TestDisabledInAccess(t *testing.T) {
	w := newWorld(t, accesstest.Config{SeedUsers: 1})
	client := w.client(t, domain)
	found, err := client.Accounts(t.Context(), "user-0001@acme.com")
	if err != nil {
		t.Fatal(err)
	}
	for status, want := range map[string]string{"2": "disabled in Access", "3": "is deleted"} {
		found[0].Status = status
		_ = doctor.Person(t.Context(), client, found[0], []string{domain}, func(r doctor.Result) {
			if r.Name == "status" && (r.Outcome != doctor.Failed || !strings.Contains(r.Finding, want)) {
				t.Errorf("the status %s gives %+v", status, r)
			}
		})
	}
}

// TestNameID puts another mapping into the provider.
func TestNameID(t *testing.T) {
	for attribute, want := range map[string]struct {
		outcome doctor.Outcome
		finding string
	}{
		"userName":          {doctor.OK, "finds people by userName: Okta's app for log-ins must send user-0001@acme.com"},
		"userPrincipalName": {doctor.Failed, "finds people by userPrincipalName, and this account has none"},
		"id":                {doctor.OK, "finds people by id"},
		"":                  {doctor.Unknown, "does not tell by which attribute"},
	} {
		t.Run("by "+attribute, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{SeedUsers: 1})
			client := w.client(t, domain)
			w.setNameID(t, attribute)
			found, err := client.Accounts(t.Context(), "user-0001@acme.com")
			if err != nil {
				t.Fatal(err)
			}
			_ = doctor.Person(t.Context(), client, found[0], []string{domain}, func(r doctor.Result) {
				if r.Name == "name ID" && (r.Outcome != want.outcome || !strings.Contains(r.Finding, want.finding)) {
					t.Errorf("got %+v", r)
				}
			})
		})
	}
}

// setNameID changes the provider for Okta.
func (w *world) setNameID(t *testing.T, attribute string) {
	t.Helper()
	client := w.client(t, domain)
	providers, err := client.IdentityProviders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d, err := client.ProviderDocument(t.Context(), providers[1].ID)
	if err == nil {
		d, err = d.With("nameIdFormatAttributeMappings", map[string]string{"x": attribute})
	}
	if err == nil {
		d, err = d.With("nameIdFormatType", "x")
	}
	if err == nil {
		err = client.ChangeProvider(t.Context(), providers[1].ID, d)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestExplain(t *testing.T) {
	for name, tt := range map[string]struct {
		fault   accesstest.Fault
		finding string
	}{
		"the role": {accesstest.Fault{Status: http.StatusForbidden},
			"the role of the OAuth client is too small for reading users (403)"},
		"the token": {accesstest.Fault{Status: http.StatusUnauthorized},
			"Access refuses the bridge's token for reading users (401)"},
		"a wrong address": {accesstest.Fault{Status: http.StatusNotFound}, "Access finds nothing for reading users (404)"},
		"a page": {accesstest.Fault{Status: http.StatusForbidden, Body: "html"},
			"something other than Access answers to reading users (403)"},
		"a redirect": {accesstest.Fault{Status: http.StatusFound},
			"Access redirects reading users to portal.network.example (302)"},
		"a cut connection": {accesstest.Fault{Drop: true}, "Access does not answer to reading users"},
		"a refusal":        {accesstest.Fault{Status: http.StatusBadRequest}, "Access refuses reading users (400): "},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{})
			tt.fault.Path = accessAPI
			client := w.client(t, domain)
			w.access.AddFault(tt.fault)
			finding, _ := doctor.Explain("reading users", client.Ready(t.Context()))
			if !strings.Contains(finding, tt.finding) {
				t.Errorf("got %q, want %q", finding, tt.finding)
			}
		})
	}
}
