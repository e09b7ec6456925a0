package scim

import (
	"context"
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
	// on are the resources that it is about: of one type, or of both.
	on []*resourceType
	// readQuery and readBody put what a request asks for into the call; nil
	// ignores the query string, or the body.
	readQuery func(c *call, raw string) error
	readBody  func(c *call, body []byte) error
	do        func(context.Context, *call) (answer, error)
}

// methods are the operations of one path.
type methods map[string]operation

// endpoints is the whole HTTP surface (RFC 7644 section 3.2, table 2).
func (h *Handler) endpoints() map[string]methods {
	discover := func(do func(context.Context, *call) (answer, error)) methods {
		return methods{http.MethodGet: {"discover", nil, refuseFilter, nil, do}}
	}
	all := map[string]methods{
		"":         {http.MethodGet: {"query all", h.types, queryOf, nil, h.list}},
		"/.search": {http.MethodPost: {"query all", h.types, nil, searchOf, h.list}},
		"/Bulk":    {http.MethodPost: {"bulk", nil, nil, readBulk, h.bulk}},

		"/ServiceProviderConfig": discover(serviceProviderConfig),
		"/ResourceTypes":         discover(h.listResourceTypes),
		"/ResourceTypes/{id}":    discover(h.readResourceType),
		"/Schemas":               discover(h.listSchemas),
		"/Schemas/{id}":          discover(h.readSchema),
		"/Me":                    {},
	}
	for _, method := range []string{
		http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	} {
		all["/Me"][method] = operation{name: "me", do: me}
	}
	for _, t := range h.types {
		on, one, several := []*resourceType{t}, t.label, t.label+"s"
		all[t.Endpoint] = methods{
			http.MethodGet:  {"list " + several, on, queryOf, nil, h.list},
			http.MethodPost: {"create " + one, on, projectionOf, h.readResource, h.create},
		}
		all[t.Endpoint+"/.search"] = methods{http.MethodPost: {"list " + several, on, nil, searchOf, h.list}}
		all[t.Endpoint+"/{id}"] = methods{
			http.MethodGet:    {"read " + one, on, projectionOf, nil, read},
			http.MethodPut:    {"replace " + one, on, projectionOf, h.readResource, h.replace},
			http.MethodPatch:  {"patch " + one, on, projectionOf, h.readPatch, h.patch},
			http.MethodDelete: {"delete " + one, on, nil, nil, remove},
		}
	}
	return all
}

func (h *Handler) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(middleware.RequestSize(maxBody))
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
func me(context.Context, *call) (answer, error) { return answer{}, problem.NoMe() }

// tidyPath makes /scim/v2//Users/ the same as /scim/v2/Users: the base URL that
// an administrator enters may end in a slash or not. Unlike chi's CleanPath it
// leaves dots alone, which may be an id.
func tidyPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.EscapedPath()
		for strings.Contains(path, "//") {
			path = strings.ReplaceAll(path, "//", "/")
		}
		if len(path) > 1 {
			path = strings.TrimSuffix(path, "/")
		}
		if path != r.URL.EscapedPath() {
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
