package scim

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"ws1bridge/scim/translate"
)

// The media types of SCIM (RFC 7644 section 3.8). Callers that accept plain JSON
// alone get that.
const (
	scimType = "application/scim+json"
	jsonType = "application/json"
)

// gzipFrom is the size in bytes from which an answer is worth compressing.
const gzipFrom = 16 << 10

// answer is what goes back to the caller.
type answer struct {
	status  int
	body    any // nil for none
	headers [][2]string
}

func (a *answer) header(name, value string) { a.headers = append(a.headers, [2]string{name, value}) }

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
	for _, kv := range a.headers {
		h.Set(kv[0], kv[1])
	}
	h.Set("Cache-Control", "no-store") // answers hold personal data
	h.Set("X-Content-Type-Options", "nosniff")
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

// found answers with one resource: its version and place in the header, and of
// its attributes those that were asked for. Who has this version already gets
// 304 without it.
func found(r *http.Request, status int, resource translate.Resource, p projection) (answer, error) {
	a := answer{status: status}
	version := versionOf(resource)
	if version != "" {
		a.header("ETag", version)
	}
	if isUnchanged(r, version) {
		a.status = http.StatusNotModified
		return a, nil
	}
	if meta, ok := resource["meta"].(map[string]any); ok {
		location, _ := meta["location"].(string)
		a.header("Location", location)
	}
	a.body = p.apply(resource)
	return a, nil
}

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// listResponse is a page of resources (RFC 7644 section 3.4.2). Counts are JSON
// integers: Okta stops without a word at numbers in strings.
type listResponse struct {
	Schemas      []string             `json:"schemas"`
	TotalResults int                  `json:"totalResults"`
	StartIndex   int                  `json:"startIndex"`
	ItemsPerPage int                  `json:"itemsPerPage"`
	Resources    []translate.Resource `json:"Resources"`
}

// list answers with a page of total resources.
func list(page []translate.Resource, total int, s search) answer {
	body := listResponse{
		Schemas: []string{listSchema}, TotalResults: total, StartIndex: s.startIndex,
		ItemsPerPage: len(page), Resources: make([]translate.Resource, len(page)),
	}
	for i, resource := range page {
		body.Resources[i] = s.projection.apply(resource)
	}
	return answer{status: http.StatusOK, body: body}
}
