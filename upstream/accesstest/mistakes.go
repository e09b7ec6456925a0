package accesstest

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Mistakes are set-ups of a tenant that make provisioning or log-ins fail, and
// that an administrator makes. The zero value is a tenant without any.
type Mistakes struct {
	// Role is what the admin role of the OAuth client allows: "super" or empty
	// everything, "users" SCIM alone, "read" reading SCIM alone, "none" nothing.
	Role string `json:"role"`
	// ClientType is the access type of the OAuth client: "service" or empty, or
	// "user", which gets no token by client credentials.
	ClientType string `json:"client_type"`
	// ClockSkew is by how many seconds the tenant's clock is ahead. It shows in
	// the Date of its answers and in the claims of its tokens.
	ClockSkew int `json:"clock_skew"`
	// OktaProvider is what became of the seeded identity provider for Okta:
	// "associated" or empty, "none", "unassociated" or "disabled".
	OktaProvider string `json:"okta_provider"`
	// ProviderListOmitsDirectories leaves directoryConfigurations out of lists
	// of identity providers, which are summaries.
	ProviderListOmitsDirectories bool `json:"provider_list_omits_directories"`
	// PolicyOmitsOkta takes the method of the Okta provider out of the default
	// access policy.
	PolicyOmitsOkta bool `json:"policy_omits_okta"`
	// DeletionLists is how many more times a directory is listed, as being
	// deleted, after its deletion was asked for with asyncDelete.
	DeletionLists int `json:"deletion_lists"`
}

const (
	clientService = "service"
	clientUser    = "user"
)

// The states of the seeded identity provider for Okta.
const (
	oktaAssociated   = "associated"
	oktaNone         = "none"
	oktaUnassociated = "unassociated"
	oktaDisabled     = "disabled"
)

func (m Mistakes) skew() time.Duration { return time.Duration(m.ClockSkew) * time.Second }

func (m Mistakes) validate() error {
	var problems []error
	for _, choice := range []struct {
		what, value string
		from        []string
	}{
		{"role", m.Role, []string{roleSuper, roleUsers, roleRead, roleNone}},
		{"client type", m.ClientType, []string{clientService, clientUser}},
		{"okta provider", m.OktaProvider, []string{oktaAssociated, oktaNone, oktaUnassociated, oktaDisabled}},
	} {
		if choice.value != "" && !slices.Contains(choice.from, choice.value) {
			problems = append(problems, fmt.Errorf("%s %q: want one of %v", choice.what, choice.value, choice.from))
		}
	}
	if m.DeletionLists < 0 {
		problems = append(problems, errors.New("deletion lists cannot be negative"))
	}
	return errors.Join(problems...)
}
