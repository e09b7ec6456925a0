package org

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"ws1bridge/cmd/ws1bridge/drift/assertion"
)

const (
	// tokenTimeout bounds one request for a token.
	tokenTimeout = 30 * time.Second
	// maxMargin bounds how long before its end a token is no longer used: a request takes time.
	maxMargin = time.Minute
	// assertionType says that a JWT proves who asks (RFC 7523 section 2.2).
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// scopes are what the calls need (Okta, OAuth 2.0 scopes): the app with its users and mappings, groups
// with their members, and the app's profile, which is a schema.
var scopes = []string{"okta.apps.read", "okta.groups.read", "okta.schemas.read", "okta.users.read"}

// ServiceApp is a service app of the org, which gets tokens by its private key (Okta, "Implement OAuth
// for Okta with a service app"). It is safe for concurrent use: whoever comes while a token is being
// fetched waits for it.
type ServiceApp struct {
	clientID, tokenURL string
	key                *assertion.Key
	client             *http.Client
	turn               chan struct{} // whose sender may fetch

	mu     sync.Mutex // guards what follows
	header *string    // nil for none; fmt does not follow it
	until  time.Time  // from when the header is not used any more; zero for no end
}

// NewServiceApp returns the service app of a client id, at an org such as https://acme.okta.com. Its
// assertions go to that host alone: it follows no redirect, whatever the client does.
func NewServiceApp(orgURL, clientID string, key *assertion.Key, client *http.Client) *ServiceApp {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &ServiceApp{clientID: clientID, tokenURL: strings.TrimSuffix(orgURL, "/") + "/oauth2/v1/token", key: key,
		client: &own, turn: make(chan struct{}, 1)}
}

func (a *ServiceApp) authorization(ctx context.Context) (string, time.Duration, error) {
	if header, ok := a.held(); ok {
		return header, 0, nil
	}
	select {
	case a.turn <- struct{}{}:
		defer func() { <-a.turn }()
	case <-ctx.Done():
		return "", 0, context.Cause(ctx)
	}
	if header, ok := a.held(); ok { // somebody has fetched it meanwhile
		return header, 0, nil
	}
	token, wait, err := a.fetch(ctx)
	if err != nil {
		return "", wait, err
	}
	return a.hold(token), 0, nil
}

// held is the header where there is one that can still be used.
func (a *ServiceApp) held() (header string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.header == nil || !a.until.IsZero() && !time.Now().Before(a.until) {
		return "", false
	}
	return *a.header, true
}

func (a *ServiceApp) hold(token *oauth2.Token) (header string) {
	header = "Bearer " + token.AccessToken
	a.mu.Lock()
	defer a.mu.Unlock()
	a.header, a.until = &header, time.Time{}
	if !token.Expiry.IsZero() {
		a.until = token.Expiry.Add(-min(maxMargin, time.Until(token.Expiry)/10))
	}
	return header
}

// drop leaves a header alone that somebody has fetched meanwhile.
func (a *ServiceApp) drop(header string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.header != nil && *a.header == header {
		a.header = nil
	}
	return true
}

// fetch asks for a token, with an assertion of its own.
func (a *ServiceApp) fetch(ctx context.Context) (token *oauth2.Token, wait time.Duration, _ error) {
	ctx, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	signed, err := a.key.Sign(a.clientID, a.tokenURL, time.Now())
	if err != nil {
		return nil, 0, errors.New("okta.private_key cannot sign")
	}
	request := clientcredentials.Config{
		TokenURL: a.tokenURL, Scopes: scopes,
		// The assertion says who asks: there is neither an id nor a secret beside it (RFC 7521 section 4.2).
		AuthStyle:      oauth2.AuthStyleInParams,
		EndpointParams: url.Values{"client_assertion_type": {assertionType}, "client_assertion": {signed}},
	}
	token, err = request.Token(context.WithValue(ctx, oauth2.HTTPClient, a.client))
	if err != nil {
		wait, err = noToken(ctx, err)
		return nil, wait, err
	}
	if !strings.EqualFold(token.Type(), "Bearer") {
		return nil, 0, errors.New("okta gives a token that needs a proof of possession" + turnDPoPOff)
	}
	return token, 0, nil
}
