// Package upstream is a typed client of Workspace ONE Access: users, groups,
// directories and the checks that readiness needs. It speaks Access's dialect
// of SCIM 1.1 and knows nothing of SCIM 2.0.
//
// # What it guarantees
//
// The client knows only what is the bridge's own: users of type PROVISIONED and
// internal groups, in the configured domains. Everything else of the tenant,
// its local administrators above all, does not exist for its callers, whatever
// a filter or an id finds. That does not depend on what was read before: who is
// not known is looked up, see membership.go. Only Accounts, GroupAccounts and
// CountUsers look beyond that, and nothing that they find can be written.
//
// Every failure is an *Error of one of five kinds: ErrRefused, ErrNotFound,
// ErrConflict, ErrNotPermitted and ErrUnavailable. Only ErrUnavailable and
// ErrNotPermitted may pass by waiting; Error.InDoubt tells whether a write may
// have been applied all the same.
//
// Writes to one user or group made through one Client happen one after the
// other, in the order in which they came; writes to different ones run apart.
// A write that would change nothing sends nothing.
//
// A failed request is sent again where that is safe, see Resilience; while
// Access is down, requests fail at once instead of piling up.
//
// # What it does not do
//
// It follows neither meta.location nor redirects: every URL is built from the
// configured tenant. It does not authenticate; the http.Client it is given adds
// the token.
package upstream
