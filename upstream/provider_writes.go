package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

const (
	opCreateProvider = "create identity provider"
	opChangeProvider = "change identity provider"
	opDeleteProvider = "delete identity provider"
	opListNetworks   = "list networks"
	opReadMetadata   = "read the metadata for identity providers"
)

const (
	networksPath    = "/orgnetworks"
	networkListType = vendorTypes + "orgnetwork.list+json"
	// MetadataPath is where a tenant has its SAML metadata, which is its entity ID too; it
	// needs no token (Access documentation of SAML).
	MetadataPath = "/SAAS/API/1.0/GET/metadata/sp.xml"
	// allRanges is the network range that every tenant has (public clients).
	allRanges = "ALL RANGES"
)

func providerCall(op, method, id string) call {
	return call{op: op, method: method, path: providersPath + "/" + url.PathEscape(id), accept: providerType}
}

// ProviderDocument reads the whole of one identity provider. ErrNotFound when there is
// none.
func (c *Client) ProviderDocument(ctx context.Context, id string) (ProviderDocument, error) {
	if !plausibleID(id) {
		return nil, notFound(opReadProvider)
	}
	var d ProviderDocument
	if err := c.sendVendor(ctx, providerCall(opReadProvider, http.MethodGet, id), &d); err != nil {
		return nil, err
	}
	if p, err := d.Provider(); err != nil || p.ID != id {
		return nil, unavailable(opReadProvider, errOtherProvider)
	}
	return d, nil
}

var errOtherProvider = errors.New("the answer is not the identity provider that was asked for")

// CreateProvider creates an identity provider, and returns its id, "" where Access does
// not tell. A failure may be InDoubt; then IdentityProviders shows whether it is there.
func (c *Client) CreateProvider(ctx context.Context, d ProviderDocument) (id string, err error) {
	var created createdProvider
	err = c.sendVendor(ctx, call{op: opCreateProvider, method: http.MethodPost, path: providersPath, accept: providerType,
		body: d.toSend()}, &created)
	return created.ID, err
}

// createdProvider is the answer to a creation, of which nothing is documented.
type createdProvider struct{ ID string }

// ChangeProvider replaces an identity provider.
func (c *Client) ChangeProvider(ctx context.Context, id string, d ProviderDocument) error {
	if !plausibleID(id) {
		return notFound(opChangeProvider)
	}
	r := providerCall(opChangeProvider, http.MethodPut, id)
	r.body = d.toSend()
	return c.sendVendor(ctx, r, nil)
}

// DeleteProvider deletes an identity provider. One that does not exist is no error.
func (c *Client) DeleteProvider(ctx context.Context, id string) error {
	if !plausibleID(id) {
		return notFound(opDeleteProvider)
	}
	err := c.sendVendor(ctx, providerCall(opDeleteProvider, http.MethodDelete, id), nil)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// Network is a range of addresses from which people log in, as Access lists it.
type Network struct {
	Name  string
	Entry json.RawMessage
}

// UnmarshalJSON keeps all but the links.
func (n *Network) UnmarshalJSON(b []byte) (err error) {
	n.Name, n.Entry, err = nameAndEntry(b)
	return err
}

// MarshalJSON writes the range as it was listed.
func (n Network) MarshalJSON() ([]byte, error) { return n.Entry, nil }

// nameAndEntry are the name of what Access lists, and all of it but its links.
func nameAndEntry(b []byte) (name string, entry json.RawMessage, err error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return "", nil, err
	}
	delete(raw, keyLinks)
	_ = json.Unmarshal(raw["name"], &name) // of another form it is unknown
	entry, err = json.Marshal(raw)
	return name, entry, err
}

// EveryNetwork is the range of all addresses. ErrNotFound where the tenant lists none of
// that name.
func (c *Client) EveryNetwork(ctx context.Context) (Network, error) {
	networks, err := list[Network](ctx, c, call{op: opListNetworks, path: networksPath, accept: networkListType})
	if err != nil {
		return Network{}, err
	}
	i := slices.IndexFunc(networks, func(n Network) bool { return strings.EqualFold(n.Name, allRanges) })
	if i < 0 {
		return Network{}, notFound(opListNetworks)
	}
	return networks[i], nil
}

// ServiceProviderMetadata is the SAML metadata that Access has for identity providers,
// XML that nobody has looked at.
func (c *Client) ServiceProviderMetadata(ctx context.Context) ([]byte, error) {
	var metadata document
	err := c.access.send(ctx, call{op: opReadMetadata, method: http.MethodGet, path: MetadataPath, atRoot: true,
		accept: "application/samlmetadata+xml, application/xml;q=0.9, */*;q=0.1"}, &metadata)
	return metadata, err
}

// document is an answer that is taken as it is.
type document []byte

func (d *document) read(body *answerBody) (err error) {
	*d, err = io.ReadAll(body)
	return err
}
