package scimtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"ws1bridge/scim/schema"
)

// Where users and groups are.
const (
	UsersPath  = "/scim/v2/Users"
	GroupsPath = "/scim/v2/Groups"
)

// Response is what the bridge answered.
type Response struct {
	Status int
	Header http.Header
	Body   map[string]any
	Raw    []byte
}

// ID is that of the resource in the answer.
func (r Response) ID() string { s, _ := r.Body["id"].(string); return s }

// Detail is the sentence of an error.
func (r Response) Detail() string { s, _ := r.Body["detail"].(string); return s }

// Send sends a request with Okta's headers. body may be a string, sent as it is.
func (w *World) Send(method, path string, body any) Response {
	w.T.Helper()
	return w.SendWith(method, path, body, nil)
}

// SendAnyhow is Send for an answer in whatever form.
func (w *World) SendAnyhow(method, path string, body map[string]any) Response {
	w.T.Helper()
	var payload any
	if body != nil {
		payload = body
	}
	status, header, raw := w.exchange(method, path, payload, nil)
	out := Response{Status: status, Header: header, Raw: raw}
	_ = json.Unmarshal(raw, &out.Body) // which need not be JSON
	return out
}

// SendWith is Send with more headers.
func (w *World) SendWith(method, path string, body any, header map[string]string) Response {
	w.T.Helper()
	status, headers, raw := w.exchange(method, path, body, header)
	return w.response(method+" "+path, status, headers, raw)
}

// exchange sends a request, and reads the answer.
func (w *World) exchange(
	method, path string, body any, header map[string]string,
) (status int, _ http.Header, raw []byte) {
	w.T.Helper()
	payload := w.payload(body)
	req, err := http.NewRequestWithContext(w.T.Context(), method, w.Bridge.URL+path, payload)
	Must(w.T, err)
	req.Header.Set("Authorization", "Bearer "+OktaToken)
	req.Header.Set("Accept", "application/scim+json")
	if payload != nil {
		req.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := w.Bridge.Client().Do(req)
	Must(w.T, err)
	defer res.Body.Close()
	raw, err = io.ReadAll(res.Body)
	Must(w.T, err)
	return res.StatusCode, res.Header, raw
}

// payload is a body as it is sent, nil for none.
func (w *World) payload(body any) io.Reader {
	w.T.Helper()
	switch b := body.(type) {
	case nil:
		return nil
	case string:
		return strings.NewReader(b)
	case []byte:
		return bytes.NewReader(b)
	case io.Reader: // its length is not told
		return b
	}
	encoded, err := json.Marshal(body)
	Must(w.T, err)
	return bytes.NewReader(encoded)
}

// response reads an answer, and checks that it is SCIM.
func (w *World) response(what string, status int, header http.Header, raw []byte) Response {
	w.T.Helper()
	out := Response{Status: status, Header: header, Raw: raw}
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out.Body); err != nil {
			w.T.Fatalf("%s was answered with %q, which is not JSON", what, raw)
		}
		if got := header.Get("Content-Type"); got != "application/scim+json; charset=utf-8" {
			w.T.Errorf("%s was answered as %q", what, got)
		}
	}
	return out
}

// Want sends a request and checks the status of the answer.
func (w *World) Want(status int, method, path string, body any) Response {
	w.T.Helper()
	r := w.Send(method, path, body)
	if r.Status != status {
		w.T.Fatalf("%s %s was answered %d %.300s, want %d", method, path, r.Status, r.Raw, status)
	}
	if status >= 400 {
		w.WantError(r)
	}
	return r
}

// WantError checks that an answer has the form of RFC 7644 section 3.12.
func (w *World) WantError(r Response) {
	w.T.Helper()
	schemas, _ := r.Body["schemas"].([]any)
	if len(schemas) != 1 || schemas[0] != "urn:ietf:params:scim:api:messages:2.0:Error" ||
		r.Body["status"] != strconv.Itoa(r.Status) || r.Detail() == "" {
		w.T.Errorf("the error %s is not as SCIM describes", r.Raw)
	}
}

