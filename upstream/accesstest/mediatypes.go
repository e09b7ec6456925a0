package accesstest

import (
	"net/http"
	"slices"
	"strings"
)

// Vendor types, as public clients send them.
const (
	typeJSON           = "application/json"
	typeHorizon        = "application/vnd.vmware.horizon.manager."
	typeDirectoryList  = typeHorizon + "connector.management.directory.list+json"
	typeDirectoryOther = typeHorizon + "connector.management.directory.other+json"
	typeDirectoryLocal = typeHorizon + "connector.management.directory.local+json"
	typeDomainList     = typeHorizon + "connector.management.directory.domain.list+json"
	typeProviderList   = typeHorizon + "identityprovider.summary.list+json"
	typeProvider       = typeHorizon + "external.identityprovider+json"
	typeClient         = typeHorizon + "oauth2client+json"
	typePolicyList     = typeHorizon + "accesspolicyset.list+json"
	typeNetworkList    = typeHorizon + "orgnetwork.list+json"
	typeMethodList     = "application/vnd.vmware.vidm.amms.auth.methods.summary.list+json"
	typeRulesetList    = "application/vnd.vmware.vidm.accesscontrol.ruleset.list+json"
)

// allowed returns the types that the mode speaks. The Access OpenAPI turned all vendor types into
// application/json in 2025; which tenants still take the old ones is not documented.
func (m Modes) allowed(vendor []string) []string {
	switch m.MediaTypes {
	case "legacy":
		return vendor
	case "json":
		return []string{typeJSON}
	}
	return append(slices.Clone(vendor), typeJSON)
}

// accept returns the type to answer with, or 406.
func (m Modes) accept(r *http.Request, vendor ...string) (string, error) {
	allowed := m.allowed(vendor)
	fallback := allowed[len(allowed)-1] // JSON where it is spoken
	if m.MediaTypes == "legacy" {
		fallback = allowed[0]
	}
	header := strings.Join(r.Header.Values("Accept"), ",")
	if header == "" {
		return fallback, nil
	}
	for part := range strings.SplitSeq(header, ",") {
		name := bareType(part)
		if slices.Contains(allowed, name) {
			return name, nil
		}
		if name == "*/*" || name == "application/*" {
			return fallback, nil
		}
	}
	return "", refuse(http.StatusNotAcceptable, "not.acceptable", "No acceptable media type")
}

// sent returns the type of the body, with 415 if the mode does not speak it.
func (m Modes) sent(r *http.Request, vendor ...string) (string, error) {
	name := bareType(r.Header.Get("Content-Type"))
	if slices.Contains(m.allowed(vendor), name) {
		return name, nil
	}
	return name, refuse(http.StatusUnsupportedMediaType, "unsupported.media.type", "The media type '%s' is not supported",
		name)
}

func bareType(value string) string {
	name, _, _ := strings.Cut(value, ";")
	return strings.ToLower(strings.TrimSpace(name))
}
