package upstream

import (
	"cmp"
	"context"
	"encoding/json"
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
	d, err := c.ProviderDocument(ctx, id)
	if err != nil {
		return IdentityProvider{}, err
	}
	return d.Provider()
}
