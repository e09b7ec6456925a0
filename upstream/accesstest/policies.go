package accesstest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
)

const defaultPolicy = "default_access_policy_set"

// listPolicies is the older list (VMware's own command-line client).
func (s *store) listPolicies(r *http.Request) (answer, error) {
	return s.modes.as(r, object{"items": []any{
		object{"name": defaultPolicy, "uuid": s.policyID, "base": true},
	}}, typePolicyList)
}

// listRulesets is the newer list (public clients). The default policy names the methods of the providers that
// were there at the start; how a rule spells them is chosen: not documented.
func (s *store) listRulesets(r *http.Request) (answer, error) {
	if _, err := s.modes.accept(r, typeRulesetList); err != nil {
		return answer{}, err
	}
	s.actAtConsole()
	rules := []any{}
	for _, method := range s.policyMethods {
		if s.modes.PolicyOmitsOkta && slices.Contains(seededMethods, method) {
			continue
		}
		rules = append(rules, object{
			"name": method, "networkId": s.networkID, "deviceTypes": []string{"ALL"},
			"authenticationMethods": []any{object{"name": method}},
		})
	}
	return s.modes.as(r, object{"totalPages": 1, "items": []any{object{
		"id": s.policyID, "name": defaultPolicy, "base": true, "tag": "APP_ACCESS", "rules": rules,
	}}}, typeRulesetList)
}

// actAtConsole is what an administrator does who watches: see [Mistakes.PolicyFollows].
func (s *store) actAtConsole() {
	if !s.providersChanged {
		return
	}
	s.policyReadings++
	if n := s.modes.PolicyFollows; n > 0 && s.policyReadings >= n {
		s.policyMethods, s.modes.PolicyOmitsOkta, s.providersChanged = s.enabledMethods(), false, false
	}
}

// listAssociations needs an empty Accept; application/json fails (a note in a public client).
func (s *store) listAssociations(r *http.Request) (answer, error) {
	if strings.Contains(r.Header.Get("Accept"), typeJSON) {
		return answer{}, refuse(http.StatusNotAcceptable, "not.acceptable", "No acceptable media type")
	}
	if chi.URLParam(r, "id") != s.policyID {
		return answer{}, refuse(http.StatusNotFound, "ruleset.not.found", "The ruleset does not exist")
	}
	return okay(object{"items": []any{}})
}

// listNetworks has the one range that every tenant has (public clients).
func (s *store) listNetworks(r *http.Request) (answer, error) {
	everyone := linked(s.everyNetwork(), networksPath, s.networkID)
	return s.modes.as(r, object{"items": []any{everyone}}, typeNetworkList)
}

func (s *store) everyNetwork() object {
	return object{
		"name": "ALL RANGES", "uuid": s.networkID, "description": "All ranges", "defaultNetwork": true,
		"ipAddressRanges": []any{object{"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}},
	}
}

// listAuthMethods names the methods of the providers. Chosen: the fields are not documented.
func (s *store) listAuthMethods(r *http.Request) (answer, error) {
	items := []any{}
	for _, provider := range s.providers {
		for _, method := range methodsOf(provider) {
			items = append(items, object{"name": method, "enabled": isEnabled(provider)})
		}
	}
	return s.modes.as(r, object{"items": items}, typeMethodList)
}
