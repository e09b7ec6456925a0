package scim

import (
	"context"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// addAccessPaths adds what of Access itself an app may ask beside SCIM 1.1, because it takes
// the bridge for Access.
func (h *Handler) addAccessPaths(r chi.Router) {
	r.Get("/SAAS/API/1.0/REST/auth/token", h.serve(old, methods{
		http.MethodGet: {name: "check token", path: "/SAAS/API/1.0/REST/auth/token", do: tokenIsGood},
	}))
	r.Post("/SAAS/auth/oauthtoken", refuseToken)
}

// tokenIsGood answers what Access answers for a good token (public clients): who gets here
// has one.
func tokenIsGood(context.Context, *call) (answer, error) {
	return answer{status: http.StatusOK, body: tokenState("True")}, nil
}

// tokenState is a bare word: what Access says has no other form.
type tokenState string

// AppendJSON writes the word as it is.
func (s tokenState) AppendJSON(b []byte) ([]byte, error) { return append(b, s...), nil }

// refuseToken tells who asks for a token, as of Access, that the bridge gives none out
// (RFC 6749 section 5.2).
func refuseToken(w http.ResponseWriter, r *http.Request) {
	a := answer{status: http.StatusBadRequest, body: map[string]any{
		"error": "unsupported_grant_type",
		"error_description": "The bridge gives out no tokens: enter one of its configuration (okta.tokens) in the field " +
			"API Token of the app.",
	}}
	a.write(w, r, old.contentType)
}
