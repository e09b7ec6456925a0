package scim

import (
	"errors"
	"net/http"
	"strings"

	"ws1bridge/scim/problem"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
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
	for segment := range strings.SplitSeq(o.Path, "/") {
		if name, ok := strings.CutPrefix(segment, bulkPrefix); ok {
			names = append(names, name)
		}
	}
	if !strings.Contains(string(o.Data), bulkPrefix) {
		return names // most data has none, and need not be decoded to know it
	}
	var data any
	_ = jsonv2.Unmarshal(o.Data, &data) // was decoded once already
	_ = eachText(data, func(s string) (string, error) {
		if name, ok := strings.CutPrefix(s, bulkPrefix); ok {
			names = append(names, name)
		}
		return s, nil
	})
	return names
}

// next is the first operation that is not done and waits for none. Where all
// that are left wait for one another it is the first of these, which then
// fails, because what it refers to is not there.
func (j *bulkJob) next() (i int, ok bool) {
	first := -1
	for i, result := range j.results {
		if result != nil {
			continue
		}
		if first < 0 {
			first = i
		}
		if !j.waits(i) {
			return i, true
		}
	}
	return first, first >= 0
}

func (j *bulkJob) waits(i int) bool {
	for _, other := range j.needs[i] {
		if j.results[other] == nil {
			return true
		}
	}
	return false
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
	out := make([]*bulkResult, 0, len(j.results))
	for _, result := range j.results {
		if result != nil {
			out = append(out, result)
		}
	}
	return out
}

// resolve finds the id of the resource that an operation made.
func (j *bulkJob) resolve(bulkID string) (string, error) {
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

func (j *bulkJob) resolvePath(path string) (string, error) {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if name, ok := strings.CutPrefix(segment, bulkPrefix); ok {
			id, err := j.resolve(name)
			if err != nil {
				return "", err
			}
			segments[i] = id
		}
	}
	return strings.Join(segments, "/"), nil
}

// resolveData puts ids in the place of references.
func (j *bulkJob) resolveData(data jsontext.Value) (jsontext.Value, error) {
	if !strings.Contains(string(data), bulkPrefix) {
		return data, nil
	}
	var decoded any
	if err := jsonv2.Unmarshal(data, &decoded); err != nil {
		return nil, errors.New("bulk: data that was decoded once cannot be decoded again")
	}
	err := eachText(decoded, func(s string) (string, error) {
		name, ok := strings.CutPrefix(s, bulkPrefix)
		if !ok {
			return s, nil
		}
		return j.resolve(name)
	})
	if err != nil {
		return nil, err
	}
	return jsonv2.Marshal(decoded)
}

// eachText has change judge every text in a decoded JSON value.
func eachText(v any, change func(string) (string, error)) error {
	replace := func(item any, put func(string)) error {
		s, ok := item.(string)
		if !ok {
			return eachText(item, change)
		}
		changed, err := change(s)
		put(changed)
		return err
	}
	switch v := v.(type) {
	case map[string]any:
		for name, item := range v {
			if err := replace(item, func(s string) { v[name] = s }); err != nil {
				return err
			}
		}
	case []any:
		for i, item := range v {
			if err := replace(item, func(s string) { v[i] = s }); err != nil {
				return err
			}
		}
	}
	return nil
}
