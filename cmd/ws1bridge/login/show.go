package login

import (
	"context"
	"slices"
	"strings"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
)

// Overview is what there is for the log-in of a domain's people. What could not be read is
// in Unread.
type Overview struct {
	Domain string `json:"domain"`
	// Directory is its name, "" where the domain has none.
	Directory string `json:"directory"`
	// Providers are those that have the directory, Candidates those that could.
	Providers  []Provider `json:"providers"`
	Candidates []Provider `json:"candidates"`
	// NameID is the attribute by which people are found, "" where that is not known.
	NameID string `json:"name_id"`
	// People says how many were looked at.
	People People  `json:"people"`
	Unread []error `json:"-"`
}

// Provider is an identity provider, for people.
type Provider struct {
	Name    string   `json:"name"`
	ID      string   `json:"id"`
	Enabled bool     `json:"enabled"`
	Methods []string `json:"methods"`
	NameID  string   `json:"name_id"`
	// EntityID is that of the other side, "" where Access does not show it.
	EntityID string `json:"entity_id"`
}

// People counts people who were pushed.
type People struct {
	Looked int `json:"looked_at"`
	// WithValue have a value to be found by, SameAsUserName one that equals the userName
	// that Okta knows them by.
	WithValue      int `json:"with_value"`
	SameAsUserName int `json:"same_as_user_name"`
}

// Look reads what there is for each of the domains. userName is the name by which Okta
// knows a user.
func Look(
	ctx context.Context, c *upstream.Client, domains []string, userName func(upstream.User) string,
) (list []Overview) {
	directories, directoriesErr := c.DirectoriesWithDomains(ctx)
	all, providersErr := c.IdentityProviders(ctx)
	for _, domain := range domains {
		o := Overview{Domain: domain, Providers: []Provider{}, Candidates: []Provider{}}
		d, err := upstream.DirectoryOf(directories, domain)
		if directoriesErr != nil {
			err = directoriesErr
		}
		o.note(readingDirectories, err)
		o.note(readingProviders, providersErr)
		if err == nil {
			o.Directory = d.Name
		}
		o.sort(ctx, c, all, d)
		o.count(ctx, c, userName)
		list = append(list, o)
	}
	return list
}

func (o *Overview) note(what string, err error) {
	if err != nil {
		o.Unread = append(o.Unread, step(what, err))
	}
}

// sort tells the providers of a directory from those that could have it.
func (o *Overview) sort(
	ctx context.Context, c *upstream.Client, all []upstream.IdentityProvider, d upstream.Directory,
) {
	for _, p := range all {
		if p.BuiltIn {
			continue
		}
		shown := o.provider(ctx, c, p)
		if d.ID == "" || !slices.Contains(p.DirectoryIDs, d.ID) {
			o.Candidates = append(o.Candidates, shown)
			continue
		}
		o.Providers = append(o.Providers, shown)
		if p.Enabled && o.NameID == "" {
			o.NameID = shown.NameID
		}
	}
}

// provider adds what lists leave out.
func (o *Overview) provider(ctx context.Context, c *upstream.Client, p upstream.IdentityProvider) Provider {
	shown := Provider{Name: p.Name, ID: p.ID, Enabled: p.Enabled, Methods: append([]string{}, p.Methods...),
		NameID: p.NameID}
	document, err := c.ProviderDocument(ctx, p.ID)
	if err != nil {
		o.note(readingProvider+" "+p.Name, err)
		return shown
	}
	if whole, err := document.Provider(); err == nil {
		shown.NameID = whole.NameID
	}
	if m, _, err := parseMetadata([]byte(document.Metadata())); err == nil {
		shown.EntityID = m.EntityID
	}
	return shown
}

// count looks at people by what a log-in compares.
func (o *Overview) count(ctx context.Context, c *upstream.Client, userName func(upstream.User) string) {
	users, err := c.SomeUsers(ctx, o.Domain, doctor.Sample)
	if err != nil {
		o.note(readingUsers, err)
		return
	}
	o.People.Looked = len(users)
	for _, u := range users {
		value := doctor.NameID(u, o.NameID)
		if value == "" {
			continue
		}
		o.People.WithValue++
		if strings.EqualFold(value, userName(u)) {
			o.People.SameAsUserName++
		}
	}
}

// ReadServiceProvider asks Access what Okta must be told about it. With an error, it
// returns what the documentation of Access says of such a tenant.
func ReadServiceProvider(ctx context.Context, c *upstream.Client, tenant string) (ServiceProvider, error) {
	documented := ServiceProvider{EntityID: tenant + upstream.MetadataPath, ACS: tenant + "/SAAS/auth/saml/response"}
	text, err := c.ServiceProviderMetadata(ctx)
	if err != nil {
		return documented, step(readingMetadata, err)
	}
	sp, err := readServiceProvider(text)
	if err != nil {
		return documented, err
	}
	return sp, nil
}
