package scim

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// bulkPrefix marks a reference to the resource of another operation, in data and
// in paths (RFC 7644 section 3.7.2).
const bulkPrefix = "bulkId:"

// bulkJob finds an order in which the operations of a bulk request can be done.
type bulkJob struct {
	results []*bulkResult  // nil for what is not done
	byID    map[string]int // by bulkId
	needs   [][]int        // what each operation refers to
	failed  int
}

func newBulkJob(operations []bulkOperation) *bulkJob {
	n := len(operations)
	job := &bulkJob{results: make([]*bulkResult, n), byID: map[string]int{}, needs: make([][]int, n)}
	for i, o := range operations {
		if o.BulkID != "" {
			job.byID[o.BulkID] = i
		}
	}
	for i, o := range operations {
		for _, reference := range references(o) {
			if other, ok := job.byID[reference]; ok {
				job.needs[i] = append(job.needs[i], other)
			}
		}
	}
	return job
}

// references are the bulkIds that an operation names.
func references(o bulkOperation) (names []string) {
	note := func(s string) (string, error) {
		if name, ok := strings.CutPrefix(s, bulkPrefix); ok {
			names = append(names, name)
		}
		return s, nil
	}
	_, _ = eachSegment(o.Path, note)
	if mayRefer(o.Data) {
		var data any
		_ = jsonv2.Unmarshal(o.Data, &data) // was decoded once already
		_, _ = eachText(data, note)
	}
	return names
}

// mayRefer reports whether there may be references in data. Most has none, and
// need not be decoded to know it.
func mayRefer(data jsontext.Value) bool {
	return data.Kind() != '"' && strings.Contains(string(data), bulkPrefix)
}

// next is the first operation that is not done and waits for none. Where all
// that are left wait for one another it is the first of these, which then
// fails, because what it refers to is not there.
func (j *bulkJob) next() (i int, ok bool) {
	for i, result := range j.results {
		if result == nil && !j.waits(i) {
			return i, true
		}
	}
	i = slices.Index(j.results, nil)
	return i, i >= 0
}

func (j *bulkJob) waits(i int) bool {
	return slices.ContainsFunc(j.needs[i], func(other int) bool { return j.results[other] == nil })
}

func (j *bulkJob) done(i int, result *bulkResult) {
	j.results[i] = result
	if result.Response != nil {
		j.failed++
	}
}

// outcome is what became of the operations that were done, in the order of the
// request.
func (j *bulkJob) outcome() []*bulkResult {
	return slices.DeleteFunc(slices.Clone(j.results), func(r *bulkResult) bool { return r == nil })
}

// resolve puts the id of the resource that an operation made in the place of a
// reference to it. Any other text stays.
func (j *bulkJob) resolve(text string) (string, error) {
	bulkID, ok := strings.CutPrefix(text, bulkPrefix)
	if !ok {
		return text, nil
	}
	i, ok := j.byID[bulkID]
	switch {
	case !ok:
		return "", problem.UnknownBulkID()
	case j.results[i] == nil:
		return "", problem.BulkCircle()
	case j.results[i].code == http.StatusTooManyRequests:
		return "", problem.BulkLater()
	case j.results[i].Response != nil:
		return "", problem.BulkFailed()
	}
	return j.results[i].id, nil
}

// resolveData puts ids in the place of references.
func (j *bulkJob) resolveData(data jsontext.Value) (jsontext.Value, error) {
	if !mayRefer(data) {
		return data, nil
	}
	var decoded any
	if err := jsonv2.Unmarshal(data, &decoded, schema.KeepDigits); err != nil {
		return nil, errors.New("bulk: data that was decoded once cannot be decoded again")
	}
	resolved, err := eachText(decoded, j.resolve)
	if err != nil {
		return nil, err
	}
	return json.Marshal(resolved) // which, unlike jsonv2, writes a json.Number as a number
}

// eachSegment changes every segment of a path.
func eachSegment(path string, change func(string) (string, error)) (_ string, err error) {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if segments[i], err = change(segment); err != nil {
			return "", err
		}
	}
	return strings.Join(segments, "/"), nil
}

// eachText changes every text in a decoded JSON value, but for names.
func eachText(v any, change func(string) (string, error)) (_ any, err error) {
	switch v := v.(type) {
	case string:
		return change(v)
	case map[string]any:
		for name, item := range v {
			if v[name], err = eachText(item, change); err != nil {
				return nil, err
			}
		}
	case []any:
		for i, item := range v {
			if v[i], err = eachText(item, change); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}
