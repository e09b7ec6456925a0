package login

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"ws1bridge/cmd/ws1bridge/doctor"
	"ws1bridge/upstream"
)

// Plan is a change of one identity provider that nobody has made yet.
type Plan struct {
	// Provider is its name, and ID its id, "" for one that is to be created.
	Provider string
	ID       string
	// Before is nil for one that is to be created, After for one that is to be deleted.
	Before, After upstream.ProviderDocument
	// Changes says in words what differs, a line each; none says that all is as it
	// should be.
	Changes []string
	// Notes are what somebody who decides should know beside.
	Notes []string
	// Methods are the names of its authentication methods, for the access policy.
	Methods []string
	// Directories are those that it is to have.
	Directories []upstream.Directory
}

// Attachment says to which provider directories are attached.
type Attachment struct {
	// Provider is a name or an id.
	Provider string
	// Enable enables one that is disabled, which is refused otherwise.
	Enable bool
}

// Attach plans to attach the directories of the domains to a provider that exists.
func Attach(ctx context.Context, c *upstream.Client, domains []string, how Attachment) (Plan, error) {
	directories, all, err := surroundings(ctx, c, domains)
	if err != nil {
		return Plan{}, err
	}
	p, err := providerNamed(all, how.Provider)
	if err != nil {
		return Plan{}, err
	}
	return attach(ctx, c, directories, p.ID, how)
}

func attach(
	ctx context.Context, c *upstream.Client, directories []upstream.Directory, id string, how Attachment,
) (Plan, error) {
	before, err := c.ProviderDocument(ctx, id)
	if err != nil {
		return Plan{}, unreadable(how.Provider, err)
	}
	p, err := before.Provider()
	if err != nil {
		return Plan{}, step(readingProvider, err)
	}
	if _, shown := before[upstream.KeyDirectories]; !shown {
		return Plan{}, unreadable(p.Name, upstream.ErrRefused)
	}
	plan := Plan{Provider: p.Name, ID: id, Before: before, After: before, Methods: p.Methods, Directories: directories}
	if err := plan.attach(p); err != nil {
		return Plan{}, err
	}
	if p.Enabled {
		return plan, nil
	}
	if !how.Enable {
		return Plan{}, problem("the identity provider "+p.Name+" is disabled: nobody can log in by it",
			"repeat with --enable if it is the right one, or enable it under Identity Providers in Access")
	}
	plan.Changes = append(plan.Changes, "is enabled")
	plan.After, err = plan.After.With(upstream.KeyStatus, 1)
	return plan, err
}

// unreadable is why a provider cannot be changed: Access replaces the whole of it by what
// it is sent.
func unreadable(name string, err error) error {
	if isUnshown(err) {
		return problem("Access does not show the identity provider "+name+" as a whole, so a change would lose what is not "+
			"shown: nothing was written", "change it under Identity Providers in Access")
	}
	return step(readingProvider, err)
}

// isUnshown reports whether Access refuses to show a provider, which it may do by its type.
func isUnshown(err error) bool {
	return errors.Is(err, upstream.ErrRefused) || errors.Is(err, upstream.ErrNotFound)
}

// attach adds the directories that are not there.
func (p *Plan) attach(has upstream.IdentityProvider) (err error) {
	var missing []upstream.Directory
	for _, d := range p.Directories {
		if !slices.Contains(has.DirectoryIDs, d.ID) {
			missing = append(missing, d)
			p.Changes = append(p.Changes, "people of the directory "+d.Name+" ("+strings.Join(d.Domains, ", ")+
				") log in with it")
		}
	}
	if len(missing) > 0 {
		p.After, err = p.After.WithDirectories(missing...)
	}
	return err
}

// Creation says what a provider is to be that is created of metadata.
type Creation struct {
	Metadata Metadata
	// Name is that of the provider, Method that of its authentication method.
	Name, Method string
	// NameID is the attribute that the name ID of Okta is compared with.
	NameID string
	// Enable enables a provider that is there already, and disabled.
	Enable bool
}

// Create plans to create a provider for the directories of the domains. One that was made
// of the same metadata is taken instead, and gets what it lacks.
func Create(ctx context.Context, c *upstream.Client, domains []string, how Creation) (Plan, error) {
	directories, all, err := surroundings(ctx, c, domains)
	if err != nil {
		return Plan{}, err
	}
	known, notes, err := knownBy(ctx, c, all, how.Metadata)
	if err != nil {
		return Plan{}, err
	}
	if known.ID != "" {
		return renew(ctx, c, directories, known, how)
	}
	if err := checkNew(all, directories, how); err != nil {
		return Plan{}, err
	}
	plan, err := create(ctx, c, directories, how)
	plan.Notes = append(plan.Notes, notes...)
	return plan, err
}

