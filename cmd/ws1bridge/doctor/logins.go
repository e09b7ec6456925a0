package doctor

import (
	"context"
	"errors"
	"slices"
	"strings"

	"ws1bridge/upstream"
)

// access asks Access about what people need to log in, each thing once.
type access struct {
	client *upstream.Client

	directories answer[[]upstream.Directory]
	providers   answer[[]upstream.IdentityProvider]
	policies    answer[[]upstream.Policy]
}

// answer is what came of asking.
type answer[T any] struct {
	asked bool
	value T
	err   error
}

func (a *answer[T]) get(ctx context.Context, ask func(context.Context) (T, error)) (T, error) {
	if !a.asked {
		a.value, a.err = ask(ctx)
		a.asked = true
	}
	return a.value, a.err
}

// PolicyCheck is how the names of the checks of access policies begin.
const PolicyCheck = "access policy"

// loginChecks are those without which the users of a domain cannot log in, for
// an access that has its client once the check premise is OK.
func loginChecks(domain, premise string, a *access) []check {
	directory := "directory of " + domain
	provider := "identity provider of " + domain
	of := func(run func(context.Context, string) verdict) func(context.Context) verdict {
		return func(ctx context.Context) verdict { return run(ctx, domain) }
	}
	return []check{
		{name: directory, domain: domain, after: []string{premise}, run: of(a.checkDirectory)},
		{name: provider, domain: domain, after: []string{directory}, run: of(a.checkProvider)},
		{name: PolicyCheck + " for " + domain, domain: domain, after: []string{directory}, run: of(a.checkPolicy)},
	}
}

// nameIDCheck is whether people of a domain can be found once they log in.
func nameIDCheck(domain string, a *access) check {
	return check{name: "name IDs of " + domain, domain: domain, after: []string{"identity provider of " + domain},
		run: func(ctx context.Context) verdict { return a.checkNameIDs(ctx, domain) }}
}

// unread is the verdict when something could not be read: never that it is bad.
func unread(what string, err error) verdict {
	finding, fix := Explain("reading "+what, err)
	return unknown("could not be checked: "+finding, fix)
}

func (a *access) directory(ctx context.Context, domain string) (upstream.Directory, error) {
	directories, err := a.directories.get(ctx, a.client.DirectoriesWithDomains)
	if err != nil {
		return upstream.Directory{}, err
	}
	return upstream.DirectoryOf(directories, domain)
}

func (a *access) checkDirectory(ctx context.Context, domain string) verdict {
	d, err := a.directory(ctx, domain)
	if problem, isProblem := errors.AsType[*upstream.DomainProblem](err); isProblem {
		return domainVerdict(problem)
	}
	if err != nil {
		return unread("directories", err)
	}
	return ok("the directory " + d.Name + " of type Other has it")
}

// domainVerdict adds to a problem what to do about it.
func domainVerdict(p *upstream.DomainProblem) verdict {
	fix := map[upstream.DomainReason]string{
		upstream.MissingDirectory: "ws1bridge directory create --domain " + p.Domain,
		upstream.OtherSpelling: "spell it exactly " + strings.Join(p.Domains, "") +
			" in the configuration, or make the directory again: Access compares exactly",
		upstream.WrongType: "choose a domain of its own for Okta's users, such as okta." + p.Domain +
			", or take the domain out of the directory " +
			p.Directory.Name + " first: a domain belongs to one directory",
		upstream.BeingDeleted:       "wait until it is gone, then: ws1bridge directory create --domain " + p.Domain,
		upstream.SeveralDirectories: "leave the domain to one directory of type Other, and take it out of the others",
	}[p.Reason]
	return failed(p.Error(), fix)
}

// providersOf are the providers that use a directory.
func providersOf(all []upstream.IdentityProvider, d upstream.Directory) (using []upstream.IdentityProvider) {
	for _, p := range all {
		if slices.Contains(p.DirectoryIDs, d.ID) {
			using = append(using, p)
		}
	}
	return using
}

