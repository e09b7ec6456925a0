package accesstest_test

import (
	"net/http"
	"strings"
	"testing"

	"ws1bridge/upstream/accesstest"
)

const rulesets = "/acs/rulesets"

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

func TestPolicyOmitsOkta(t *testing.T) {
	for omits, want := range map[bool]string{false: `["Password (Local Directory)","Okta SAML"]`,
		true: `["Password (Local Directory)"]`} {
		tn := startWith(t, accesstest.Mistakes{PolicyOmitsOkta: omits})
		policy := tn.want(http.StatusOK, http.MethodGet, rulesets, "").json()["items"].([]any)[0].(object)
		names := []any{}
		for _, rule := range policy["rules"].([]any) {
			names = append(names, rule.(object)["name"])
		}
		same(t, names, want)
	}
}

// TestPolicyFollows has somebody add the methods of new providers to the policy.
func TestPolicyFollows(t *testing.T) {
	methods := func(tn *tenant) string {
		return tn.want(http.StatusOK, http.MethodGet, rulesets, "").body
	}
	for follows, want := range map[int][]bool{0: {false, false, false}, 1: {true, true}, 3: {false, false, true}} {
		tn := startWith(t, accesstest.Mistakes{OktaProvider: "none", PolicyFollows: follows})
		if strings.Contains(methods(tn), "Okta SAML") {
			t.Error("the policy has the method of a provider that does not exist")
		}
		other := start(t, accesstest.Config{}).State().Providers[1]
		body := with(with(without(other, "id"), "directoryConfigurations", []any{}), "orgNetworks",
			tn.want(http.StatusOK, http.MethodGet, api+"/orgnetworks", "").json()["items"])
		tn.want(http.StatusCreated, http.MethodPost, providersPath, text(t, body), "Content-Type", "application/json")
		for i, has := range want {
			if got := strings.Contains(methods(tn), "Okta SAML"); got != has {
				t.Errorf("follows %d, reading %d: the policy has the method: %t", follows, i+1, got)
			}
		}
	}
}
