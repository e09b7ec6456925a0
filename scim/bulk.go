package scim

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"ws1bridge/scim/problem"

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

	code int    // Status as a number
	id   string // of the resource
}

// bulk does many operations, each by the code of a single request. They are done
// in the order of the request, but where one refers to a resource that a later
// one creates.
func (h *Handler) bulk(ctx context.Context, c *call) (answer, error) {
	operations := c.bulk.Operations
	job := newBulkJob(operations)
	for i, ok := job.next(); ok; i, ok = job.next() {
		job.done(i, h.bulkOperation(ctx, c.single(i), operations[i], job))
		if c.bulk.FailOnErrors > 0 && job.failed >= c.bulk.FailOnErrors {
			break
		}
	}
	c.log.note(zap.Int("operations", len(operations)), zap.Int("failed", job.failed))
	return answer{status: http.StatusOK, body: map[string]any{
		"schemas": []string{bulkResponseSchema}, "Operations": job.outcome(),
	}}, nil
}

// check refuses what makes the whole request meaningless.
func (b bulkRequest) check() error {
	switch {
	case len(b.Operations) == 0:
		return problem.NoBulkOperations(bulkRequestSchema)
	case len(b.Operations) > maxBulkOperations:
		return problem.TooManyBulkOperations(maxBulkOperations)
	}
	seen := map[string]bool{}
	for _, o := range b.Operations {
		switch {
		case o.BulkID == "" && o.Method == http.MethodPost:
			return problem.NoBulkID()
		case o.BulkID != "" && seen[o.BulkID]:
			return problem.BulkIDTwice()
		}
		seen[o.BulkID] = true
	}
	return nil
}

// single is the call of the i-th operation of a bulk request, before anything is
// known of it.
func (c *call) single(i int) *call {
	return &call{dialect: modern, base: c.base,
		log: &entry{id: c.log.id + "-" + strconv.Itoa(i+1), op: "unknown", caller: c.log.caller}}
}

// bulkOperation does an operation as if it had come alone.
func (h *Handler) bulkOperation(ctx context.Context, c *call, o bulkOperation, job *bulkJob) *bulkResult {
	start := time.Now()
	result := &bulkResult{Method: problem.Clip(o.Method), BulkID: problem.Clip(o.BulkID)}
	path, err := eachSegment(o.Path, job.resolve)
	pattern, id, ok := bulkPattern(path)
	c.id = id
	var a answer
	if err == nil {
		ctx := h.observed(ctx, c)
		a, err = attempt(func() (answer, error) { return h.bulkCall(ctx, c, o, pattern, job) })
	}
	if ok && (err == nil || o.Method != http.MethodPost) {
		result.Location, result.Version = cmp.Or(a.location, c.base+path), a.version
		result.id = cmp.Or(a.id, id)
	}
	if err != nil {
		a = h.refusal(c, a, err)
		result.Response = a.body
	}
	result.code, result.Status = a.status, strconv.Itoa(a.status)
	h.finish(c, a.status, time.Since(start), err)
	return result
}

// bulkCall makes the call that the operation is, and does it.
func (h *Handler) bulkCall(
	ctx context.Context, c *call, o bulkOperation, pattern string, job *bulkJob,
) (answer, error) {
	data, err := job.resolveData(o.Data)
	if err != nil {
		return answer{}, err
	}
	if o.Version != "" {
		c.versions.match = []string{o.Version}
	}
	return h.change(ctx, c, o.Method, pattern, data)
}

// bulkPath is the path of an operation: of all users or groups, or of one.
var bulkPath = regexp.MustCompile(`^(/Users|/Groups)(?:/([^/]+))?$`)

// bulkPattern finds the path of an operation in the table of endpoints.
func bulkPattern(path string) (pattern, id string, ok bool) {
	parts := bulkPath.FindStringSubmatch(path)
	switch {
	case len(parts) == 0 || parts[2] == ".search":
		return "", "", false
	case parts[2] == "":
		return parts[1], "", true
	}
	return parts[1] + "/{id}", parts[2], true
}
