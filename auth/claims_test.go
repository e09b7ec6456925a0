package auth_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"ws1bridge/auth"
	"ws1bridge/upstream/accesstest"
)

// jwt makes a token with that payload.
func jwt(payload string) string {
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"RS256"}`)) + "." + enc([]byte(payload)) + ".c2lnbmF0dXJl"
}

func TestReadClaims(t *testing.T) {
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	tests := []struct {
		name, payload string
		want          auth.Claims
	}{
		{
			"all of them",
			`{"iss":"https://t.example/SAAS/auth","cid":"OktaBridge","scp":"admin","iat":1700000000,"exp":1700010800}`,
			auth.Claims{
				Issuer: "https://t.example/SAAS/auth", ClientID: "OktaBridge", Scope: "admin",
				IssuedAt: at(1700000000), Expires: at(1700010800),
			},
		},
		{"a list of scopes", `{"scp":["admin","user"]}`, auth.Claims{Scope: "admin user"}},
		{"a scope of another kind", `{"scp":7}`, auth.Claims{}},
		{"none of them", `{}`, auth.Claims{}},
		{"times that make no sense", `{"iat":-5,"exp":1e300}`, auth.Claims{}},
		{"a fraction of a second", `{"iat":1700000000.5}`, auth.Claims{IssuedAt: time.Unix(1700000000, 5e8)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := auth.ReadClaims(jwt(tt.payload))
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			}
		})
	}
}

func TestReadClaimsRefuses(t *testing.T) {
	for name, token := range map[string]string{
		"an opaque token":         "hush-opaque-token",
		"two parts":               "aHVzaA.aHVzaA",
		"a payload that is text":  jwt("hush"),
		"a payload of base64 art": "a.hush?.c",
		"an expiry that is text":  jwt(`{"exp":"hush"}`),
		"nothing":                 "",
	} {
		_, err := auth.ReadClaims(token)
		if err == nil || strings.Contains(err.Error(), "hush") {
			t.Errorf("%s: the error is %v", name, err)
		}
	}
}

func TestIssuerHost(t *testing.T) {
	for issuer, want := range map[string]string{
		"https://t.example/SAAS/auth": "t.example", "https://t.example:8443/x": "t.example:8443", "": "", "::": "",
	} {
		if got := (auth.Claims{Issuer: issuer}).IssuerHost(); got != want {
			t.Errorf("host of %q = %q, want %q", issuer, got, want)
		}
	}
}

// TestClaimsOfTheEmulator reads a token as a tenant gives it.
func TestClaimsOfTheEmulator(t *testing.T) {
	access := accesstest.Start(t, accesstest.Config{ClientID: clientID, ClientSecret: clientSecret, TokenTTL: time.Hour})
	s := newSource(t, auth.Config{TokenURL: access.URL + "/SAAS/auth/oauthtoken"})
	token, err := s.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c, err := auth.ReadClaims(token)
	if err != nil || c.ClientID != clientID || c.Scope != "admin" || c.IssuerHost() == "" ||
		c.Expires.Sub(c.IssuedAt) != time.Hour {
		t.Errorf("got %+v, %v", c, err)
	}
}

func FuzzReadClaims(f *testing.F) {
	for _, payload := range []string{
		`{"iss":"https://t/SAAS/auth","scp":"admin","exp":1}`, `{"scp":["a"],"exp":1e300}`, `{"iat":-1}`, `[]`,
	} {
		f.Add(payload)
	}
	f.Fuzz(func(t *testing.T, payload string) {
		token := jwt(payload)
		c, err := auth.ReadClaims(token)
		if err != nil && strings.Contains(err.Error(), token) {
			t.Error("the error holds the token")
		}
		if !c.Expires.IsZero() && c.Expires.Before(time.Unix(0, 0)) {
			t.Errorf("the token expires %v", c.Expires)
		}
	})
}
