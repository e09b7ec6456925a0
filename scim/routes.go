package scim

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"ws1bridge/scim/problem"
)

// operation is what one method does at one path.
type operation struct {
	name string // in logs and metrics
	path string // below BasePath, with {id} for an id
	// on are the resources that it is about: of one type, or of both.
	on []*resourceType
	// readQuery and readBody put what a request asks for into the call; nil
	// ignores the query string, or the body.
	readQuery func(c *call, raw string) error
	readBody  func(c *call, body []byte) error
	do        func(context.Context, *call) (answer, error)
	writes    bool // may change something in Access
}

// methods are the operations of one path.
type methods map[string]operation

// endpoints is the whole HTTP surface (RFC 7644 section 3.2, table 2).
func (h *Handler) endpoints() map[string]methods {
	all := map[string]methods{
		"": {
			http.MethodGet: {name: "query all", on: h.types, readQuery: readSearchQuery, do: h.list},
		},
		"/.search": {
			http.MethodPost: {name: "query all", on: h.types, readBody: readSearchBody, do: h.list},
		},
		"/Bulk":                  {http.MethodPost: {name: "bulk", readBody: readBulk, do: h.bulk}},
		"/ServiceProviderConfig": discovery(serviceProviderConfig),
		"/ResourceTypes":         discovery(h.listResourceTypes),
		"/ResourceTypes/{id}":    discovery(h.readResourceType),
		"/Schemas":               discovery(h.listSchemas),
		"/Schemas/{id}":          discovery(h.readSchema),
		"/Me":                    {},
	}
	for _, method := range []string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	} {
		all["/Me"][method] = operation{name: "me", do: me}
	}
	for _, t := range h.types {
		maps.Copy(all, h.endpointsOf(t))
	}
	return withPaths(all)
}

// withPaths tells the operations their paths.
func withPaths(all map[string]methods) map[string]methods {
	for path, m := range all {
		for method, o := range m {
			o.path = path
			m[method] = o
		}
	}
	return all
}

func discovery(do func(context.Context, *call) (answer, error)) methods {
	return methods{http.MethodGet: {name: "discover", readQuery: refuseFilter, do: do}}
}

// endpointsOf are those of users, or of groups.
func (h *Handler) endpointsOf(t *resourceType) map[string]methods {
	on, one, several := []*resourceType{t}, t.label, t.label+"s"
	return map[string]methods{
		t.Endpoint: {
			http.MethodGet: {name: "list " + several, on: on, readQuery: readSearchQuery, do: h.list},
			http.MethodPost: {
				name: "create " + one, on: on, readQuery: readProjection, readBody: h.readResource, do: h.create,
				writes: true,
			},
		},
		t.Endpoint + "/.search": {
			http.MethodPost: {name: "list " + several, on: on, readBody: readSearchBody, do: h.list},
		},
		t.Endpoint + "/{id}": {
			http.MethodGet: {name: "read " + one, on: on, readQuery: readProjection, do: read},
			http.MethodPut: {
				name: "replace " + one, on: on, readQuery: readProjection, readBody: h.readResource, do: h.replace,
				writes: true,
			},
			http.MethodPatch: {
				name: "patch " + one, on: on, readQuery: readProjection, readBody: h.readChanges, do: h.patch,
				writes: true,
			},
			http.MethodDelete: {name: "delete " + one, on: on, do: remove, writes: true},
		},
	}
}

func (h *Handler) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestSize(maxBody))
	known := map[string]http.HandlerFunc{}
	add := func(d *dialect, operations map[string]methods) {
		for _, base := range d.bases {
			for path, m := range operations {
				known[base+path] = h.serve(d, m)
			}
		}
	}
	add(modern, h.operations)
	add(old, h.classicEndpoints())
	for path, serve := range known {
		r.HandleFunc(path, serve)
	}
	h.addAccessPaths(r)
	r.NotFound(func(w http.ResponseWriter, req *http.Request) { h.serve(spokenAt(req.URL.Path), nil)(w, req) })
	r.MethodNotAllowed(func(w http.ResponseWriter, req *http.Request) { // one that even the router does not know
		path := r.Find(chi.NewRouteContext(), http.MethodGet, req.URL.Path)
		serve, ok := known[path]
		if !ok {
			serve = h.serve(spokenAt(req.URL.Path), nil)
		}
		serve(w, req)
	})
	return tidyPath(r)
}

// me is the resource of the caller (RFC 7644 section 3.11), and callers of the
// bridge are none.
func me(context.Context, *call) (answer, error) { return answer{}, problem.NoMe() }

// tidyPath makes /scim/v2//Users/ the same as /scim/v2/Users: the base URL that
// an administrator enters may end in a slash or not. Unlike chi's CleanPath it
// leaves dots alone, which may be an id.
func tidyPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		escaped := r.URL.EscapedPath()
		path := escaped
		for strings.Contains(path, "//") {
			path = strings.ReplaceAll(path, "//", "/")
		}
		if len(path) > 1 {
			path = strings.TrimSuffix(path, "/")
		}
		if path != escaped {
			tidy := *r.URL
			tidy.RawPath = path
			tidy.Path, _ = url.PathUnescape(path) // was valid before slashes went
			clone := *r
			clone.URL = &tidy
			r = &clone
		}
		next.ServeHTTP(w, r)
	})
}

// pathID is the id in the path, unescaped once.
func pathID(r *http.Request) string {
	if r.URL.RawPath == "" {
		return chi.URLParam(r, "id") // the router saw the path unescaped
	}
	id, err := url.PathUnescape(chi.URLParam(r, "id"))
	if err != nil {
		return ""
	}
	return id
}
