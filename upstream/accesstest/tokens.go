package accesstest

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// issuer is in tokens and discovery documents (recorded token of a real tenant).
const issuer = "https://" + canonicalHost + "/SAAS/auth"

// tokens gives out tokens and knows which are good.
type tokens struct {
	cfg   Config
	modes func() Modes

	mu      sync.Mutex // guards the fields below
	secret  string
	good    map[string]time.Time // until when
	revoked map[string]bool
	refresh map[string]bool
}

func newTokens(cfg Config, modes func() Modes) *tokens {
	return &tokens{
		cfg: cfg, modes: modes, secret: cfg.ClientSecret,
		good: map[string]time.Time{}, revoked: map[string]bool{}, refresh: map[string]bool{},
	}
}

func (t *tokens) revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for token := range t.good {
		t.revoked[token] = true
	}
	clear(t.good)
	clear(t.refresh)
}

// rotate gives the client another secret. Tokens that were given out stay good: no document says
// otherwise, and RFC 6749 ties them to the client, not to its secret.
func (t *tokens) rotate(secret string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.secret = secret
}

func (t *tokens) clientSecret() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.secret
}

// valid reports whether the request carries a good token, as Bearer or, as older clients send it,
// as HZN (public clients).
func (t *tokens) valid(r *http.Request) bool {
	token := bearer(r)
	t.mu.Lock()
	defer t.mu.Unlock()
	until, known := t.good[token]
	return known && time.Now().Before(until)
}

func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Bearer") || strings.EqualFold(scheme, "HZN") {
		return strings.TrimSpace(token)
	}
	return ""
}

// issue makes a token. It ends at the TTL to the nanosecond; expires_in is whole seconds below that.
func (t *tokens) issue() object {
	now := time.Now()
	token, again := t.sign(now.Add(t.modes().skew())), uuid.NewString()
	t.mu.Lock()
	defer t.mu.Unlock()
	for old, until := range t.good {
		if len(t.good) > 1000 && now.After(until) {
			delete(t.good, old)
		}
	}
	t.good[token] = now.Add(t.cfg.TokenTTL)
	t.refresh[again] = true
	return object{
		"access_token": token, "token_type": "Bearer", "expires_in": int(t.cfg.TokenTTL / time.Second),
		"refresh_token": again, "scope": "admin",
	}
}

// sign makes a token of the shape of an RS256 one. The claims are those of a recorded token, with
// prn_type SERVICE as it must be for a service client; the signature is random.
func (t *tokens) sign(now time.Time) string {
	header := object{"alg": "RS256", "typ": "JWT", "kid": "emulated"}
	claims := object{
		"iat": now.Unix(), "exp": now.Add(t.cfg.TokenTTL).Unix(), "iss": issuer, "aud": issuer + "/oauthtoken",
		"sub": t.cfg.ClientID, "prn": t.cfg.ClientID + "@EMULATED", "prn_type": "SERVICE", "cid": t.cfg.ClientID,
		"scp": "admin", "jti": uuid.NewString(),
	}
	signature := make([]byte, 256)
	_, _ = rand.Read(signature) // never fails
	enc := base64.RawURLEncoding
	return enc.EncodeToString(encode(header)) + "." + enc.EncodeToString(encode(claims)) + "." +
		enc.EncodeToString(signature)
}

// serveToken is the token endpoint (Access OpenAPI, POST /SAAS/auth/oauthtoken). Parameters may be
// in the body or the query, since public clients use both.
func (t *tokens) serveToken(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		oauthError(w, http.StatusBadRequest, "invalid_request", "The request cannot be read")
		return
	}
	if !t.authenticated(r) {
		oauthError(w, http.StatusUnauthorized, "invalid_client",
			"The client authentication failed. Check the 'Authorization' header.")
		return
	}
	switch r.Form.Get("grant_type") {
	case "client_credentials":
		if t.modes().ClientType == clientUser {
			// RFC 6749 section 5.2; what Access says is not documented.
			oauthError(w, http.StatusBadRequest, "unauthorized_client", "The client may not use this grant type")
			return
		}
	case "refresh_token":
		if !t.redeem(r.Form.Get("refresh_token")) {
			oauthError(w, http.StatusBadRequest, "invalid_grant", "The refresh token is not valid")
			return
		}
	default:
		// 500, not the 400 of RFC 6749: Access OpenAPI.
		oauthError(w, http.StatusInternalServerError, "unsupported_grant_type", "The grant_type is incorrect or absent")
		return
	}
	answer{status: http.StatusOK, body: t.issue()}.write(w)
}

func oauthError(w http.ResponseWriter, status int, code, description string) {
	answer{status: status, body: object{"error": code, "error_description": description}}.write(w)
}

// authenticated checks the client's credentials in whichever of the three places they are.
func (t *tokens) authenticated(r *http.Request) bool {
	id, secret, basic := r.BasicAuth()
	if !basic {
		return r.Form.Get("client_id") == t.cfg.ClientID && r.Form.Get("client_secret") == t.clientSecret()
	}
	form := t.modes().ClientForm
	return means(form, id, t.cfg.ClientID) && means(form, secret, t.clientSecret())
}

// The forms of the credentials in Basic.
const (
	formEncoded = "encoded"
	formRaw     = "raw"
)

// means compares a part of Basic credentials, percent-encoded (RFC 6749 §2.3.1) or raw, as many
// clients send it; form demands one of the two.
func means(form, sent, want string) bool {
	decoded, err := url.QueryUnescape(sent)
	return form != formEncoded && sent == want || form != formRaw && err == nil && decoded == want
}

func (t *tokens) redeem(refresh string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refresh[refresh]
}

// serveStatus tells about the presented token: attribute isValid, isRevoked or publicKey. The
// answers are quoted strings with a capital, as recorded.
func (t *tokens) serveStatus(w http.ResponseWriter, r *http.Request) {
	token := bearer(r)
	t.mu.Lock()
	revoked := t.revoked[token]
	t.mu.Unlock()
	says := map[bool]string{true: "True", false: "False"}
	switch r.URL.Query().Get("attribute") {
	case "isValid":
		answer{status: http.StatusOK, body: says[t.valid(r)]}.write(w)
	case "isRevoked":
		answer{status: http.StatusOK, body: says[revoked]}.write(w)
	case "publicKey":
		// A PEM block of the right shape; it verifies nothing.
		key := base64.StdEncoding.EncodeToString([]byte("emulated public key, verifies nothing"))
		pem := "-----BEGIN PUBLIC KEY-----\n" + key + "\n-----END PUBLIC KEY-----\n"
		answer{status: http.StatusOK, contentType: "text/plain", body: []byte(pem)}.write(w)
	default:
		writeProblem(w, refuse(http.StatusBadRequest, "invalid.attribute", "The attribute is not supported"))
	}
}

// serveDiscovery is the OpenID discovery document, as recorded from a real tenant.
func serveDiscovery(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, body: object{
		"issuer":                                issuer,
		"authorization_endpoint":                issuer + "/oauth2/authorize",
		"token_endpoint":                        "https://" + canonicalHost + "/acs/token",
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"scopes_supported":                      []string{"openid", "user", "admin", "profile", "email"},
	}}.write(w)
}
