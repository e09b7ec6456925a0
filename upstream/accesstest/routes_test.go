package accesstest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"ws1bridge/upstream/accesstest"
)

func TestOpenEndpoints(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tests := []struct{ path, want string }{
		{api + "/health", "allOk"},
		{api + "/system/health", `"AllOk":"true"`},
		{"/SAAS/API/1.0/REST/system/health", `"AllOk":"true"`},
		{"/SAAS/API/1.0/REST/system/health/heartbeat", "ok"},
		{"/SAAS/auth/.well-known/openid-configuration", `"token_endpoint":"https://canonical.access.example/acs/token"`},
		{"/acs/.well-known/openid-configuration", `"issuer":"https://canonical.access.example/SAAS/auth"`},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			got := tn.want(http.StatusOK, http.MethodGet, tt.path, "", "Authorization", "")
			if !strings.Contains(got.body, tt.want) {
				t.Errorf("got %s, want %s in it", got.body, tt.want)
			}
		})
	}
}

func TestPathsOnPremises(t *testing.T) {
	tn := start(t, accesstest.Config{})
	for _, path := range []string{
		"/SAAS/t/acme/jersey/manager/api/scim/Users", "/jersey/manager/api/scim/Users", usersPath + "/",
	} {
		tn.want(http.StatusOK, http.MethodGet, path, "")
	}
	tn.want(http.StatusUnauthorized, http.MethodGet, "/SAAS/t/acme", "", "Authorization", "")
}

func TestBodyLimit(t *testing.T) {
	tn := start(t, accesstest.Config{})
	large := `{"userName":"` + strings.Repeat("x", 16<<20) + `"}`
	checkError(t, tn.want(http.StatusRequestEntityTooLarge, http.MethodPost, usersPath, large))
	tn.want(http.StatusCreated, http.MethodPost, usersPath, `{"userName":"after"}`)
}

func TestRolesAndSchemas(t *testing.T) {
	tn := start(t, accesstest.Config{})
	roles := tn.want(http.StatusOK, http.MethodGet, api+"/scim/Roles", "").json()
	role := roles["Resources"].([]any)[0].(object)
	same(t, role["displayName"], `"User"`)
	same(t, tn.want(http.StatusOK, http.MethodGet, api+"/scim/Roles/"+role["id"].(string), "").json(), text(t, role))
	tn.want(http.StatusNotFound, http.MethodGet, api+"/scim/Roles/absent", "")

	got := tn.want(http.StatusOK, http.MethodGet, api+`/scim/Schemas?filter=name%20eq%20%22user%22`, "")
	same(t, got.json()["Resources"].([]any)[0].(object)["name"], `"User"`)
	if !strings.Contains(got.body, `"internalUserType"`) {
		t.Errorf("the schema does not list the workspace extension")
	}
	for _, query := range []string{"", "?filter=name%20co%20%22U%22", "?filter=id%20eq%20%22U%22"} {
		checkError(t, tn.want(http.StatusBadRequest, http.MethodGet, api+"/scim/Schemas"+query, ""))
	}
	tn.want(http.StatusNotFound, http.MethodGet, api+"/scim/ServiceProviderConfigs", "")
}

func TestClientsAreReadOnly(t *testing.T) {
	tn := start(t, accesstest.Config{TokenTTL: time.Hour})
	got := tn.want(http.StatusOK, http.MethodGet, api+"/oauth2clients", "")
	listed := got.json()["items"].([]any)[0].(object)
	same(t, []any{listed["clientId"], listed["scope"], listed["accessTokenTTL"]}, `["client","admin",60]`)
	if strings.Contains(got.body, "s3cret") {
		t.Errorf("the secret is shown: %s", got.body)
	}
	one := tn.want(http.StatusOK, http.MethodGet, api+"/oauth2clients/client", "",
		"Accept", "application/vnd.vmware.horizon.manager.oauth2client+json")
	same(t, one.json(), text(t, listed))
	checkError(t, tn.want(http.StatusNotFound, http.MethodGet, api+"/oauth2clients/absent", ""))
	checkError(t, tn.want(http.StatusMethodNotAllowed, http.MethodPost, api+"/oauth2clients", `{"clientId":"x"}`))
	tn.want(http.StatusUnauthorized, http.MethodGet, api+"/oauth2clients", "", "Authorization", "")
}
