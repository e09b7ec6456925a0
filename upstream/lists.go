package upstream

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"ws1bridge/upstream/names"
)

const (
	// pageSize is how many records a search asks for. Access may give fewer;
	// what it gave decides where the next page begins.
	pageSize = 1000
	// maxPages ends a search in which Access never comes to an end.
	maxPages = 10_000
	// listTries is how often a list is read that changes meanwhile.
	listTries = 3
)

// Page is a part of a list.
type Page[T any] struct {
	// Total counts all records of the list, not of the page.
	Total     int
	Resources []T
}

// listAnswer is a ListResponse of Access (SCIM 1.1 section 3.2.2).
type listAnswer[T any] struct {
	Total     int `json:"totalResults"`
	Resources []T `json:"Resources"`

	isList bool
	reported
}

// UnmarshalJSONFrom reads a list, and notes whether it is one.
func (l *listAnswer[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	*l = listAnswer[T]{} // an attempt before may have been cut off
	hasTotal, hasResources := false, false
	err := readObject(d, func(name string) error {
		kind := d.PeekKind()
		switch {
		case strings.EqualFold(name, "totalResults"):
			hasTotal = kind != 'n'
			return jsonv2.UnmarshalDecode(d, &l.Total)
		case strings.EqualFold(name, "Resources"):
			hasResources = kind != 'n'
			return jsonv2.UnmarshalDecode(d, &l.Resources)
		case strings.EqualFold(name, "errors"):
			return l.reported.read(d)
		}
		return d.SkipValue()
	})
	l.isList = hasTotal && hasResources
	return err
}

// verify checks that the answer is a list of records, and no longer than it says.
func (l *listAnswer[T]) verify(r call) error {
	switch {
	case bool(l.reported):
		return errors.New("the answer holds errors")
	case !l.isList:
		return errors.New("the answer has no totalResults or no Resources")
	case len(l.Resources) > 0 && max(r.part.start, 1)-1+len(l.Resources) > l.Total:
		return errors.New("the answer holds more records than it announces")
	}
	for i := range l.Resources {
		if v, ok := any(&l.Resources[i]).(verifiable); ok {
			if err := v.verify(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// readPage reads one page of a search from the 1-based start.
func readPage[T any](ctx context.Context, from sender, s search, start, count int) (listAnswer[T], error) {
	var answer listAnswer[T]
	err := from.send(ctx, call{op: s.op, method: http.MethodGet, path: s.path, part: part{s, start, count}}, &answer)
	return answer, err
}

// The troubles with a list as a whole.
var (
	errListChanged = errors.New("the list changed while it was read")
	errListEnds    = errors.New("the list ends before it is complete")
	errOtherList   = errors.New("the list holds only what was not searched for")
)

// identified is a record of a list.
type identified interface {
	recordID() string
	recordName() string // userName or displayName
}

// readList reads all records of a search. A list is complete or it is trouble; one
// that changes while it is read is read again. With an error, it returns the records that
// it read before that.
func readList[T identified](ctx context.Context, from sender, s search) (list []T, err error) {
	err = eachPage(ctx, from, s, func(records []T, isFirst bool) {
		if isFirst {
			list = list[:0]
		}
		list = append(list, records...)
	})
	if err == nil && !isAnswer(list, s) {
		err = unavailable(s.op, errOtherList)
	}
	return list, err
}

// eachPage is readList for a list that need not be held whole: it gives the records of
// each page to use. Where the list is read again, its first page comes again.
func eachPage[T identified](
	ctx context.Context, from sender, s search, use func(records []T, isFirst bool),
) (err error) {
	for range listTries {
		if err = readPages(ctx, from, s, use); !errors.Is(err, errListChanged) {
			break
		}
	}
	return err
}

// isAnswer reports whether a list can be the answer to a search: one for a name holds a
// record of that name, or none at all. Access may see no difference between accents.
func isAnswer[T identified](list []T, s search) bool {
	return !s.key.isOfOne() || len(list) == 0 ||
		slices.ContainsFunc(list, func(r T) bool { return names.Similar(r.recordName(), s.value) })
}

// readPages reads every page of a search. Each begins with the last record of the
// page before, where that had more than one: if it is another one there, then
// something came or went in the list meanwhile.
func readPages[T identified](
	ctx context.Context, from sender, s search, use func(records []T, isFirst bool),
) error {
	seen := map[string]bool{}
	total, start, last := 0, 1, ""
	for n := range maxPages {
		page, err := readPage[T](ctx, from, s, start, pageSize)
		if err != nil {
			return err
		}
		if n == 0 {
			total = page.Total
		}
		records, ok := page.Resources, true
		if overlaps := start <= len(seen); overlaps && len(records) > 0 {
			ok, records = records[0].recordID() == last, records[1:]
		}
		if !ok || page.Total != total || !allNew(records, seen) {
			return unavailable(s.op, errListChanged)
		}
		use(records, n == 0)
		if len(seen) == total {
			return nil
		}
		if len(records) == 0 {
			return unavailable(s.op, errListEnds)
		}
		start, last = len(seen), records[len(records)-1].recordID()
		if len(page.Resources) == 1 {
			start++ // pages of one record cannot overlap
		}
	}
	return unavailable(s.op, errors.New("the list does not come to an end"))
}

// allNew reports whether no record was seen before, and notes them.
func allNew[T identified](records []T, seen map[string]bool) bool {
	for _, r := range records {
		if seen[r.recordID()] {
			return false
		}
		seen[r.recordID()] = true
	}
	return true
}