// directoryAndProviders are what a log-in takes, or the verdict where one of them
// could not be read.
func (a *access) directoryAndProviders(ctx context.Context, domain string) (d upstream.Directory,
	all []upstream.IdentityProvider, missing *verdict) {
	d, err := a.directory(ctx, domain)
	if err != nil {
		v := unread("directories", err)
		return d, nil, &v
	}
	all, err = a.providers.get(ctx, a.client.IdentityProviders)
	if err != nil {
		v := unread("identity providers", err)
		return d, nil, &v
	}
	return d, all, nil
}

func (a *access) checkProvider(ctx context.Context, domain string) verdict {
	d, all, missing := a.directoryAndProviders(ctx, domain)
	if missing != nil {
		return *missing
	}
	using := providersOf(all, d)
	if i := slices.IndexFunc(using, func(p upstream.IdentityProvider) bool { return p.Enabled }); i >= 0 {
		return ok(using[i].Name + " uses the directory " + d.Name)
	}
	if i := slices.IndexFunc(all, func(p upstream.IdentityProvider) bool { return !p.DirectoriesKnown }); i >= 0 &&
		len(using) == 0 {
		return unknown("could not be checked: Access does not tell which directories "+all[i].Name+" has",
			"look under Identity Providers in Access whether the one that stands for Okta has the directory "+d.Name)
	}
	candidates := a.inDetail(ctx, candidatesOf(all, d))
	if len(using) > 0 {
		return disabledProviders(d, candidates)
	}
	return withoutProvider(d, candidates)
}

// checkPolicy looks whether a method of the directory's provider is in the default access
// policy, or where it has none, one of those that could become it: so one look names all
// that is missing. How rules spell methods is not documented: that a policy does not
// mention one is taken for a fault only where it mentions others.
func (a *access) checkPolicy(ctx context.Context, domain string) verdict {
	d, all, missing := a.directoryAndProviders(ctx, domain)
	if missing != nil {
		return *missing
	}
	candidates := candidatesOf(all, d)
	if len(candidates) == 0 {
		return unknown("not checked, because there is no identity provider whose method it could have", "")
	}
	policies, err := a.policies.get(ctx, a.client.Policies)
	if err != nil {
		return unread("access policies", err)
	}
	i := slices.IndexFunc(policies, func(p upstream.Policy) bool { return p.Default })
	if i < 0 {
		return unknown("could not be checked: Access lists no default access policy", lookAtPolicy)
	}
	return policyVerdict(policies[i], methodsOf(candidates), methodsOf(all))
}

const lookAtPolicy = "look under Policies in Access whether the default policy has the method of Okta's identity " +
	"provider"

func methodsOf(providers []upstream.IdentityProvider) (methods []string) {
	for _, p := range providers {
		methods = append(methods, p.Methods...)
	}
	return methods
}

// policyVerdict is whether a policy has one of the methods, of all that are known.
func policyVerdict(policy upstream.Policy, methods, known []string) verdict {
	var has, lacks []string
	for _, m := range methods {
		if policy.Mentions(m) {
			has = append(has, m)
		} else {
			lacks = append(lacks, m)
		}
	}
	switch {
	case len(has) > 0 && len(lacks) > 0:
		return ok(policy.Name + " has the method " + strings.Join(has, ", ") + ", but not " + strings.Join(lacks, ", "))
	case len(has) > 0:
		return ok(policy.Name + " has the method " + strings.Join(has, ", "))
	case len(methods) == 0 || !policy.Mentions(known...):
		return unknown("could not be checked: Access does not tell which methods "+policy.Name+" has", lookAtPolicy)
	}
	return failed("the policy "+policy.Name+" does not have the method "+strings.Join(methods, " or ")+
		": nobody is sent to Okta to log in", "edit "+policy.Name+" under Policies in Access, and add the method to a rule")
}
