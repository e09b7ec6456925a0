// Package login sets up what people who were pushed need to log in: an identity provider
// in Workspace ONE Access that stands for Okta and has their directory.
//
// A change is a Plan first: what is there, what it becomes, and each difference in
// words. Apply looks again whether all is as it was planned, writes, reads what came of it
// and compares. A Record keeps the provider as it was, and Undo plans the way back: it takes
// back what the bridge changed, and nothing that somebody else did.
//
// Access policies are never written: what a rule looks like is not documented, and a
// wrong one locks a company out.
package login

import (
	"context"
	"slices"
	"strings"

	"ws1bridge/upstream"
)

// Problem is a refusal with what to do about it.
type Problem struct{ Finding, Fix string }

// Error has the fix on a line of its own.
func (p *Problem) Error() string {
	if p.Fix == "" {
		return p.Finding
	}
	return p.Finding + "\n  → " + p.Fix
}

func problem(finding, fix string) error { return &Problem{finding, fix} }

// StepError is a failed request to Access.
type StepError struct {
	// Step is what was under way, such as "reading identity providers".
	Step string
	Err  error
}

func (e *StepError) Error() string { return e.Step + ": " + e.Err.Error() }

// Unwrap is what went wrong.
func (e *StepError) Unwrap() error { return e.Err }

// step is nil for no error.
func step(what string, err error) error {
	if err == nil {
		return nil
	}
	return &StepError{what, err}
}

// The steps at which Access may refuse what the role does not allow.
const (
	readingDirectories = "reading directories"
	readingProviders   = "reading identity providers"
	readingProvider    = "reading the identity provider"
	readingNetworks    = "reading networks"
	creatingProvider   = "creating the identity provider"
	changingProvider   = "changing the identity provider"
	deletingProvider   = "deleting the identity provider"
	readingPolicies    = "reading access policies"
	readingUsers       = "reading users"
	readingMetadata    = "reading the SAML metadata of the tenant"
)

// surroundings are the directories of the domains, and all identity providers.
func surroundings(
	ctx context.Context, c *upstream.Client, domains []string,
) ([]upstream.Directory, []upstream.IdentityProvider, error) {
	directories, err := directoriesOf(ctx, c, domains)
	if err != nil {
		return nil, nil, err
	}
	all, err := c.IdentityProviders(ctx)
	return directories, all, step(readingProviders, err)
}

// directoriesOf are the directories of the domains, each once.
func directoriesOf(ctx context.Context, c *upstream.Client, domains []string) ([]upstream.Directory, error) {
	all, err := c.DirectoriesWithDomains(ctx)
	if err != nil {
		return nil, step(readingDirectories, err)
	}
	var list []upstream.Directory
	for _, domain := range domains {
		d, err := upstream.DirectoryOf(all, domain)
		if err != nil {
			return nil, step(readingDirectories, err)
		}
		if !slices.ContainsFunc(list, func(have upstream.Directory) bool { return have.ID == d.ID }) {
			list = append(list, d)
		}
	}
	return list, nil
}

// providerNamed is the provider that is meant by a name or an id.
func providerNamed(all []upstream.IdentityProvider, name string) (upstream.IdentityProvider, error) {
	var meant []upstream.IdentityProvider
	for _, p := range all {
		if p.ID == name || strings.EqualFold(p.Name, name) {
			meant = append(meant, p)
		}
	}
	switch {
	case len(meant) == 0:
		return upstream.IdentityProvider{}, problem("Access has no identity provider with the name "+name,
			"there are: "+namesOf(all))
	case len(meant) > 1:
		return upstream.IdentityProvider{}, problem("several identity providers have the name "+name,
			"give the id of the one that is meant: "+strings.Join(idsOf(meant), ", "))
	case meant[0].BuiltIn:
		return upstream.IdentityProvider{}, problem(meant[0].Name+" is the identity provider of Access itself, by which "+
			"nobody logs in with Okta", "choose one that stands for Okta, or create one with --metadata")
	}
	return meant[0], nil
}

func namesOf(all []upstream.IdentityProvider) string {
	var list []string
	for _, p := range all {
		list = append(list, p.Name)
	}
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

func idsOf(all []upstream.IdentityProvider) (ids []string) {
	for _, p := range all {
		ids = append(ids, p.ID)
	}
	return ids
}
