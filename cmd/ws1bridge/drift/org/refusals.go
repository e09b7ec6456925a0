package org

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"golang.org/x/oauth2"

	"ws1bridge/auth/neterr"
)

// errorCode is the form of an error of OAuth. What has another is not quoted: it may be anything.
var errorCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

// fixes are what to do, by the error of RFC 6749 section 5.2, or of Okta.
var fixes = map[string]string{
	"invalid_client": ": see that okta.client_id is that of the service app, that the app is active and has the public " +
		"half of okta.private_key (General > Client Credentials), under okta.key_id if that is set, that okta.org_url is " +
		"the address of the org itself, and that the clock of this machine is right",
	"invalid_scope": grantScopes, "consent_required": grantScopes, "access_denied": grantScopes,
	"invalid_dpop_proof": turnDPoPOff, "use_dpop_nonce": turnDPoPOff,
	"unauthorized_client": ": the app of okta.client_id must be one of the kind API Services",
}

const (
	grantScopes = ": grant the service app okta.apps.read, okta.groups.read, okta.schemas.read and okta.users.read " +
		"(Okta API Scopes)"
	turnDPoPOff = ": turn off \"Require Demonstrating Proof of Possession (DPoP) header in token requests\" in the " +
		"service app (General > General Settings)"
)

// noToken is why there is no token. Of the answer it quotes nothing but the code of the error: the rest
// may hold the assertion.
func noToken(ctx context.Context, err error) (wait time.Duration, _ error) {
	refusal, isRefusal := errors.AsType[*oauth2.RetrieveError](err)
	if !isRefusal {
		if _, isNetwork := errors.AsType[*url.Error](err); isNetwork {
			return time.Second, fmt.Errorf("okta cannot be reached for a token: %w", neterr.Class(ctx, err))
		}
		return time.Second, errors.New("okta answers a request for a token with something else than it documents")
	}
	status := refusal.Response.StatusCode
	switch {
	case status == http.StatusTooManyRequests:
		return untilReset(refusal.Response.Header, time.Now()), errors.New("okta asks to slow down requests for a token")
	case status >= http.StatusInternalServerError:
		return time.Second, fmt.Errorf("okta has an error of its own (%d), and gives no token", status)
	case errorCode.MatchString(refusal.ErrorCode):
		return 0, fmt.Errorf("okta gives no token (%d %s)%s", status, refusal.ErrorCode, fixes[refusal.ErrorCode])
	}
	return 0, fmt.Errorf("okta gives no token (%d): see that okta.org_url is the address of the org itself", status)
}

func (*ServiceApp) fix(status int) string {
	if status == http.StatusUnauthorized {
		return "okta takes no token that it gave the service app: see that the app of okta.client_id is active, and " +
			"that okta.org_url is the address of the org itself"
	}
	return "the service app of okta.client_id needs okta.apps.read, okta.groups.read, okta.schemas.read and " +
		"okta.users.read (Okta API Scopes), and the role Read-Only Administrator (Admin roles)"
}
