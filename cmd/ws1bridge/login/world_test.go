package login_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/oauth2/clientcredentials"

	"ws1bridge/cmd/ws1bridge/login"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	domain    = "acme.com"
	entity    = "http://www.okta.com/exk1a2b3"
	providers = "/SAAS/jersey/manager/api/identityProviders"
)

var domains = []string{domain}

// world is a tenant, and a client of it.
type world struct {
	*upstream.Client
	access *accesstest.Running
}

func newWorld(t *testing.T, cfg accesstest.Config) *world {
	t.Helper()
	cfg.ClientID, cfg.ClientSecret, cfg.Domains = "bridge", "secret", domains
	w := &world{access: accesstest.Start(t, cfg)}
	tokens := clientcredentials.Config{ClientID: "bridge", ClientSecret: "secret",
		TokenURL: w.access.URL + "/SAAS/auth/oauthtoken"}
	client := tokens.Client(t.Context())
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	var err error
	w.Client, err = upstream.NewClient(upstream.Config{BaseURL: w.access.URL, HTTPClient: client, Domains: domains,
		Resilience: upstream.Resilience{Attempts: 2, BreakAfter: 1 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// without is a tenant with mistakes.
func without(m accesstest.Mistakes) accesstest.Config {
	return accesstest.Config{Modes: accesstest.Modes{Mistakes: m}}
}

// metadata is that of Okta, with a new certificate each time.
func metadata(t *testing.T, entityID string) login.Metadata {
	t.Helper()
	m, err := login.ReadMetadata([]byte(accesstest.IdentityProviderMetadata(entityID, time.Now().AddDate(5, 0, 0))),
		time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func creation(m login.Metadata) login.Creation {
	return login.Creation{Metadata: m, Name: "Okta", Method: "Okta SAML", NameID: "userName"}
}

// provider is the one with the name, as Access has it; it must be there.
func (w *world) provider(t *testing.T, name string) upstream.IdentityProvider {
	t.Helper()
	all, err := w.IdentityProviders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.Name == name {
			whole, err := w.IdentityProvider(t.Context(), p.ID)
			if err != nil {
				t.Fatal(err)
			}
			return whole
		}
	}
	t.Fatalf("there is no provider %s among %+v", name, all)
	return upstream.IdentityProvider{}
}

// change edits a provider as somebody at the console does.
func (w *world) change(t *testing.T, id, key string, value any) {
	t.Helper()
	d, err := w.ProviderDocument(t.Context(), id)
	if err == nil {
		d, err = d.With(key, value)
	}
	if err == nil {
		err = w.ChangeProvider(t.Context(), id, d)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// mustApply makes a plan so, and returns its record.
func (w *world) mustApply(t *testing.T, p login.Plan) login.Record {
	t.Helper()
	record := login.NewRecord(w.access.URL, p, time.Now())
	done, err := p.Apply(t.Context(), w.Client)
	if err != nil {
		t.Fatal(err)
	}
	if done.Unverified != "" || len(done.Others) > 0 {
		t.Errorf("got %+v", done)
	}
	return record.Completed(done)
}

// mustPlan fails the test if there is no plan, or if it is to change something else.
func mustPlan(t *testing.T, p login.Plan, err error, changes int) login.Plan {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Changes) != changes {
		t.Fatalf("the plan is to change %q, want %d changes", p.Changes, changes)
	}
	return p
}

// mustRefuse wants an error with these words, which says what to do.
func mustRefuse(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was not refused")
	}
	for _, word := range append(words, "→") {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("the error %q lacks %q", err, word)
		}
	}
}
