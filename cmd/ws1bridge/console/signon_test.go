package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// signOnWorld is a console that an issuer lets people into.
func signOnWorld(t *testing.T, i *issuer, change ...func(*OIDC)) (w *world, refusals *[]string) {
	t.Helper()
	refusals = &[]string{}
	oidc := &OIDC{Issuer: i.URL, ClientID: consoleClient, ClientSecret: consoleSecret, Groups: []string{"Bridge admins"},
		GroupsClaim: "groups"}
	for _, c := range change {
		c(oidc)
	}
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
	for name, tt := range map[string]struct {
		change func(*OIDC)
		want   int
	}{
		"another copy":           {func(*OIDC) {}, http.StatusOK},
		"other groups":           {func(o *OIDC) { o.Groups = []string{"Everyone"} }, http.StatusUnauthorized},
		"another issuer":         {func(o *OIDC) { o.Issuer += "/x" }, http.StatusUnauthorized},
		"another secret":         {func(o *OIDC) { o.ClientSecret = "x" }, http.StatusUnauthorized},
		"a console of elsewhere": {func(o *OIDC) { o.URL = "https://other.example" }, http.StatusUnauthorized},
	} {
		other, _ := signOnWorld(t, i, func(o *OIDC) { o.URL = w.URL + "/"; tt.change(o) })
		other.client = w.client
		if code, _, _ := other.get(t, "/pushes"); code != tt.want {
			t.Errorf("the session with %s: %d, want %d", name, code, tt.want)
		}
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
