package scim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"ws1bridge/auth"
	"ws1bridge/scim"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
	"ws1bridge/upstream/accesstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The real client is one implementation of what the endpoint needs.
var (
	_ scim.UserDirectory  = (*upstream.Client)(nil)
	_ scim.GroupDirectory = (*upstream.Client)(nil)
)

const (
	domain    = "acme.com"
	oktaToken = "token-that-okta-presents"
	secret    = "client-secret-of-the-bridge"
	accessAPI = "/SAAS/jersey/manager/api"
)

// world is the whole way from Okta to Access.
type world struct {
	t      *testing.T
	access *accesstest.Running
	bridge *httptest.Server
	log    *bytes.Buffer
}

// newWorld starts an emulator and a bridge in front of it that shows trouble at
// once: it sends each request to Access one time only.
func newWorld(t *testing.T, cfg accesstest.Config, options ...func(*scim.Config)) *world {
	t.Helper()
	return newWorldWith(t, cfg, upstream.Resilience{Attempts: 1, BreakAfter: 1 << 20}, options...)
}

// newWorldWith is newWorld with a bridge that meets trouble as r says.
func newWorldWith(t *testing.T, cfg accesstest.Config, r upstream.Resilience, options ...func(*scim.Config)) *world {
	t.Helper()
	cfg.ClientID, cfg.ClientSecret = "bridge", secret
	if cfg.Domains == nil {
		cfg.Domains = []string{domain}
	}
	w := &world{t: t, access: accesstest.Start(t, cfg), log: &bytes.Buffer{}}
	tokens, err := auth.NewTokenSource(auth.Config{TokenURL: w.access.URL + "/SAAS/auth/oauthtoken", ClientID: "bridge", ClientSecret: secret})
	must(t, err)
	base := &http.Transport{}
	t.Cleanup(base.CloseIdleConnections)
	client, err := upstream.NewClient(upstream.Config{
		BaseURL: w.access.URL, Domains: []string{domain}, Timeout: 5 * time.Second, Resilience: r,
		HTTPClient: &http.Client{Transport: &auth.Transport{Source: tokens, Base: base, Host: strings.TrimPrefix(w.access.URL, "http://")}},
	})
	must(t, err)
	bearer, err := auth.NewBearer([]string{oktaToken})
	must(t, err)
	translator, err := translate.New(translate.Config{DefaultDomain: domain})
	must(t, err)
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.Lock(zapcore.AddSync(w.log)), zap.DebugLevel)
	config := scim.Config{
		Users: client, Groups: client, Translator: translator, GroupDomain: domain,
		Authenticate: bearer.Check, Log: zap.New(core),
	}
	for _, o := range options {
		o(&config)
	}
	handler, err := scim.NewHandler(config)
	must(t, err)
	w.bridge = httptest.NewServer(handler)
	t.Cleanup(w.bridge.Close)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// response is what the bridge answered.
type response struct {
	status int
	header http.Header
	body   map[string]any
	raw    []byte
}

func (r response) id() string { s, _ := r.body["id"].(string); return s }

func (r response) detail() string { s, _ := r.body["detail"].(string); return s }

// send sends a request with Okta's headers. body may be a string, sent as it is.
func (w *world) send(method, path string, body any) response {
	w.t.Helper()
	return w.sendWith(method, path, body, nil)
}

func (w *world) sendWith(method, path string, body any, header map[string]string) response {
	w.t.Helper()
	var payload io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		payload = strings.NewReader(b)
	case []byte:
		payload = bytes.NewReader(b)
	case io.Reader: // its length is not told
		payload = b
	default:
		encoded, err := json.Marshal(b)
		must(w.t, err)
		payload = bytes.NewReader(encoded)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.bridge.URL+path, payload)
	must(w.t, err)
	req.Header.Set("Authorization", "Bearer "+oktaToken)
	req.Header.Set("Accept", "application/scim+json")
	if payload != nil {
		req.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := w.bridge.Client().Do(req)
	must(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	must(w.t, err)
	out := response{status: res.StatusCode, header: res.Header, raw: raw}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out.body); err != nil {
			w.t.Fatalf("%s %s was answered with %q, which is not JSON", method, path, raw)
		}
		if got := res.Header.Get("Content-Type"); got != "application/scim+json; charset=utf-8" {
			w.t.Errorf("%s %s was answered as %q", method, path, got)
		}
	}
	return out
}

// want sends a request and checks the status of the answer.
func (w *world) want(status int, method, path string, body any) response {
	w.t.Helper()
	r := w.send(method, path, body)
	if r.status != status {
		w.t.Fatalf("%s %s was answered %d %.300s, want %d", method, path, r.status, r.raw, status)
	}
	if status >= 400 {
		w.wantError(r)
	}
	return r
}

// wantError checks that an answer has the form of RFC 7644 section 3.12.
func (w *world) wantError(r response) {
	w.t.Helper()
	schemas, _ := r.body["schemas"].([]any)
	if len(schemas) != 1 || schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error" ||
		r.body["status"] != itoa(r.status) || r.detail() == "" {
		w.t.Errorf("the error %s is not as SCIM describes", r.raw)
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// upstreamRequests counts what the bridge asked of Access, tokens aside, since
// the history was emptied.
func (w *world) upstreamRequests() (all, writes int) {
	for _, r := range w.access.Requests() {
		if !strings.HasPrefix(r.Path, accessAPI) {
			continue
		}
		all++
		if r.Method != http.MethodGet {
			writes++
		}
	}
	return all, writes
}

func user(userName, externalID string) map[string]any {
	u := map[string]any{
		"schemas": []string{translate.UserSchema}, "userName": userName,
		"name":        map[string]any{"givenName": "Given", "familyName": "Family"},
		"emails":      []any{map[string]any{"primary": true, "value": userName, "type": "work"}},
		"displayName": "Given Family", "locale": "en-US", "groups": []any{}, "password": "hunter2-placeholder", "active": true,
	}
	if externalID != "" {
		u["externalId"] = externalID
	}
	return u
}

func (w *world) createUser(userName string) string {
	w.t.Helper()
	return w.want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", user(userName, "ext-"+userName)).id()
}

func group(name string, members ...string) map[string]any {
	list := []any{}
	for _, id := range members {
		list = append(list, map[string]any{"value": id, "display": "x"})
	}
	return map[string]any{"schemas": []string{scim.GroupSchema}, "displayName": name, "members": list}
}

func operations(ops ...map[string]any) map[string]any {
	return map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": ops}
}

// heldUser is the user as Access holds it.
func (w *world) heldUser(id string) map[string]any {
	w.t.Helper()
	for _, u := range w.access.State().Users {
		if u["id"] == id {
			return u
		}
	}
	w.t.Fatalf("Access holds no user %s", id)
	return nil
}

// heldMembers are the members of the group of that name in Access.
func (w *world) heldMembers(name string) map[string]bool {
	w.t.Helper()
	for _, g := range w.access.State().Groups {
		if g["displayName"] != name {
			continue
		}
		members := map[string]bool{}
		list, _ := g["members"].([]any)
		for _, m := range list {
			members[m.(map[string]any)["value"].(string)] = true
		}
		if len(members) != len(list) {
			w.t.Errorf("group %s has members twice: %v", name, list)
		}
		return members
	}
	w.t.Fatalf("Access holds no group %s", name)
	return nil
}
