package scim

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	elimity "github.com/elimity-com/scim"
	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"ws1bridge/scim/translate"
)

// BasePath is where the endpoint stands below the public host.
const BasePath = "/scim/v2"

const (
	defaultTimeout    = 45 * time.Second
	defaultRetryAfter = 60 * time.Second
	defaultMaxScan    = 10_000
)

// Config is what a Handler needs. Everything without a default is required.
type Config struct {
	Users      UserDirectory
	Groups     GroupDirectory
	Translator *translate.Translator
	// GroupDomain is the domain that new groups go to.
	GroupDomain string
	// Authenticate judges the Authorization header of a request. Its error is
	// shown to the caller in a 401.
	Authenticate func(authorization string) error
	// PublicURL is the base URL as callers know it, for links in answers;
	// "" takes it from each request.
	PublicURL string
	// Timeout bounds the handling of a request; 0 means 45 seconds. Okta gives
	// up after 60.
	Timeout time.Duration
	// RetryAfter is what callers are asked to wait where Access did not say;
	// 0 means 60 seconds.
	RetryAfter time.Duration
	// MaxScan bounds how many resources are looked through for a query that
	// Access can't answer; 0 means 10,000.
	MaxScan int
	Log     *zap.Logger
	// Registerer takes the metrics; nil leaves them unregistered.
	Registerer prometheus.Registerer
}

// Handler is the endpoint. It is safe for concurrent use.
type Handler struct {
	Config
	router     http.Handler
	operations map[string]methods // by path below BasePath
	types      []elimity.ResourceType
	userNames  nameTable
	groupNames nameTable
	required   []requiredAttribute // of users
	metrics    *metrics
	dropped    namesOnce
	doubtful   doubtfulWrites
	work       work
	bodies     *semaphore.Weighted // bytes of large bodies
	scans      *semaphore.Weighted
}

// NewHandler returns the endpoint, which serves everything below BasePath.
func NewHandler(cfg Config) (*Handler, error) {
	if err := cfg.complete(); err != nil {
		return nil, fmt.Errorf("scim: %w", err)
	}
	h := &Handler{Config: cfg, metrics: newMetrics(cfg.Registerer), bodies: semaphore.NewWeighted(maxBodies), scans: semaphore.NewWeighted(maxScans)}
	h.types = resourceTypes(cfg.Translator)
	h.userNames = newNameTable(h.types[0])
	h.userNames.accept(cfg.Translator.SchemaAttributes())
	h.groupNames = newNameTable(h.types[1])
	h.required = requiredAttributes(cfg.Translator, h.userNames)
	h.operations = h.endpoints()
	h.router = h.routes()
	return h, nil
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

// endpoint is one operation: its name in logs and metrics, and what does it.
type endpoint struct {
	op    string
	serve func(*http.Request) (answer, error)
}

// methods are the endpoints of one path.
type methods map[string]endpoint

// endpoints is the whole HTTP surface (RFC 7644 section 3.2, table 2).
func (h *Handler) endpoints() map[string]methods {
	return map[string]methods{
		"": {
			http.MethodGet: {"query all", h.queryRoot},
		},
		"/.search": {
			http.MethodPost: {"query all", h.queryRoot},
		},
		"/Users": {
			http.MethodGet:  {"list users", h.listUsers},
			http.MethodPost: {"create user", h.createUser},
		},
		"/Users/.search": {
			http.MethodPost: {"list users", h.listUsers},
		},
		"/Users/{id}": {
			http.MethodGet:    {"read user", h.readUser},
			http.MethodPut:    {"replace user", h.replaceUser},
			http.MethodPatch:  {"patch user", h.patchUser},
			http.MethodDelete: {"delete user", h.deleteUser},
		},
		"/Groups": {
			http.MethodGet:  {"list groups", h.listGroups},
			http.MethodPost: {"create group", h.createGroup},
		},
		"/Groups/.search": {
			http.MethodPost: {"list groups", h.listGroups},
		},
		"/Groups/{id}": {
			http.MethodGet:    {"read group", h.readGroup},
			http.MethodPut:    {"replace group", h.replaceGroup},
			http.MethodPatch:  {"patch group", h.patchGroup},
			http.MethodDelete: {"delete group", h.deleteGroup},
		},
		"/Bulk":                  {http.MethodPost: {"bulk", h.bulk}},
		"/ServiceProviderConfig": {http.MethodGet: {"discover", h.serviceProviderConfig}},
		"/ResourceTypes":         {http.MethodGet: {"discover", h.listResourceTypes}},
		"/ResourceTypes/{id}":    {http.MethodGet: {"discover", h.readResourceType}},
		"/Schemas":               {http.MethodGet: {"discover", h.listSchemas}},
		"/Schemas/{id}":          {http.MethodGet: {"discover", h.readSchema}},
		"/Me": {
			http.MethodGet:    {"me", me},
			http.MethodPost:   {"me", me},
			http.MethodPut:    {"me", me},
			http.MethodPatch:  {"me", me},
			http.MethodDelete: {"me", me},
		},
	}
}

func (h *Handler) routes() http.Handler {
	r := chi.NewRouter()
	for path, m := range h.operations {
		r.HandleFunc(BasePath+path, h.serve(m))
	}
	r.NotFound(h.serve(nil))
	r.MethodNotAllowed(func(w http.ResponseWriter, req *http.Request) { // one that even the router does not know
		path, ok := strings.CutPrefix(r.Find(chi.NewRouteContext(), http.MethodGet, req.URL.Path), BasePath)
		var m methods
		if ok {
			m = h.operations[path]
		}
		h.serve(m)(w, req)
	})
	return tidyPath(r)
}

// me is the resource of the caller (RFC 7644 section 3.11), and callers of the
// bridge are none.
func me(*http.Request) (answer, error) {
	return answer{}, scimerrors.ScimError{Status: http.StatusNotImplemented,
		Detail: "There is no /Me: a token of the bridge stands for Okta, not for a user."}
}
