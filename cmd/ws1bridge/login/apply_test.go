package login_test

import (
	"net/http"
	"slices"
	"testing"

	"ws1bridge/cmd/ws1bridge/login"
	"ws1bridge/upstream/accesstest"
)

// attachment is a plan to attach the directory to the seeded provider.
func (w *world) attachment(t *testing.T) login.Plan {
	t.Helper()
	p, err := login.Attach(t.Context(), w.Client, domains, login.Attachment{Provider: "Okta SAML"})
	return mustPlan(t, p, err, 1)
}

// TestLostAnswers lets Access do what it was asked to, and cut the connection.
func TestLostAnswers(t *testing.T) {
	for name, lost := range map[string]int{"one answer": 1, "those of the repetitions too": 3} {
		t.Run("change, "+name, func(t *testing.T) {
			w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated", LoseProviderAnswers: lost}))
			w.mustApply(t, w.attachment(t))
			if got := w.provider(t, "Okta SAML"); len(got.DirectoryIDs) != 1 {
				t.Errorf("the provider is %+v", got)
			}
		})
		t.Run("creation, "+name, func(t *testing.T) {
			w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "none", LoseProviderAnswers: lost}))
			p, err := login.Create(t.Context(), w.Client, domains, creation(metadata(t, entity)))
			record := w.mustApply(t, mustPlan(t, p, err, 6))
			if got := w.provider(t, "Okta"); got.ID != record.ID {
				t.Errorf("the provider %+v is not that of the record", got)
			}
			if all := w.access.State().Providers; len(all) != 2 {
				t.Errorf("there are %d providers", len(all))
			}
		})
	}
}

// TestFailedWrites name what failed: nothing was applied.
func TestFailedWrites(t *testing.T) {
	for _, f := range []accesstest.Fault{{Drop: true}, {Status: http.StatusServiceUnavailable},
		{Status: http.StatusConflict}, {Status: http.StatusOK, Body: "html"}} {
		w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
		p := w.attachment(t)
		f.Method, f.Path = http.MethodPut, providers
		w.access.AddFault(f)
		if _, err := p.Apply(t.Context(), w.Client); err == nil {
			t.Errorf("%+v: it is said to be done", f)
		}
		w = newWorld(t, without(accesstest.Mistakes{OktaProvider: "none"}))
		f.Method = http.MethodPost
		w.access.AddFault(f)
		p, err := login.Create(t.Context(), w.Client, domains, creation(metadata(t, entity)))
		if _, err := mustPlan(t, p, err, 6).Apply(t.Context(), w.Client); err == nil {
			t.Errorf("%+v: a creation is said to be done", f)
		}
	}
}

// TestForgottenChange is confirmed by Access, and not so.
func TestForgottenChange(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated", ProviderForgets: true}))
	_, err := w.attachment(t).Apply(t.Context(), w.Client)
	mustRefuse(t, err, "does not show it", "does not have the directory Okta")
	w = newWorld(t, without(accesstest.Mistakes{OktaProvider: "none", ProviderForgets: true}))
	p, err := login.Create(t.Context(), w.Client, domains, creation(metadata(t, entity)))
	_, err = mustPlan(t, p, err, 6).Apply(t.Context(), w.Client)
	mustRefuse(t, err, "does not show it", "does not have the directory Okta")
}

// TestUnreadableProvider cannot be compared after its creation, and not be changed at all.
func TestUnreadableProvider(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "none"}))
	p, err := login.Create(t.Context(), w.Client, domains, creation(metadata(t, entity)))
	mustPlan(t, p, err, 6)
	if err := w.access.SetModes(accesstest.Modes{Mistakes: accesstest.Mistakes{OktaProvider: "none",
		ProviderUnreadable: true}}); err != nil {
		t.Fatal(err)
	}
	done, err := p.Apply(t.Context(), w.Client)
	if err != nil || done.Unverified == "" || done.ID == "" {
		t.Errorf("got %+v, %v", done, err)
	}
	_, err = login.Attach(t.Context(), w.Client, domains, login.Attachment{Provider: "Okta"})
	mustRefuse(t, err, "as a whole", "nothing was written")
}

// TestChangeMeanwhile does not overwrite what somebody did between the plan and the
// writing.
func TestChangeMeanwhile(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
	p := w.attachment(t)
	w.change(t, p.ID, "description", "changed at the console")
	_, err := p.Apply(t.Context(), w.Client)
	mustRefuse(t, err, "meanwhile", "description", "repeat")
	if got := w.provider(t, "Okta SAML"); len(got.DirectoryIDs) != 0 {
		t.Errorf("the provider is %+v", got)
	}
}

// TestOtherChanges tells what Access changed by itself.
func TestOtherChanges(t *testing.T) {
	w := newWorld(t, without(accesstest.Mistakes{OktaProvider: "unassociated"}))
	p := w.attachment(t)
	var err error
	if p.After, err = p.After.With("description", "as if Access had done it"); err != nil {
		t.Fatal(err)
	}
	intended := p
	intended.After, err = p.Before.WithDirectories(p.Directories...)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.ChangeProvider(t.Context(), p.ID, p.After); err != nil {
		t.Fatal(err)
	}
	done, err := login.ReadBack(t.Context(), intended, w.Client)
	if err != nil || !slices.Equal(done.Others, []string{"description"}) {
		t.Errorf("got %+v, %v", done, err)
	}
}
