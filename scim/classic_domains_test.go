package scim_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream/accesstest"
)

// TestClassicAuthentication is that of SCIM 2.0, and what of Access an app may ask.
func TestClassicAuthentication(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	a := appBefore(w)
	check := func(want int, path, authorization string) string {
		t.Helper()
		method := http.MethodGet
		if strings.HasSuffix(path, "oauthtoken") {
			method = http.MethodPost
		}
		req, err := http.NewRequest(method, w.Bridge.URL+path, nil)
		must(t, err)
		req.Header.Set("Authorization", authorization)
		res, err := http.DefaultClient.Do(req)
		must(t, err)
		defer func() { _ = res.Body.Close() }()
		var body [200]byte
		n, _ := res.Body.Read(body[:])
		if res.StatusCode != want {
			t.Errorf("%s with %q was answered %d %s, want %d", path, authorization, res.StatusCode, body[:n], want)
		}
		return string(body[:n])
	}
	const state, token = "/SAAS/API/1.0/REST/auth/token?attribute=isValid", "/SAAS/auth/oauthtoken"
	users := strings.TrimPrefix(a.base, w.Bridge.URL) + "/Users"
	for _, good := range []string{"Bearer " + oktaToken, oktaToken} {
		check(200, users, good)
		if got := check(200, state, good); got != "True" {
			t.Errorf("the token is %q", got)
		}
	}
	check(401, users, "Bearer wrong-token-of-somebody")
	check(401, state, "")
	if got := check(400, token, "Basic x"); !strings.Contains(got, "API Token") {
		t.Errorf("the token endpoint says %q", got)
	}
}

// TestClassicDomains corrects what the app cannot be told, and what nobody may push.
func TestClassicDomains(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	a := appBefore(w)
	for i, said := range []string{"acme.vmwareidentity.com", "ACME.COM", "", "https://acme.example", "a@b", domain} {
		a.domain = said
		u := a.user(fmt.Sprintf("p%d@acme.com", i), fmt.Sprintf("00u%d", i))
		u[workspace11].(object)["internalUserType"] = "LOCAL"
		id := a.want(http.MethodPost, "/Users", u, http.StatusCreated).id()
		a.want(http.MethodPut, "/Users/"+id, u, http.StatusOK)
		a.change(id, object{workspace11: object{"domain": said}, "title": "T"})
	}
	for _, u := range w.Access.State().Users[1:] {
		extension := u[workspace11].(map[string]any)
		if extension["domain"] != domain || extension["internalUserType"] != "PROVISIONED" || u["title"] != "T" {
			t.Errorf("Access holds %v", u)
		}
	}
	log := w.Log.String()
	if strings.Count(log, `"corrected_domain":"acme.vmwareidentity.com"`) != 1 || strings.Contains(log, "a@b") {
		t.Errorf("the log is\n%s", log)
	}
	several := translated(t, translate.Config{DefaultDomain: domain, Managed: []string{domain, "beta.com"}})
	a = appBefore(several)
	r := a.send(http.MethodPost, "/Users", a.user("ada@acme.com", "00u1"))
	if r.status != 400 || !strings.Contains(string(r.raw), "acme.com, beta.com") {
		t.Errorf("with several domains: %d %s", r.status, r.raw)
	}
}

// TestClassicKeepsAccounts has a person whom the app pushed before there was a bridge.
func TestClassicKeepsAccounts(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	before := appBeforeAccess(w)
	id := before.push("ada@acme.com", "00u1")
	for _, puts := range []bool{false, true} {
		a := appBefore(w)
		a.puts = puts
		if got := a.push("ada@acme.com", "00u1"); got != id {
			t.Errorf("puts %t: Ada is %s, and was %s", puts, got, id)
		}
		a.change(id, object{"active": false})
		if w.Access.State().Users[1]["active"] != false {
			t.Error("she is still active")
		}
		a.change(id, object{"active": true})
		if revived := w.Access.State().Users; len(revived) != 2 || revived[1]["active"] != true || revived[1]["id"] != id {
			t.Errorf("Access holds %v", revived)
		}
	}
}

// TestClassicUnknownPaths tells what an app asks for that nobody knows, without values.
func TestClassicUnknownPaths(t *testing.T) {
	w := newWorld(t, accesstest.Config{})
	a := appBefore(w)
	a.base = w.Bridge.URL
	for path, want := range map[string]string{
		"/SAAS/jersey/manager/api/entitlements/definitions/ada": "/SAAS/jersey/manager/api/entitlements/{other}/{other}",
		"/SAAS/API/1.0/REST/tenants/acme/ada@acme.com":          "/SAAS/API/1.0/REST/tenants/{other}/{other}",
		"/SAAS/jersey/manager/api/scim/Roles/ada":               "/SAAS/jersey/manager/api/scim/Roles/{other}",
		"/SAAS/t/acme/jersey/manager":                           "/SAAS/t/acme/jersey/manager",
		"/scim/v1/Me/ada":                                       "/scim/{other}/Me/ada",
	} {
		w.Log.Reset()
		r := a.want(http.MethodGet, path, nil, http.StatusNotFound)
		if log := w.Log.String(); r.body["Errors"] == nil || !strings.Contains(log, `"path":"`+want+`"`) ||
			!strings.Contains(log, `"method":"GET"`) {
			t.Errorf("%s: got %s, and the log %s", path, r.raw, log)
		}
	}
}

// TestClassicAttributeNames are in the log at debug level, and no values.
func TestClassicAttributeNames(t *testing.T) {
	var out bytes.Buffer
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&out),
		zap.DebugLevel)
	w := newWorld(t, accesstest.Config{}, func(c *scim.Config) { c.Log = zap.New(core) })
	a := appBefore(w)
	a.push("ada@acme.com", "00u1")
	log := out.String()
	if !strings.Contains(log, `"userName"`) || !strings.Contains(log, enterprise11+"/department") ||
		strings.Contains(log, "Lovelace") || strings.Contains(log, "Engines") {
		t.Errorf("the log is\n%s", log)
	}
}
