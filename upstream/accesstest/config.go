package accesstest

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	// systemDomain is where local users and groups live (recorded GET /scim/Me).
	systemDomain = "System Domain"
	// canonicalHost is the host in locations and token issuers. It differs from the address of
	// the request, as on tenants that were renamed, so a client that follows links breaks.
	canonicalHost = "canonical.access.example"

	defaultTokenTTL = 3 * time.Hour // Access documentation of authentication
	defaultMaxCount = 1000          // chosen: not documented
)

// Config sets up an [Emulator].
type Config struct {
	// ClientID and ClientSecret belong to the one OAuth service client. Required.
	ClientID, ClientSecret string
	// Domains get a directory of type OTHER_DIRECTORY each.
	Domains []string
	// TokenTTL is how long a token is good. 0 means 3 hours.
	TokenTTL time.Duration
	// Latency is added to every request of the tenant address.
	Latency time.Duration
	// SeedUsers is the number of provisioned users made in the first domain.
	SeedUsers int
	// Modes switch behaviors on which the sources are silent or disagree.
	Modes Modes
	// Seed is the seed of the random source that decides whether a fault with a probability strikes.
	Seed uint64
	// RecordBodies makes the history hold the bodies of requests and answers, which are personal data.
	RecordBodies bool
}

// Modes switch behaviors on which the sources are silent or disagree. The zero value is the default.
type Modes struct {
	// MediaTypes tells which types directories, identity providers and policies speak: "both" or
	// empty, "legacy" (vendor types only) or "json" (vendor types are answered 415).
	MediaTypes string `json:"media_types"`
	// ListOmitsMembers leaves members out of group lists and searches.
	ListOmitsMembers bool `json:"list_omits_members"`
	// GroupOmitsExtension leaves domain and internalGroupType out of group answers.
	GroupOmitsExtension bool `json:"group_omits_extension"`
	// IgnoreAttributes shows all of a record to reads by id, lists and searches that ask for attributes.
	IgnoreAttributes bool `json:"ignore_attributes"`
	// RefuseAttributes answers a read by id that asks for attributes with 400.
	RefuseAttributes bool `json:"refuse_attributes"`
	// PatchIgnoresAttributes answers a PATCH that asks for attributes as one that does not: with 204.
	PatchIgnoresAttributes bool `json:"patch_ignores_attributes"`
	// AttributesOmitExtensions leaves extensions out of answers to requests that ask for attributes, those
	// that are named too.
	AttributesOmitExtensions bool `json:"attributes_omit_extensions"`
	// RefuseUnknownRemovals answers the removal of a member who is not one with 404, otherwise it is harmless.
	RefuseUnknownRemovals bool `json:"refuse_unknown_removals"`
	// DeleteOK answers a DELETE of a user or group with 200 instead of 204.
	DeleteOK bool `json:"delete_ok"`
	// UserNameImmutable silently ignores a userName in a PATCH of a user.
	UserNameImmutable bool `json:"user_name_immutable"`
	// IgnoreMetaAttributes makes meta.attributes in a PATCH clear nothing; only "" clears.
	IgnoreMetaAttributes bool `json:"ignore_meta_attributes"`
	// ShareExternalID lets several users of a domain have one externalId, otherwise the second gets 409.
	ShareExternalID bool `json:"share_external_id"`
	// UserExternalIDFilter lets users be filtered by externalId, otherwise that is answered 400.
	UserExternalIDFilter bool `json:"user_external_id_filter"`
	// TombstoneUserNames keeps the userName of a deleted user taken.
	TombstoneUserNames bool `json:"tombstone_user_names"`
	// BadTokenStatus answers requests without a good token: 401 (or 0) or 403.
	BadTokenStatus int `json:"bad_token_status"`
	// ClientForm is the only form of the client's credentials that Basic may have: "encoded" (RFC 6749
	// section 2.3.1) or "raw", as servers that do not decode it take them. Empty takes both.
	ClientForm string `json:"client_form"`
	// SyncedDomain adds a directory that is synchronized from Active Directory, with two users and
	// a group that SCIM cannot change. It may be set later, but not changed.
	SyncedDomain string `json:"synced_domain"`
	// MaxCount is the largest page. 0 means 1000.
	MaxCount int `json:"max_count"`
	// Lag is how long reads of users and groups show the tenant as it was before a write. Writes see
	// what it holds, and their answers show it. 0 means not at all, and shows what was hidden.
	Lag time.Duration `json:"-"`
	// LagReads tells which reads lag: "ids" those of one record by its id, "lists" lists and searches,
	// empty both.
	LagReads string `json:"lag_reads"`

	Mistakes
}

