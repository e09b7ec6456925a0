package upstream

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

const (
	// pageSize is how many records a search asks for. Access may give fewer;
	// what it gave decides where the next page begins.
	pageSize = 1000
	// maxPages ends a search in which Access never comes to an end.
	maxPages = 10_000
)

// Page is a part of a list.
type Page[T any] struct {
	// Total counts all records of the list, not of the page.
	Total     int
	Resources []T
}

// listAnswer is a ListResponse of Access. A missing Resources is empty.
type listAnswer[T any] struct {
	Total     int `json:"totalResults"`
	Resources []T `json:"Resources"`
}

// search is a query for a list.
type search struct {
	op, path string
	query    url.Values
}

// readPage reads one page of a search from the 1-based start.
func readPage[T any](ctx context.Context, c *Client, s search, start, count int) (listAnswer[T], error) {
	query := url.Values{"startIndex": {strconv.Itoa(start)}, "count": {strconv.Itoa(count)}}
	maps.Copy(query, s.query)
	var answer listAnswer[T]
	err := c.send(ctx, call{op: s.op, method: http.MethodGet, path: s.path, query: query}, &answer)
	return answer, err
}

// readPages reads every page of a search and gives each record to use.
func readPages[T any](ctx context.Context, c *Client, s search, use func(T)) error {
	start := 1
	for range maxPages {
		page, err := readPage[T](ctx, c, s, start, pageSize)
		if err != nil {
			return err
		}
		for _, r := range page.Resources {
			use(r)
		}
		start += len(page.Resources)
		if len(page.Resources) == 0 || page.Total > 0 && start > page.Total {
			return nil
		}
	}
	return &Error{Op: s.op, Kind: ErrUnavailable, Err: errors.New("the list does not come to an end")}
}

// quote writes s as the JSON string that a SCIM filter takes.
func quote(s string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // \u0026 for & is a form that a filter parser may not know
	_ = enc.Encode(s)        // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}
