package accesstest

import (
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

const (
	apiPath         = "/SAAS/jersey/manager/api"
	directoriesPath = apiPath + "/connectormanagement/directoryconfigs"
	providersPath   = apiPath + "/identityProviders"
	restPath        = "/SAAS/API/1.0/REST"
)

// routes is the whole surface of the tenant. All but the open endpoints need a token.
func (e *Emulator) routes() http.Handler {
	r := chi.NewRouter()
	r.NotFound(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, refuse(http.StatusNotFound, "NOT_FOUND", "The resource does not exist"))
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, refuse(http.StatusMethodNotAllowed, "method.not.allowed", "Method not allowed"))
	})

	for _, path := range []string{"/SAAS/auth/oauthtoken", "/SAAS/API/1.0/oauth2/token", "/acs/token"} {
		r.HandleFunc(path, e.tokens.serveToken)
	}
	r.Get(restPath+"/auth/token", e.tokens.serveStatus)
	r.Get("/SAAS/auth/.well-known/openid-configuration", serveDiscovery)
	r.Get("/acs/.well-known/openid-configuration", serveDiscovery)
	r.Get(apiPath+"/health", serveHealth)
	r.Get(apiPath+"/system/health", serveHealth)
	r.Get(restPath+"/system/health", serveHealth)
	r.Get(restPath+"/system/health/heartbeat", serveHeartbeat)

	r.Route(apiPath+"/scim", func(r chi.Router) {
		e.users().route(r, "/Users", e.locked)
		e.groups().route(r, "/Groups", e.locked)
		r.Get("/Roles", e.locked(e.listRoles))
		r.Get("/Roles/{id}", e.locked(e.getRole))
		r.Get("/Schemas", e.locked(listSchemas))
		r.Get("/Me", e.locked(e.getMe))
	})

	r.Get(directoriesPath, e.locked(e.listDirectories))
	r.Post(directoriesPath, e.locked(e.postDirectory))
	r.Get(directoriesPath+"/{id}", e.locked(e.getDirectory))
	r.Get(directoriesPath+"/{id}/domains", e.locked(e.listDomains))
	r.Delete(directoriesPath+"/{id}", e.locked(e.deleteDirectory))
	r.Get(providersPath, e.locked(e.listProviders))
	r.Post(providersPath, e.locked(e.postProvider))
	r.Get(providersPath+"/{id}", e.locked(e.getProvider))
	r.Put(providersPath+"/{id}", e.locked(e.putProvider))
	r.Delete(providersPath+"/{id}", e.locked(e.deleteProvider))
	r.Get(apiPath+"/accessPolicies", e.locked(e.listPolicies))
	r.Get(apiPath+"/orgnetworks", e.locked(e.listNetworks))
	r.Get(apiPath+"/amms/authmethods", e.locked(e.listAuthMethods))
	r.Get("/acs/rulesets", e.locked(e.listRulesets))
	r.Get("/acs/associations/rulesets/{id}", e.locked(e.listAssociations))
	return r
}

// tenant puts the path into its SaaS form, applies a method override, and asks for a token.
func (e *Emulator) tenant() http.Handler {
	routes := e.routes()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath = saasPath(r.URL.Path), ""
		// VMware's own command-line client patches this way.
		if r.Method == http.MethodPost && r.Header.Get("X-HTTP-Method-Override") == http.MethodPatch {
			r.Method = http.MethodPatch
		}
		if !isOpen(r.URL.Path) && !e.tokens.valid(r) {
			e.refuseToken(w)
			return
		}
		if !isOpen(r.URL.Path) && !e.Modes().permits(r) {
			refuseRole(w)
			return
		}
		routes.ServeHTTP(w, r)
	})
}

// refuseToken answers as access guide D shows. It does not tell the status; public clients know 401.
func (e *Emulator) refuseToken(w http.ResponseWriter) {
	status := e.Modes().BadTokenStatus
	if status == 0 {
		status = http.StatusUnauthorized
	}
	writeProblem(w, refuse(status, "forbidden", "User is not authorized to perform the task."))
}

// isOpen reports whether a path needs no token. The token status looks at the token by itself.
func isOpen(path string) bool {
	switch path {
	case "/SAAS/auth/oauthtoken", "/SAAS/API/1.0/oauth2/token", "/acs/token", restPath + "/auth/token",
		"/SAAS/auth/.well-known/openid-configuration", "/acs/.well-known/openid-configuration",
		apiPath + "/health", apiPath + "/system/health",
		restPath + "/system/health", restPath + "/system/health/heartbeat":
		return true
	}
	return false
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
