package doctor

import (
	"context"
	"slices"
	"strings"

	"ws1bridge/upstream"
)

// Person examines why one person can log in or cannot: the account itself, and
// what the users of its domain need. domains are those of the bridge.
func Person(ctx context.Context, client *upstream.Client, account upstream.Account, domains []string,
	report func(Result)) error {
	const origin = "account"
	a := &access{client: client}
	checks := append([]check{
		{name: origin, domain: account.Domain, run: func(context.Context) verdict { return checkOrigin(account, domains) }},
		{name: "status", domain: account.Domain, run: func(context.Context) verdict { return checkStatus(account) }},
	}, loginChecks(account.Domain, origin, a)...)
	checks = append(checks, check{name: "name ID", domain: account.Domain,
		after: []string{"identity provider of " + account.Domain},
		run:   func(ctx context.Context) verdict { return a.checkNameID(ctx, account) }})
	return run(ctx, checks, nil, report)
}

// checkNameID says by what Access finds the person when Okta sends them: the one
// thing that the two must agree about for each log-in.
func (a *access) checkNameID(ctx context.Context, account upstream.Account) verdict {
	p, missing := a.nameIDOf(ctx, account.Domain)
	if missing != nil {
		return *missing
	}
	value := NameID(account.User, p.NameID)
	if value == "" {
		return failed(p.Name+" finds people by "+p.NameID+", and this account has none",
			"map a value to "+p.NameID+" in Okta, or let "+p.Name+" find people by another attribute")
	}
	return ok(p.Name + " finds people by " + p.NameID + ": Okta's app for log-ins must send " + value + " as Name ID")
}

// checkOrigin looks whether the account is one that Okta pushes.
func checkOrigin(a upstream.Account, domains []string) verdict {
	switch {
	case a.Ours:
		return ok("pushed by Okta, in the domain " + a.Domain)
	case !strings.EqualFold(a.Kind, upstream.UserProvisioned):
		return failed("the account is of type "+a.Kind+", which Okta does not push: the bridge neither sees nor changes it",
			"let the person log in as such an account does, or delete it in Access and push the person again from Okta")
	case slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, a.Domain) }):
		return failed("the account has the domain "+a.Domain+", which the configuration spells "+strings.Join(domains, ", "),
			"spell the domain as Access does: it compares exactly")
	}
	return failed("the account has the domain "+a.Domain+", and the bridge works for "+strings.Join(domains, ", "),
		"the person may have two accounts: choose the domain that Okta's users should have, and delete the other account")
}

func checkStatus(a upstream.Account) verdict {
	switch {
	case a.Status == "3":
		return failed("the account is deleted (userStatus 3)", "assign the person to the app in Okta again")
	case !a.Active():
		return failed("the account is not active", "assign the person to the app in Okta (again), or look there why the "+
			"deactivation was pushed")
	case a.Status != "" && a.Status != upstream.StatusEnabled:
		return failed("the account is active, but disabled in Access (userStatus "+a.Status+")",
			"enable it in Access under Users, or remove and assign the person in Okta again")
	}
	return ok("active")
}

// Domain examines what the users of one domain need to log in.
func Domain(ctx context.Context, client *upstream.Client, domain string, report func(Result)) error {
	a := &access{client: client}
	return run(ctx, append(loginChecks(domain, "", a), nameIDCheck(domain, a)), nil, report)
}

// Group examines whether a group is one that Okta pushes, and whether the users
// of its domain can log in.
func Group(ctx context.Context, client *upstream.Client, group upstream.GroupAccount, domains []string,
	report func(Result)) error {
	const origin = "group"
	checks := []check{{name: origin, run: func(context.Context) verdict { return checkGroupOrigin(group, domains) }}}
	if group.Domain != "" {
		directory := loginChecks(group.Domain, origin, &access{client: client})[0]
		directory.domain = "" // nobody asked for the rest of what a log-in takes
		checks = append(checks, directory)
	}
	return run(ctx, checks, nil, report)
}

func checkGroupOrigin(g upstream.GroupAccount, domains []string) verdict {
	const taken = "rename the group in Okta, or this one in Access: names of groups are unique in the whole tenant"
	switch {
	case g.Ours && g.Domain == "":
		return ok("Access does not tell its domain, so the bridge takes it for its own")
	case g.Ours:
		return ok("pushed by Okta, or made for it, in the domain " + g.Domain)
	case g.Kind != "" && !strings.EqualFold(g.Kind, upstream.GroupInternal):
		return failed("the group is of type "+g.Kind+", which nobody may push: the bridge does not see it", taken)
	}
	return failed("the group is in the domain "+g.Domain+", and the bridge works for "+strings.Join(domains, ", "), taken)
}
