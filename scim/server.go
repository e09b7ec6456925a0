package scim

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"ws1bridge/scim/guard"
	"ws1bridge/scim/journal"
	"ws1bridge/scim/provision"
	"ws1bridge/scim/query"
	"ws1bridge/scim/translate"
)

// BasePath is where the endpoint is below the public host.
const BasePath = "/scim/v2"

const (
	defaultTimeout    = 45 * time.Second
	defaultRetryAfter = 60 * time.Second
	defaultMaxScan    = 10_000
)

// Config is what a Handler needs. Everything without a default is required.
type Config struct {
	Users      provision.UserDirectory
	Groups     provision.GroupDirectory
	Translator *translate.Translator
	// GroupDomain is the domain that new groups go to.
	GroupDomain string
	// Authenticate judges the Authorization header of a request, and names the caller.
	// Its errors are those of package auth.
	Authenticate func(authorization string) (caller string, _ error)
	// Refuse is told why a request from an address was not authenticated, and says what is
	// answered. nil answers what it is told.
	Refuse func(client string, why error) error
	// PublicURL is the base URL as callers know it, for links in answers;
	// "" takes it from each request.
	PublicURL string
	// AllowDeleteUsers has a DELETE of a user delete the account; otherwise it deactivates the
	// user. Okta itself deactivates alone.
	AllowDeleteUsers bool
	// TrustedProxies are the addresses whose forwarding headers are believed: X-Forwarded-For
	// for the address of the client, X-Forwarded-Proto for links.
	TrustedProxies proxies
	// Timeout bounds the handling of a request; 0 means 45 seconds. Okta gives
	// up after 60.
	Timeout time.Duration
	// RetryAfter is what callers are asked to wait where Access did not say;
	// 0 means 60 seconds.
	RetryAfter time.Duration
	// MaxScan bounds how many resources are looked through for a query that
	// Access can't answer; 0 means 10,000.
	MaxScan int
	// Journal remembers what was pushed; nil is one in memory. It is the same for all
	// configurations of a process.
	Journal *journal.Journal
	// Guard holds damage in masses back; nil holds nothing back. It is the same for all
	// configurations of a process.
	Guard *guard.Guard
	Log   *zap.Logger
	// Registerer takes the metrics; nil leaves them unregistered.
	Registerer prometheus.Registerer
}

// Handler is the endpoint. It is safe for concurrent use.
type Handler struct {
	Config
	*lasting

	users      *provision.Users
	groups     *provision.Groups
	types      []*resourceType    // users, then groups
	operations map[string]methods // by path below BasePath
	router     http.Handler
	queries    *query.Runner
}

// lasting is what outlives a configuration.
type lasting struct {
	metrics *metrics
	dropped namesOnce
	// corrected are the domains that were put right.
	corrected namesOnce
	work      work
	bodies    *semaphore.Weighted // bytes of large bodies
	inFlight  *semaphore.Weighted // requests of callers with a token
}

// NewHandler returns the endpoint, which serves everything below BasePath.
func NewHandler(cfg Config) (*Handler, error) {
	if err := cfg.complete(); err != nil {
		return nil, fmt.Errorf("scim: %w", err)
	}
	common := provision.Common{Creations: cfg.Journal.Creations(), Order: cfg.Journal.Order(), Guard: cfg.Guard}
	h := &Handler{
		Config: cfg,
		lasting: &lasting{metrics: newMetrics(cfg.Registerer), bodies: semaphore.NewWeighted(maxBodies),
			inFlight: semaphore.NewWeighted(maxInFlight)},
		users:  provision.NewUsers(cfg.Users, cfg.Translator, cfg.AllowDeleteUsers, common),
		groups: provision.NewGroups(cfg.Groups, cfg.GroupDomain, common),
	}
	h.assemble()
	return h, nil
}

// With returns an endpoint of another configuration, which takes over from h: it counts,
// limits and drains its requests together with those of h, and knows what h left in
// doubt. h still answers those under way, by the configuration with which they came.
func (h *Handler) With(cfg Config) (*Handler, error) {
	cfg.Journal = h.Journal
	if err := cfg.complete(); err != nil {
		return nil, fmt.Errorf("scim: %w", err)
	}
	next := &Handler{
		Config:  cfg,
		lasting: h.lasting,
		users:   h.users.With(cfg.Users, cfg.Translator, cfg.AllowDeleteUsers),
		groups:  h.groups.With(cfg.Groups, cfg.GroupDomain),
	}
	next.assemble()
	return next, nil
}

// assemble makes what follows from the configuration.
func (h *Handler) assemble() {
	h.types = []*resourceType{userType(h.Config, h.users), groupType(h.groups)}
	h.queries = query.NewRunner(h.MaxScan)
	h.operations = h.endpoints()
	h.router = h.routes()
}

func (c *Config) complete() error {
	switch {
	case c.Users == nil || c.Groups == nil:
		return errors.New("the directories are required")
	case c.Translator == nil:
		return errors.New("the translator is required")
	case c.Authenticate == nil:
		return errors.New("authentication is required")
	case c.GroupDomain == "":
		return errors.New("the domain of groups is required")
	case c.Log == nil:
		return errors.New("the log is required")
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
			return errors.New("the public URL must look like https://bridge.example.com" + BasePath)
		}
	}
	c.PublicURL = strings.TrimRight(c.PublicURL, "/")
	if c.Journal == nil {
		c.Journal, _ = journal.Open(journal.Config{}) // one in memory cannot fail
	}
	if c.Guard == nil {
		c.Guard = guard.New(guard.Config{Limits: func() guard.Limits { return guard.Limits{} }})
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	if c.RetryAfter <= 0 {
		c.RetryAfter = defaultRetryAfter
	}
	if c.MaxScan <= 0 {
		c.MaxScan = defaultMaxScan
	}
	return nil
}

// ServeHTTP answers one request.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.router.ServeHTTP(w, r) }
