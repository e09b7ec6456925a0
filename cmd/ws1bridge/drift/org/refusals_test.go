package org_test

import (
	"context"
	"crypto/elliptic"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// TestRefusedTokens says what to do about each refusal, after one request.
func TestRefusedTokens(t *testing.T) {
	key := newECKey(t, elliptic.P256())
	for name, tt := range map[string]struct {
		change func(*scene)
		says   string
	}{
		"another key": {func(s *scene) { s.app.Key = newECKey(t, elliptic.P256()).Public() },
			"(401 invalid_client): see that"},
		"another kid": {func(s *scene) { s.app.KeyID = "kid-2" }, "under okta.key_id"},
		"another client id": {func(s *scene) { s.use(t, "0oahush", cmdtest.PEM(t, key), keyID) },
			"okta.client_id is that of the service app"},
		"another address": {func(s *scene) { s.URL = "https://acme-admin.okta.com" },
			"okta.org_url is the address of the org"},
		"DPoP": {func(s *scene) { s.app.DPoP = true },
			"turn off \"Require Demonstrating Proof of Possession (DPoP)"},
		"no scope": {func(s *scene) { s.app.Scopes = nil },
			"(400 consent_required): grant the service app okta.apps.read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, key)
			tt.change(s)
			s.SetApp(s.app)
			s.mustFail(t, tt.says)
			if got := s.TokenRequests(); got != 1 {
				t.Errorf("there were %d requests for a token, want 1", got)
			}
		})
	}
}

// TestMissingScopes are told by the call that needs them.
func TestMissingScopes(t *testing.T) {
	for _, scope := range []string{"okta.apps.read", "okta.groups.read", "okta.schemas.read"} {
		s := newScene(t, newECKey(t, elliptic.P256()))
		s.app.Scopes = slices.DeleteFunc(s.app.Scopes, func(granted string) bool { return granted == scope })
		s.SetApp(s.app)
		s.mustFail(t, "okta answers 403 E0000006: the service app of okta.client_id needs okta.apps.read")
		if got := s.TokenRequests(); got != 1 {
			t.Errorf("without %s there were %d requests for a token, want 1", scope, got)
		}
	}
}

// TestTroubleWithTokens waits and asks again, as for other requests, and gives up in the end.
func TestTroubleWithTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, newECKey(t, elliptic.P256()))
		s.FaultTokens(2, 3)
		began := time.Now()
		s.mustAsk(t, 4)
		if took := time.Since(began); took < 3*time.Second || took > 10*time.Second {
			t.Errorf("it took %v, want some seconds", took)
		}
		s.Revoke()
		s.FaultTokens(0, 100)
		s.mustFail(t, "okta has an error of its own (500), and gives no token")
		s.FaultTokens(100, 0)
		s.mustFail(t, "okta asks to slow down requests for a token")
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		if err := s.ask(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the end of the context", err)
		}
	})
}

// TestStrangeAnswers for a token are not quoted, whatever is in them.
func TestStrangeAnswers(t *testing.T) {
	answers := map[string]struct {
		status     int
		body, says string
	}{
		"an unknown error": {400, `{"error":"new_error","error_description":"hush"}`,
			"okta gives no token (400 new_error)"},
		"an assertion for an error": {400, `{"error":"eyJ-hush.eyJ.hush"}`, "okta gives no token (400)"},
		"an error with 200":         {200, `{"error":"invalid_scope"}`, "okta gives no token (200 invalid_scope): grant"},
		"a page":                    {404, `<html>hush`, "okta gives no token (404): see that okta.org_url"},
		"a redirect":                {307, ``, "okta gives no token (307): see that okta.org_url"},
		"no JSON":                   {200, `hush`, "with something else than it documents"},
		"no token":                  {200, `{"expires_in":"hush"}`, "with something else than it documents"},
		"a token for DPoP":          {200, `{"access_token":"hush","token_type":"DPoP"}`, "turn off"},
	}
	for name, a := range answers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t, newECKey(t, elliptic.P256()))
				s.answer = func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Location", "https://elsewhere.example.com/hush")
					w.WriteHeader(a.status)
					fmt.Fprint(w, a.body)
				}
				s.mustFail(t, a.says)
			})
		})
	}
}
