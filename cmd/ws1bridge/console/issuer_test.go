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
	"strings"
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

// signOnWorld is a console that an issuer lets people into.
func signOnWorld(t *testing.T, i *issuer) (w *world, refusals *[]string) {
	t.Helper()
	refusals = &[]string{}
	oidc := &OIDC{Issuer: i.URL, ClientID: consoleClient, ClientSecret: consoleSecret, Groups: []string{"Bridge admins"},
		GroupsClaim: "groups"}
	w = newWorld(t, func(c *Config) {
		c.OIDC = oidc
		c.OnRefusal = func(err error) { *refusals = append(*refusals, err.Error()) }
	})
	w.public = true
	w.push("ada@acme.com", 201, "")
	return w, refusals
}

// TestSignOn goes the whole way, as a browser does.
func TestSignOn(t *testing.T) {
	i := newIssuer(t)
	w, refusals := signOnWorld(t, i)
	host := strings.TrimPrefix(i.URL, "http://")
	code, body, _ := w.get(t, "/pushes?about=x")
	if code != http.StatusUnauthorized || !strings.Contains(body, "Sign in at "+host) ||
		strings.Contains(body, "Token of") {
		t.Errorf("without a session: %d %s", code, body)
	}
	code, body = w.signOn(t, "/pushes?about=ada@acme.com")
	if code != http.StatusOK || !strings.Contains(body, `content="0;url=/pushes?about=ada@acme.com"`) {
		t.Errorf("the sign-in was answered %d %s, refused for %v", code, body, *refusals)
	}
	checkPage(t, callbackPath, body)
	if scope := i.asked.Get("scope"); scope != "openid groups" {
		t.Errorf("asked for %q", scope)
	}
	if code, body, _ := w.get(t, "/pushes"); code != http.StatusOK || !strings.Contains(body, "Sign out") {
		t.Errorf("with a session: %d", code)
	}
	if code, _ := w.visit(t, w.URL+callbackPath+"?code=once&state="+i.asked.Get("state")); code != http.StatusBadGateway {
		t.Errorf("the same answer once more: %d", code)
	}
	other, _ := signOnWorld(t, i) // another copy of the bridge
	other.client = w.client
	if code, _, _ := other.get(t, "/pushes"); code != http.StatusOK {
		t.Errorf("the session with another copy: %d", code)
	}
}

// visit follows redirects.
func (w *world) visit(t *testing.T, address string) (int, string) {
	t.Helper()
	for {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		must(t, err)
		res, err := w.client.Do(req)
		must(t, err)
		body := new(strings.Builder)
		must(t, res.Write(body))
		must(t, res.Body.Close())
		next := res.Header.Get("Location")
		if next == "" {
			return res.StatusCode, body.String()
		}
		to, err := req.URL.Parse(next)
		must(t, err)
		address = to.String()
	}
}

// signOn signs in, and returns what it led to.
func (w *world) signOn(t *testing.T, next string) (int, string) {
	t.Helper()
	return w.visit(t, w.URL+"/oidc/login?next="+url.QueryEscape(next))
}

