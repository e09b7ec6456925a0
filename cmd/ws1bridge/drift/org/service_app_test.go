package org_test

import (
	"context"
	"crypto"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-jose/go-jose/v4"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/drift/assertion"
	"ws1bridge/cmd/ws1bridge/drift/oktatest"
	"ws1bridge/cmd/ws1bridge/drift/org"
)

// TestServiceApp asks with each kind of key, in each form, with one token.
func TestServiceApp(t *testing.T) {
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]crypto.Signer{"RSA": long, "P-256": newECKey(t, elliptic.P256()),
		"P-384": newECKey(t, elliptic.P384()), "P-521": newECKey(t, elliptic.P521())} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, key)
			s.mustAsk(t, 1)
			s.use(t, oktatest.ClientID, cmdtest.PEM(t, key), "")
			s.mustAsk(t, 2)
			jwk, err := jose.JSONWebKey{Key: key, KeyID: keyID}.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			s.use(t, oktatest.ClientID, string(jwk), "")
			s.mustAsk(t, 3)
		})
	}
}

// TestTokensEnd renews a token shortly before its end, and once where Okta does not take it.
func TestTokensEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, newECKey(t, elliptic.P256()))
		s.mustAsk(t, 1)
		time.Sleep(58 * time.Minute)
		s.mustAsk(t, 1)
		time.Sleep(90 * time.Second)
		s.mustAsk(t, 2)
		s.Revoke()
		s.mustAsk(t, 3)
		s.app.Life = 10 * time.Second
		s.SetApp(s.app)
		s.Revoke()
		s.mustAsk(t, 4)
		time.Sleep(8900 * time.Millisecond)
		s.mustAsk(t, 4)
		time.Sleep(200 * time.Millisecond)
		s.mustAsk(t, 5)
	})
}

// TestTokensThatAreNeverTaken end after one renewal.
func TestTokensThatAreNeverTaken(t *testing.T) {
	s := newScene(t, newECKey(t, elliptic.P256()))
	s.answer = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"eyJ-another","token_type":"Bearer","expires_in":3600}`)
	}
	s.mustFail(t, "okta answers 401 E0000011")
	if got := s.Requests(); got != 2 {
		t.Errorf("there were %d requests, want 2", got)
	}
	if got := len(s.sent); got != 4 {
		t.Errorf("sent were %d secrets, want two assertions and two tokens", got)
	}
}

// TestOneFetchForAll has many ask at once, before there is a token and after it was revoked.
func TestOneFetchForAll(t *testing.T) {
	server := oktatest.Start(t)
	key := newECKey(t, elliptic.P256())
	server.SetApp(oktatest.App{ClientID: oktatest.ClientID, Key: key.Public(), Scopes: oktatest.Scopes()})
	read, err := assertion.ReadKey(cmdtest.PEM(t, key), "")
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport}
	asks := org.Org{URL: server.URL, AppID: oktatest.AppID, HTTPClient: client,
		As: org.NewServiceApp(server.URL, oktatest.ClientID, read, client)}
	for round := 1; round <= 3; round++ {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if _, err := asks.App(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got := server.TokenRequests(); got != round {
			t.Errorf("there were %d requests for a token, want %d", got, round)
		}
		server.Revoke()
	}
}

// TestWaitingForATokenEnds with the context of whoever waits.
func TestWaitingForATokenEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t, newECKey(t, elliptic.P256()))
		s.answer = func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(10 * time.Second)
			s.Handler().ServeHTTP(w, r)
		}
		done := make(chan error)
		go func() { done <- s.ask(t.Context()) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		began := time.Now()
		if err := s.ask(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != time.Second {
			t.Errorf("got %v after %v, want the end of the context after 1s", err, time.Since(began))
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestIdentitiesPrintRedacted has neither a token nor a key in what package fmt and JSON make of them.
func TestIdentitiesPrintRedacted(t *testing.T) {
	s := newScene(t, newECKey(t, elliptic.P256()))
	s.mustAsk(t, 1)
	token := org.Org{As: org.APIToken{Secret: "hush-token"}}
	for _, value := range []any{*s.asks, s.asks.As, token} {
		encoded, err := json.Marshal(value)
		for _, text := range []string{fmt.Sprintf("%v %+v %#v", value, value, value), string(encoded)} {
			if strings.Contains(text, "hush") || strings.Contains(text, "eyJ") {
				t.Errorf("a secret is shown: %s, %v", text, err)
			}
		}
	}
}
