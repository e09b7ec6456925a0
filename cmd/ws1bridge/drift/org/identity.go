package org

import (
	"context"
	"net/http"
	"time"

	"ws1bridge/auth"
)

// Identity is who asks Okta: an APIToken, or a *ServiceApp.
type Identity interface {
	// authorization is the header of that name. Where it cannot be had, wait is how long to wait
	// before another attempt, 0 where that is no use.
	authorization(ctx context.Context) (header string, wait time.Duration, err error)
	// drop forgets a header that Okta does not take, and reports whether there may be another.
	drop(header string) bool
	// fix is what to do where Okta refuses a request with 401 or 403.
	fix(status int) string
}

// APIToken is a token of an administrator (SSWS).
type APIToken struct{ auth.Secret }

func (t APIToken) authorization(context.Context) (string, time.Duration, error) { //nolint:unparam // as Identity has it
	return "SSWS " + string(t.Secret), 0, nil
}

func (APIToken) drop(string) bool { return false }

func (APIToken) fix(status int) string {
	if status == http.StatusUnauthorized {
		return "okta.api_token must be a token that is valid (Security > API > Tokens)"
	}
	return "the administrator who made okta.api_token must be able to read apps, groups and users"
}