func (c Config) validate() error {
	var problems []error
	if c.ClientID == "" || c.ClientSecret == "" {
		problems = append(problems, errors.New("client id and secret are required"))
	}
	if c.TokenTTL < 0 || c.Latency < 0 || c.SeedUsers < 0 {
		problems = append(problems, errors.New("token ttl, latency and seed users cannot be negative"))
	}
	if c.SeedUsers > 0 && len(c.Domains) == 0 {
		problems = append(problems, errors.New("seed users need a domain"))
	}
	seen := map[string]bool{strings.ToLower(systemDomain): true}
	for _, domain := range c.Domains {
		if domain == "" || seen[strings.ToLower(domain)] {
			problems = append(problems, fmt.Errorf("domain %q is empty or taken", domain))
		}
		seen[strings.ToLower(domain)] = true
	}
	return errors.Join(append(problems, c.Modes.validate())...)
}

func (m Modes) validate() error {
	var problems []error
	if !slices.Contains([]string{"", "both", "legacy", "json"}, m.MediaTypes) {
		problems = append(problems, fmt.Errorf("media types %q: want both, legacy or json", m.MediaTypes))
	}
	if !slices.Contains([]int{0, http.StatusUnauthorized, http.StatusForbidden}, m.BadTokenStatus) {
		problems = append(problems, fmt.Errorf("bad token status %d: want 401 or 403", m.BadTokenStatus))
	}
	if !slices.Contains([]string{"", formEncoded, formRaw}, m.ClientForm) {
		problems = append(problems, fmt.Errorf("client form %q: want encoded or raw", m.ClientForm))
	}
	if m.MaxCount < 0 {
		problems = append(problems, fmt.Errorf("max count %d is negative", m.MaxCount))
	}
	if m.Lag < 0 {
		problems = append(problems, fmt.Errorf("lag %v is negative", m.Lag))
	}
	if !slices.Contains([]string{"", readsByID, readsOfLists}, m.LagReads) {
		problems = append(problems, fmt.Errorf("lag reads %q: want ids, lists or nothing", m.LagReads))
	}
	return errors.Join(append(problems, m.Mistakes.validate())...)
}

// Mistakes are set-ups of a tenant that make provisioning or log-ins fail, and
// that an administrator makes. The zero value is a tenant without any.
type Mistakes struct {
	// Role is what the admin role of the OAuth client allows: "super" or empty
	// everything, "users" SCIM alone, "auditor" SCIM and reading all else, "providers"
	// SCIM, directories, identity providers with their methods, and networks, "read"
	// reading SCIM alone, "none" nothing.
	Role string `json:"role"`
	// ClientType is the access type of the OAuth client: "service" or empty, or
	// "user", which gets no token by client credentials.
	ClientType string `json:"client_type"`
	// ClockSkew is by how many seconds the tenant's clock is ahead. It shows in
	// the Date of its answers and in the claims of its tokens.
	ClockSkew int `json:"clock_skew"`
	// OktaProvider is what became of the seeded identity provider for Okta:
	// "associated" or empty, "none", "unassociated" or "disabled"; "two" are two of them, both
	// unassociated. Setting it makes them anew.
	OktaProvider string `json:"okta_provider"`
	// ProviderListOmitsDirectories leaves directoryConfigurations out of lists
	// of identity providers, which are summaries.
	ProviderListOmitsDirectories bool `json:"provider_list_omits_directories"`
	// PolicyOmitsOkta takes the methods of the seeded providers for Okta out of the
	// default access policy, until somebody corrects that: see PolicyFollows.
	PolicyOmitsOkta bool `json:"policy_omits_okta"`
	// PolicyFollows stands for the administrator at the console: 0 does nothing, N gives the default
	// access policy the methods of all enabled providers, and no others, at its Nth reading after a
	// provider was made or changed. That ends PolicyOmitsOkta.
	PolicyFollows int `json:"policy_follows"`
	// ProviderUnreadable answers the reading of one provider with 400, and lists leave out their
	// directories.
	ProviderUnreadable bool `json:"provider_unreadable"`
	// ProviderForgets confirms that a provider was made or changed, and keeps no directory of it.
	ProviderForgets bool `json:"provider_forgets"`
	// LoseProviderAnswers is how many more times a provider is made or changed, and the connection cut
	// before the answer.
	LoseProviderAnswers int `json:"lose_provider_answers"`
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
	oktaTwo          = "two"
)

func (m Mistakes) skew() time.Duration { return time.Duration(m.ClockSkew) * time.Second }

func (m Mistakes) validate() error {
	var problems []error
	for _, choice := range []struct {
		what, value string
		from        []string
	}{
		{"role", m.Role, roles},
		{"client type", m.ClientType, []string{clientService, clientUser}},
		{"okta provider", m.OktaProvider, []string{oktaAssociated, oktaNone, oktaUnassociated, oktaDisabled, oktaTwo}},
	} {
		if choice.value != "" && !slices.Contains(choice.from, choice.value) {
			problems = append(problems, fmt.Errorf("%s %q: want one of %v", choice.what, choice.value, choice.from))
		}
	}
	if m.DeletionLists < 0 || m.PolicyFollows < 0 || m.LoseProviderAnswers < 0 {
		problems = append(problems, errors.New("deletion lists, policy follows and lost answers cannot be negative"))
	}
	return errors.Join(problems...)
}
