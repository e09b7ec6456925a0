package accesstest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/google/uuid"
)

// Names of authentication methods; policies mention them.
const (
	methodOkta     = "Okta SAML"
	methodPassword = "Password (Local Directory)"
)

const nameIDFormat = "urn:oasis:names:tc:SAML:"

// seedProviders makes the built-in provider, and one for Okta at the first directory of type Other.
func (s *store) seedProviders() {
	s.addProvider("System Identity Provider", "BUILT_IN", methodPassword, s.directories[:1])
	var other []*directory
	if i := slices.IndexFunc(s.directories, func(d *directory) bool { return d.kind == directoryOther }); i >= 0 {
		other = s.directories[i : i+1]
	}
	okta := s.addProvider("Okta SAML", "MANUAL", methodOkta, other)
	s.oktaID = okta["id"].(string)
	// As a public client sends them for a SAML provider.
	okta["nameIdFormatType"] = nameIDFormat + "1.1:nameid-format:emailAddress"
	okta["nameIdFormatAttributeMappings"] = object{
		nameIDFormat + "1.1:nameid-format:emailAddress": "emails",
		nameIDFormat + "2.0:nameid-format:persistent":   "id",
		nameIDFormat + "2.0:nameid-format:transient":    "userName",
	}
}

// providerView is a provider as the modes show it, nil where they hide it.
func (s *store) providerView(provider object) object {
	if provider["id"] != s.oktaID {
		return provider
	}
	view := maps.Clone(provider)
	switch s.modes.OktaProvider {
	case oktaNone:
		return nil
	case oktaUnassociated:
		view["directoryConfigurations"] = []any{}
	case oktaDisabled:
		view["nIDPStatus"] = 0
	}
	return view
}

func (s *store) addProvider(name, kind, method string, dirs []*directory) object {
	associated := []any{}
	for _, d := range dirs {
		associated = append(associated, d.view())
	}
	provider := object{
		"id": uuid.NewString(), "name": name, "identityProviderType": kind, "nIDPStatus": 1,
		"directoryConfigurations": associated,
		"authMethods": []any{object{
			"authMethodId": 1, "authScore": 1, "authMethodOrder": 0, "defaultMethod": false, "authMethodName": method,
		}},
	}
	s.providers = append(s.providers, provider)
	return provider
}

// dissociate takes a deleted directory out of the providers.
func (s *store) dissociate(directoryID string) {
	for _, provider := range s.providers {
		list, _ := provider["directoryConfigurations"].([]any)
		provider["directoryConfigurations"] = slices.DeleteFunc(list, func(item any) bool {
			config, ok := item.(object)
			return ok && config["directoryId"] == directoryID
		})
	}
}

func (s *store) provider(id string) (object, error) {
	for _, provider := range s.providers {
		if provider["id"] == id {
			return provider, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "identityprovider.not.found", "The identity provider does not exist")
}

// listProviders is a summary with directories and methods (public clients);
// onlyEnabledAdapters=true leaves out those whose nIDPStatus is not 1.
func (s *store) listProviders(r *http.Request) (answer, error) {
	items := []object{}
	for _, kept := range s.providers {
		provider := s.providerView(kept)
		enabled := fmt.Sprint(provider["nIDPStatus"]) == "1" // a provider in use (public clients)
		if provider == nil || !enabled && r.URL.Query().Get("onlyEnabledAdapters") == "true" {
			continue
		}
		if s.modes.ProviderListOmitsDirectories {
			provider = maps.Clone(provider)
			delete(provider, "directoryConfigurations")
		}
		items = append(items, provider)
	}
	return s.modes.as(r, object{"items": items}, typeProviderList)
}

func (s *store) getProvider(kept object, r *http.Request) (answer, error) {
	provider := s.providerView(kept)
	if provider == nil {
		return answer{}, refuse(http.StatusNotFound, "identityprovider.not.found", "The identity provider does not exist")
	}
	return s.modes.as(r, provider, typeProvider)
}

// postProvider keeps what it is sent; the SAML metadata is not read.
func (s *store) postProvider(r *http.Request) (answer, error) {
	body, err := s.readProvider(r)
	if err != nil {
		return answer{}, err
	}
	body["id"] = uuid.NewString()
	a, err := s.modes.as(r, body, typeProvider)
	if err == nil {
		s.providers = append(s.providers, body)
	}
	a.status = http.StatusCreated
	return a, err
}

// putProvider replaces a provider. Chosen: what it leaves out stays.
func (s *store) putProvider(provider object, r *http.Request) (answer, error) {
	body, err := s.readProvider(r)
	if err != nil {
		return answer{}, err
	}
	body["id"] = provider["id"]
	a, err := s.modes.as(r, provider, typeProvider)
	if err == nil {
		maps.Copy(provider, body)
	}
	return a, err
}

func (s *store) readProvider(r *http.Request) (object, error) {
	if _, err := s.modes.sent(r, typeProvider); err != nil {
		return nil, err
	}
	body, err := readObject(r.Body)
	if err != nil {
		return nil, err
	}
	if name, _ := body["name"].(string); name == "" {
		return nil, refuse(http.StatusBadRequest, "identityprovider.invalid", "The name is missing")
	}
	return body, nil
}

func (s *store) deleteProvider(provider object, _ *http.Request) (answer, error) {
	s.providers = slices.DeleteFunc(s.providers, func(other object) bool { return other["id"] == provider["id"] })
	return answer{status: http.StatusOK}, nil
}
