package scim

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"
)

const (
	defaultCount = 100
	maxCount     = 1000
)

// searchRequest is what a query asks for, in its own words: the parameters of a
// query string, or the body of a POST to .search (RFC 7644 section 3.4.3).
type searchRequest struct {
	Attributes         []string `json:"attributes"`
	ExcludedAttributes []string `json:"excludedAttributes"`
	Filter             *string  `json:"filter"`
	SortBy             string   `json:"sortBy"`
	SortOrder          string   `json:"sortOrder"`
	StartIndex         *int     `json:"startIndex"`
	Count              *int     `json:"count"`
}

// search is a query that was understood.
type search struct {
	selection  *selection // nil for all
	order      *ordering  // nil for the order of Access
	startIndex int        // 1-based
	count      int
	projection projection
}

// readSearch reads the query of a GET, or of a POST to .search.
func readSearch(r *http.Request, names nameTable) (search, error) {
	asked, err := readSearchRequest(r)
	if err != nil {
		return search{}, err
	}
	return asked.understand(names, names.coreURN)
}

func readSearchRequest(r *http.Request) (asked searchRequest, err error) {
	if r.Method == http.MethodPost {
		err = readBody(r, &asked)
		return asked, err
	}
	return readQuery(r)
}

// understand checks a query against the attributes of the scope.
func (asked searchRequest) understand(in scope, coreURNs ...string) (s search, err error) {
	s = search{startIndex: 1, count: defaultCount}
	if asked.Filter != nil {
		if s.selection, err = parseFilter(*asked.Filter, in); err != nil {
			return search{}, err
		}
	}
	if s.order, err = parseOrdering(asked.SortBy, asked.SortOrder, in); err != nil {
		return search{}, err
	}
	if s.projection, err = newProjection(asked.Attributes, asked.ExcludedAttributes, coreURNs...); err != nil {
		return search{}, err
	}
	// RFC 7644 section 3.4.2.4: less than 1 is 1, and a negative count is 0.
	if asked.StartIndex != nil {
		s.startIndex = max(*asked.StartIndex, 1)
	}
	if asked.Count != nil {
		s.count = min(max(*asked.Count, 0), maxCount)
	}
	return s, nil
}

// uses reports whether the query needs that attribute of the core schema: to
// select by it, to sort by it or to return it.
func (s search) uses(name string) bool {
	return s.projection.wants(name) || s.selection.mentions(name) || s.order != nil && s.order.by.whole.name == name
}

// readQuery reads a query string strictly: a parameter that got lost in parsing
// could turn a search for one user into a list of all.
func readQuery(r *http.Request) (asked searchRequest, _ error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return asked, badRequest(scimerrors.ScimTypeInvalidSyntax,
			"The query string cannot be parsed: percent-encode reserved characters such as % and ;.")
	}
	seen := map[string]bool{}
	for name, given := range values {
		lower := strings.ToLower(name)
		if len(given) > 1 || seen[lower] {
			return asked, badRequest(scimerrors.ScimTypeInvalidValue, "The query parameter "+clip(name)+" is given more than once.")
		}
		seen[lower] = true
		if err := asked.set(lower, given[0]); err != nil {
			return asked, err
		}
	}
	return asked, nil
}

// set takes one parameter. Unknown ones are ignored, as RFC 7644 section 3.4.2
// leaves them open.
func (asked *searchRequest) set(name, value string) (err error) {
	switch name {
	case "filter":
		asked.Filter = &value
	case "startindex":
		asked.StartIndex, err = integer("startIndex", value)
	case "count":
		asked.Count, err = integer("count", value)
	case "sortby":
		asked.SortBy = value
	case "sortorder":
		asked.SortOrder = value
	case "attributes":
		asked.Attributes = strings.Split(value, ",")
	case "excludedattributes":
		asked.ExcludedAttributes = strings.Split(value, ",")
	}
	return err
}

func integer(name, value string) (*int, error) {
	n, err := strconv.Atoi(value)
	if err != nil && !errors.Is(err, strconv.ErrRange) { // Atoi gives the nearest int, and more than all is all
		return nil, badRequest(scimerrors.ScimTypeInvalidValue, "The query parameter "+name+" must be an integer.")
	}
	return &n, nil
}
