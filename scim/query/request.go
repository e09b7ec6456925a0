// Package query answers queries (RFC 7644 section 3.4.2): it reads what a caller
// asks for, finds the resources by asking Access for as much as it can answer,
// compares each by itself, sorts them, cuts out a page and leaves out the
// attributes that nobody wants.
package query

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"ws1bridge/scim/match"
	"ws1bridge/scim/problem"
)

const (
	defaultCount = 100
	// MaxCount is the longest page.
	MaxCount = 1000
)

// Request is what a query asks for, in its own words: the parameters of a query
// string, or the body of a POST to .search (RFC 7644 section 3.4.3).
type Request struct {
	Attributes         []string `json:"attributes"`
	ExcludedAttributes []string `json:"excludedAttributes"`
	Filter             *string  `json:"filter"`
	SortBy             string   `json:"sortBy"`
	SortOrder          string   `json:"sortOrder"`
	StartIndex         *int     `json:"startIndex"`
	Count              *int     `json:"count"`
}

// Parse reads a query string strictly: a parameter that got lost in parsing
// could turn a search for one user into a list of all. Unknown parameters are
// ignored, as RFC 7644 section 3.4.2 leaves them open. The error is a
// *problem.Error.
func Parse(raw string) (asked Request, _ error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return asked, problem.QueryString()
	}
	seen := map[string]bool{}
	for name, given := range values {
		lower := strings.ToLower(name)
		if len(given) > 1 || seen[lower] {
			return asked, problem.ParameterTwice(problem.Clip(name))
		}
		seen[lower] = true
		if err := asked.set(lower, given[0]); err != nil {
			return asked, err
		}
	}
	return asked, nil
}

func (asked *Request) set(name, value string) (err error) {
	if value == "" { // a form that was sent with an empty field asks for nothing
		return nil
	}
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
		return nil, problem.ParameterInteger(name)
	}
	return &n, nil
}

// Search is a query that was understood.
type Search struct {
	Selection  *Selection // nil for all
	Order      *Ordering  // nil for the order of Access
	StartIndex int        // 1-based
	Count      int
	Projection Projection
}

// Understand checks a query against the attributes of the scope. coreURNs are
// the core schemas in it. The error is a *problem.Error.
func (asked Request) Understand(in match.Scope, coreURNs ...string) (s Search, err error) {
	s = Search{StartIndex: 1, Count: defaultCount}
	if asked.Filter != nil && *asked.Filter != "" {
		if s.Selection, err = Select(*asked.Filter, in); err != nil {
			return Search{}, err
		}
	}
	if s.Order, err = OrderBy(asked.SortBy, asked.SortOrder, in); err != nil {
		return Search{}, err
	}
	if s.Projection, err = asked.Project(coreURNs...); err != nil {
		return Search{}, err
	}
	// RFC 7644 section 3.4.2.4: less than 1 is 1, and a negative count is 0.
	if asked.StartIndex != nil {
		s.StartIndex = max(*asked.StartIndex, 1)
	}
	if asked.Count != nil {
		s.Count = min(max(*asked.Count, 0), MaxCount)
	}
	return s, nil
}

// Uses reports whether the query needs that attribute of the core schema, in
// lower case: to select by it, to sort by it or to return it.
func (s Search) Uses(name string) bool {
	return s.Projection.Wants(name) || s.Selection.mentions(name) || s.Order.isBy(name)
}