// knownBy is the provider that was made of metadata of the same entity, none with an id
// of "". Those that Access does not show as a whole, such as those of another type, are
// in the notes.
func knownBy(
	ctx context.Context, c *upstream.Client, all []upstream.IdentityProvider, m Metadata,
) (known upstream.IdentityProvider, notes []string, _ error) {
	for _, p := range all {
		if p.BuiltIn {
			continue
		}
		document, err := c.ProviderDocument(ctx, p.ID)
		switch {
		case isUnshown(err):
			notes = append(notes, "Access does not show whom the identity provider "+p.Name+" stands for")
			continue
		case err != nil:
			return known, nil, step(readingProvider+" "+p.Name, err)
		}
		if has, _, err := parseMetadata([]byte(document.Metadata())); err == nil && has.EntityID == m.EntityID {
			return p, nil, nil
		}
	}
	return known, notes, nil
}

// renew gives a provider the directories and the certificates that it lacks.
func renew(
	ctx context.Context, c *upstream.Client, directories []upstream.Directory, p upstream.IdentityProvider, how Creation,
) (Plan, error) {
	plan, err := attach(ctx, c, directories, p.ID, Attachment{Provider: p.Name, Enable: how.Enable})
	if err != nil {
		return Plan{}, err
	}
	plan.Notes = append(plan.Notes, p.Name+" stands for "+how.Metadata.EntityID+" already, so none is created")
	has, _, err := parseMetadata([]byte(plan.Before.Metadata()))
	if err == nil && !has.isSame(how.Metadata) {
		plan.Changes = append(plan.Changes, "has the new metadata, with a certificate that is valid until "+
			how.Metadata.ValidUntil().Format(time.DateOnly))
		plan.After, err = plan.After.With(upstream.KeyMetadata, how.Metadata.Text)
	}
	return plan, err
}

// checkNew refuses a provider that would stand in the way of another.
func checkNew(all []upstream.IdentityProvider, directories []upstream.Directory, how Creation) error {
	for _, p := range all {
		switch {
		case strings.EqualFold(p.Name, how.Name):
			return problem("another identity provider has the name "+p.Name+", and stands for another entity than "+
				how.Metadata.EntityID, "choose another --name; if "+p.Name+" is the one that stands for Okta, attach the "+
				"directory to it: ws1bridge login setup --provider "+doctor.Quote(p.Name)+", and compare its metadata with "+
				"Okta's app")
		case slices.ContainsFunc(p.Methods, func(m string) bool { return strings.EqualFold(m, how.Method) }):
			return problem("the identity provider "+p.Name+" has the authentication method "+how.Method,
				"choose another name for the new one: --method")
		}
		for _, d := range directories {
			if slices.Contains(p.DirectoryIDs, d.ID) && !p.BuiltIn {
				return problem("the identity provider "+p.Name+" has the directory "+d.Name+" already, and was not made of the "+
					"metadata of "+how.Metadata.EntityID, "if "+p.Name+" stands for Okta, nothing is to be done, or its metadata is "+
					"that of another app of Okta; otherwise take the directory out of it in Access first")
			}
		}
	}
	return nil
}

func create(
	ctx context.Context, c *upstream.Client, directories []upstream.Directory, how Creation,
) (Plan, error) {
	notes, err := checkNameID(ctx, c, directories, how.NameID)
	if err != nil {
		return Plan{}, err
	}
	network, err := c.EveryNetwork(ctx)
	if err != nil {
		return Plan{}, step(readingNetworks, err)
	}
	after, err := upstream.NewProviderDocument(upstream.ProviderSpec{
		Name: how.Name, Metadata: how.Metadata.Text, Method: how.Method, NameID: how.NameID, Directories: directories,
		Networks: []upstream.Network{network},
	})
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{Provider: how.Name, After: after, Methods: []string{how.Method}, Directories: directories, Notes: notes}
	plan.Changes = []string{
		"is created, for the entity " + how.Metadata.EntityID,
		"has a certificate that is valid until " + how.Metadata.ValidUntil().Format(time.DateOnly),
		"has the authentication method " + how.Method,
		"finds people by " + how.NameID + ", which must be what Okta sends as Name ID (format unspecified)",
		"is for people from " + network.Name,
	}
	for _, d := range directories {
		plan.Changes = append(plan.Changes, "people of the directory "+d.Name+" ("+strings.Join(d.Domains, ", ")+
			") log in with it")
	}
	return plan, nil
}

// checkNameID looks whether those who were pushed have a value of the attribute by which
// they would be found.
func checkNameID(
	ctx context.Context, c *upstream.Client, directories []upstream.Directory, attribute string,
) (notes []string, err error) {
	for _, d := range directories {
		for _, domain := range d.Domains {
			users, err := c.SomeUsers(ctx, domain, doctor.Sample)
			if err != nil {
				return nil, step(readingUsers, err)
			}
			switch lacking := doctor.WithoutNameID(users, attribute); {
			case lacking == 0:
			case lacking == len(users):
				return nil, problem(fmt.Sprintf("none of the %d people of %s looked at has a value of %s: nobody could "+
					"log in", len(users), domain, attribute), "choose another attribute: --name-id userName; or map "+attribute+
					" in Okta, and push people again")
			default:
				notes = append(notes, fmt.Sprintf("%d of the %d people of %s looked at have no value of %s: they cannot log in "+
					"before Okta pushes one", lacking, len(users), domain, attribute))
			}
		}
	}
	return notes, nil
}
