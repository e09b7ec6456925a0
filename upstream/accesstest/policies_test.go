package accesstest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

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
	for mode, want := range map[string]string{"associated": `["Password (Local Directory)","Okta SAML"]`,
		"two": `["Password (Local Directory)","Okta SAML","Okta 2"]`} {
		tn := startWith(t, accesstest.Mistakes{OktaProvider: mode})
		same(t, tn.policy(), want)
		tn.control(http.StatusOK, http.MethodPost, "/modes", `{"policy_omits_okta":true}`)
		same(t, tn.policy(), `["Password (Local Directory)"]`)
	}
}

// policy is the methods of the default policy.
func (tn *tenant) policy() []any {
	tn.tb.Helper()
	policy := tn.want(http.StatusOK, http.MethodGet, rulesets, "").json()["items"].([]any)[0].(object)
	names := []any{}
	for _, rule := range policy["rules"].([]any) {
		names = append(names, rule.(object)["name"])
	}
	return names
}

// putProvider replaces the seeded provider for Okta by itself with another value.
func (tn *tenant) putProvider(name string, value any) {
	tn.tb.Helper()
	whole, one := tn.provider()
	tn.want(http.StatusOK, http.MethodPut, one, text(tn.tb, with(whole, name, value)), "Content-Type", "application/json")
}

// newProvider is what makes a provider in the tenant that is like the seeded one of another.
func (tn *tenant) newProvider(tb testing.TB, name string) object {
	tb.Helper()
	other := start(tb, accesstest.Config{}).State().Providers[1]
	body := with(without(other, "id"), "directoryConfigurations", []any{})
	body["orgNetworks"] = tn.want(http.StatusOK, http.MethodGet, api+"/orgnetworks", "").json()["items"]
	body["name"], body["authMethods"] = name, []any{object{"authMethodName": name}}
	return body
}

// TestPolicyFollows has somebody add the methods of new providers to the policy.
func TestPolicyFollows(t *testing.T) {
	const before, after = `["Password (Local Directory)"]`, `["Password (Local Directory)","Okta SAML"]`
	for follows, want := range map[int][]string{0: {before, before, before}, 1: {after, after},
		3: {before, before, after, after}} {
		tn := startWith(t, accesstest.Mistakes{OktaProvider: "none", PolicyFollows: follows})
		for range 3 { // nothing was changed that somebody could follow
			same(t, tn.policy(), before)
		}
		tn.want(http.StatusCreated, http.MethodPost, providersPath, text(t, tn.newProvider(t, "Okta SAML")),
			"Content-Type", "application/json")
		for _, methods := range want {
			same(t, tn.policy(), methods)
		}
	}
}

// TestPolicyFollowsChanges has somebody correct the policy for providers that were there before.
func TestPolicyFollowsChanges(t *testing.T) {
	const alone = `["Password (Local Directory)"]`
	tn := startWith(t, accesstest.Mistakes{PolicyOmitsOkta: true, PolicyFollows: 2})
	for range 3 {
		same(t, tn.policy(), alone)
	}
	tn.putProvider("description", "changed")
	same(t, tn.policy(), alone)
	tn.putProvider("description", "changed again, before somebody looked")
	tn.want(http.StatusNotAcceptable, http.MethodGet, rulesets, "", "Accept", "text/plain") // shows nothing
	same(t, tn.policy(), alone)
	same(t, tn.policy(), `["Password (Local Directory)","Okta SAML"]`)
	tn.putProvider("nIDPStatus", 0)
	same(t, tn.policy(), `["Password (Local Directory)","Okta SAML"]`)
	same(t, tn.policy(), alone)
}

// TestPolicyFollowsLater has the mode set after a provider was changed.
func TestPolicyFollowsLater(t *testing.T) {
	tn := startWith(t, accesstest.Mistakes{OktaProvider: "disabled"})
	disabled := tn.want(http.StatusOK, http.MethodGet, providersPath, "").json()["items"].([]any)[1].(object)
	one := providersPath + "/" + disabled["id"].(string)
	whole := tn.want(http.StatusOK, http.MethodGet, one, "").json()
	tn.want(http.StatusOK, http.MethodPut, one, text(t, with(whole, "description", "x")), "Content-Type", providerType)
	same(t, tn.policy(), `["Password (Local Directory)","Okta SAML"]`)
	tn.control(http.StatusOK, http.MethodPost, "/modes", `{"policy_follows":1}`)
	same(t, tn.policy(), `["Password (Local Directory)"]`)
}

// TestPolicyFollowsUnderLag counts readings while users and groups lag.
func TestPolicyFollowsUnderLag(t *testing.T) {
	tn := start(t, accesstest.Config{Modes: accesstest.Modes{Lag: time.Hour,
		Mistakes: accesstest.Mistakes{OktaProvider: "none", PolicyFollows: 2}}})
	tn.user("ada@acme.com")
	tn.want(http.StatusCreated, http.MethodPost, providersPath, text(t, tn.newProvider(t, "Okta")), "Content-Type",
		providerType)
	same(t, tn.policy(), `["Password (Local Directory)"]`)
	tn.user("bob@acme.com")
	same(t, tn.policy(), `["Password (Local Directory)","Okta"]`)
}
