package accesstest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

func startWith(tb testing.TB, m accesstest.Mistakes) *tenant {
	tb.Helper()
	return start(tb, accesstest.Config{Modes: accesstest.Modes{Mistakes: m}})
}

func TestRoles(t *testing.T) {
	const ok, made, no, absent = http.StatusOK, http.StatusCreated, http.StatusForbidden, http.StatusNotFound
	tests := map[string]struct{ read, write, seeDirectory, changeDirectory, changeProvider, seePolicy, seeClient int }{
		"":          {ok, made, ok, made, absent, ok, ok},
		"super":     {ok, made, ok, made, absent, ok, ok},
		"users":     {ok, made, no, no, no, no, no},
		"auditor":   {ok, made, ok, no, no, ok, ok},
		"providers": {ok, made, ok, made, absent, no, no},
		"read":      {ok, no, no, no, no, no, no},
		"none":      {no, no, no, no, no, no, no},
	}
	for role, tt := range tests {
		t.Run("the role "+role, func(t *testing.T) {
			tn := startWith(t, accesstest.Mistakes{Role: role})
			tn.want(tt.read, http.MethodGet, usersPath, "")
			tn.want(tt.write, http.MethodPost, usersPath, provisioned("ada", "1", "acme.com"))
			for _, path := range []string{directories, providersPath, api + "/orgnetworks", api + "/amms/authmethods"} {
				tn.want(tt.seeDirectory, http.MethodGet, path, "")
			}
			tn.want(tt.changeDirectory, http.MethodPost, directories,
				`{"type":"OTHER_DIRECTORY","name":"More","domains":["more.com"]}`, "Content-Type", "application/json")
			for _, method := range []string{http.MethodPut, http.MethodDelete} {
				checkError(t, tn.want(tt.changeProvider, method, providersPath+"/absent", `{}`))
			}
			for _, path := range []string{rulesets, api + "/accessPolicies"} {
				tn.want(tt.seePolicy, http.MethodGet, path, "")
			}
			tn.want(tt.seeClient, http.MethodGet, api+"/oauth2clients", "")
			tn.want(http.StatusOK, http.MethodGet, "/SAAS/API/1.0/GET/metadata/sp.xml", "") // it needs no role
		})
	}
}

func TestWrongClientType(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tn.control(http.StatusOK, http.MethodPost, "/modes", `{"client_type":"user"}`)
	got := tn.want(http.StatusBadRequest, http.MethodPost, "/SAAS/auth/oauthtoken", "grant_type=client_credentials",
		"Authorization", basic("client", "s3cret/+"), "Content-Type", "application/x-www-form-urlencoded")
	same(t, got.json()["error"], `"unauthorized_client"`)
}

func TestClockSkew(t *testing.T) {
	tn := startWith(t, accesstest.Mistakes{ClockSkew: 3600})
	date, err := http.ParseTime(tn.want(http.StatusOK, http.MethodGet, api+"/health", "").header.Get("Date"))
	if ahead := time.Until(date); err != nil || ahead < 59*time.Minute || ahead > time.Hour {
		t.Errorf("the answer is dated %v ahead (%v)", ahead, err)
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(tn.token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Iat int64 }
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	if ahead := time.Until(time.Unix(claims.Iat, 0)); ahead < 59*time.Minute || ahead > time.Hour {
		t.Errorf("the token is dated %v ahead", ahead)
	}
	tn.want(http.StatusOK, http.MethodGet, usersPath, "")
}

func TestOktaProvider(t *testing.T) {
	tests := []struct {
		name          string
		mistakes      accesstest.Mistakes
		listed        int
		enabled       int
		hasDirectory  bool
		listOmitsThem bool
	}{
		{name: "as it should be", listed: 2, enabled: 2, hasDirectory: true},
		{name: "there is none", mistakes: accesstest.Mistakes{OktaProvider: "none"}, listed: 1, enabled: 1},
		{name: "it has no directory", mistakes: accesstest.Mistakes{OktaProvider: "unassociated"}, listed: 2, enabled: 2},
		{name: "it is disabled", mistakes: accesstest.Mistakes{OktaProvider: "disabled"}, listed: 2, enabled: 1,
			hasDirectory: true},
		{name: "lists are summaries", mistakes: accesstest.Mistakes{ProviderListOmitsDirectories: true}, listed: 2,
			enabled: 2, listOmitsThem: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tn := startWith(t, tt.mistakes)
			items := tn.want(http.StatusOK, http.MethodGet, providersPath, "").json()["items"].([]any)
			enabled := tn.providers()
			if len(items) != tt.listed || len(enabled) != tt.enabled {
				t.Fatalf("%d are listed, %d enabled", len(items), len(enabled))
			}
			if len(items) < 2 {
				return
			}
			okta := items[1].(object)
			directories, listed := okta["directoryConfigurations"].([]any)
			if listed == tt.listOmitsThem || (len(directories) > 0) != tt.hasDirectory {
				t.Errorf("the provider is listed with %v", okta)
			}
			whole := tn.want(http.StatusOK, http.MethodGet, providersPath+"/"+okta["id"].(string), "").json()
			if _, whole := whole["directoryConfigurations"].([]any); !whole {
				t.Error("the provider by itself has no directoryConfigurations")
			}
		})
	}
}

func TestSlowDeletion(t *testing.T) {
	tn := startWith(t, accesstest.Mistakes{DeletionLists: 2})
	path := directories + "/" + tn.State().Directories[1]["directoryId"].(string)
	tn.user("ada@acme.com")
	tn.want(http.StatusOK, http.MethodDelete, path+"?asyncDelete=true", "")
	tn.want(http.StatusBadRequest, http.MethodPost, usersPath, provisioned("x", "y", "acme.com"))
	for range 2 {
		items := tn.want(http.StatusOK, http.MethodGet, directories, "").json()["items"].([]any)
		same(t, items[1].(object)["deleteInProgress"], "true")
	}
	items := tn.want(http.StatusOK, http.MethodGet, directories, "").json()["items"].([]any)
	same(t, []int{len(items), len(tn.State().Users)}, "[2,1]")
}

func TestMistakesThatCannotBe(t *testing.T) {
	for _, m := range []accesstest.Mistakes{{Role: "boss"}, {ClientType: "robot"}, {OktaProvider: "lost"},
		{DeletionLists: -1}, {PolicyFollows: -1}, {LoseProviderAnswers: -1}} {
		_, err := accesstest.New(accesstest.Config{ClientID: "a", ClientSecret: "b", Modes: accesstest.Modes{Mistakes: m}})
		if err == nil {
			t.Errorf("%+v was accepted", m)
		}
	}
}
