package upstream

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// The names of what Access keeps of an identity provider (public clients).
const (
	KeyDirectories = "directoryConfigurations"
	KeyStatus      = "nIDPStatus"
	KeyMetadata    = "metaData"
	keyLinks       = "_links"
)

// ProviderDocument is an identity provider as Access serves it, with all that no
// document tells of: Access replaces the whole by what it is sent.
type ProviderDocument map[string]json.RawMessage

// Provider is what this package knows of it.
func (d ProviderDocument) Provider() (p IdentityProvider, err error) {
	encoded, err := json.Marshal(d)
	if err == nil {
		err = json.Unmarshal(encoded, &p)
	}
	return p, err
}

// Metadata is the SAML metadata of the provider, "" where Access does not show it.
func (d ProviderDocument) Metadata() string {
	var text string
	_ = json.Unmarshal(d[KeyMetadata], &text) // of another form it is unknown
	return text
}

// With is a copy with one value changed.
func (d ProviderDocument) With(key string, value any) (ProviderDocument, error) {
	encoded, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	changed := maps.Clone(d)
	changed[key] = encoded
	return changed, nil
}

// Directories are those of the provider.
func (d ProviderDocument) Directories() (list []Directory, err error) {
	if raw, ok := d[KeyDirectories]; ok {
		err = json.Unmarshal(raw, &list)
	}
	return list, err
}

// WithDirectories is a copy that has these directories too.
func (d ProviderDocument) WithDirectories(more ...Directory) (ProviderDocument, error) {
	list, err := d.Directories()
	if err != nil {
		return nil, err
	}
	return d.withDirectories(append(list, more...))
}

// WithoutDirectories is a copy that lacks the directories with these ids.
func (d ProviderDocument) WithoutDirectories(ids ...string) (ProviderDocument, error) {
	list, err := d.Directories()
	if err != nil {
		return nil, err
	}
	return d.withDirectories(slices.DeleteFunc(list, func(have Directory) bool { return slices.Contains(ids, have.ID) }))
}

func (d ProviderDocument) withDirectories(list []Directory) (ProviderDocument, error) {
	entries := []json.RawMessage{}
	for _, directory := range list {
		entries = append(entries, directory.Entry)
	}
	return d.With(KeyDirectories, entries)
}

// Differences are the keys whose values differ from those of another document, in
// order. Neither links nor the order of names make a difference, nor does null
// instead of nothing.
func (d ProviderDocument) Differences(other ProviderDocument) []string {
	differ := map[string]bool{}
	for _, document := range []ProviderDocument{d, other} {
		for key := range document {
			if key != keyLinks && essence(d[key]) != essence(other[key]) {
				differ[key] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(differ))
}

// essence is a value without what makes no difference, in one fixed form.
func essence(raw json.RawMessage) string {
	decoder := json.NewDecoder(strings.NewReader(string(raw)))
	decoder.UseNumber()
	var value any
	_ = decoder.Decode(&value) // a value that is not there is null
	b, _ := json.Marshal(withoutLinks(value))
	return string(b)
}

func withoutLinks(value any) any {
	switch value := value.(type) {
	case []any:
		for i, item := range value {
			value[i] = withoutLinks(item)
		}
	case map[string]any:
		for key, item := range value {
			if value[key] = withoutLinks(item); key == keyLinks || item == nil {
				delete(value, key)
			}
		}
	}
	return value
}

// toSend is the document without what Access adds to what it shows.
func (d ProviderDocument) toSend() ProviderDocument {
	sent := maps.Clone(d)
	delete(sent, keyLinks)
	return sent
}

// The parts of the names that SAML has for formats of the name ID (SAML 2.0 core,
// section 8.3).
const (
	// NameIDUnspecified leaves it to both sides what the name ID is; it is what Okta
	// sends unless told otherwise.
	NameIDUnspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
	nameIDEmail       = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
	nameIDPersistent  = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	nameIDTransient   = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
)

const (
	// BindingPOST is how Okta sends people back (SAML 2.0 bindings, section 3.5).
	BindingPOST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
	// passwordProtected is the context of a method that leaves it to the identity
	// provider how it knows people (SAML 2.0 authentication context).
	passwordProtected = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport" //nolint:gosec // a name
)

// ProviderSpec is what an identity provider is made of that is created.
type ProviderSpec struct {
	Name string
	// Metadata is the SAML metadata of the other side, as it was read.
	Metadata string
	// Method is what policies call its authentication method.
	Method string
	// NameID is the attribute of Access that the name ID is compared with.
	NameID string
	// Directories are those whose people log in with it, Networks from where.
	Directories []Directory
	Networks    []Network
}

// NewProviderDocument has the values that public clients create providers with, for
// people who are pushed: nobody is made at the log-in.
func NewProviderDocument(s ProviderSpec) (ProviderDocument, error) {
	encoded, err := json.Marshal(map[string]any{
		"name": s.Name, "friendlyName": s.Name, "description": "", "identityProviderType": "MANUAL", KeyStatus: 1,
		KeyMetadata: s.Metadata, "preferredBinding": BindingPOST, "jitEnabled": false, "identityFromSamlAttribute": false,
		"nameIdFormatType": NameIDUnspecified,
		"nameIdFormatAttributeMappings": map[string]string{
			NameIDUnspecified: s.NameID, nameIDEmail: "emails", nameIDPersistent: "id", nameIDTransient: "userName",
		},
		"saml2IdPSLOConfiguration": map[string]bool{"sendSLORequest": true},
		"authMethods": []map[string]any{{
			"authMethodId": 1, "authScore": 1, "defaultMethod": false, "authMethodOrder": 0, "authMethodName": s.Method,
			"samlAuthnContext": passwordProtected,
		}},
		"orgNetworks": s.Networks, "idpUrl": nil,
	})
	if err != nil {
		return nil, err
	}
	var d ProviderDocument
	if err := json.Unmarshal(encoded, &d); err != nil {
		return nil, err
	}
	return d.WithDirectories(s.Directories...)
}
