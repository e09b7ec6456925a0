package accesstest

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

const defaultPolicy = "default_access_policy_set"

// items answers with a list of one type.
func (e *Emulator) items(r *http.Request, vendor string, body object) (answer, error) {
	contentType, err := e.store.modes.accept(r, vendor)
	return answer{status: http.StatusOK, contentType: contentType, body: body}, err
}

// listPolicies is the older list (VMware's own command-line client).
func (e *Emulator) listPolicies(r *http.Request) (answer, error) {
	return e.items(r, typePolicyList, object{"items": []any{
		object{"name": defaultPolicy, "uuid": e.store.policyID, "base": true},
	}})
}

// listRulesets is the newer list (public clients). The default policy names the methods of the seeded
// providers; how a rule spells them is chosen: not documented.
func (e *Emulator) listRulesets(r *http.Request) (answer, error) {
	rule := func(method string) object {
		return object{
			"name": method, "networkId": e.store.networkID, "deviceTypes": []string{"ALL"},
			"authenticationMethods": []any{object{"name": method}},
		}
	}
	rules := []any{rule(methodOkta), rule(methodPassword)}
	if e.store.modes.PolicyOmitsOkta {
		rules = rules[1:]
	}
	return e.items(r, typeRulesetList, object{"totalPages": 1, "items": []any{object{
		"id": e.store.policyID, "name": defaultPolicy, "base": true, "tag": "APP_ACCESS", "rules": rules,
	}}})
}

// listAssociations needs an empty Accept; application/json fails (a note in a public client).
func (e *Emulator) listAssociations(r *http.Request) (answer, error) {
	if strings.Contains(r.Header.Get("Accept"), typeJSON) {
		return answer{}, refuse(http.StatusNotAcceptable, "not.acceptable", "No acceptable media type")
	}
	if chi.URLParam(r, "id") != e.store.policyID {
		return answer{}, refuse(http.StatusNotFound, "ruleset.not.found", "The ruleset does not exist")
	}
	return answer{status: http.StatusOK, body: object{"items": []any{}}}, nil
}

// listNetworks has the one range that every tenant has (public clients).
func (e *Emulator) listNetworks(r *http.Request) (answer, error) {
	return e.items(r, typeNetworkList, object{"items": []any{object{
		"name": "ALL RANGES", "uuid": e.store.networkID, "description": "All ranges", "defaultNetwork": true,
		"ipAddressRanges": []any{object{"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}},
	}}})
}

// listAuthMethods names the methods of the seeded providers. Chosen: the fields are not documented.
func (e *Emulator) listAuthMethods(r *http.Request) (answer, error) {
	return e.items(r, typeMethodList, object{"items": []any{
		object{"name": methodOkta, "enabled": true}, object{"name": methodPassword, "enabled": true},
	}})
}
