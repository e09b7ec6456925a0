package accesstest

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// readProvider reads what a provider is to be. id is that of the provider that is replaced, "" for a new
// one. What is refused is chosen, as no document tells it: a client must not count on Access being kinder.
func (s *store) readProvider(r *http.Request, id string) (object, error) {
	if _, err := s.modes.sent(r, typeProvider); err != nil {
		return nil, err
	}
	body, err := readObject(r.Body)
	if err != nil {
		return nil, err
	}
	for _, check := range []func(object, string) error{
		checkProviderForm, s.checkProviderDirectories, s.checkProviderNetworks, s.checkProviderNames,
	} {
		if err := check(body, id); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func badProvider(format string, args ...any) error {
	return refuse(http.StatusBadRequest, "identityprovider.invalid", format, args...)
}

// checkProviderForm looks at the body alone.
func checkProviderForm(body object, _ string) error {
	text := func(key string) string { s, _ := body[key].(string); return s }
	switch kind := text("identityProviderType"); {
	case body["_links"] != nil:
		return badProvider("Unrecognized field \"_links\"")
	case text("name") == "":
		return badProvider("The name is missing")
	case text("friendlyName") == "":
		return badProvider("The friendlyName is missing")
	case kind == providerBuiltIn:
		return badProvider("A provider of the type '%s' cannot be made", kind)
	case kind != providerManual:
		return badProvider("The type '%s' is not known", kind)
	case text("metaData") == "":
		return badProvider("The metadata is missing")
	case !isIDPMetadata(text("metaData")):
		return badProvider("The metadata is not that of an identity provider")
	case len(methodsOf(body)) == 0:
		return badProvider("The authentication methods are missing")
	case slices.Contains(methodsOf(body), ""):
		return badProvider("The authentication method has no name")
	}
	return nil
}

// isIDPMetadata reports whether a text is SAML metadata that describes an identity provider.
func isIDPMetadata(text string) bool {
	var root struct {
		XMLName xml.Name  `xml:"EntityDescriptor"`
		IDP     *struct{} `xml:"IDPSSODescriptor"`
	}
	return xml.Unmarshal([]byte(text), &root) == nil && root.IDP != nil
}

// checkProviderNames refuses names of other providers.
func (s *store) checkProviderNames(body object, id string) error {
	for _, other := range s.providers {
		if other["id"] == id {
			continue
		}
		if strings.EqualFold(fmt.Sprint(other["name"]), fmt.Sprint(body["name"])) {
			return refuse(http.StatusConflict, "identityprovider.name", "The name '%v' is taken", body["name"])
		}
		for _, method := range methodsOf(body) {
			if slices.Contains(methodsOf(other), method) {
				return refuse(http.StatusConflict, "identityprovider.method", "The method '%s' is taken", method)
			}
		}
	}
	return nil
}

func (s *store) checkProviderDirectories(body object, _ string) error {
	list := body["directoryConfigurations"]
	if _, isList := list.([]any); !isList && list != nil {
		return badProvider("The directories are no list")
	}
	for _, entry := range objects(list) {
		id, _ := entry["directoryId"].(string)
		d, err := s.directory(id)
		if err != nil {
			return badProvider("The directory '%s' does not exist", id)
		}
		if entry["type"] != d.kind || entry["name"] != d.name || entry["userstoreId"] != d.userStoreID {
			return badProvider("The directory '%s' is not as it is listed", id)
		}
	}
	return nil
}

func (s *store) checkProviderNetworks(body object, _ string) error {
	networks := objects(body["orgNetworks"])
	if len(networks) == 0 {
		return badProvider("The networks are missing")
	}
	for _, network := range networks {
		if network["uuid"] != s.networkID {
			return badProvider("The network does not exist")
		}
	}
	return nil
}
