package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	callbackPath = "/oidc/callback"
	// issuerTimeout bounds each request to the issuer.
	issuerTimeout = 10 * time.Second
)

// OIDC says who may see the console by signing in elsewhere (OpenID Connect Core 1.0).
type OIDC struct {
	// Issuer is the URL of the issuer, such as https://acme.okta.com.
	Issuer   string
	ClientID string
	// ClientSecret may be empty for a client that proves itself by PKCE alone.
	ClientSecret string
	// Groups are those whose members may see the console, as the issuer names them.
	Groups []string
	// GroupsClaim is where the issuer names the groups of somebody.
	GroupsClaim string
	// URL is that of the console, as browsers reach it.
	URL string
	// HTTPClient sends requests to the issuer; nil is one of its own.
	HTTPClient *http.Client
}

// signOn lets people in who sign in at an issuer.
type signOn struct {
	OIDC

	mu       sync.Mutex     // guards what follows
	provider *oidc.Provider // nil until the issuer was found
	scopes   []string
}

func newSignOn(cfg OIDC) *signOn {
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = &http.Client{Timeout: issuerTimeout}
	}
	return &signOn{OIDC: cfg}
}

// host names the issuer for people.
func (s *signOn) host() string {
	u, err := url.Parse(s.Issuer)
	if err != nil {
		return s.Issuer
	}
	return u.Host
}

// begun is what is remembered of somebody who went to the issuer.
type begun struct {
	State, Nonce, Verifier, Next string
}

// errDenied is a sign-in that succeeded, of somebody who may not see the console.
var errDenied = errors.New("none of the groups may see the console")

// client is that of the issuer, which is looked up when the first one signs in: the bridge
// starts without it.
func (s *signOn) client(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.provider == nil {
		provider, err := oidc.NewProvider(ctx, s.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("look up the issuer: %w", err)
		}
		var says struct {
			Scopes []string `json:"scopes_supported"`
		}
		_ = provider.Claims(&says) // an issuer need not say
		s.provider, s.scopes = provider, []string{oidc.ScopeOpenID}
		if slices.Contains(says.Scopes, "groups") {
			s.scopes = append(s.scopes, "groups")
		}
	}
	return s.provider, &oauth2.Config{ClientID: s.ClientID, ClientSecret: s.ClientSecret,
		Endpoint: s.provider.Endpoint(), RedirectURL: strings.TrimSuffix(s.URL, "/") + callbackPath, Scopes: s.scopes}, nil
}

// begin is where somebody signs in, and what is to be remembered until then.
func (s *signOn) begin(ctx context.Context, next string) (to string, b begun, err error) {
	_, client, err := s.client(s.with(ctx))
	if err != nil {
		return "", b, err
	}
	b = begun{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next}
	return client.AuthCodeURL(b.State, oidc.Nonce(b.Nonce), oauth2.S256ChallengeOption(b.Verifier)), b, nil
}

// finish judges what somebody comes back with. It is errDenied for somebody who is in no
// group that may see the console.
func (s *signOn) finish(ctx context.Context, b begun, answer url.Values) error {
	ctx = s.with(ctx)
	if subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(b.State)) != 1 {
		return errors.New("the answer belongs to another sign-in")
	}
	if reason := answer.Get("error"); reason != "" {
		return fmt.Errorf("the issuer refused: %s", codeOf(reason))
	}
	provider, client, err := s.client(ctx)
	if err != nil {
		return err
	}
	tokens, err := client.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(b.Verifier))
	if err != nil {
		return fmt.Errorf("exchange the code: %w", withoutBody(err))
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: s.ClientID}).Verify(ctx, raw)
	if err != nil {
		return fmt.Errorf("verify the ID token: %w", err)
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(b.Nonce)) != 1 {
		return errors.New("the ID token belongs to another sign-in")
	}
	groups, err := s.groupsOf(ctx, provider, id, tokens)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(s.Groups, g) }) {
		return errDenied
	}
	return nil
}

