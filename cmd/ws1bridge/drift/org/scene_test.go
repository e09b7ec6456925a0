package org_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/assertion"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/cmd/ws1bridge/drift/org"
)

const (
	orgURL = "https://acme.okta.com"
	keyID  = "kid-1"
)

var _, _ org.Identity = org.APIToken{}, (*org.ServiceApp)(nil)

// scene is an org without a network, and a service app that asks it. What is sent to another host is
// an error.
type scene struct {
	*oktatest.Org
	app  oktatest.App
	asks *org.Org
	// answer answers requests for a token, where it is not nil.
	answer http.HandlerFunc
	sent   []string // secrets that were sent: assertions and headers
}

// RoundTrip has the org answer.
func (s *scene) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	if r.URL.Host != "acme.okta.com" {
		return nil, errors.New("a request to another host")
	}
	if h := r.Header.Get("Authorization"); h != "" {
		s.sent = append(s.sent, h)
	}
	w := httptest.NewRecorder()
	if r.URL.Path == "/oauth2/v1/token" {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		s.sent = append(s.sent, r.PostFormValue("client_assertion"))
		if s.answer != nil {
			s.answer(w, r)
			return w.Result(), nil
		}
	}
	s.Handler().ServeHTTP(w, r)
	return w.Result(), nil
}

func newECKey(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// newScene has the org know the key of the app.
func newScene(t *testing.T, key crypto.Signer) *scene {
	t.Helper()
	s := &scene{Org: oktatest.New(orgURL), app: oktatest.App{ClientID: oktatest.ClientID, KeyID: keyID,
		Key: key.Public(), Scopes: oktatest.Scopes()}}
	s.SetApp(s.app)
	s.Set([]oktatest.User{{ID: "00u1", Status: "ACTIVE", UserName: "ada@acme.com"}},
		[]oktatest.Group{{ID: "00g1", Name: "Crew", Status: "ACTIVE", Members: []string{"00u1"}}})
	s.asks = &org.Org{URL: orgURL, AppID: oktatest.AppID, HTTPClient: &http.Client{Transport: s}}
	s.use(t, oktatest.ClientID, cmdtest.PEM(t, key), keyID)
	return s
}

// use has another service app ask.
func (s *scene) use(t *testing.T, clientID, key, id string) {
	t.Helper()
	read, err := assertion.ReadKey(key, id)
	if err != nil {
		t.Fatal(err)
	}
	s.asks.As = org.NewServiceApp(orgURL+"/", clientID, read, s.asks.HTTPClient)
}

// ask makes each call.
func (s *scene) ask(ctx context.Context) error {
	_, err := s.asks.App(ctx)
	if err == nil {
		err = s.asks.EachUser(ctx, func(drift.AppUser) error { return nil })
	}
	if err == nil {
		_, err = s.asks.Mappings(ctx)
	}
	if err == nil {
		_, err = s.asks.GroupName(ctx, "00g1")
	}
	if err == nil {
		_, err = s.asks.Members(ctx, "00g1")
	}
	return err
}

// mustAsk asks, with so many requests for a token since the org was made.
func (s *scene) mustAsk(t *testing.T, tokens int) {
	t.Helper()
	if err := s.ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.TokenRequests(); got != tokens {
		t.Errorf("there were %d requests for a token, want %d", got, tokens)
	}
}

// mustFail asks in vain: the error says what to do, and nothing that is secret.
func (s *scene) mustFail(t *testing.T, says string) {
	t.Helper()
	err := s.ask(t.Context())
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Fatalf("got %v, want %q", err, says)
	}
	for _, secret := range s.sent {
		if secret != "" && strings.Contains(err.Error(), strings.TrimPrefix(secret, "Bearer ")) {
			t.Errorf("the error quotes %s: %v", secret, err)
		}
	}
	if text := err.Error(); strings.Contains(text, "eyJ") || strings.Contains(text, "hush") {
		t.Errorf("the error quotes a secret: %v", err)
	}
}
