package scim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2/clientcredentials"

	"ws1bridge/scim"
)

// oldApp is Okta's own app, as Okta's SCIM 1.1 reference describes such apps.
type oldApp struct {
	t     *testing.T
	base  string
	token string
	// puts says that it updates by PUT, as custom apps do, and not by PATCH.
	puts bool
	// direct says that it speaks to Access itself.
	direct bool
	// domain is what it says of users; "" for nothing.
	domain string
}

type object = map[string]any

// appBefore is an app before the bridge.
func appBefore(w *world) *oldApp {
	w.T.Helper()
	return &oldApp{t: w.T, base: w.Bridge.URL + scim.ClassicPath, token: oktaToken, domain: "acme.vmwareidentity.com"}
}

// appBeforeAccess is an app as it was before there was a bridge: with a token of Access.
func appBeforeAccess(w *world) *oldApp {
	w.T.Helper()
	config := clientcredentials.Config{ClientID: "bridge", ClientSecret: secret,
		TokenURL: w.Access.URL + "/SAAS/auth/oauthtoken"}
	token, err := config.Token(w.T.Context())
	must(w.T, err)
	return &oldApp{t: w.T, base: w.Access.URL + scim.ClassicPath, token: token.AccessToken, domain: domain, direct: true}
}

// classicReply is what came back.
type classicReply struct {
	status int
	body   object
	raw    []byte
	header http.Header
}

func (r classicReply) id() string { s, _ := r.body["id"].(string); return s }

func (a *oldApp) send(method, path string, body any, headers ...string) classicReply {
	a.t.Helper()
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		must(a.t, err)
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.base+path, payload)
	must(a.t, err)
	req.Header.Set("Authorization", "Bearer "+a.token)
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	must(a.t, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	must(a.t, err)
	r := classicReply{status: res.StatusCode, raw: raw, header: res.Header}
	if len(raw) > 0 {
		if got := res.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
			a.t.Errorf("%s %s was answered as %s", method, path, got)
		}
		must(a.t, json.Unmarshal(raw, &r.body))
	}
	return r
}

// want sends and checks the status; that of a success may be any of several.
func (a *oldApp) want(method, path string, body any, statuses ...int) classicReply {
	a.t.Helper()
	r := a.send(method, path, body)
	if slices.Contains(statuses, r.status) {
		return r
	}
	a.t.Fatalf("%s %s was answered %d %.300s, want one of %v", method, path, r.status, r.raw, statuses)
	return r
}

const (
	core11       = "urn:scim:schemas:core:1.0"
	enterprise11 = "urn:scim:schemas:extension:enterprise:1.0"
	workspace11  = "urn:scim:schemas:extension:workspace:1.0"
)

// user is a person as the app sends one.
func (a *oldApp) user(userName, externalID string) object {
	u := object{
		"schemas": []string{core11, workspace11, enterprise11}, "userName": userName,
		"name":        object{"givenName": "Ada", "familyName": "Lovelace"},
		"emails":      []object{{"primary": true, "value": userName, "type": "work"}},
		"displayName": "Ada Lovelace", "locale": "en-US", "externalId": externalID, "active": true,
		enterprise11: object{"department": "Engines", "manager": object{"managerId": "00u9", "displayName": "Charles"}},
		workspace11:  object{"internalUserType": "PROVISIONED"},
	}
	if a.domain != "" {
		u[workspace11].(object)["domain"] = a.domain
	}
	return u
}

// push creates a person, as the app does: it looks first.
func (a *oldApp) push(userName, externalID string) (id string) {
	a.t.Helper()
	path := "/Users?filter=" + url.QueryEscape(`userName eq "`+userName+`"`) + "&startIndex=1&count=100"
	found := a.want(http.MethodGet, path, nil, http.StatusOK)
	if list, _ := found.body["Resources"].([]any); len(list) > 0 {
		id, _ = list[0].(object)["id"].(string)
		a.change(id, a.user(userName, externalID))
		return id
	}
	return a.want(http.MethodPost, "/Users", a.user(userName, externalID), http.StatusCreated).id()
}

// change sends attributes of a person: by PUT the whole person with them.
func (a *oldApp) change(id string, attributes object) {
	a.t.Helper()
	if !a.puts {
		attributes["schemas"] = []string{core11, workspace11, enterprise11}
		a.want(http.MethodPatch, "/Users/"+id, attributes, http.StatusOK, http.StatusNoContent)
		return
	}
	whole := a.want(http.MethodGet, "/Users/"+id, nil, http.StatusOK).body
	maps.Copy(whole, attributes)
	a.want(http.MethodPut, "/Users/"+id, whole, http.StatusOK)
}

// rename precedes every change of members.
func (a *oldApp) members(id, name string, members ...object) {
	a.t.Helper()
	for _, body := range []object{{"displayName": name}, {"members": members}} {
		body["schemas"] = []string{core11}
		a.want(http.MethodPatch, "/Groups/"+id, body, http.StatusOK, http.StatusNoContent)
	}
}

func joins(id string) object { return object{"value": id, "display": "x"} }

func leaves(id string) object { return object{"value": id, "operation": "delete"} }

// story is the whole of Okta's SCIM 1.1 reference.
func (a *oldApp) story() {
	a.t.Helper()
	a.want(http.MethodGet, "/Users?startIndex=1&count=2", nil, http.StatusOK)
	a.want(http.MethodGet, "/Groups?startIndex=1&count=100", nil, http.StatusOK)
	ada, grace := a.push("ada@acme.com", "00u1"), a.push("grace@acme.com", "00u2")
	alan := a.push("alan@acme.com", "00u3")
	if again := a.push("ada@acme.com", "00u1"); again != ada {
		a.t.Errorf("Ada is %s, and was %s", again, ada)
	}
	a.change(ada, object{"title": "Countess", "name": object{"givenName": "Augusta", "familyName": "King"}})
	a.change(grace, object{"active": false})
	a.change(grace, object{"active": true})
	a.change(alan, object{"active": false})
	group := object{"schemas": []string{core11}, "displayName": "Engineers"}
	if !a.direct { // Access knows no such schema
		group["schemas"] = []string{core11, "urn:okta:custom:group:1.0"}
		group["urn:okta:custom:group:1.0"] = object{"description": "who build"}
	}
	engineers := a.want(http.MethodPost, "/Groups", group, http.StatusCreated).id()
	a.members(engineers, "Engineering", joins(ada), joins(grace))
	a.members(engineers, "Engineering", joins(alan), leaves(grace))
	passing := a.want(http.MethodPost, "/Groups", object{"schemas": []string{core11}, "displayName": "Passing"},
		http.StatusCreated).id()
	a.want(http.MethodDelete, "/Groups/"+passing, nil, http.StatusNoContent, http.StatusOK)
}
