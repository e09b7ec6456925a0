package accesstest_test

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestControlFaults(t *testing.T) {
	tests := []struct {
		name, body string
		want       int
	}{
		{"a status is enough", `{"status":503}`, 201},
		{"all fields", `{"method":"POST","path":"/SAAS","status":503,"retry_after":3,"apply":false,"drop":false,
			"delay":"0s","probability":1,"skip":2,"count":0,"body":"html","content_type":"text/html"}`, 201},
		{"a delay alone", `{"delay":"1.5s"}`, 201},
		{"unknown fields are refused", `{"status":503,"after":3}`, 400},
		{"a delay must be a duration", `{"delay":"5"}`, 400},
		{"a delay cannot be negative", `{"delay":"-5s"}`, 400},
		{"a probability of 0 never strikes", `{"status":503,"probability":0}`, 400},
		{"a probability is 1 at most", `{"status":503,"probability":2}`, 400},
		{"a status must be one", `{"status":42}`, 400},
		{"a count cannot be negative", `{"status":503,"count":-1}`, 400},
		{"a skip cannot be negative", `{"status":503,"skip":-1}`, 400},
		{"a body must be known", `{"status":503,"body":"xml"}`, 400},
		{"a fault must do something", `{"path":"/"}`, 400},
		{"text is refused", `hello`, 400},
		{"text after the end is refused", `{"status":503}{}`, 400},
	}
	tn := start(t, accesstest.Config{})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn.ClearFaults()
			got := tn.control(tt.want, http.MethodPost, "/faults", tt.body).json()
			faults := tn.control(http.StatusOK, http.MethodGet, "/faults", "").json()["faults"].([]any)
			if tt.want == 400 {
				if got["error"] == nil || len(faults) != 0 {
					t.Errorf("got %v and %d faults, want an error and none", got, len(faults))
				}
				return
			}
			same(t, faults[0].(object)["id"], text(t, got["id"]))
			same(t, faults[0].(object)["probability"], `1`)
		})
	}
	tn.control(http.StatusNoContent, http.MethodDelete, "/faults", "")
	same(t, len(tn.Faults()), `0`)
}

func TestControlRequests(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.want(http.StatusOK, http.MethodGet, usersPath+"?count=1", "")
	tn.want(http.StatusUnauthorized, http.MethodPost,
		"/SAAS/auth/oauthtoken?client_id=c&client_secret=hush&Client_Secret=hush&refresh_token=hush", "")
	got := tn.control(http.StatusOK, http.MethodGet, "/requests", "")
	same(t, got.json()["total"], `2`)
	requests := got.json()["requests"].([]any)
	first := requests[0].(object)
	same(t, []any{first["method"], first["path"], first["query"], first["status"]},
		`["GET","`+usersPath+`","count=1",200]`)
	same(t, requests[1].(object)["query"],
		`"client_id=c\u0026client_secret=redacted\u0026Client_Secret=redacted\u0026refresh_token=redacted"`)
	if strings.Contains(got.body, "hush") {
		t.Errorf("a secret is in the history: %s", got.body)
	}
	tn.control(http.StatusNoContent, http.MethodDelete, "/requests", "")
	same(t, tn.control(http.StatusOK, http.MethodGet, "/requests", "").json(), `{"requests":[],"total":0}`)
}

func TestControlState(t *testing.T) {
	tn := start(t, accesstest.Config{SeedUsers: 2})
	got := tn.control(http.StatusOK, http.MethodGet, "/state", "").json()
	users := got["users"].([]any)
	seeded := users[1].(object)
	same(t, []any{len(users), seeded["userName"], seeded["externalId"], seeded["active"], seeded["emails"]},
		`[3,"user-0001@acme.com","seed-0001",true,[{"value":"user-0001@acme.com"}]]`)
	same(t, displays(got["groups"].([]any)[0].(object)), `["admin","user-0001@acme.com","user-0002@acme.com"]`)
	same(t, len(got["directories"].([]any)), `3`)
}

func TestControlModes(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{DeleteOK: true}})
	got := tn.control(http.StatusOK, http.MethodPost, "/modes",
		`{"user_name_immutable":true,"synced_domain":"corp.local","lag":"1.5s"}`).json()
	same(t, []any{got["delete_ok"], got["user_name_immutable"], got["synced_domain"], got["lag"]},
		`[true,true,"corp.local","1.5s"]`)
	same(t, tn.found(usersPath, `domain eq "corp.local"`, "userName"), `["synced-0001","synced-0002"]`)
	same(t, tn.control(http.StatusOK, http.MethodGet, "/modes", "").json(), text(t, got))
	for _, body := range []string{`{"nonsense":1}`, `{"media_types":"xml"}`, `{"bad_token_status":500}`,
		`{"max_count":-1}`, `{"lag":"-1s"}`, `{"lag":5}`, `{"lag_reads":"all"}`,
		`{"client_form":"x"}`, `{"synced_domain":"other"}`, `x`} {
		if tn.control(http.StatusBadRequest, http.MethodPost, "/modes", body).json()["error"] == nil {
			t.Errorf("%s: no error", body)
		}
	}
	if err := tn.SetModes(accesstest.Modes{SyncedDomain: "corp.local"}); err != nil || tn.Modes().DeleteOK {
		t.Errorf("got %v and %+v, want other modes", err, tn.Modes())
	}
	tn.control(http.StatusNotFound, http.MethodGet, "/nowhere", "")
	if tn.control(http.StatusMethodNotAllowed, http.MethodPut, "/faults", "").json()["error"] == nil {
		t.Error("no error in the 405")
	}
}
