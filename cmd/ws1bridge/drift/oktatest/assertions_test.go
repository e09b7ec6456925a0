package oktatest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestAssertions are taken only as Okta documents them, and once.
func TestAssertions(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	o := New("https://acme.okta.com")
	o.SetApp(App{ClientID: ClientID, Key: key.Public(), Scopes: Scopes()})
	now := time.Now().Unix()
	good := func(change func(header, claims map[string]any)) string {
		header := map[string]any{"alg": "ES256"}
		claims := map[string]any{"iss": ClientID, "sub": ClientID, "aud": "https://acme.okta.com/oauth2/v1/token",
			"iat": now, "exp": now + 300, "jti": rand.Text()}
		change(header, claims)
		text := part(t, header) + "." + part(t, claims)
		sum := sha256.Sum256([]byte(text))
		r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
		if err != nil {
			t.Fatal(err)
		}
		signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
		return text + "." + base64.RawURLEncoding.EncodeToString(signature)
	}
	with := func(name string, value any) string {
		return good(func(_, claims map[string]any) { claims[name] = value })
	}
	first := good(func(_, _ map[string]any) {})
	for _, tt := range []struct{ name, assertion, want string }{
		{"a good one", first, "access_token"},
		{"the same one again", first, usedBefore.Error()},
		{"a broken signature", first[:len(first)-8] + "AAAAAAAA", badSignature.Error()},
		{"no signature", first[:strings.LastIndexByte(first, '.')+1], badSignature.Error()},
		{"no algorithm", good(func(header, _ map[string]any) { header["alg"] = "none" }), badSignature.Error()},
		{"the algorithm of another key", good(func(header, _ map[string]any) { header["alg"] = "RS256" }),
			badSignature.Error()},
		{"a kid that is not known", good(func(header, _ map[string]any) { header["kid"] = "x" }), unknownKey.Error()},
		{"another issuer", with("iss", "x"), badIssuer.Error()},
		{"another subject", with("sub", "x"), badIssuer.Error()},
		{"another audience", with("aud", "https://acme.okta.com"), badAudience.Error()},
		{"an end in the past", with("exp", now-1), badTimes.Error()},
		{"an end that is far away", with("exp", now+3700), badTimes.Error()},
		{"a beginning in the future", with("iat", now+600), badTimes.Error()},
		{"no id", with("jti", ""), noID.Error()},
		{"no JWT", "x", noJWT.Error()},
	} {
		w := httptest.NewRecorder()
		form := url.Values{"grant_type": {"client_credentials"}, "scope": {"okta.apps.read"},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
			"client_assertion":      {tt.assertion}}
		r := httptest.NewRequest(http.MethodPost, tokenPath, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		o.Handler().ServeHTTP(w, r)
		if got := w.Body.String(); !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %d %s, want %q", tt.name, w.Code, got, tt.want)
		}
	}
}

func part(t *testing.T, value any) string {
	t.Helper()
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}
