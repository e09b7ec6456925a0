package upstream

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

const opListPolicies = "list access policies"

const (
	rulesetsPath    = "/acs/rulesets"
	rulesetListType = "application/vnd.vmware.vidm.accesscontrol.ruleset.list+json"
	policiesPath    = "/accessPolicies"
	policyListType  = vendorTypes + "accesspolicyset.list+json"
	// defaultPolicy is the name of the policy that every tenant has (public
	// clients).
	defaultPolicy = "default_access_policy_set"
	// policyPage is the size of a page; 20 is what public clients ask for.
	policyPage = "100"
)

// Policy is an access policy: its rules say which authentication methods let
// people in. How rules are written is not documented, so all that can be asked
// is whether a policy mentions a name.
type Policy struct {
	Name string
	// Default says that the policy holds for everything that no other policy
	// names.
	Default bool
	texts   []string // all strings within it
}

// UnmarshalJSON keeps every string of the policy, wherever it is.
func (p *Policy) UnmarshalJSON(b []byte) error {
	var raw struct {
		Name string
		Base bool
	}
	var whole any
	if err := json.Unmarshal(b, &whole); err != nil {
		return err
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*p = Policy{Name: raw.Name, Default: raw.Base || strings.EqualFold(raw.Name, defaultPolicy)}
	p.collect(whole)
	return nil
}

func (p *Policy) collect(v any) {
	switch v := v.(type) {
	case string:
		p.texts = append(p.texts, strings.TrimSpace(v))
	case []any:
		for _, item := range v {
			p.collect(item)
		}
	case map[string]any:
		for _, item := range v {
			p.collect(item)
		}
	}
}

// Mentions reports whether one of the names is in the policy. That it does
// not is only a sign where the policy mentions other names of the same kind.
func (p Policy) Mentions(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		name = strings.TrimSpace(name)
		return slices.ContainsFunc(p.texts, func(text string) bool { return strings.EqualFold(text, name) })
	})
}

// Policies lists the access policies for applications, with their rules where
// Access tells them: it asks the newer resource, and the older one, which lists
// only names, where that does not exist. A client with a small role gets
// ErrNotPermitted.
func (c *Client) Policies(ctx context.Context) ([]Policy, error) {
	query := url.Values{
		"tag": {"APP_ACCESS"}, "policyListType": {"APP_ACCESS_POLICIES"}, "pageNumber": {"1"}, "pageSize": {policyPage},
	}
	policies, err := list[Policy](ctx, c,
		call{op: opListPolicies, path: rulesetsPath, atRoot: true, query: query.Encode(), accept: rulesetListType})
	if isRefusal(err) {
		return list[Policy](ctx, c, call{op: opListPolicies, path: policiesPath, accept: policyListType})
	}
	return policies, err
}
