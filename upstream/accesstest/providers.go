package accesstest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

const (
	nameIDFormat = "urn:oasis:names:tc:SAML:"

	providerBuiltIn = "BUILT_IN"
	providerManual  = "MANUAL"

	entityOkta = "http://www.okta.com/exkacme"
)

// seedProviders makes the built-in provider and those of the mode for Okta.
func (s *store) seedProviders() {
	s.addProvider("System Identity Provider", providerBuiltIn, methodPassword, s.directories[:1])
	s.setUpOkta(s.modes.OktaProvider)
	for _, provider := range s.providers {
		s.policyMethods = append(s.policyMethods, methodsOf(provider)...)
	}
}

// setUpOkta makes the seeded providers for Okta be as the mode says.
func (s *store) setUpOkta(state string) {
	s.providers = slices.DeleteFunc(s.providers,
		func(p object) bool { return slices.Contains(s.oktaIDs, p["id"].(string)) })
	s.oktaIDs = nil
	providers := [][2]string{{methodOkta, entityOkta}}
	switch state {
	case oktaNone:
		return
	case oktaTwo:
		providers = append(providers, [2]string{methodOkta2, entityOkta + "2"})
	}
	for _, provider := range providers {
		okta := s.addOkta(provider[0], provider[1])
		s.oktaIDs = append(s.oktaIDs, okta["id"].(string))
		i := slices.IndexFunc(s.directories, func(d *directory) bool { return d.kind == directoryOther })
		if i >= 0 && state != oktaUnassociated && state != oktaTwo {
			okta["directoryConfigurations"] = []any{s.directories[i].view()}
		}
		if state == oktaDisabled {
			okta["nIDPStatus"] = 0
		}
	}
}

// addOkta adds a SAML provider with what public clients send for one.
func (s *store) addOkta(name, entityID string) object {
	okta := s.addProvider(name, providerManual, name, nil)
	maps.Copy(okta, object{
		"friendlyName": name, "description": "", "preferredBinding": samlBindings + "HTTP-POST", "jitEnabled": false,
		"identityFromSamlAttribute": false, "idpUrl": nil,
		"metaData":                 IdentityProviderMetadata(entityID, time.Now().AddDate(10, 0, 0)),
		"orgNetworks":              []any{s.everyNetwork()},
		"saml2IdPSLOConfiguration": object{"sendSLORequest": true},
		"nameIdFormatType":         nameIDFormat + "1.1:nameid-format:emailAddress",
		"nameIdFormatAttributeMappings": object{
			nameIDFormat + "1.1:nameid-format:emailAddress": "emails",
			nameIDFormat + "2.0:nameid-format:persistent":   "id",
			nameIDFormat + "2.0:nameid-format:transient":    "userName",
		},
	})
	return okta
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
			"authScore": 1, "authMethodOrder": 0, "defaultMethod": false, "authMethodName": method,
			"samlAuthnContext": nameIDFormat + "2.0:ac:classes:PasswordProtectedTransport",
		}},
	}
	s.numberMethods(provider, nil)
	s.providers = append(s.providers, provider)
	return provider
}

// isEnabled reports whether nIDPStatus is that of a provider in use (public clients).
func isEnabled(provider object) bool { return fmt.Sprint(provider["nIDPStatus"]) == "1" }

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

// summaryKeys are what a list shows of a provider. Public clients read these of it; that the rest is left
// out is chosen: it is called a summary.
var summaryKeys = []string{"id", "name", "identityProviderType", "nIDPStatus", "authMethods", "directoryConfigurations"}

// listProviders is a summary; onlyEnabledAdapters=true leaves out those that are not in use (public
// clients).
func (s *store) listProviders(r *http.Request) (answer, error) {
	items := []object{}
	for _, provider := range s.providers {
		if !isEnabled(provider) && r.URL.Query().Get("onlyEnabledAdapters") == "true" {
			continue
		}
		summary := object{}
		for _, key := range summaryKeys {
			summary[key] = provider[key]
		}
		if s.modes.ProviderListOmitsDirectories || s.modes.ProviderUnreadable {
			delete(summary, "directoryConfigurations")
		}
		items = append(items, withLinks(summary))
	}
	return s.modes.as(r, object{"items": items, "_links": object{}}, typeProviderList)
}

// linked is what is shown of a resource of a path: its links are added. Public clients take them out
// before they send it back; that they must is chosen, for the provider itself.
func linked(resource object, path string, id any) object {
	shown := maps.Clone(resource)
	shown["_links"] = object{"self": object{"href": "https://" + canonicalHost + path + "/" + fmt.Sprint(id)}}
	return shown
}

// withLinks is what is shown of a provider: it and its networks have links.
func withLinks(provider object) object {
	shown := linked(provider, providersPath, provider["id"])
	networks := []any{}
	for _, network := range objects(provider["orgNetworks"]) {
		networks = append(networks, linked(network, networksPath, network["uuid"]))
	}
	if len(networks) > 0 {
		shown["orgNetworks"] = networks
	}
	return shown
}

func (s *store) getProvider(provider object, r *http.Request) (answer, error) {
	if s.modes.ProviderUnreadable {
		return answer{}, refuse(http.StatusBadRequest, "identityprovider.type", "The type cannot be shown")
	}
	return s.modes.as(r, withLinks(provider), typeProvider)
}

func (s *store) postProvider(r *http.Request) (answer, error) {
	body, err := s.readProvider(r, "")
	if err != nil {
		return answer{}, err
	}
	body["id"] = uuid.NewString()
	s.numberMethods(body, nil)
	return s.keepProvider(r, body, http.StatusCreated, func() { s.providers = append(s.providers, body) })
}

// putProvider replaces a provider. Chosen: what the body leaves out is gone.
func (s *store) putProvider(provider object, r *http.Request) (answer, error) {
	if provider["identityProviderType"] == providerBuiltIn {
		return answer{}, refuse(http.StatusForbidden, "identityprovider.builtin", "The built-in provider cannot be changed")
	}
	id, _ := provider["id"].(string)
	body, err := s.readProvider(r, id)
	if err != nil {
		return answer{}, err
	}
	body["id"] = id
	s.numberMethods(body, provider)
	return s.keepProvider(r, body, http.StatusOK, func() {
		clear(provider)
		maps.Copy(provider, body)
	})
}

// keepProvider keeps what was sent, and answers as the modes say.
func (s *store) keepProvider(r *http.Request, body object, status int, keep func()) (answer, error) {
	a, err := s.modes.as(r, withLinks(body), typeProvider)
	if err != nil {
		return a, err
	}
	if s.modes.ProviderForgets { // the answer confirms what is not so
		body["directoryConfigurations"] = []any{}
	}
	keep()
	s.providersChanged, s.policyReadings = true, 0
	a.status = status
	if s.modes.LoseProviderAnswers > 0 {
		s.modes.LoseProviderAnswers--
		a.lost = true
	}
	return a, nil
}

func (s *store) deleteProvider(provider object, _ *http.Request) (answer, error) {
	if provider["identityProviderType"] == providerBuiltIn {
		return answer{}, refuse(http.StatusForbidden, "identityprovider.builtin", "The built-in provider cannot be deleted")
	}
	s.providers = slices.DeleteFunc(s.providers, func(other object) bool { return other["id"] == provider["id"] })
	return answer{status: http.StatusOK}, nil
}
