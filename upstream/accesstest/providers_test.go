package accesstest_test

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

func TestProviders(t *testing.T) {
	const providerType = horizon + "external.identityprovider+json"
	tn := start(t, accesstest.Config{})
	path := api + "/identityProviders"
	list := func() []any {
		return tn.want(http.StatusOK, http.MethodGet, path+"?onlyEnabledAdapters=true", "",
			"Accept", horizon+"identityprovider.summary.list+json").json()["items"].([]any)
	}
	okta := list()[1].(object)
	same(t, []any{okta["name"], okta["identityProviderType"]}, `["Okta SAML","MANUAL"]`)
	same(t, okta["directoryConfigurations"].([]any)[0].(object)["directoryId"],
		text(t, tn.State().Directories[1]["directoryId"]))
	one := path + "/" + okta["id"].(string)
	same(t, tn.want(http.StatusOK, http.MethodGet, one, "").json(), text(t, okta))

	tn.want(http.StatusOK, http.MethodPut, one, `{"name":"Okta SAML","nIDPStatus":0}`, "Content-Type", "application/json")
	same(t, len(list()), `1`)
	tn.want(http.StatusOK, http.MethodPut, one, `{"name":"Okta SAML","nIDPStatus":1}`, "Content-Type", providerType)
	same(t, len(list()), `2`)
	created := tn.want(http.StatusCreated, http.MethodPost, path, `{"name":"More","nIDPStatus":1}`, "Content-Type",
		providerType).json()
	same(t, len(list()), `3`)
	tn.want(http.StatusOK, http.MethodDelete, path+"/"+created["id"].(string), "")
	checkError(t, tn.want(http.StatusBadRequest, http.MethodPost, path, `{}`, "Content-Type", providerType))
	checkError(t, tn.want(http.StatusUnsupportedMediaType, http.MethodPost, path, `{"name":"x"}`, "Content-Type",
		"text/plain"))
	for _, method := range []string{http.MethodGet, http.MethodPut, http.MethodDelete} {
		checkError(t, tn.want(http.StatusNotFound, method, path+"/absent", `{}`))
	}
}

func TestPolicies(t *testing.T) {
	tn := start(t, accesstest.Config{})
	tests := []struct{ path, accept, want string }{
		{api + "/accessPolicies", horizon + "accesspolicyset.list+json", `"name":"default_access_policy_set"`},
		{"/acs/rulesets?tag=APP_ACCESS", "application/vnd.vmware.vidm.accesscontrol.ruleset.list+json", `"Okta SAML"`},
		{api + "/orgnetworks", horizon + "orgnetwork.list+json", `"ALL RANGES"`},
		{api + "/amms/authmethods", "application/vnd.vmware.vidm.amms.auth.methods.summary.list+json", `"Okta SAML"`},
	}
	for _, tt := range tests {
		for _, accept := range []string{tt.accept, "application/json", ""} {
			if got := tn.want(http.StatusOK, http.MethodGet, tt.path, "", "Accept", accept); !strings.Contains(got.body,
				tt.want) {
				t.Errorf("%s: got %s, want %s in it", tt.path, got.body, tt.want)
			}
		}
	}
	id := tn.want(http.StatusOK, http.MethodGet, "/acs/rulesets", "").json()["items"].([]any)[0].(object)["id"].(string)
	tn.want(http.StatusOK, http.MethodGet, "/acs/associations/rulesets/"+id, "")
	tn.want(http.StatusNotAcceptable, http.MethodGet, "/acs/associations/rulesets/"+id, "", "Accept", "application/json")
	tn.want(http.StatusNotFound, http.MethodGet, "/acs/associations/rulesets/absent", "")
}
