package doctor_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	"ws1bridge/auth"
	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream/accesstest"
)

func publicURL(u string) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) { w.cfg.PublicURL = u }
}

// answering puts something else than the bridge at its public URL.
func answering(status int, body string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		w.serve(t, bridgeHost, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(status)
			_, _ = io.WriteString(rw, body)
		}), w.authority.issue(t, bridgeHost, -day, 90*day))
	}
}

// withoutAuthorization is a proxy that drops the header.
func withoutAuthorization(t *testing.T, w *world) {
	t.Helper()
	bridge := w.bridge(t)
	w.serve(t, bridgeHost, http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		r.Header.Del("Authorization")
		bridge.ServeHTTP(rw, r)
	}), w.authority.issue(t, bridgeHost, -day, 90*day))
}

func TestMistakesOfTheBridge(t *testing.T) {
	diagnose(t, []mistake{
		{name: "no public URL", plant: publicURL(""), check: "public URL", outcome: doctor.Unknown,
			finding: "public_url is not set", fix: "set public_url"},
		{name: "public URL that is none", plant: publicURL("bridge"), check: "public URL", finding: "is not a URL",
			fix: "https://bridge.example.com/scim/v2"},
		{name: "public URL without TLS", plant: publicURL("http://bridge.example.com/scim/v2"), check: "public URL",
			finding: "Okta calls nothing else", fix: "ends TLS"},
		{name: "underscore in the host", plant: publicURL("https://my_bridge.example.com/scim/v2"), check: "public URL",
			finding: "underscore", fix: "host name without _"},
		{name: "public URL without the path", plant: publicURL("https://bridge.example.com"), check: "public URL",
			finding: "does not end in /scim/v2", fix: "https://bridge.example.com/scim/v2"},
		{name: "public host that does not exist", plant: publicURL("https://brigde.example.com/scim/v2"),
			check: "bridge from here", finding: "there is no host brigde.example.com", fix: "correct the host in public_url"},
		{name: "bridge that is down", plant: silent(bridgeHost), check: "bridge from here", finding: "refuses the connection",
			fix: "start what should listen there"},
		{name: "expired certificate of the bridge", plant: presents(bridgeHost, bridgeHost, -10*day, -day),
			check: "bridge from here", finding: "expired on", fix: "have whoever ends TLS before the bridge renew it"},
		{name: "something else at the public URL", plant: answering(http.StatusOK, "<html>Welcome</html>"),
			check: "bridge from here", finding: "is not the bridge (200)", fix: "pass /scim/v2 on"},
		{name: "something else that wants a login", plant: answering(http.StatusUnauthorized, "<html>Log in</html>"),
			check: "bridge from here", finding: "is not the bridge (401)", fix: "start the bridge"},
		{name: "a token that the bridge does not know",
			plant: func(_ *testing.T, w *world) { w.cfg.OktaTokens = auth.Keys(oktaToken, "hush-new-token") },
			check: "token of Okta", finding: "accepts 1 of 2 tokens", fix: "whether it took this configuration"},
		{name: "a proxy that drops the token", plant: withoutAuthorization, check: "token of Okta",
			finding: "accepts 0 of 1 tokens", fix: "pass on the header Authorization"},
		{name: "a short token", plant: func(_ *testing.T, w *world) { w.cfg.OktaTokens = auth.Keys("hush") },
			check: "length of tokens", finding: "1 of 1 token(s)", fix: "ws1bridge token new"},
		{name: "a simple token", plant: func(_ *testing.T, w *world) {
			w.cfg.OktaTokens = auth.Keys("abcdabcdabcdabcdabcd", oktaToken, "abcdeabcdeabcdeabcde")
		}, check: "length of tokens", finding: "1 of 3 token(s)", fix: "ws1bridge token new"},
		{name: "a token that ends soon", plant: keys(auth.Key{Token: oktaToken, Name: "old", Expires: time.Now().Add(day)}),
			check: "end of tokens", outcome: doctor.OK, finding: "a token ends soon: old on 20", fix: "make another token"},
		{name: "tokens that have ended", plant: keys(auth.Key{Token: oktaToken, Expires: time.Now()}),
			check: "end of tokens", finding: "all tokens of okta.tokens have ended: token 1 on 20", fix: "make another token"},
		{name: "a token that has ended",
			plant: keys(auth.Key{Token: oktaToken}, auth.Key{Token: "hush-old-token-0001", Expires: time.Now()}),
			check: "end of tokens", outcome: doctor.OK, finding: "a token has ended: token 2", fix: "take it out"},
		{name: "a digest beside a token", plant: keys(auth.Key{Token: oktaToken}, auth.Key{SHA256: auth.Digest("x")}),
			check: "token of Okta", outcome: doctor.OK, finding: "accepts 1 token(s) of okta.tokens; 1 could not be presented"},
		{name: "a digest alone", plant: keys(auth.Key{SHA256: auth.Digest(oktaToken)}), check: "token of Okta",
			outcome: doctor.Unknown, finding: "no token is known here", fix: "with the token that Okta has"},
		{name: "no guard", plant: func(_ *testing.T, w *world) { w.cfg.Guarded = false }, check: "guard",
			outcome: doctor.OK, finding: "nothing limits", fix: "guard.max_deactivations"},
		{name: "no token", plant: func(_ *testing.T, w *world) { w.cfg.OktaTokens = nil }, check: "token of Okta",
			outcome: doctor.Unknown, finding: "okta.tokens is empty", fix: "set okta.tokens"},
	})
}

// keys plants tokens of Okta.
func keys(keys ...auth.Key) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) { w.cfg.OktaTokens = keys }
}

// TestPremises checks that one failure is named once and not again by every
// check that builds on it.
func TestPremises(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	w.cfg.AccessURL = "https://nowhere.example"
	failures := 0
	for name, r := range w.examine(t) {
		switch r.Outcome {
		case doctor.Failed:
			failures++
		case doctor.Unknown:
			if r.Finding != "not checked, because the check of the tenant host failed" || r.Fix != "" {
				t.Errorf("%s says %q → %q", name, r.Finding, r.Fix)
			}
		}
	}
	if failures != 1 {
		t.Errorf("%d checks failed", failures)
	}
}

func TestNothingConfigured(t *testing.T) {
	for name, r := range func() map[string]doctor.Result {
		w := newWorld(t, accesstest.Config{})
		w.cfg = doctor.Config{Problems: []string{"access.url: is required"}, Roots: w.cfg.Roots, Dial: w.cfg.Dial,
			Proxy: w.cfg.Proxy}
		return w.examine(t)
	}() {
		want := doctor.Unknown
		if name == "configuration" {
			want = doctor.Failed
		}
		if r.Outcome != want {
			t.Errorf("%s is %s: %s", name, r.Outcome, r.Finding)
		}
	}
}
