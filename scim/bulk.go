package scim

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	scimerrors "github.com/elimity-com/scim/errors"
	"github.com/go-chi/chi/v5"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"go.uber.org/zap"
)

const (
	bulkRequestSchema  = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
	bulkResponseSchema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse"
	// maxBulkOperations bounds a bulk request, whose operations are done one
	// after the other within the time of one request.
	maxBulkOperations = 1000
)

// bulkRequest is the body of a POST to /Bulk (RFC 7644 section 3.7).
type bulkRequest struct {
	FailOnErrors int             `json:"failOnErrors"`
	Operations   []bulkOperation `json:"Operations"`
}

// bulkOperation is one operation of a bulk request.
type bulkOperation struct {
	Method  string         `json:"method"`
	BulkID  string         `json:"bulkId"`
	Version string         `json:"version"`
	Path    string         `json:"path"`
	Data    jsontext.Value `json:"data"`
}

// bulkResult is what became of an operation.
type bulkResult struct {
	Location string `json:"location,omitempty"`
	Method   string `json:"method"`
	BulkID   string `json:"bulkId,omitempty"`
	Version  string `json:"version,omitempty"`
	Status   string `json:"status"`
	// Response is the error where there is one.
	Response any `json:"response,omitempty"`

	id string // of the resource
}

// bulk does many operations, each by the code of a single request. They are done
// in the order of the request, but where one refers to a resource that a later
// one creates.
func (h *Handler) bulk(r *http.Request) (answer, error) {
	var body bulkRequest
	if err := readBody(r, &body); err != nil {
		return answer{}, err
	}
	if err := body.check(); err != nil {
		return answer{}, err
	}
	job := newBulkJob(body.Operations)
	for {
		i, ok := job.next()
		if !ok {
			break
		}
		job.done(i, h.bulkOperation(r, i, body.Operations[i], job))
		if body.FailOnErrors > 0 && job.failed >= body.FailOnErrors {
			break
		}
	}
	note(r, zap.Int("operations", len(body.Operations)), zap.Int("failed", job.failed))
	return answer{status: http.StatusOK, body: map[string]any{
		"schemas": []string{bulkResponseSchema}, "Operations": job.outcome(),
	}}, nil
}

// check refuses what makes the whole request meaningless.
func (b bulkRequest) check() error {
	switch {
	case len(b.Operations) == 0:
		return invalidSyntax("A bulk request needs at least one of Operations (schema " + bulkRequestSchema + ").")
	case len(b.Operations) > maxBulkOperations:
		return scimerrors.ScimError{Status: http.StatusRequestEntityTooLarge, ScimType: scimerrors.ScimTypeTooMany,
			Detail: "A bulk request may have " + strconv.Itoa(maxBulkOperations) + " operations: send the rest in another."}
	}
	seen := map[string]bool{}
	for _, o := range b.Operations {
		switch {
		case o.BulkID == "" && o.Method == http.MethodPost:
			return badRequest(scimerrors.ScimTypeInvalidValue, "Each POST of a bulk request needs a bulkId.")
		case o.BulkID != "" && seen[o.BulkID]:
			return badRequest(scimerrors.ScimTypeInvalidValue, "Two operations of the bulk request have the same bulkId.")
		}
		seen[o.BulkID] = true
	}
	return nil
}

// bulkOperation does the i-th operation as if it had come alone.
func (h *Handler) bulkOperation(r *http.Request, i int, o bulkOperation, job *bulkJob) *bulkResult {
	start := time.Now()
	rec := &record{id: recordOf(r).id + "-" + strconv.Itoa(i+1), op: "unknown"}
	result := &bulkResult{Method: clip(o.Method), BulkID: clip(o.BulkID)}
	path, err := job.resolvePath(o.Path)
	pattern, id, ok := bulkPattern(path)
	r = single(r.WithContext(context.WithValue(r.Context(), recordKey{}, rec)), o, path, id)
	var a answer
	if err == nil {
		a, err = h.bulkCall(r, o, pattern, job)
	}
	if ok && (err == nil || o.Method != http.MethodPost) {
		result.describe(a, h.baseURL(r)+path)
	}
	if err != nil {
		a = h.problem(r, rec, a, err)
		result.Response = a.body
	}
	result.Status = strconv.Itoa(a.status)
	h.finish(rec, a.status, time.Since(start), err)
	return result
}

// describe takes what the answer to a single request says of its resource.
func (b *bulkResult) describe(a answer, location string) {
	b.Location = location
	for _, header := range a.headers {
		switch header[0] {
		case "Location":
			b.Location = header[1]
		case "ETag":
			b.Version = header[1]
		}
	}
	b.id = b.Location[strings.LastIndexByte(b.Location, '/')+1:]
}

// bulkCall does the operation by what its request would have been alone.
func (h *Handler) bulkCall(r *http.Request, o bulkOperation, pattern string, job *bulkJob) (answer, error) {
	data, err := job.resolveData(o.Data)
	if err != nil {
		return answer{}, err
	}
	e, known := h.operations[pattern][o.Method]
	switch {
	case pattern == "" || !known || o.Method == http.MethodGet:
		return answer{}, badRequest(scimerrors.ScimTypeInvalidValue,
			"An operation of a bulk request is a POST to /Users or /Groups, or a PUT, PATCH or DELETE of one resource there.")
	case o.Method != http.MethodDelete && len(data) == 0:
		return answer{}, badRequest(scimerrors.ScimTypeInvalidValue, "The operation needs data.")
	}
	recordOf(r).op = e.op
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	return e.do(r)
}

// single is the request that the operation would have been alone, without its
// body.
func single(r *http.Request, o bulkOperation, path, id string) *http.Request {
	route := chi.NewRouteContext()
	route.URLParams.Add("id", id)
	proto := r.Header.Get("X-Forwarded-Proto")
	r = r.WithContext(context.WithValue(r.Context(), chi.RouteCtxKey, route))
	r.Method, r.URL, r.Header = o.Method, &url.URL{Path: BasePath + path}, http.Header{}
	r.Header.Set("X-Forwarded-Proto", proto) // links in answers follow it
	if o.Version != "" {
		r.Header.Set("If-Match", o.Version)
	}
	return r
}

// bulkPattern finds the path of an operation in the table of endpoints.
func bulkPattern(path string) (pattern, id string, ok bool) {
	kind, id, one := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if kind != "Users" && kind != "Groups" || !strings.HasPrefix(path, "/") {
		return "", "", false
	}
	if !one {
		return "/" + kind, "", true
	}
	if id == "" || id == ".search" || strings.Contains(id, "/") {
		return "", "", false
	}
	return "/" + kind + "/{id}", id, true
}

// encode writes what was decoded from JSON, which always encodes.
func encode(v any) []byte {
	b, _ := json.Marshal(v)
	return b
}
