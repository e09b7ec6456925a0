package accesstest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

const (
	api        = "/SAAS/jersey/manager/api"
	usersPath  = api + "/scim/Users"
	groupsPath = api + "/scim/Groups"
	workspace  = "urn:scim:schemas:extension:workspace:1.0"
	enterprise = "urn:scim:schemas:extension:enterprise:1.0"
	schemas    = `"schemas":["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:workspace:1.0",` +
		`"urn:scim:schemas:extension:enterprise:1.0"]`
)

type object = map[string]any

// tenant is an emulator and a client that holds a token for it.
type tenant struct {
	*accesstest.Running
	tb    testing.TB
	token string
}

func start(tb testing.TB, cfg accesstest.Config) *tenant {
	tb.Helper()
	cfg.ClientID, cfg.ClientSecret = "client", "s3cret/+"
	if cfg.Domains == nil {
		cfg.Domains = []string{"acme.com", "Beta.example"}
	}
	tn := &tenant{Running: accesstest.Start(tb, cfg), tb: tb}
	got := tn.send(http.MethodPost, "/SAAS/auth/oauthtoken", "grant_type=client_credentials",
		"Authorization", basic("client", "s3cret/+"), "Content-Type", "application/x-www-form-urlencoded")
	tn.token, _ = got.json()["access_token"].(string)
	if tn.token == "" {
		tb.Fatalf("no token: %d %s", got.status, got.body)
	}
	tn.ClearRequests()
	return tn
}

func basic(id, secret string) string {
	r := &http.Request{Header: http.Header{}}
	r.SetBasicAuth(id, secret)
	return r.Header.Get("Authorization")
}

type result struct {
	tb     testing.TB
	status int
	header http.Header
	body   string
	err    error
}

func (r result) json() object {
	r.tb.Helper()
	var out object
	if err := json.Unmarshal([]byte(r.body), &out); err != nil {
		r.tb.Fatalf("status %d, body %q: %v", r.status, r.body, err)
	}
	return out
}

// send makes one request on a connection of its own and returns what came, errors included.
func (tn *tenant) send(method, path, body string, header ...string) result {
	tn.tb.Helper()
	target := path
	if strings.HasPrefix(path, "/") {
		target = tn.URL + path
	}
	r, err := http.NewRequestWithContext(tn.tb.Context(), method, target, strings.NewReader(body))
	if err != nil {
		tn.tb.Fatal(err)
	}
	if tn.token != "" {
		r.Header.Set("Authorization", "Bearer "+tn.token)
	}
	for pair := range slices.Chunk(header, 2) {
		r.Header.Set(pair[0], pair[len(pair)-1])
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(r)
	if err != nil {
		return result{tb: tn.tb, err: err}
	}
	defer resp.Body.Close()
	var buf bytes.Buffer
	_, err = io.Copy(&buf, resp.Body)
	return result{tb: tn.tb, status: resp.StatusCode, header: resp.Header, body: buf.String(), err: err}
}

// want makes a request and checks its status.
func (tn *tenant) want(status int, method, path, body string, header ...string) result {
	tn.tb.Helper()
	got := tn.send(method, path, body, header...)
	if got.err != nil || got.status != status {
		tn.tb.Fatalf("%s %s: got %d %q (%v), want %d", method, path, got.status, got.body, got.err, status)
	}
	return got
}

func (tn *tenant) control(status int, method, path, body string) result {
	tn.tb.Helper()
	return tn.want(status, method, tn.ControlURL+path, body)
}

func provisioned(userName, externalID, domain string) string {
	return `{` + schemas + `,"userName":"` + userName + `","name":{"givenName":"Ada","familyName":"L"},` +
		`"emails":[{"value":"` + userName + `"}],"externalId":"` + externalID + `",` +
		`"` + workspace + `":{"internalUserType":"PROVISIONED","domain":"` + domain + `"}}`
}

// user creates a provisioned user in acme.com and returns its id.
func (tn *tenant) user(userName string) string {
	tn.tb.Helper()
	got := tn.want(http.StatusCreated, http.MethodPost, usersPath, provisioned(userName, "ext-"+userName, "acme.com"))
	return got.json()["id"].(string)
}

func (tn *tenant) group(displayName string) string {
	tn.tb.Helper()
	body := `{` + schemas + `,"displayName":"` + displayName + `","` + workspace + `":{"domain":"acme.com"}}`
	return tn.want(http.StatusCreated, http.MethodPost, groupsPath, body).json()["id"].(string)
}

func (tn *tenant) getUser(id string) object {
	tn.tb.Helper()
	return tn.want(http.StatusOK, http.MethodGet, usersPath+"/"+id, "").json()
}

func (tn *tenant) getGroup(id string) object {
	tn.tb.Helper()
	return tn.want(http.StatusOK, http.MethodGet, groupsPath+"/"+id, "").json()
}

// found lists with a filter and returns the values of one attribute.
func (tn *tenant) found(path, filter, attribute string) []string {
	tn.tb.Helper()
	got := tn.want(http.StatusOK, http.MethodGet, path+"?count=1000&filter="+url.QueryEscape(filter), "").json()
	out := []string{}
	for _, item := range got["Resources"].([]any) {
		out = append(out, item.(object)[attribute].(string))
	}
	return out
}

// text encodes a value for comparison.
func text(tb testing.TB, v any) string {
	tb.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// same checks the JSON of a value.
func same(tb testing.TB, got any, want string) {
	tb.Helper()
	if s := text(tb, got); s != want {
		tb.Errorf("got %s, want %s", s, want)
	}
}
