package login_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/login"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestAttach(t *testing.T) {
	for _, media := range []string{"both", "legacy", "json"} {
		t.Run(media, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{Modes: accesstest.Modes{MediaTypes: media,
				Mistakes: accesstest.Mistakes{OktaProvider: "disabled"}}})
			_, err := login.Attach(t.Context(), w.Client, domains, login.Attachment{Provider: "Okta SAML"})
			mustRefuse(t, err, "is disabled", "--enable")
			how := login.Attachment{Provider: "okta saml", Enable: true}
			p, err := login.Attach(t.Context(), w.Client, domains, how)
			w.mustApply(t, mustPlan(t, p, err, 1))
			if got := w.provider(t, "Okta SAML"); !got.Enabled || len(got.DirectoryIDs) != 1 {
				t.Errorf("the provider is %+v", got)
			}
			p, err = login.Attach(t.Context(), w.Client, domains, how)
			mustPlan(t, p, err, 0)
		})
	}
}

// TestAttachKeepsTheRest changes nothing but the directories, whatever else Access keeps.
func TestAttachKeepsTheRest(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
	id := w.provider(t, "Okta SAML").ID
	w.change(t, id, "somethingNew", map[string]any{"digits": 1234567890, "list": []any{nil, "x"}})
	before, err := w.ProviderDocument(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p, err := login.Attach(t.Context(), w.Client, domains, login.Attachment{Provider: id})
	w.mustApply(t, mustPlan(t, p, err, 1))
	after, err := w.ProviderDocument(t.Context(), id)
	if got := after.Differences(before); err != nil || !slices.Equal(got, []string{upstream.KeyDirectories}) {
		t.Errorf("changed: %v, %v", got, err)
	}
}

func TestAttachRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		provider string
		fault    *accesstest.Fault
		want     []string
	}{
		"a name that nobody has": {provider: "Okto", want: []string{"no identity provider with the name Okto", "Okta SAML"}},
		"the built-in one":       {provider: "System Identity Provider", want: []string{"of Access itself"}},
		"one that is not shown as a whole": {provider: "Okta SAML", want: []string{"as a whole"},
			fault: &accesstest.Fault{Method: http.MethodGet, Path: providers + "/", Status: http.StatusBadRequest}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
			if tt.fault != nil {
				w.access.AddFault(*tt.fault)
			}
			_, err := login.Attach(t.Context(), w.Client, domains, login.Attachment{Provider: tt.provider})
			mustRefuse(t, err, tt.want...)
		})
	}
}

func TestCreate(t *testing.T) {
	for _, media := range []string{"both", "legacy", "json"} {
		t.Run(media, func(t *testing.T) {
			w := newWorld(t, accesstest.Config{SeedUsers: 2, Modes: accesstest.Modes{MediaTypes: media,
				Mistakes: accesstest.Mistakes{OktaProvider: "none"}}})
			how := creation(metadata(t, entity))
			p, err := login.Create(t.Context(), w.Client, domains, how)
			w.mustApply(t, mustPlan(t, p, err, 6))
			got := w.provider(t, "Okta")
			if !got.Enabled || got.NameID != "userName" || len(got.DirectoryIDs) != 1 ||
				!slices.Equal(got.Methods, []string{"Okta SAML"}) {
				t.Errorf("the provider is %+v", got)
			}
			p, err = login.Create(t.Context(), w.Client, domains, how)
			mustPlan(t, p, err, 0)
		})
	}
}

// TestCreateTakesWhatIsThere completes a provider that was made of the same metadata.
func TestCreateTakesWhatIsThere(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "none"}))
	first := creation(metadata(t, entity))
	p, err := login.Create(t.Context(), w.Client, domains, first)
	w.mustApply(t, mustPlan(t, p, err, 6))
	id := w.provider(t, "Okta").ID
	w.change(t, id, upstream.KeyDirectories, []any{})
	renewed := creation(metadata(t, entity)) // with another certificate
	renewed.Name = "Another"
	p, err = login.Create(t.Context(), w.Client, domains, renewed)
	w.mustApply(t, mustPlan(t, p, err, 2))
	document, err := w.ProviderDocument(t.Context(), id)
	if err != nil || document.Metadata() != renewed.Metadata.Text || len(w.provider(t, "Okta").DirectoryIDs) != 1 {
		t.Errorf("the provider is %v, %v", document, err)
	}
}

