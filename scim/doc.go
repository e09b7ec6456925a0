// Package scim is the bridge's SCIM endpoint (RFC 7643, RFC 7644) as Okta
// uses it. It decodes a request, applies it to what Workspace ONE Access holds,
// and answers; translation is package translate's work, Access package
// upstream's.
//
// # What it guarantees
//
// An answer of 2xx to a write means that Access confirmed the write. Trouble
// that may pass is answered 429 with Retry-After in whole seconds, the one
// answer that Okta repeats by itself; everything else with a 4xx whose detail
// says what to do. Every answer is SCIM JSON, also those of the router, of
// authentication and of a recovered panic, and comes within the configured
// timeout.
//
// PUT and PATCH are one write: the resource is read, the request is applied to
// it, and Access is sent the difference. Nothing that a request does not name
// as its own is touched: id, meta and groups of a user are ignored, passwords
// are dropped before anything looks at them.
//
// # SCIM 1.1
//
// Okta's own app speaks SCIM 1.1, at the path of Access. That is a dialect: bodies are
// read into the same calls, and answers written from them, by package classic. What a
// call means does not depend on it.
//
// It does not know who may call it: Config.Authenticate decides that.
package scim
