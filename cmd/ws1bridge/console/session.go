package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

const sessionLife = 8 * time.Hour

// sealed writes and reads cookies that nobody else can make.
type sealed struct {
	key []byte
	// isSecure says that browsers reach the console by HTTPS.
	isSecure bool
}

// newSealed takes a secret that all copies of the bridge have, so that cookies of one count with
// the others; without one, its key ends with the process. Cookies of other rules do not count.
func newSealed(secret string, isSecure bool, rules ...string) *sealed {
	if secret == "" {
		secret = rand.Text()
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("cookies of the console of ws1bridge\x00" + strings.Join(rules, "\x00")))
	return &sealed{key: mac.Sum(nil), isSecure: isSecure}
}

// jar is a kind of cookie.
type jar struct {
	name, path string
	life       time.Duration
	sameSite   http.SameSite
}

var (
	// sessionCookie stands for somebody who was let in.
	sessionCookie = jar{"ws1bridge_console", "/", sessionLife, http.SameSiteStrictMode}
	// signOnCookie is what is remembered of somebody who is signing in elsewhere, and comes
	// back by a link from there: a strict one would not be sent.
	signOnCookie = jar{"ws1bridge_sign_on", "/oidc", 10 * time.Minute, http.SameSiteLaxMode}
)

// content is what a cookie holds.
type content[T any] struct {
	Ends  int64 `json:"ends"` // in seconds since 1970
	Value T     `json:"value"`
}

// put sets a cookie.
func put[T any](s *sealed, w http.ResponseWriter, r *http.Request, j jar, value T) {
	plain, _ := json.Marshal(content[T]{time.Now().Add(j.life).Unix(), value}) // strings alone
	text := base64.RawURLEncoding.EncodeToString(plain)
	s.set(w, r, j, text+"."+s.sign(j, text), int(j.life.Seconds()))
}

// read reads a cookie. ok is false for one that has ended, and for one that nobody set here.
func read[T any](s *sealed, r *http.Request, j jar) (value T, ok bool) {
	cookie, err := r.Cookie(j.name)
	if err != nil {
		return value, false
	}
	text, signature, _ := strings.Cut(cookie.Value, ".")
	if !hmac.Equal([]byte(signature), []byte(s.sign(j, text))) {
		return value, false
	}
	var c content[T]
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(plain, &c) != nil || time.Now().Unix() >= c.Ends {
		return value, false
	}
	return c.Value, true
}

// remove ends a cookie in the browser.
func (s *sealed) remove(w http.ResponseWriter, r *http.Request, j jar) { s.set(w, r, j, "", -1) }

// sign makes the signature of a cookie, which is not one of a cookie of another kind.
func (s *sealed) sign(j jar, text string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(j.name + "\x00" + text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func (s *sealed) set(w http.ResponseWriter, r *http.Request, j jar, value string, age int) {
	https := s.isSecure || r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
	//nolint:gosec // plain HTTP is what ops_listen speaks; over HTTPS the cookie is Secure
	http.SetCookie(w, &http.Cookie{Name: j.name, Value: value, Path: j.path, MaxAge: age,
		HttpOnly: true, Secure: https, SameSite: j.sameSite})
}

// isIn reports whether a request is of somebody who was let in.
func (s *sealed) isIn(r *http.Request) bool {
	_, ok := read[struct{}](s, r, sessionCookie)
	return ok
}
