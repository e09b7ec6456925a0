package console

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestOpenConsole shows nothing to who is not on the machine.
func TestOpenConsole(t *testing.T) {
	w := newWorld(t)
	w.push("ada@acme.com", 201, "")
	if code, body, _ := w.get(t, "/", "attacker.example"); code != http.StatusForbidden || strings.Contains(body, "ada") {
		t.Errorf("a page of another site gets %d %s", code, body)
	}
	w.public = true
	for _, path := range []string{"/", "/pushes", "/pushes.csv", "/live", "/failures", "/nothing"} {
		code, body, header := w.get(t, path)
		if code != http.StatusForbidden || strings.Contains(body, "ada") || !strings.Contains(body, "console.token_sha256") {
			t.Errorf("%s was answered %d %s", path, code, body)
		}
		checkHeader(t, path, header)
	}
	if code, _, _ := w.get(t, "/static/style.css"); code != http.StatusOK {
		t.Errorf("the style was answered %d", code)
	}
}

// TestGateOnTheMachine asks everybody, because a proxy on the machine may ask for others.
func TestGateOnTheMachine(t *testing.T) {
	w := newWorld(t, func(c *Config) { c.TokenSHA256 = strings.Repeat("0a", 32) })
	w.push("ada@acme.com", 201, "")
	if code, body, _ := w.get(t, "/pushes", "127.0.0.1:9090"); code != http.StatusUnauthorized ||
		strings.Contains(body, "ada") {
		t.Errorf("somebody on the machine gets %d %s", code, body)
	}
}

// TestOtherSites has pages of other sites make a browser ask.
func TestOtherSites(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		method, path, site, mode string
		want                     int
	}{
		{"GET", "/users?name=x&everywhere=1", "cross-site", "no-cors", http.StatusForbidden},
		{"GET", "/users?name=x&everywhere=1", "cross-site", "navigate", http.StatusForbidden},
		{"GET", "/", "cross-site", "no-cors", http.StatusForbidden},
		{"POST", "/logout", "cross-site", "navigate", http.StatusForbidden},
		{"GET", "/pushes", "cross-site", "navigate", http.StatusOK},
		{"GET", "/users?name=x&everywhere=1", "same-origin", "navigate", http.StatusOK},
		{"GET", "/pushes", "none", "navigate", http.StatusOK}, {"GET", "/pushes", "", "", http.StatusOK},
	} {
		req, err := http.NewRequestWithContext(t.Context(), tt.method, w.URL+tt.path, nil)
		must(t, err)
		req.Header.Set("Sec-Fetch-Site", tt.site)
		req.Header.Set("Sec-Fetch-Mode", tt.mode)
		res, err := w.client.Do(req)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != tt.want {
			t.Errorf("%+v was answered %d", tt, res.StatusCode)
		}
	}
}

// TestRelease has the guard let changes pass, for people of this site.
func TestRelease(t *testing.T) {
	w := newWorld(t)
	w.notices = []Notice{{Text: "The guard holds back deletions", Fix: "look in Okta", IsGuard: true}}
	w.shows(t, "/", "The guard holds back", `action="/guard/release"`, "Let it pass for an hour")
	for site, want := range map[string]int{"cross-site": http.StatusForbidden, "same-origin": http.StatusSeeOther} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+"/guard/release", nil)
		must(t, err)
		req.Header.Set("Sec-Fetch-Site", site)
		res, err := w.client.Do(req)
		must(t, err)
		must(t, res.Body.Close())
		if res.StatusCode != want {
			t.Errorf("from %s: %d", site, res.StatusCode)
		}
	}
	if w.released != 1 {
		t.Errorf("it was released %d times", w.released)
	}
}

// signIn sends the form.
func (w *world) signIn(t *testing.T, token, next string) *http.Response {
	t.Helper()
	form := strings.NewReader(url.Values{"token": {token}, "next": {next}}.Encode())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+"/login", form)
	must(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := w.client.Do(req)
	must(t, err)
	must(t, res.Body.Close())
	return res
}

// TestSignIn lets people in by a token.
func TestSignIn(t *testing.T) {
	const token = "a-token-of-the-console"
	sum := sha256.Sum256([]byte(token))
	secured := func(c *Config) { c.TokenSHA256 = hex.EncodeToString(sum[:]) }
	w := newWorld(t, secured)
	w.push("ada@acme.com", 201, "")
	w.public = true
	code, body, _ := w.get(t, "/pushes?about=x")
	if code != http.StatusUnauthorized || strings.Contains(body, "ada") || !strings.Contains(body, "/pushes?about=x") {
		t.Errorf("without a session: %d %s", code, body)
	}
	checkPage(t, "/login", body)
	if res := w.signIn(t, "wrong", "/"); res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) != 0 {
		t.Errorf("a wrong token was answered %d with %v", res.StatusCode, res.Cookies())
	}
	for next, want := range map[string]string{"/pushes?about=x": "/pushes?about=x", "//attacker.example": "/",
		"https://attacker.example": "/", `/\attacker.example`: "/", "/\t/attacker.example": "/", "": "/", "x": "/",
		"////attacker.example": "/attacker.example", "javascript:alert(1)": "/"} {
		res := w.signIn(t, token, next)
		if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != want {
			t.Errorf("next %q was answered %d to %s", next, res.StatusCode, res.Header.Get("Location"))
		}
		for _, c := range res.Cookies() {
			if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || strings.Contains(c.Value, token) {
				t.Errorf("the cookie is %v", c)
			}
		}
	}
	if code, body, _ := w.get(t, "/pushes"); code != http.StatusOK || !strings.Contains(body, "Sign out") {
		t.Errorf("with a session: %d", code)
	}
	other := newWorld(t, secured) // whose key is another one
	other.public = true
	other.client = w.client
	if code, _, _ := other.get(t, "/pushes"); code != http.StatusUnauthorized {
		t.Errorf("the session of another process was answered %d", code)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+"/logout", nil)
	must(t, err)
	res, err := w.client.Do(req)
	must(t, err)
	must(t, res.Body.Close())
	if code, _, _ := w.get(t, "/pushes"); code != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", code)
	}
	limited := false
	for range 20 {
		limited = limited || w.signIn(t, "guess", "/").StatusCode == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("guesses are not slowed down")
	}
	if res := w.signIn(t, token, "/"); res.StatusCode != http.StatusTooManyRequests {
		t.Errorf("the token after many guesses is judged: %d", res.StatusCode)
	}
	for _, digest := range []string{"zz", "0a", strings.Repeat("0a", 33)} {
		if _, err := New(Config{TokenSHA256: digest}); err == nil {
			t.Error("a digest that is none is taken")
		}
	}
}

// TestForgedSessions has cookies that nobody gave out.
func TestForgedSessions(t *testing.T) {
	s := newSealed("", false)
	in := func(j jar, plain string) string {
		text := base64.RawURLEncoding.EncodeToString([]byte(plain))
		return text + "." + s.sign(j, text)
	}
	for _, value := range []string{"", "x", ".", in(sessionCookie, `{"ends":1000}`), in(sessionCookie, `{}`),
		in(sessionCookie, `[]`), in(signOnCookie, `{"ends":9999999999}`), in(sessionCookie, `{"ends":9999999999}`) + "x"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: sessionCookie.name, Value: value}) //nolint:gosec // a request's has no attributes
		if s.isIn(r) {
			t.Errorf("%q lets somebody in", value)
		}
	}
}