// TestSignOnRefuses lets nobody in on the word of anybody else than the issuer.
func TestSignOnRefuses(t *testing.T) {
	set := func(name string, value any) func(map[string]any) {
		return func(m map[string]any) { m[name] = value }
	}
	without := func(name string) func(map[string]any) { return func(m map[string]any) { delete(m, name) } }
	claims := func(change func(map[string]any)) func(*issuer) { return func(i *issuer) { i.claims = change } }
	for name, tt := range map[string]struct {
		change func(*issuer)
		code   int
		says   string
	}{
		"in no group that may": {claims(set("groups", []string{"Everyone"})), 403, "none of your groups"},
		"no groups":            {claims(without("groups")), 502, "tells no groups in the claim groups"},
		"groups of a number":   {claims(set("groups", 7)), 502, "tells no groups"},
		"groups of another person": {func(i *issuer) {
			i.claims = without("groups")
			i.info = func(m map[string]any) { m["sub"], m["groups"] = "00u2", []string{"Bridge admins"} }
		}, 502, "somebody else"},
		"a token for another client":        {claims(set("aud", "other")), 502, "verify the ID token"},
		"a token of another issuer":         {claims(set("iss", "https://x.example")), 502, "verify the ID token"},
		"a token that has expired":          {claims(set("exp", 1000)), 502, "verify the ID token"},
		"a token of another sign-in":        {claims(set("nonce", "x")), 502, "another sign-in"},
		"a token without a nonce":           {claims(without("nonce")), 502, "another sign-in"},
		"a token that somebody else signed": {func(i *issuer) { i.signer = newKey(i.t) }, 502, "verify the ID token"},
		"a refusal":                         {func(i *issuer) { i.refuses = "access_denied" }, 502, "refused: access_denied"},
		"a refusal that is no code":         {func(i *issuer) { i.refuses = "<b>marked</b>" }, 502, "no error code"},
		"a code that is not taken":          {func(i *issuer) { i.fails = 400 }, 502, "answered 400 invalid_grant"},
		"a code that nobody takes":          {func(i *issuer) { i.exchanges = 1 }, 502, "answered 400 nothing"},
		"a discovery of another issuer":     {func(i *issuer) { i.discovery = set("issuer", "https://x.y") }, 502, "look up"},
		"no issuer":                         {func(i *issuer) { i.Close() }, 502, "look up the issuer"},
	} {
		t.Run(name, func(t *testing.T) {
			i := newIssuer(t)
			tt.change(i)
			w, refusals := signOnWorld(t, i)
			code, body := w.signOn(t, "/")
			if code != tt.code || !strings.Contains(body, tt.says) || strings.Contains(body, "marked") {
				t.Errorf("answered %d %s", code, body)
			}
			if len(*refusals) != 1 || strings.Contains((*refusals)[0], "marked") {
				t.Errorf("told: %q", *refusals)
			}
			if code, _, _ := w.get(t, "/pushes"); code != http.StatusUnauthorized {
				t.Errorf("afterwards the pushes are answered %d", code)
			}
		})
	}
}

// TestSignOnByUserInfo has an issuer that leaves groups out of tokens.
func TestSignOnByUserInfo(t *testing.T) {
	i := newIssuer(t)
	i.claims = func(m map[string]any) { delete(m, "groups") }
	i.info = func(m map[string]any) { m["groups"] = "Bridge admins" }
	i.discovery = func(m map[string]any) { delete(m, "scopes_supported") }
	w, refusals := signOnWorld(t, i)
	if code, body := w.signOn(t, "/"); code != http.StatusOK || i.asked.Get("scope") != "openid" {
		t.Errorf("answered %d %s, refused for %v", code, body, *refusals)
	}
}

// TestSignOnOfAnother brings an answer of one browser to another one.
func TestSignOnOfAnother(t *testing.T) {
	i := newIssuer(t)
	w, _ := signOnWorld(t, i)
	for _, answer := range []string{"", "?code=once&state=x"} {
		if code, body := w.visit(t, w.URL+callbackPath+answer); code != http.StatusBadGateway ||
			!strings.Contains(body, "nobody began") {
			t.Errorf("%q was answered %d %s", answer, code, body)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+"/oidc/login", nil)
	must(t, err)
	res, err := w.client.Do(req)
	must(t, err)
	must(t, res.Body.Close())
	for _, c := range res.Cookies() {
		if !c.HttpOnly || c.Path != "/oidc" || c.SameSite != http.SameSiteLaxMode || c.Secure {
			t.Errorf("the cookie is %v", c)
		}
	}
	code, body := w.visit(t, w.URL+callbackPath+"?code=once&state=x")
	if code != http.StatusBadGateway || !strings.Contains(body, "another sign-in") || i.exchanges != 0 {
		t.Errorf("another state was answered %d %s", code, body)
	}
}
