// Package auth knows who may call the bridge and who the bridge is to
// Workspace ONE Access. It knows nothing of SCIM and does not log.
//
// # Inbound
//
// Bearer checks the Authorization header of a caller against several tokens at
// once, so that they can be rotated, and in a time that does not tell how much
// of a token is right.
//
// # Outbound
//
// TokenSource holds the OAuth token for Access (RFC 6749 §4.4). It guarantees:
//
//   - one fetch at a time, shared by any number of callers; each caller leaves
//     when its own context ends, without disturbing the others;
//   - a token that is handed out has life left, as far as the endpoint said,
//     counted from the moment before the request on the monotonic clock, so
//     that the clock of the server does not matter;
//   - a fetch that fails never discards a token that is still good;
//   - after a failure there is a pause before the next request, however many
//     callers ask.
//
// Run refreshes in the background, before the token ends. Without Run a token
// is fetched when a caller needs one.
//
// Transport puts the token on requests to Access and to no other host, and
// repeats a request once with a new token when Access refuses the old one. While
// Access refuses new tokens too, fewer and fewer of them are fetched.
//
// # Secrets
//
// No error of this package contains a token, a client secret, a query or what
// an answer says. The types that hold secrets print as [redacted].
package auth
