// Package translate converts users and groups between SCIM 2.0, as Okta speaks it,
// and what Workspace ONE Access keeps. It is pure: it makes no requests, remembers
// nothing and does not log.
//
// # Attributes
//
// One table of pairs drives both directions, because Okta reads a user, changes
// it and writes all of it back: what goes one way has to come back the other.
// Administrators add pairs, change the default ones, and add attributes that are
// computed, which go one way only.
//
// # Domains
//
// Rules make a domain of Okta's another in Access, and back, in the values that
// they are told to rewrite. A new user goes to the directory of one of the managed
// domains, always, and stays there.
//
// # What it guarantees
//
// For every value that a pair maps and a rule rewrites, translating it to Access
// and back gives the value again; New refuses rules and pairs that could not keep
// this. A name in a domain that only rules lead to is taken as it is and comes back
// as the name that leads there, which a Trace shows. For every value that Access can
// hold, translating it to SCIM and back gives the value again, except for values in
// a domain that a rule leads away from: these become what the rule says.
//
// What is wrong with data is a *problem.Error, and what is wrong with a
// configuration is a *Problem. Neither quotes a value of a person.
//
// Resources are expected with the attribute names spelled as their schemas spell
// them, as schema.Index.Canonical leaves them. What no pair maps has no place in Access
// and is left out; SchemaAttributes lists what has one.
package translate
