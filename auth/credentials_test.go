package auth_test

import (
	"errors"
	"testing"

	"ws1bridge/auth"
	"ws1bridge/upstream/accesstest"
)

// TestFormsOfTheCredentials fetches two tokens of a server that demands a form.
func TestFormsOfTheCredentials(t *testing.T) {
	const odd, plain = "s3cr3t/with+odd=characters%41", "secret-0123456789"
	tests := []struct {
		name                 string
		form, secret, server string
		status               int // a fault
		want                 error
		first, second        int // requests of the two fetches
	}{
		{name: "a server that decodes gets the encoded form", form: "encoded", secret: odd, first: 1, second: 1},
		{name: "one that does not gets the raw form, and that is remembered", form: "raw", secret: odd, first: 2, second: 1},
		{name: "a secret that encoding does not change has one form", form: "raw", secret: plain, first: 1, second: 1},
		{name: "a wrong secret is tried in both forms, once each", secret: odd, server: plain, want: auth.ErrCredentials,
			first: 2},
		{name: "a wrong secret of one form is tried once", secret: plain, server: odd, want: auth.ErrCredentials, first: 1},
		{name: "a server that is down is not tried again", secret: odd, status: 503, want: auth.ErrUnavailable, first: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.server == "" {
				tt.server = tt.secret
			}
			access := accesstest.Start(t, accesstest.Config{ClientID: "bridge", ClientSecret: tt.server,
				Modes: accesstest.Modes{ClientForm: tt.form}})
			if tt.status != 0 {
				access.AddFault(accesstest.Fault{Status: tt.status})
			}
			s, err := auth.NewTokenSource(auth.Config{TokenURL: access.URL + "/SAAS/auth/oauthtoken", ClientID: "bridge",
				ClientSecret: auth.Secret(tt.secret)})
			if err != nil {
				t.Fatal(err)
			}
			token, err := s.Token(t.Context())
			if got := access.RequestTotal(); !errors.Is(err, tt.want) || got != tt.first {
				t.Fatalf("error = %v after %d requests, want %v after %d", err, got, tt.want, tt.first)
			}
			if tt.want != nil {
				return
			}
			s.Drop(token)
			_, err = s.Token(t.Context())
			if got := access.RequestTotal() - tt.first; err != nil || got != tt.second {
				t.Errorf("the second fetch: %v after %d requests, want success after %d", err, got, tt.second)
			}
		})
	}
}

// TestServerThatChangesItsForm is updated while the bridge runs.
func TestServerThatChangesItsForm(t *testing.T) {
	access := accesstest.Start(t, accesstest.Config{ClientID: "bridge", ClientSecret: "a/b"})
	s, err := auth.NewTokenSource(auth.Config{TokenURL: access.URL + "/SAAS/auth/oauthtoken", ClientID: "bridge",
		ClientSecret: "a/b"})
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"raw", "encoded"} {
		if err := access.SetModes(accesstest.Modes{ClientForm: form}); err != nil {
			t.Fatal(err)
		}
		token, err := s.Token(t.Context())
		if err != nil {
			t.Errorf("a server that takes only the %s form: %v", form, err)
		}
		s.Drop(token)
	}
}
