package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"ws1bridge/cmd/ws1bridge/cmdtest"
	"ws1bridge/cmd/ws1bridge/okta"
	"ws1bridge/upstream/accesstest"
)

// What must be nowhere but in Access. A token of Access is a JWT: it begins with eyJ.
var private = []string{
	cmdtest.Secret, cmdtest.Token, "wrong-token-of-a-stranger", "eyJ",
	"@", "acme.com%40", "Adaline", "Lovelady", "Countess", "Gracious", "Engineers", "hush",
	"placeholder that goes nowhere",
}

// TestPrivacy pushes people, provokes every kind of refusal at the most
// talkative level, and looks through all that an operator can see.
func TestPrivacy(t *testing.T) {
	s, ada := servePerson(t)
	team := s.push(t, http.StatusCreated, http.MethodPost, "/Groups", okta.Object{"displayName": "Engineers",
		"members": []okta.Object{okta.Member(ada, "adaline@acme.com"), okta.Member("0f4d2b7e-unknown",
			"gone@acme.com")}}).ID()
	refusals(t, s, ada, team)
	s.access.RevokeTokens()
	s.push(t, http.StatusOK, http.MethodGet, okta.Filtered("/Users", "userName", "adaline@acme.com"), nil)
	s.access.AddFault(accesstest.Fault{Path: accessAPI, Method: http.MethodPost, Status: http.StatusBadRequest})
	s.push(t, http.StatusBadRequest, http.MethodPost, "/Users", okta.User("gracious@acme.com", "Gracious", "Lovelady",
		"00u3grace"))
	s.checkPrivacy(t, 200, 201, 400, 401, 404, 405, 409, 413, 415)
}

// TestPrivacyInTrouble does the same while Access fails, in each way it can.
func TestPrivacyInTrouble(t *testing.T) {
	for name, fault := range map[string]accesstest.Fault{
		"Access is down":                    {Path: accessAPI, Status: http.StatusServiceUnavailable},
		"Access asks to slow down":          {Path: accessAPI, Status: http.StatusTooManyRequests, RetryAfter: 7},
		"a proxy answers":                   {Path: accessAPI, Status: http.StatusBadGateway, Body: "html"},
		"the connection is cut":             {Path: accessAPI, Drop: true},
		"half an answer comes":              {Path: accessAPI, Body: "truncated"},
		"Access redirects":                  {Path: accessAPI, Status: http.StatusFound},
		"the role is too small":             {Path: accessAPI, Status: http.StatusForbidden},
		"the OAuth client is refused":       {Status: http.StatusUnauthorized},
		"the token endpoint is a proxy's":   {Status: http.StatusOK, Body: "html"},
		"the answer comes, but spoilt":      {Path: accessAPI, Body: "html"},
		"what was written is never told so": {Path: accessAPI, Apply: true, Drop: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ada := servePerson(t)
			s.access.AddFault(fault)
			s.access.RevokeTokens()
			s.push(t, http.StatusTooManyRequests, http.MethodGet, okta.Filtered("/Users", "userName", "adaline@acme.com"), nil)
			s.push(t, http.StatusTooManyRequests, http.MethodPost, "/Users", okta.User("gracious@acme.com", "Gracious",
				"Lovelady", "00u3grace"))
			changed := okta.User("adaline@acme.com", "Adaline", "Lovelady-Countess", "00u1ada")
			s.push(t, http.StatusTooManyRequests, http.MethodPut, "/Users/"+ada, changed)
			s.checkPrivacy(t, 201, 429)
		})
	}
}

// servePerson runs a talkative bridge with one person, and returns her id.
func servePerson(t *testing.T) (*served, string) {
	t.Helper()
	s := serve(t, accesstest.Config{}, "WS1BRIDGE_LOG_LEVEL=debug")
	return s, s.push(t, http.StatusCreated, http.MethodPost, "/Users", okta.User("adaline@acme.com", "Adaline", "Lovelady",
		"00u1ada")).ID()
}

// checkPrivacy stops the bridge and looks through all that it showed to an
// operator. The log must tell of these statuses, or the test shows nothing.
func (s *served) checkPrivacy(t *testing.T, statuses ...int) {
	t.Helper()
	_, metrics := cmdtest.Get(t, s.ops+"/metrics")
	_, ready := cmdtest.Get(t, s.ops+"/status")
	s.stop(t)
	log := s.stdout.String()
	for place, text := range map[string]string{"the log": log, "/metrics": metrics, "/status": ready,
		"standard error": s.stderr.String()} {
		for _, word := range private {
			if i := strings.Index(text, word); i >= 0 {
				t.Errorf("%s holds %q: …%s…", place, word, text[max(0, i-200):min(len(text), i+100)])
			}
		}
	}
	for _, status := range statuses {
		if !strings.Contains(log, fmt.Sprintf(`"status":%d,`, status)) {
			t.Errorf("the log has no line with the status %d", status)
		}
	}
	checkLines(t, log)
}

