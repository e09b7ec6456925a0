package upstream

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	opListProviders = "list identity providers"
	opReadProvider  = "read identity provider"
)

const (
	providersPath    = "/identityProviders"
	providerListType = vendorTypes + "identityprovider.summary.list+json"
	providerType     = vendorTypes + "external.identityprovider+json"
)

// IdentityProvider is who people of a directory log in with.
type IdentityProvider struct {
	ID   string
	Name string
	// BuiltIn says that it is the one that every tenant has, for people of Access
	// itself.
	BuiltIn bool
	// Enabled says that it is in use.
	Enabled bool
	// Methods are the names of its authentication methods, which policies name.
	Methods []string
	// DirectoryIDs are the directories that it is associated with.
	DirectoryIDs []string
	// DirectoriesKnown says that Access told of directories at all.
	DirectoriesKnown bool
	// NameID is the attribute by which Access finds the person that a SAML answer
	// is about, such as "emails"; "" where Access does not tell.
	NameID string
}

// UnmarshalJSON reads a provider leniently: no document describes it, only
// public clients show its fields.
func (p *IdentityProvider) UnmarshalJSON(b []byte) error {
	var raw struct {
		ID, Name, FriendlyName string
		Type                   string          `json:"identityProviderType"`
		Status                 json.RawMessage `json:"nIDPStatus"`
		Methods                []named         `json:"authMethods"`
		Directories            *[]Directory    `json:"directoryConfigurations"`
		NameIDFormatType       string
		NameIDMappings         map[string]string `json:"nameIdFormatAttributeMappings"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*p = IdentityProvider{
		ID: raw.ID, Name: cmp.Or(raw.Name, raw.FriendlyName), BuiltIn: strings.EqualFold(raw.Type, "BUILT_IN"),
		DirectoriesKnown: raw.Directories != nil, NameID: raw.NameIDMappings[raw.NameIDFormatType],
	}
	// 1 is a provider in use (public clients); one that does not tell is taken for it.
	status := strings.Trim(string(raw.Status), `"`)
	p.Enabled = status == "" || status == "null" || status == "1"
	for _, m := range raw.Methods {
		if m != "" {
			p.Methods = append(p.Methods, string(m))
		}
	}
	if raw.Directories != nil {
		for _, d := range *raw.Directories {
			p.DirectoryIDs = append(p.DirectoryIDs, d.ID)
		}
	}
	return nil
}

// IdentityProviders lists the identity providers of the tenant, also those that
// are disabled. The list may be a summary; what it leaves out is read for each.
// A client with a small role gets ErrNotPermitted.
func (c *Client) IdentityProviders(ctx context.Context) ([]IdentityProvider, error) {
	r := call{op: opListProviders, path: providersPath, accept: providerListType}
	providers, err := list[IdentityProvider](ctx, c, r)
	if isRefusal(err) {
		// Every public client asks only for the enabled ones.
		r.query = "onlyEnabledAdapters=true"
		providers, err = list[IdentityProvider](ctx, c, r)
	}
	if err != nil {
		return nil, err
	}
	for i, p := range providers {
		if p.ID == "" || p.DirectoriesKnown && len(p.Methods) > 0 {
			continue
		}
		whole, err := c.IdentityProvider(ctx, p.ID)
		switch {
		case err == nil:
			providers[i] = whole
		case !isRefusal(err): // each type may have a media type of its own; then the summary has to do
			return nil, err
		}
	}
	return providers, nil
}

// IdentityProvider reads one identity provider, with what summaries leave out.
// ErrNotFound when there is none.
func (c *Client) IdentityProvider(ctx context.Context, id string) (IdentityProvider, error) {
	if !plausibleID(id) {
		return IdentityProvider{}, notFound(opReadProvider)
	}
	var p IdentityProvider
	r := call{op: opReadProvider, method: http.MethodGet, path: providersPath + "/" + url.PathEscape(id),
		accept: providerType}
	err := c.sendVendor(ctx, r, &p)
	return p, err
}

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
