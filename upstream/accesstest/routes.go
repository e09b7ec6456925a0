package accesstest

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

const (
	apiPath         = "/SAAS/jersey/manager/api"
	directoriesPath = apiPath + "/connectormanagement/directoryconfigs"
	providersPath   = apiPath + "/identityProviders"
	networksPath    = apiPath + "/orgnetworks"
	methodsPath     = apiPath + "/amms/authmethods"
	restPath        = "/SAAS/API/1.0/REST"
)

// openRoute is an endpoint that needs no token.
type openRoute struct {
	method string
	serve  http.HandlerFunc
}

// open are the endpoints that need no token, by their paths. The token status looks at the token by
// itself.
func (e *Emulator) open() map[string]openRoute {
	token := openRoute{http.MethodPost, e.tokens.serveToken}
	discovery, health := openRoute{http.MethodGet, serveDiscovery}, openRoute{http.MethodGet, serveHealth}
	return map[string]openRoute{
		"/SAAS/auth/oauthtoken": token, "/SAAS/API/1.0/oauth2/token": token, "/acs/token": token,
		restPath + "/auth/token":                      {http.MethodGet, e.tokens.serveStatus},
		"/SAAS/auth/.well-known/openid-configuration": discovery,
		"/acs/.well-known/openid-configuration":       discovery,
		apiPath + "/health":                           health,
		apiPath + "/system/health":                    health,
		restPath + "/system/health":                   health,
		restPath + "/system/health/heartbeat":         {http.MethodGet, serveHeartbeat},
		serviceProviderPath:                           {http.MethodGet, serveServiceProvider},
	}
}

// routes is the whole surface of the tenant. All but the open endpoints need a token.
func (e *Emulator) routes() http.Handler {
	s := e.store
	r := chi.NewRouter()
	r.NotFound(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, refuse(http.StatusNotFound, "NOT_FOUND", "The resource does not exist"))
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, refuse(http.StatusMethodNotAllowed, "method.not.allowed", "Method not allowed"))
	})

	for path, open := range e.open() {
		r.Method(open.method, path, open.serve)
	}

	r.Route(apiPath+"/scim", func(r chi.Router) {
		route(e, r, "/Users", (*store).userCollection)
		route(e, r, "/Groups", (*store).groupCollection)
		r.Get("/Roles", e.locked(s.listRoles))
		r.Get("/Roles/{id}", e.locked(s.getRole))
		r.Get("/Schemas", e.locked(listSchemas))
		r.Get("/Me", e.locked(s.getMe))
	})

	r.Get(directoriesPath, e.locked(s.listDirectories))
	r.Post(directoriesPath, e.locked(s.postDirectory))
	r.Get(directoriesPath+"/{id}", e.locked(one(s.directory, s.getDirectory)))
	r.Get(directoriesPath+"/{id}/domains", e.locked(one(s.directory, s.listDomains)))
	r.Delete(directoriesPath+"/{id}", e.locked(one(s.directory, s.deleteDirectory)))
	r.Get(providersPath, e.locked(s.listProviders))
	r.Post(providersPath, e.locked(s.postProvider))
	r.Get(providersPath+"/{id}", e.locked(one(s.provider, s.getProvider)))
	r.Put(providersPath+"/{id}", e.locked(one(s.provider, s.putProvider)))
	r.Delete(providersPath+"/{id}", e.locked(one(s.provider, s.deleteProvider)))
	r.Get(clientsPath, e.locked(e.listClients))
	r.Get(clientsPath+"/{id}", e.locked(e.getClient))
	r.Get(apiPath+"/accessPolicies", e.locked(s.listPolicies))
	r.Get(networksPath, e.locked(s.listNetworks))
	r.Get(methodsPath, e.locked(s.listAuthMethods))
	r.Get("/acs/rulesets", e.locked(s.listRulesets))
	r.Get("/acs/associations/rulesets/{id}", e.locked(s.listAssociations))
	return r
}

// tenant puts the path into its SaaS form, applies a method override, and asks for a token.
func (e *Emulator) tenant() http.Handler {
	routes, openRoutes := e.routes(), e.open()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath = saasPath(r.URL.Path), ""
		// VMware's own command-line client patches this way.
		if r.Method == http.MethodPost && r.Header.Get("X-HTTP-Method-Override") == http.MethodPatch {
			r.Method = http.MethodPatch
		}
		_, open := openRoutes[r.URL.Path]
		switch modes := e.Modes(); {
		case !open && !e.tokens.valid(r):
			// Access does not document the status; public clients know 401.
			forbid(w, cmp.Or(modes.BadTokenStatus, http.StatusUnauthorized))
		case !open && !modes.permits(r):
			forbid(w, http.StatusForbidden)
		default:
			routes.ServeHTTP(w, r)
		}
	})
}

// forbid answers as access guide D shows for a bad token and for an insufficient role.
func forbid(w http.ResponseWriter, status int) {
	writeProblem(w, refuse(status, "forbidden", "User is not authorized to perform the task."))
}

// saasPath turns the path forms of installations on premises, /SAAS/t/TENANT/… and /jersey/…, into
// that of SaaS (public clients), and drops a slash at the end, as JAX-RS does.
func saasPath(path string) string {
	if rest, ok := strings.CutPrefix(path, "/SAAS/t/"); ok {
		if _, rest, ok = strings.Cut(rest, "/"); ok {
			path = "/SAAS/" + rest
		}
	} else if strings.HasPrefix(path, "/jersey/") {
		path = "/SAAS" + path
	}
	return strings.TrimSuffix(path, "/")
}

// serveHealth needs no token. VMware's own command-line client wants allOk in the text, a public
// script wants AllOk to be "true".
func serveHealth(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, body: object{"AllOk": "true", "allOk": true}}.write(w)
}

// serveHeartbeat is what load balancers probe. The text is chosen: not documented.
func serveHeartbeat(w http.ResponseWriter, _ *http.Request) {
	answer{status: http.StatusOK, contentType: "text/plain", body: []byte("ok")}.write(w)
}
