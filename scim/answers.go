package scim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"ws1bridge/scim/query"
	"ws1bridge/scim/schema"
)

// The media types of SCIM (RFC 7644 section 3.8). Callers that accept plain JSON
// alone get that.
const (
	scimType = "application/scim+json"
	jsonType = "application/json"
)

// gzipFrom is the size in bytes from which an answer is worth compressing.
const gzipFrom = 16 << 10

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

func (a answer) write(w http.ResponseWriter, r *http.Request) {
	var b []byte
	if a.body != nil {
		var err error
		if b, err = json.Marshal(a.body); err != nil {
			// Nothing that is made here can fail to encode; if it ever does, an
			// empty 500 says less than a wrong body would.
			a.status, b = http.StatusInternalServerError, nil
		}
	}
	h := w.Header()
	a.setHeader(h)
	if b != nil {
		h.Set("Content-Type", contentType(r.Header.Get("Accept")))
		h.Set("Vary", "Accept, Accept-Encoding")
		if len(b) >= gzipFrom && acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			b = compressed(b)
		}
		h.Set("Content-Length", strconv.Itoa(len(b)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // the caller has gone: nobody is left to tell
	}
}

// setHeader sets what the answer says outside of its body.
func (a answer) setHeader(h http.Header) {
	h.Set("Cache-Control", "no-store") // answers hold personal data
	h.Set("X-Content-Type-Options", "nosniff")
	for name, value := range map[string]string{"Allow": a.allow, "ETag": a.version, "Location": a.location} {
		if value != "" {
			h.Set(name, value)
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

// acceptsGzip reads Accept-Encoding (RFC 9110 section 12.5.3).
func acceptsGzip(acceptEncoding string) bool {
	for item := range strings.SplitSeq(acceptEncoding, ",") {
		coding, parameters, err := mime.ParseMediaType(item)
		if err == nil && (coding == "gzip" || coding == "*") {
			weight, err := strconv.ParseFloat(parameters["q"], 64)
			return err != nil || weight > 0
		}
	}
	return false
}

func compressed(b []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestSpeed) // a level that exists
	_, _ = z.Write(b)                                 // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// listResponse is a page of resources (RFC 7644 section 3.4.2). Counts are JSON
// integers: Okta stops without a word at numbers in strings.
type listResponse struct {
	Schemas      []string          `json:"schemas"`
	TotalResults int               `json:"totalResults"`
	StartIndex   int               `json:"startIndex"`
	ItemsPerPage int               `json:"itemsPerPage"`
	Resources    []schema.Resource `json:"Resources"`
}

func listOf(page query.Page) answer {
	return answer{status: http.StatusOK, body: listResponse{
		Schemas: []string{listSchema}, TotalResults: page.Total, StartIndex: page.StartIndex,
		ItemsPerPage: len(page.Resources), Resources: page.Resources,
	}}
}
