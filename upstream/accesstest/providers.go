package accesstest

import (
	"maps"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// Names of authentication methods; policies mention them.
const (
	methodOkta     = "Okta SAML"
	methodPassword = "Password (Local Directory)"
)

const nameIDFormat = "urn:oasis:names:tc:SAML:"

const providerEnabled = "1" // nIDPStatus of a provider in use (public clients)

// seedProviders makes the built-in provider, and one for Okta at the first directory of type Other.
func (s *store) seedProviders() {
	s.addProvider("System Identity Provider", "BUILT_IN", methodPassword, s.directories[:1])
	var other []*directory
	for _, d := range s.directories {
		if d.kind == directoryOther && other == nil {
			other = []*directory{d}
		}
	}
	s.addProvider("Okta SAML", "MANUAL", methodOkta, other)
	okta := s.providers[len(s.providers)-1]
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

func (s *store) addProvider(name, kind, method string, dirs []*directory) {
	associated := []any{}
	for _, d := range dirs {
		associated = append(associated, d.view())
	}
	s.providers = append(s.providers, object{
		"id": uuid.NewString(), "name": name, "identityProviderType": kind, "nIDPStatus": 1,
		"directoryConfigurations": associated,
		"authMethods": []any{object{
			"authMethodId": 1, "authScore": 1, "authMethodOrder": 0, "defaultMethod": false, "authMethodName": method,
		}},
	})
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

func (s *store) provider(id string) (int, error) {
	for i, provider := range s.providers {
		if provider["id"] == id {
			return i, nil
		}
	}
	return 0, refuse(http.StatusNotFound, "identityprovider.not.found", "The identity provider does not exist")
}

// listProviders is a summary with directories and methods (public clients);
// onlyEnabledAdapters=true leaves out those whose nIDPStatus is not 1.
func (e *Emulator) listProviders(r *http.Request) (answer, error) {
	contentType, err := e.store.modes.accept(r, typeProviderList)
	if err != nil {
		return answer{}, err
	}
	items := []object{}
	for _, kept := range e.store.providers {
		provider := e.store.providerView(kept)
		status, _ := scalarText(provider["nIDPStatus"])
		enabled := provider["nIDPStatus"] == 1 || status == providerEnabled
		if provider == nil || !enabled && r.URL.Query().Get("onlyEnabledAdapters") == "true" {
			continue
		}
		if e.store.modes.ProviderListOmitsDirectories {
			provider = maps.Clone(provider)
			delete(provider, "directoryConfigurations")
		}
		items = append(items, provider)
	}
	return answer{status: http.StatusOK, contentType: contentType, body: object{"items": items}}, nil
}

func (e *Emulator) getProvider(r *http.Request) (answer, error) {
	at, err := e.store.provider(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	provider := e.store.providerView(e.store.providers[at])
	if provider == nil {
		return answer{}, refuse(http.StatusNotFound, "identityprovider.not.found", "The identity provider does not exist")
	}
	return e.providerAnswer(r, http.StatusOK, provider)
}

func (e *Emulator) providerAnswer(r *http.Request, status int, provider object) (answer, error) {
	contentType, err := e.store.modes.accept(r, typeProvider)
	return answer{status: status, contentType: contentType, body: provider}, err
}

// postProvider keeps what it is sent; the SAML metadata is not read.
func (e *Emulator) postProvider(r *http.Request) (answer, error) {
	body, err := e.readProvider(r)
	if err != nil {
		return answer{}, err
	}
	body["id"] = uuid.NewString()
	a, err := e.providerAnswer(r, http.StatusCreated, body)
	if err == nil {
		e.store.providers = append(e.store.providers, body)
	}
	return a, err
}

// putProvider replaces a provider. Chosen: what it leaves out stays.
func (e *Emulator) putProvider(r *http.Request) (answer, error) {
	at, err := e.store.provider(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	body, err := e.readProvider(r)
	if err != nil {
		return answer{}, err
	}
	body["id"] = e.store.providers[at]["id"]
	a, err := e.providerAnswer(r, http.StatusOK, e.store.providers[at])
	if err == nil {
		maps.Copy(e.store.providers[at], body)
	}
	return a, err
}

func (e *Emulator) readProvider(r *http.Request) (object, error) {
	if _, err := e.store.modes.sent(r, typeProvider); err != nil {
		return nil, err
	}
	body, err := readObject(r)
	if err != nil {
		return nil, err
	}
	if name, _ := body["name"].(string); name == "" {
		return nil, refuse(http.StatusBadRequest, "identityprovider.invalid", "The name is missing")
	}
	return body, nil
}

func (e *Emulator) deleteProvider(r *http.Request) (answer, error) {
	at, err := e.store.provider(chi.URLParam(r, "id"))
	if err != nil {
		return answer{}, err
	}
	e.store.providers = slices.Delete(e.store.providers, at, at+1)
	return answer{status: http.StatusOK}, nil
}
