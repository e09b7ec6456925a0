package oktatest

import (
	"crypto"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ClientID is that of the service app, where a test needs no other.
const ClientID = "0oa2service"

// tokenPath is where the org gives out tokens.
const tokenPath = "/oauth2/v1/token" //nolint:gosec // a path

// Scopes are those that the calls ask for which the org answers.
func Scopes() []string {
	return []string{"okta.apps.read", "okta.groups.read", "okta.schemas.read", "okta.users.read"}
}

// App is the service app of an org: it gets tokens by the key that it has registered.
type App struct {
	ClientID string
	// KeyID is the kid of the key, and Key its public half.
	KeyID string
	Key   crypto.PublicKey
	// Scopes are those that an administrator has granted.
	Scopes []string
	// DPoP says that a token is given only to those who prove the possession of a key (RFC 9449), as
	// it is for apps that were made in the console.
	DPoP bool
	// Life is that of a token; 0 is the hour that Okta gives.
	Life time.Duration
}

// issuer gives out tokens. The mutex of the org guards it.
type issuer struct {
	app    App
	tokens map[string]given // by the token
	used   map[string]bool  // ids of assertions
	// limited and failing count the next requests that are answered 429, or 500.
	limited, failing int
	requests         int
}

// given is a token that was given out.
type given struct {
	scopes  []string
	expires time.Time
}

// SetApp replaces the service app. Tokens that were given out stay as they are.
func (o *Org) SetApp(app App) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.issuer.app = app
}

// Revoke ends all tokens that were given out.
func (o *Org) Revoke() {
	o.mu.Lock()
	defer o.mu.Unlock()
	clear(o.issuer.tokens)
}

// FaultTokens has the next requests for a token be limited, or fail.
func (o *Org) FaultTokens(limited, failing int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.issuer.limited, o.issuer.failing = limited, failing
}

// TokenRequests counts the requests for a token.
func (o *Org) TokenRequests() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.issuer.requests
}

// token gives out a token (Okta, OAuth 2.0 reference, /token). Its errors have the form of RFC 6749
// section 5.2.
func (o *Org) token(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.issuer.requests++
	limited, failing := o.issuer.limited > 0, o.issuer.failing > 0
	o.issuer.limited, o.issuer.failing = max(o.issuer.limited-1, 0), max(o.issuer.failing-1, 0)
	switch {
	case limited:
		slowDown(w)
		return
	case failing:
		refuse(w, http.StatusInternalServerError, "E0000009")
		return
	}
	if status, code, why := o.judge(r); code != "" {
		answer(w, status, map[string]any{"error": code, "error_description": why})
		return
	}
	granted := slices.DeleteFunc(strings.Fields(r.PostFormValue("scope")), func(scope string) bool {
		return !slices.Contains(o.issuer.app.Scopes, scope)
	})
	if len(granted) == 0 {
		answer(w, http.StatusBadRequest, map[string]any{"error": "consent_required",
			"error_description": "You are not allowed any of the requested scopes."})
		return
	}
	life := o.issuer.app.Life
	if life == 0 {
		life = time.Hour
	}
	token := "eyJ-token-of-okta-" + rand.Text()
	o.issuer.tokens[token] = given{scopes: granted, expires: time.Now().Add(life)}
	answer(w, http.StatusOK, map[string]any{"token_type": "Bearer", "expires_in": int(life.Seconds()),
		"access_token": token, "scope": strings.Join(granted, " ")})
}

// judge says why a request for a token is refused. The code is "" where it is not. Codes and
// descriptions are those that Okta gives; o.mu is held.
func (o *Org) judge(r *http.Request) (status int, code, why string) {
	if r.PostFormValue("grant_type") != "client_credentials" {
		return http.StatusBadRequest, "unsupported_grant_type", "The grant type is not supported."
	}
	if r.PostFormValue("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return http.StatusUnauthorized, "invalid_client", "Client authentication failed."
	}
	if id := r.PostFormValue("client_id"); id != "" && id != o.issuer.app.ClientID {
		return http.StatusUnauthorized, "invalid_client", "Client authentication failed."
	}
	said, err := verify(r.PostFormValue("client_assertion"), o.issuer.app)
	if err != nil {
		return http.StatusUnauthorized, "invalid_client", err.Error()
	}
	if err := said.check(o.issuer.app.ClientID, o.URL+tokenPath, time.Now()); err != nil {
		return http.StatusUnauthorized, "invalid_client", err.Error()
	}
	if o.issuer.used[said.ID] {
		return http.StatusUnauthorized, "invalid_client", usedBefore.Error()
	}
	o.issuer.used[said.ID] = true
	if o.issuer.app.DPoP {
		return http.StatusBadRequest, "invalid_dpop_proof", "The DPoP proof JWT header is missing."
	}
	for scope := range strings.FieldsSeq(r.PostFormValue("scope")) {
		if !slices.Contains(Scopes(), scope) {
			return http.StatusBadRequest, "invalid_scope",
				"One or more scopes are not configured for the authorization server resource."
		}
	}
	return 0, "", ""
}

// mayCall judges the Authorization of a call: the status and the code of its refusal, or 0.
func (o *Org) mayCall(r *http.Request) (status int, code string) {
	authorization := r.Header.Get("Authorization")
	if authorization == "SSWS "+Token {
		return 0, ""
	}
	bearer, isBearer := strings.CutPrefix(authorization, "Bearer ")
	o.mu.Lock()
	defer o.mu.Unlock()
	token, isKnown := o.issuer.tokens[bearer]
	if !isBearer || !isKnown || !time.Now().Before(token.expires) {
		return http.StatusUnauthorized, "E0000011"
	}
	for _, scope := range scopesOf(r.URL.Path) {
		if !slices.Contains(token.scopes, scope) {
			return http.StatusForbidden, "E0000006"
		}
	}
	return 0, ""
}

// scopesOf are the scopes that a call needs (Okta, OAuth 2.0 scopes).
func scopesOf(path string) []string {
	switch {
	case strings.HasPrefix(path, "/api/v1/meta/schemas/"):
		return []string{"okta.schemas.read"}
	case strings.HasPrefix(path, "/api/v1/groups/"):
		return []string{"okta.groups.read"}
	case strings.HasSuffix(path, "/group-push/mappings"):
		return []string{"okta.apps.read", "okta.groups.read"}
	}
	return []string{"okta.apps.read"}
}
