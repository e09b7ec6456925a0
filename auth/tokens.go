package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
	"golang.org/x/sync/singleflight"
)

const defaultFetchTimeout = 15 * time.Second

// Config is what a TokenSource needs. It prints as [redacted]; package fmt cannot
// see to that in an unexported field of another struct.
type Config struct {
	hidden

	// TokenURL is the token endpoint of the tenant, such as
	// https://example.workspaceoneaccess.com/SAAS/auth/oauthtoken. Plain http is
	// accepted on loopback only. Required.
	TokenURL string
	// ClientID and ClientSecret are those of the OAuth client. Required.
	ClientID     string
	ClientSecret Secret
	// HTTPClient sends the token requests; its redirect policy is replaced,
	// since redirects are refused. Nil is a client with the proxy of the
	// environment and time limits.
	HTTPClient *http.Client
	// FetchTimeout bounds one token request; 0 is 15 seconds.
	FetchTimeout time.Duration
	// OnChange is told when fetching begins to fail, fails for another kind of
	// reason, or goes well again; nil tells nobody. It must not block.
	OnChange func(State)
	// Registerer takes the metrics; nil leaves them unregistered.
	Registerer prometheus.Registerer
}

// TokenSource fetches, holds and refreshes the token for Access. It is safe
// for concurrent use.
type TokenSource struct {
	hidden

	url      string
	client   *http.Client // nil for one of our own
	timeout  time.Duration
	metrics  *metrics
	flight   singleflight.Group
	wake     chan struct{} // tells Run that the fields below changed
	onChange func(State)

	mu    sync.Mutex // guards the fields below
	login *login     // what the next fetch uses
	token grant      // zero when there is none
	trial trial      // how the fetches since the last success went
}

// trial counts the failures in a row. Its zero value is none.
type trial struct {
	failures int
	err      *Error
	retryAt  time.Time // no request before that
}

// State is a snapshot of a TokenSource, for a page of health.
type State struct {
	// HasToken reports whether a token with life left is held.
	HasToken bool
	// FetchedAt and Expires are those of the last token, zero before the first
	// and after a Drop.
	FetchedAt, Expires time.Time
	// RefreshAt is when Run replaces the token.
	RefreshAt time.Time
	// Failures counts the failed fetches since the last good one, and Err is
	// the last of them; nil when there is none.
	Failures int
	Err      error
	// RetryAt is the end of the pause after a failure, zero when there is none.
	RetryAt time.Time
}

// NewTokenSource returns a TokenSource. It sends nothing and starts nothing. It
// panics when the metrics are registered already.
func NewTokenSource(cfg Config) (*TokenSource, error) {
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("token source: %w", err)
	}
	if cfg.FetchTimeout <= 0 {
		cfg.FetchTimeout = defaultFetchTimeout
	}
	s := &TokenSource{
		url:      cfg.TokenURL,
		client:   cfg.HTTPClient,
		timeout:  cfg.FetchTimeout,
		metrics:  newMetrics(cfg.Registerer),
		wake:     make(chan struct{}, 1),
		onChange: cfg.OnChange,
	}
	s.login = s.newLogin(cfg.ClientID, cfg.ClientSecret)
	return s, nil
}

// login is an OAuth client with its secret, ready for use.
type login struct {
	credentials *clientcredentials.Config
	client      *http.Client
}

func (s *TokenSource) newLogin(id string, secret Secret) *login {
	return &login{
		credentials: &clientcredentials.Config{
			ClientID: id, ClientSecret: string(secret), TokenURL: s.url,
			// Detection would send every refused request twice.
			AuthStyle: oauth2.AuthStyleInHeader,
		},
		client: tokenClient(s.client, &credentials{id: id, secret: string(secret)}),
	}
}

// Use has the source fetch tokens with other credentials from now on. It fetches one
// at once, where Run runs, and gives out the one that is held until then: a token
// outlives the secret that it was fetched with. The error names what is wrong with
// the credentials, and then nothing has changed.
func (s *TokenSource) Use(clientID string, clientSecret Secret) error {
	if err := checkCredentials(clientID, clientSecret); err != nil {
		return fmt.Errorf("token source: %w", err)
	}
	next := s.newLogin(clientID, clientSecret)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.login.same(next) {
		return nil
	}
	s.login, s.token.refreshAt, s.trial.retryAt = next, time.Time{}, time.Time{}
	s.changed()
	return nil
}

func (l *login) same(other *login) bool {
	return l.credentials.ClientID == other.credentials.ClientID &&
		l.credentials.ClientSecret == other.credentials.ClientSecret
}

// Token returns a token with life left. It fetches one, or waits for the fetch
// that is under way, only when none is held; after a failed fetch it returns
// that failure at once until the pause is over, with the time left as
// RetryAfter. Every error is an *Error; when ctx ended first it is an
// ErrUnavailable that also matches the error of ctx.
func (s *TokenSource) Token(ctx context.Context) (string, error) {
	for {
		if token, err := s.held(); token != "" || err != nil {
			return token, err
		}
		if err := s.join(ctx); err != nil {
			return "", err
		}
	}
}

// held returns what can be had without a fetch: the token or, during a pause,
// the last failure. It returns neither when a fetch is due.
func (s *TokenSource) held() (string, error) {
	now := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token.usable(now) {
		return *s.token.value, nil
	}
	if wait := s.trial.retryAt.Sub(now); s.trial.err != nil && wait > 0 {
		e := *s.trial.err
		e.RetryAfter = wait
		return "", &e
	}
	return "", nil
}

// join waits for the fetch under way, beginning one if there is none. The fetch
// goes on, within its own timeout, when ctx ends.
func (s *TokenSource) join(ctx context.Context) error {
	err := ctx.Err()
	if err == nil {
		select {
		case done := <-s.flight.DoChan("", s.fetchIfDue):
			return done.Err
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return &Error{Kind: ErrUnavailable, Err: fmt.Errorf("waiting for a token: %w", err)}
}

// Drop forgets token if it is the one held, because Access refused it. When
// many callers were refused with one token, the first Drop counts and the
// others do nothing, so they all share the next fetch.
func (s *TokenSource) Drop(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token.value == nil || *s.token.value != token {
		return
	}
	s.token = grant{}
	s.metrics.dropped()
	s.changed()
}

// Ready returns nil when a token with life left is held, and tries to fetch one
// when none is.
func (s *TokenSource) Ready(ctx context.Context) error {
	_, err := s.Token(ctx)
	return err
}

// State returns how the source is. It sends nothing.
func (s *TokenSource) State() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	state := State{
		HasToken:  s.token.usable(time.Now()),
		FetchedAt: s.token.begun,
		Expires:   s.token.expires,
		RefreshAt: s.token.refreshAt,
		Failures:  s.trial.failures,
		RetryAt:   s.trial.retryAt,
	}
	if s.trial.err != nil {
		state.Err = s.trial.err
	}
	return state
}

func (c Config) validate() error {
	return errors.Join(checkTokenURL(c.TokenURL), checkCredentials(c.ClientID, c.ClientSecret))
}

func checkCredentials(id string, secret Secret) error {
	return errors.Join(checkCredential("ClientID", id), checkCredential("ClientSecret", string(secret)))
}
