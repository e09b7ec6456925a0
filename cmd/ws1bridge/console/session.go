package console

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

const (
	cookieName  = "ws1bridge_console"
	sessionLife = 8 * time.Hour
	// maxLoginBody bounds a form, in bytes.
	maxLoginBody = 8 << 10
)

// sessions lets people in who know a token. It keeps nothing: a session is its end with a
// signature, by a key that ends with the process.
type sessions struct {
	digest [sha256.Size]byte // of the token
	key    []byte
	// wrong bounds how many wrong tokens are judged a second, whoever sends them: 256 bits
	// are not guessed, but a token of a person's making may be.
	wrong *rate.Limiter
}

// newSessions takes the digest of the token in hexadecimal form; nil without one.
func newSessions(digest string) (*sessions, error) {
	if digest == "" {
		return nil, nil
	}
	s := &sessions{key: make([]byte, sha256.Size), wrong: rate.NewLimiter(1, 5)}
	_, _ = rand.Read(s.key) // which never fails
	raw, err := hex.DecodeString(digest)
	copy(s.digest[:], raw)
	return s, err
}

// isIn reports whether a request is of somebody who signed in.
func (s *sessions) isIn(r *http.Request) bool {
	cookie, err := r.Cookie(cookieName)
	if err != nil {
		return false
	}
	end, signature, _ := strings.Cut(cookie.Value, ".")
	until, err := strconv.ParseInt(end, 10, 64)
	return err == nil && time.Now().Unix() < until && hmac.Equal([]byte(signature), []byte(s.sign(end)))
}

func (s *sessions) sign(end string) string {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(end))
	return hex.EncodeToString(mac.Sum(nil))
}

// signIn judges the token in a form, and begins a session.
func (s *sessions) signIn(w http.ResponseWriter, r *http.Request) (ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, maxLoginBody)
	sum := sha256.Sum256([]byte(strings.TrimSpace(r.PostFormValue("token"))))
	if subtle.ConstantTimeCompare(sum[:], s.digest[:]) != 1 {
		return false
	}
	end := strconv.FormatInt(time.Now().Add(sessionLife).Unix(), 10)
	s.set(w, r, end+"."+s.sign(end), int(sessionLife.Seconds()))
	return true
}

// signOut ends a session in the browser.
func (s *sessions) signOut(w http.ResponseWriter, r *http.Request) { s.set(w, r, "", -1) }

func (*sessions) set(w http.ResponseWriter, r *http.Request, value string, age int) {
	https := r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
	//nolint:gosec // plain HTTP is what ops_listen speaks; over HTTPS the cookie is Secure
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, Secure: https, SameSite: http.SameSiteStrictMode})
}

// login is the page that asks for the token.
type login struct {
	Wrong bool
	Next  string
}

// enter lets somebody in, or asks for the token.
func (c *console) enter(w http.ResponseWriter, r *http.Request) {
	next := r.URL.RequestURI()
	if r.URL.Path != "/login" {
		c.write(w, http.StatusUnauthorized, "login", login{Next: next})
		return
	}
	next = r.FormValue("next")
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.HasPrefix(next, "/\\") {
		next = "/" // never to another server
	}
	if r.Method == http.MethodPost && c.sessions.wrong.Tokens() >= 1 && c.sessions.signIn(w, r) {
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // it begins with one slash: a page of ours
		return
	}
	if r.Method == http.MethodPost && !c.sessions.wrong.Allow() {
		c.write(w, http.StatusTooManyRequests, "trouble", trouble{"Too many wrong tokens", "Wait some seconds."})
		return
	}
	c.write(w, http.StatusUnauthorized, "login", login{Wrong: r.Method == http.MethodPost, Next: next})
}