// refusals makes requests that are refused, each with something private in it.
func refusals(t *testing.T, s *served, ada, team string) {
	t.Helper()
	twin := okta.User("Adaline@acme.com", "Adaline", "Lovelady", "00u2other")
	nameless := okta.Object{"userName": "gracious@acme.com", "password": "hush"}
	for _, r := range []struct {
		want         int
		method, path string
		body         any
	}{
		{http.StatusConflict, http.MethodPost, "/Users", twin},
		{http.StatusConflict, http.MethodPost, "/Users", okta.User("Adaline@acme.com", "Adaline", "Lovelady",
			"3adaline@acme.com")},
		{http.StatusConflict, http.MethodPost, "/Users", okta.User("Adaline@acme.com", "Adaline", "Lovelady", "Adaline")},
		{http.StatusBadRequest, http.MethodPost, "/Users", nameless},
		{http.StatusBadRequest, http.MethodPost, "/Users", []string{"gracious@acme.com"}},
		{http.StatusBadRequest, http.MethodPut, "/Users/" + ada, okta.Object{"userName": okta.Object{"hush": "hush"}}},
		{http.StatusBadRequest, http.MethodPatch, "/Users/" + ada,
			okta.Patch(okta.Object{"op": "replace", "path": "emails[value eq \"adaline@acme.com\"", "value": "hush"})},
		{http.StatusOK, http.MethodPatch, "/Users/" + ada,
			okta.Patch(okta.Replace(okta.Object{"title": "Countess", "password": "hush",
				"pet": "hush"}))},
		{http.StatusConflict, http.MethodPost, "/Groups", okta.Object{"displayName": "Engineers",
			"members": []okta.Object{}}},
		{http.StatusBadRequest, http.MethodPatch, "/Groups/" + team,
			okta.Patch(okta.Object{"op": "hush", "value": "Engineers"})},
		{http.StatusBadRequest, http.MethodGet, "/Users?filter=userName+like+%22adaline@acme.com%22", nil},
		{http.StatusBadRequest, http.MethodGet, "/Users?count=adaline@acme.com", nil},
		{http.StatusNotFound, http.MethodGet, "/Users/adaline@acme.com", nil},
		{http.StatusNotFound, http.MethodGet, "/People/adaline@acme.com", nil},
		{http.StatusMethodNotAllowed, http.MethodDelete, "/Users?userName=adaline@acme.com", nil},
		{http.StatusRequestEntityTooLarge, http.MethodPost, "/Users", okta.Object{"password": strings.Repeat("hush", 3<<20)}},
	} {
		s.push(t, r.want, r.method, r.path, r.body)
	}
	s.unsupportedType(t)
	stranger := *s
	for _, token := range []string{"wrong-token-of-a-stranger", "Bearer " + cmdtest.Token, ""} {
		stranger.okta.Token = token
		stranger.push(t, http.StatusUnauthorized, http.MethodGet, okta.Filtered("/Users", "userName", "adaline@acme.com"),
			nil)
	}
}

// unsupportedType sends a body of another type.
func (s *served) unsupportedType(t *testing.T) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.okta.Base+"/Users",
		strings.NewReader("userName=adaline@acme.com"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+cmdtest.Token)
	req.Header.Set("Content-Type", "text/adaline@acme.com")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a body of another type was answered %d", res.StatusCode)
	}
}

// checkLines checks the form of the log: one JSON object a line, with the facts
// that every request has.
func checkLines(t *testing.T, log string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var fields map[string]any
		if err := json.Unmarshal([]byte(line), &fields); err != nil {
			t.Errorf("the line %s is not JSON: %v", line, err)
			continue
		}
		want := []string{"level", "time", "msg"}
		if message, _ := fields["msg"].(string); strings.HasPrefix(message, "request") {
			want = append(want, "logger", "op", "request_id", "status", "took")
		}
		for _, name := range want {
			if fields[name] == nil {
				t.Errorf("the line %s has no %s", line, name)
			}
		}
	}
}
