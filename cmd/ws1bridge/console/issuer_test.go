package console

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc/oidctest"
)

const (
	consoleClient = "console-client"
	consoleSecret = "hush-console-secret"
)

// issuer is one of OpenID Connect where somebody is signed in already. It checks what a client
// must send.
type issuer struct {
	*httptest.Server
	t   *testing.T
	key *rsa.PrivateKey

	// discovery, claims and info are changed before they are told, where that is set.
	discovery, claims, info func(map[string]any)
	// signer signs tokens in place of the key.
	signer *rsa.PrivateKey
	// refuses is an error code that somebody comes back with.
	refuses string
	// asks has it show a page, whose link leads back.
	asks bool
	// fails has the token endpoint answer with a status.
	fails int

	asked     url.Values // of the authorization request
	exchanges int
}

func newKey(t *testing.T) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	return key
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	i := &issuer{t: t, key: newKey(t)}
	mux := http.NewServeMux()
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	keys := &oidctest.Server{PublicKeys: []oidctest.PublicKey{{PublicKey: i.key.Public(), KeyID: "k", Algorithm: "RS256"}}}
	keys.SetIssuer(i.URL)
	mux.Handle("/keys", keys)
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		i.tell(w, i.discovery, map[string]any{"issuer": i.URL, "authorization_endpoint": i.URL + "/auth",
			"token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys", "userinfo_endpoint": i.URL + "/info",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "scopes_supported": []string{"openid", "groups"}})
	})
	mux.HandleFunc("/auth", i.authorize)
	mux.HandleFunc("/token", i.token)
	mux.HandleFunc("/info", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer access" {
			t.Errorf("the UserInfo endpoint was asked with %q", r.Header.Get("Authorization"))
		}
		i.tell(w, i.info, map[string]any{"sub": "00u1"})
	})
	return i
}

func (i *issuer) tell(w http.ResponseWriter, change func(map[string]any), body map[string]any) {
	if change != nil {
		change(body)
	}
	w.Header().Set("Content-Type", "application/json")
	must(i.t, json.NewEncoder(w).Encode(body))
}

func (i *issuer) authorize(w http.ResponseWriter, r *http.Request) {
	i.asked = maps.Clone(r.URL.Query())
	answer := url.Values{"state": {i.asked.Get("state")}, "code": {"once"}}
	if i.refuses != "" {
		answer = url.Values{"state": {i.asked.Get("state")}, "error": {i.refuses}, "error_description": {"marked"}}
	}
	to := i.asked.Get("redirect_uri") + "?" + answer.Encode()
	if i.asks {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<a class="go" href="%s">Go on</a>`, html.EscapeString(to))
		return
	}
	http.Redirect(w, r, to, http.StatusFound)
}

func (i *issuer) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	i.exchanges++
	switch {
	case i.fails != 0:
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(i.fails)
		i.tell(w, nil, map[string]any{"error": "invalid_grant", "error_description": "marked"})
		return
	case i.exchanges > 1, r.FormValue("code") != "once", r.FormValue("redirect_uri") != i.asked.Get("redirect_uri"),
		id != consoleClient, secret != consoleSecret, i.asked.Get("code_challenge_method") != "S256",
		base64.RawURLEncoding.EncodeToString(sum[:]) != i.asked.Get("code_challenge"):
		http.Error(w, "marked", http.StatusBadRequest)
		return
	}
	claims := map[string]any{"iss": i.URL, "sub": "00u1", "aud": consoleClient, "nonce": i.asked.Get("nonce"),
		"iat": time.Now().Unix(), "exp": time.Now().Add(time.Hour).Unix(), "groups": []string{"Everyone", "Bridge admins"}}
	if i.claims != nil {
		i.claims(claims)
	}
	text, err := json.Marshal(claims)
	must(i.t, err)
	signer := i.key
	if i.signer != nil {
		signer = i.signer
	}
	i.tell(w, nil, map[string]any{"access_token": "access", "token_type": "Bearer",
		"id_token": oidctest.SignIDToken(signer, "k", "RS256", string(text))})
}
