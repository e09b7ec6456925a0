package scim

import (
	"net/http"
	"strings"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/query"
)

// dialect is the SCIM that callers speak: how bodies are read into calls and answers are
// written is all that differs. What a call means does not depend on it.
type dialect struct {
	version string // of SCIM, as the journal names it
	// bases are the paths below which it is spoken; the first is that of links.
	bases []string
	// resource gives a resource the names of SCIM 2.0, which it takes over; nil for what has
	// them.
	resource func(h *Handler, c *call, raw map[string]any) map[string]any
	// patch reads the body of a PATCH into the call.
	patch func(h *Handler, c *call, body []byte) error
	// search gives the names in a query those of SCIM 2.0; nil for what has them.
	search func(asked *query.Request)
	// present writes the body of an answer of success as the dialect has it; nil for what
	// is SCIM 2.0.
	present func(body any) any
	// refusal is the body of an error.
	refusal func(p *problem.Error, detail string) any
	// contentType is that of an answer to what the caller accepts.
	contentType func(accept string) string
}

// modern is SCIM 2.0 (RFC 7643 and 7644).
var modern = &dialect{
	version:     "2.0",
	bases:       []string{BasePath},
	patch:       (*Handler).readPatch,
	refusal:     modernError,
	contentType: contentType,
}

// link is the base of links for a caller, by the URL of the endpoint of SCIM 2.0.
func (d *dialect) link(base string) string {
	return strings.TrimSuffix(base, BasePath) + d.bases[0]
}

// asModern gives the names in a query those of SCIM 2.0.
func (d *dialect) asModern(asked query.Request) query.Request {
	if d.search != nil {
		d.search(&asked)
	}
	return asked
}

// presented is an answer of success as the dialect has it.
func (d *dialect) presented(a answer) answer {
	if d.present != nil && a.body != nil {
		a.body = d.present(a.body)
	}
	return a
}

// override is the method that a request means: some who cannot send PATCH send POST and say
// so (SCIM 1.1 protocol, section 3.2).
func (d *dialect) override(r *http.Request) string {
	if meant := r.Header.Get("X-HTTP-Method-Override"); d != modern && r.Method == http.MethodPost && meant != "" {
		return strings.ToUpper(meant)
	}
	if r.Method == http.MethodHead {
		return http.MethodGet // answer.write keeps the body back
	}
	return r.Method
}

// spokenAt is the dialect of a path that leads nowhere.
func spokenAt(path string) *dialect {
	if strings.HasPrefix(path, "/SAAS/") || strings.HasPrefix(path, classicShortPath+"/") {
		return old
	}
	return modern
}
