package scim

import (
	"net/http"
	"strconv"
	"strings"

	"ws1bridge/scim/query"
)

// The media types of SCIM (RFC 7644 section 3.8). Callers that accept plain JSON
// alone get that.
const (
	scimType = "application/scim+json"
	jsonType = "application/json"
)

// answer is what goes back to the caller, in plain values.
type answer struct {
	status   int
	body     any    // nil for none
	id       string // of the resource
	location string // of the resource
	version  string // its entity tag
	// allow lists the methods of the path, where the method is none of them.
	allow string
	// retryAfter is what the caller is asked to wait, in seconds; 0 for nothing.
	retryAfter int
}

func (a answer) write(w http.ResponseWriter, r *http.Request, contentType func(accept string) string) {
	var content []byte
	if a.body != nil {
		encoded, done, err := encode(a.body)
		defer done()
		if content = encoded; err != nil {
			// Nothing that is made here can fail to encode; if it ever does, an
			// empty 500 says less than a wrong body would.
			a.status, a.body, content = http.StatusInternalServerError, nil, nil
		}
	}
	h := w.Header()
	a.setHeader(h)
	if a.body != nil {
		h.Set("Content-Type", contentType(r.Header.Get("Accept")))
		h["Vary"] = vary
		if len(content) >= gzipFrom && acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			content = compressed(content)
		}
		h.Set("Content-Length", strconv.Itoa(len(content)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // the caller has gone: nobody is left to tell
	}
}

// The headers of all answers, which nobody changes.
var (
	noStore = []string{"no-store"}
	noSniff = []string{"nosniff"}
	vary    = []string{"Accept, Accept-Encoding"}
)

// setHeader sets what the answer says outside of its body.
func (a answer) setHeader(h http.Header) {
	h["Cache-Control"] = noStore // answers hold personal data
	h["X-Content-Type-Options"] = noSniff
	for _, field := range [...][2]string{{"Allow", a.allow}, {"Etag", a.version}, {"Location", a.location}} {
		if field[1] != "" {
			h[field[0]] = []string{field[1]}
		}
	}
	if a.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(a.retryAfter))
	}
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="ws1bridge"`)
	}
}

// contentType is SCIM's own type, or plain JSON where the caller accepts that
// and not the other. A caller that accepts neither gets SCIM all the same: an
// answer that it may be able to read is worth more than 406.
func contentType(accept string) string {
	media := scimType
	if strings.Contains(accept, jsonType) && !strings.Contains(accept, scimType) {
		media = jsonType
	}
	return media + "; charset=utf-8"
}

func listOf(page query.Page) answer {
	return answer{status: http.StatusOK, body: listResponse(page)}
}