// UpstreamRequests counts what the bridge asked of Access, tokens aside, since
// the history was emptied.
func (w *World) UpstreamRequests() (all, writes int) {
	for _, r := range w.Access.Requests() {
		if !strings.HasPrefix(r.Path, AccessAPI) {
			continue
		}
		all++
		if r.Method != http.MethodGet {
			writes++
		}
	}
	return all, writes
}

// User is a user as Okta sends it; without an externalId where that is "".
func User(userName, externalID string) map[string]any {
	u := map[string]any{
		"schemas": []string{schema.User}, "userName": userName,
		"name":        map[string]any{"givenName": "Given", "familyName": "Family"},
		"emails":      []any{map[string]any{"primary": true, "value": userName, "type": "work"}},
		"displayName": "Given Family", "locale": "en-US", "groups": []any{}, "active": true,
		"password": "hunter2-placeholder",
	}
	if externalID != "" {
		u["externalId"] = externalID
	}
	return u
}

// CreateUser pushes a user and returns its id.
func (w *World) CreateUser(userName string) string {
	w.T.Helper()
	return w.Want(http.StatusCreated, http.MethodPost, "/scim/v2/Users", User(userName, "ext-"+userName)).ID()
}

// Group is a group as Okta sends it.
func Group(name string, members ...string) map[string]any {
	list := []any{}
	for _, id := range members {
		list = append(list, map[string]any{"value": id, "display": "x"})
	}
	return map[string]any{"schemas": []string{schema.Group}, "displayName": name, "members": list}
}

// Members are members as Okta sends them.
func Members(ids []string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		list[i] = map[string]any{"value": id, "display": nil}
	}
	return list
}

// Operations is the body of a PATCH.
func Operations(ops ...map[string]any) map[string]any {
	return map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": ops}
}

// HeldUser is the user as Access holds it.
func (w *World) HeldUser(id string) map[string]any {
	w.T.Helper()
	for _, u := range w.Access.State().Users {
		if u["id"] == id {
			return u
		}
	}
	w.T.Fatalf("Access holds no user %s", id)
	return nil
}

// HeldMembers are the members of the group of that name in Access.
func (w *World) HeldMembers(name string) map[string]bool {
	w.T.Helper()
	for _, g := range w.Access.State().Groups {
		if g["displayName"] != name {
			continue
		}
		members := map[string]bool{}
		list, _ := g["members"].([]any)
		for _, m := range list {
			members[m.(map[string]any)["value"].(string)] = true
		}
		if len(members) != len(list) {
			w.T.Errorf("group %s has members twice: %v", name, list)
		}
		return members
	}
	w.T.Fatalf("Access holds no group %s", name)
	return nil
}

// CreateGroup pushes a group and returns its id.
func (w *World) CreateGroup(name string, members ...string) string {
	w.T.Helper()
	return w.Want(http.StatusCreated, http.MethodPost, GroupsPath, Group(name, members...)).ID()
}

// People creates n users.
func (w *World) People(n int) []string {
	w.T.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = w.CreateUser(fmt.Sprintf("user%04d@acme.com", i))
	}
	return ids
}

// WantHeld checks that the group of that name has exactly these members in Access.
func (w *World) WantHeld(name string, ids ...string) {
	w.T.Helper()
	held := w.HeldMembers(name)
	for _, id := range ids {
		if !held[id] {
			w.T.Errorf("%s lacks the member %s", name, id)
		}
	}
	if len(held) != len(ids) {
		w.T.Errorf("%s has %d members, want %d", name, len(held), len(ids))
	}
}

// Filter is the URL of a query by a filter.
func Filter(path, expression string) string {
	return path + "?filter=" + url.QueryEscape(expression)
}

// Add is the operation of a PATCH that adds members.
func Add(ids ...string) map[string]any {
	return map[string]any{"op": "add", "path": "members", "value": Members(ids)}
}
