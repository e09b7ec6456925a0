package accesstest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// defaultCount is the size of a page when the client asks for none (Access OpenAPI).
const defaultCount = 20

// query is what a list or a search asks for.
type query struct {
	filter               string
	attributes, excluded []string
	start, count         int
	sortBy               string
	descending           bool
}

// queryFromURL reads the parameters of a GET. Unknown ones are ignored (public clients).
func queryFromURL(r *http.Request) (query, error) {
	return newQuery(r.URL.Query(), func(name string) string { return name })
}

// newQuery reads parameters, which have their names as spelled makes them.
func newQuery(values url.Values, spelled func(string) string) (query, error) {
	start, badStart := number(values.Get(spelled("startIndex")), "startIndex", 0)
	count, badCount := number(values.Get(spelled("count")), "count", defaultCount)
	return query{
		filter: values.Get("filter"), attributes: names(values["attributes"]), start: start, count: count,
		sortBy:     values.Get(spelled("sortBy")),
		descending: strings.EqualFold(values.Get(spelled("sortOrder")), "descending"),
	}, cmp.Or(badStart, badCount)
}

// number refuses with 404, which is what the Access OpenAPI says.
func number(value, name string, missing int) (int, error) {
	if value == "" {
		return missing, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 {
		return 0, refuse(http.StatusNotFound, "invalid.query", "The value of '%s' is invalid", name)
	}
	return n, nil
}

// names splits a parameter that lists attributes.
func names(values []string) []string {
	var out []string
	for name := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if name = strings.TrimSpace(name); name != "" {
			out = append(out, name)
		}
	}
	return out
}

// queryFromBody reads the body of POST .search (Access OpenAPI). The lists may be arrays or texts
// with commas, since the sources do not agree.
func queryFromBody(r *http.Request) (query, error) {
	body, err := readObject(r.Body)
	if err != nil {
		return query{}, err
	}
	values := url.Values{}
	for name, value := range body {
		if list, ok := value.([]any); ok {
			for _, item := range list {
				values.Add(strings.ToLower(name), fmt.Sprint(item))
			}
		} else if value != nil {
			values.Set(strings.ToLower(name), fmt.Sprint(value))
		}
	}
	q, err := newQuery(values, strings.ToLower)
	q.excluded = names(values["excludedattributes"])
	return q, err
}

// list answers a page. The first item is number 1, and 0 means the same.
func (c collection[T]) list(q query, err error) (answer, error) {
	if err != nil {
		return answer{}, err
	}
	matches, err := c.schema.filter(q.filter, c.store.modes)
	if err != nil {
		return answer{}, err
	}
	if c.store.modes.IgnoreAttributes {
		q.attributes = nil
	}
	shown, err := c.projection(q.attributes, q.excluded)
	if err != nil {
		return answer{}, err
	}
	var found []T
	for _, item := range c.candidates(q.filter) {
		if matches(item) {
			found = append(found, item)
		}
	}
	if err := sortEntries(found, q, c.schema); err != nil {
		return answer{}, err
	}
	start := max(q.start, 1)
	first := min(start-1, len(found))
	last := min(first+min(q.count, cmp.Or(c.store.modes.MaxCount, defaultMaxCount)), len(found))
	resources := make([]any, 0, last-first)
	for _, item := range found[first:last] {
		resources = append(resources, c.item(item, shown))
	}
	return listAnswer(resources, start, len(found), coreURN, workspaceURN, enterpriseURN)
}

// candidates are all records among which those are that a filter finds: if it asks for a name, those
// with that name alone.
func (c collection[T]) candidates(filter string) []T {
	if asked, err := parseComparison(filter); err == nil && asked.op == "eq" {
		if p, _, _ := c.schema.resolve(asked.name); p == (path{name: c.schema.label}) {
			return c.named(fold(asked.want))
		}
	}
	return c.all()
}

// sortEntries sorts by an attribute's text without case; without sortBy items stay in the order of
// creation. A wrong sortBy is 404 (Access OpenAPI).
func sortEntries[T entry](found []T, q query, s *schema) error {
	if q.sortBy == "" {
		return nil
	}
	p, def, ok := s.resolve(q.sortBy)
	if !ok || p.name == "" || def.kind == complexValue {
		return refuse(http.StatusNotFound, "invalid.query", "The value of 'sortBy' is invalid")
	}
	key := func(x entry) (out string) {
		anyScalar(x.lookup(p), p.sub, func(have string) bool {
			out = fold(have)
			return true
		})
		return out
	}
	slices.SortStableFunc(found, func(a, b T) int {
		order := strings.Compare(key(a), key(b))
		if q.descending {
			return -order
		}
		return order
	})
	return nil
}