// groupsOf are the groups of somebody: from the ID token, or else from the UserInfo endpoint,
// where issuers have what they leave out of tokens (OpenID Connect Core 1.0 section 5.4).
func (s *signOn) groupsOf(
	ctx context.Context, provider *oidc.Provider, id *oidc.IDToken, tokens *oauth2.Token,
) ([]string, error) {
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return nil, fmt.Errorf("read the ID token: %w", err)
	}
	if _, told := claims[s.GroupsClaim]; !told && provider.UserInfoEndpoint() != "" {
		info, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		switch {
		case err != nil:
			return nil, fmt.Errorf("read the groups at the UserInfo endpoint: %w", withoutBody(err))
		case info.Subject != id.Subject:
			return nil, errors.New("the UserInfo endpoint tells of somebody else")
		case info.Claims(&claims) != nil:
			return nil, errors.New("the UserInfo endpoint answered with something that is no object")
		}
	}
	switch groups := claims[s.GroupsClaim].(type) {
	case []any:
		return texts(groups), nil
	case string:
		return []string{groups}, nil
	}
	return nil, fmt.Errorf("the issuer tells no groups in the claim %s", s.GroupsClaim)
}

// texts are the strings in a list.
func texts(list []any) (out []string) {
	for _, v := range list {
		if s, ok := v.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// with has the libraries use the client of the configuration.
func (s *signOn) with(ctx context.Context) context.Context {
	return oidc.ClientContext(ctx, s.HTTPClient)
}

// withoutBody is an error without what the issuer wrote, which may name a person.
func withoutBody(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		code := codeOf(cmp.Or(refused.ErrorCode, "nothing"))
		return fmt.Errorf("the issuer answered %d %s", refused.Response.StatusCode, code)
	}
	if _, ok := errors.AsType[*url.Error](err); ok {
		return err
	}
	return errors.New("the issuer's answer is not understood")
}

// codeOf is an error code as RFC 6749 section 4.1.2.1 has them, without what is none.
func codeOf(s string) string {
	if len(s) > 40 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return "(for a reason that is no error code)"
	}
	return s
}

// signIn sends somebody to the issuer.
func (c *console) signIn(w http.ResponseWriter, r *http.Request) {
	to, b, err := c.gate.signOn.begin(r.Context(), ownPage(r.URL.Query().Get("next")))
	if err != nil {
		c.signInFailed(w, r, err)
		return
	}
	put(c.gate.cookies, w, r, signOnCookie, b)
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // to the issuer of the configuration
}

// comeBack lets somebody in who comes from the issuer.
func (c *console) comeBack(w http.ResponseWriter, r *http.Request) {
	b, ok := read[begun](c.gate.cookies, r, signOnCookie)
	c.gate.cookies.remove(w, r, signOnCookie)
	err := errors.New("nobody began to sign in with this browser in the last 10 minutes")
	if ok {
		err = c.gate.signOn.finish(r.Context(), b, r.URL.Query())
	}
	if err != nil {
		c.signInFailed(w, r, err)
		return
	}
	put(c.gate.cookies, w, r, sessionCookie, struct{}{})
	// By a redirect, the browser would come from the issuer still, and keep the cookie to itself.
	c.write(w, r, http.StatusOK, "welcome", b.Next)
}

func (c *console) signInFailed(w http.ResponseWriter, r *http.Request, err error) {
	c.OnRefusal(err)
	if errors.Is(err, errDenied) {
		c.write(w, r, http.StatusForbidden, "trouble", trouble{"You may not see the console",
			"You signed in, but none of your groups is one of console.oidc.groups. Whoever runs the bridge can add one."})
		return
	}
	c.write(w, r, http.StatusBadGateway, "trouble", trouble{"The sign-in failed",
		"Try again from the first page. If it stays so: " + err.Error() + "."})
}
