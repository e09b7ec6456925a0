package scim

import (
	"encoding/json"
	"net/http"
	"strconv"
)

const mediaType = "application/scim+json; charset=utf-8"

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
		h.Set("Content-Type", mediaType)
		h.Set("Content-Length", strconv.Itoa(len(b)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(b) // the caller has gone: nobody is left to tell
	}
}

const listSchema = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

// listResponse is a page of resources (RFC 7644 section 3.4.2). Counts are JSON
// integers: Okta stops without a word at numbers in strings.
type listResponse struct {
	Schemas      []string `json:"schemas"`
	TotalResults int      `json:"totalResults"`
	StartIndex   int      `json:"startIndex"`
	ItemsPerPage int      `json:"itemsPerPage"`
	Resources    []any    `json:"Resources"`
}

func list[T any](resources []T, total, startIndex int, present func(T) any) answer {
	page := listResponse{
		Schemas: []string{listSchema}, TotalResults: total, StartIndex: startIndex,
		ItemsPerPage: len(resources), Resources: make([]any, len(resources)),
	}
	for i, r := range resources {
		page.Resources[i] = present(r)
	}
	return answer{status: http.StatusOK, body: page}
}
