// Package translate converts users between SCIM 2.0, as Okta speaks it, and the
// attributes that Workspace ONE Access keeps. It is pure: it asks nobody,
// remembers nothing and does not log.
//
// One table of pairs drives both directions, because Okta reads a user, changes
// it and writes all of it back: what goes one way has to come back the other.
// For every value that Access can hold, translating it to SCIM and back gives
// the value again.
//
// Resources are expected with the attribute names spelled as their schemas spell
// them, as package scim's decoder leaves them. What the table does not name has
// no home in Access and is left out; Attributes lists what has one.
package translate