func TestCreateRefuses(t *testing.T) {
	good := creation(metadata(t, entity))
	noValue, sameName, sameMethod, other := good, good, good, good
	noValue.NameID = "userPrincipalName"
	sameName.Name, sameName.Method, other.Method = "Okta SAML", "Another", "Another"
	unassociated := accesstest.Mistakes{OktaProvider: "unassociated"}
	for name, tt := range map[string]struct {
		mistakes accesstest.Mistakes
		how      login.Creation
		want     []string
	}{
		"the name of another provider": {unassociated, sameName,
			[]string{"has the name Okta SAML", "--provider 'Okta SAML'"}},
		"the method of another provider": {unassociated, sameMethod, []string{"has the authentication method", "--method"}},
		"another one has the directory":  {accesstest.Mistakes{}, other, []string{"has the directory Okta already", entity}},
		"people without a name ID": {accesstest.Mistakes{OktaProvider: "none"}, noValue,
			[]string{"none of the 2 people", "userPrincipalName", "--name-id userName"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := without(tt.mistakes)
			cfg.SeedUsers = 2
			w := newWorld(t, cfg)
			_, err := login.Create(t.Context(), w.Client, domains, tt.how)
			mustRefuse(t, err, tt.want...)
		})
	}
}

// TestCreateNamesPeopleWithoutNameID lets others log in.
func TestCreateNamesPeopleWithoutNameID(t *testing.T) {
	cfg := without(accesstest.Mistakes{OktaProvider: "none"})
	cfg.SeedUsers = 2
	w := newWorld(t, cfg)
	_, err := w.CreateUser(t.Context(), domain, upstream.Attributes{
		upstream.CorePath("userName"): "ada@acme.com", upstream.CorePath("externalId"): "ada",
		upstream.CorePath("emails"):              "ada@acme.com",
		upstream.PathOf("", "name", "givenName"): "Ada", upstream.PathOf("", "name", "familyName"): "Lovelace",
		upstream.PathOf(upstream.WorkspaceSchema, "userPrincipalName", ""): "ada@acme.com",
	})
	if err != nil {
		t.Fatal(err)
	}
	how := creation(metadata(t, entity))
	how.NameID = "userPrincipalName"
	p, err := login.Create(t.Context(), w.Client, domains, how)
	if len(mustPlan(t, p, err, 6).Notes) != 1 || !strings.Contains(p.Notes[0], "2 of the 3 people") {
		t.Errorf("the notes are %q", p.Notes)
	}
}

// TestCreateBesideWhatIsNotShown says so, and goes on.
func TestCreateBesideWhatIsNotShown(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
	w.access.AddFault(accesstest.Fault{Method: http.MethodGet, Path: providers + "/", Status: http.StatusBadRequest})
	how := creation(metadata(t, entity))
	how.Method = "Another"
	p, err := login.Create(t.Context(), w.Client, domains, how)
	if len(mustPlan(t, p, err, 6).Notes) != 1 || !strings.Contains(p.Notes[0], "whom the identity provider Okta SAML") {
		t.Errorf("the notes are %q", p.Notes)
	}
}

func TestSetupNeedsADirectory(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	other := []string{"other.com"}
	_, err := login.Create(t.Context(), w.Client, other, creation(metadata(t, entity)))
	_, attachErr := login.Attach(t.Context(), w.Client, other, login.Attachment{Provider: "Okta SAML"})
	for _, err := range []error{err, attachErr} {
		if _, ok := errors.AsType[*upstream.DomainProblem](err); !ok {
			t.Errorf("error = %v", err)
		}
	}
}

// TestSetupWithASmallRole names what was not permitted, and writes nothing.
func TestSetupWithASmallRole(t *testing.T) {
	for name, f := range map[string]struct{ method, path, step string }{
		"may not read providers":   {http.MethodGet, providers, "reading identity providers"},
		"may not read networks":    {http.MethodGet, "/SAAS/jersey/manager/api/orgnetworks", "reading networks"},
		"may not create providers": {http.MethodPost, providers, "creating the identity provider"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "none"}))
			w.access.AddFault(accesstest.Fault{Method: f.method, Path: f.path, Status: http.StatusForbidden})
			p, err := login.Create(t.Context(), w.Client, domains, creation(metadata(t, entity)))
			if err == nil {
				_, err = p.Apply(t.Context(), w.Client)
			}
			failed, ok := errors.AsType[*login.StepError](err)
			if !ok || failed.Step != f.step || !errors.Is(err, upstream.ErrNotPermitted) {
				t.Errorf("error = %v", err)
			}
		})
	}
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
	w.access.AddFault(accesstest.Fault{Method: http.MethodPut, Path: providers, Status: http.StatusForbidden})
	p, err := login.Attach(t.Context(), w.Client, domains, login.Attachment{Provider: "Okta SAML"})
	if _, err := mustPlan(t, p, err, 1).Apply(t.Context(), w.Client); !errors.Is(err, upstream.ErrNotPermitted) {
		t.Errorf("error = %v", err)
	}
}
