package scim

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	scimerrors "github.com/elimity-com/scim/errors"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/translate"
	"ws1bridge/upstream"
)

// collection is all resources of one type, as queries see them.
type collection struct {
	names nameTable
	// list gives count resources from the 1-based start in Access's own order,
	// and how many there are.
	list func(r *http.Request, start, count int, s search) (page []translate.Resource, total int, _ error)
	// find asks Access for the resources that satisfy a comparison. It may give
	// more, and ok is false where Access can't answer.
	find func(r *http.Request, c filter.Comparison, s search) (found []translate.Resource, ok bool, _ error)
}

// query answers a query of one type of resources.
func (h *Handler) query(r *http.Request, c collection) (answer, error) {
	s, err := readSearch(r, c.names)
	if err != nil {
		return answer{}, err
	}
	if s.selection == nil && s.order == nil {
		page, total, err := c.list(r, s.startIndex, s.count, s)
		if err != nil {
			return answer{}, err
		}
		return list(page, total, s), nil
	}
	found, err := h.search(r, c, s)
	if err != nil {
		return answer{}, err
	}
	return s.page(found), nil
}

// page answers with the part of the resources that was asked for, in the order
// that was asked for.
func (s search) page(found []translate.Resource) answer {
	s.order.sort(found)
	from := min(s.startIndex-1, len(found))
	to := from + min(s.count, len(found)-from)
	return list(found[from:to], len(found), s)
}

// search finds all resources that the query selects. What Access can answer is
// asked of Access; whatever comes back is checked here, because a hit of
// Access's filter alone proves nothing.
func (h *Handler) search(r *http.Request, c collection, s search) ([]translate.Resource, error) {
	candidates, ok, err := h.candidates(r, c, s)
	if err != nil {
		return nil, err
	}
	if !ok {
		if err := h.scans.Acquire(r.Context(), 1); err != nil {
			return nil, tryAgain("The bridge is looking through all resources for other callers.")
		}
		defer h.scans.Release(1)
		if candidates, err = h.scan(r, c, s); err != nil {
			return nil, err
		}
	}
	var found []translate.Resource // of its own, so that what does not match can go
	for _, resource := range candidates {
		if s.selection == nil || s.selection.matches(resource) {
			found = append(found, resource)
		}
	}
	return found, nil
}

// maxScans is how many queries may look through all resources at once: each
// holds up to MaxScan of them.
const maxScans = 2

// scan reads all resources of the type.
func (h *Handler) scan(r *http.Request, c collection, s search) ([]translate.Resource, error) {
	all, total, err := c.list(r, 1, h.MaxScan, s)
	if err == nil && total > h.MaxScan {
		err = h.tooMany()
	}
	return all, err
}

// candidates are resources among which all are that the query selects, as few
// as Access can narrow it down to. It is not ok where Access can't.
func (h *Handler) candidates(r *http.Request, c collection, s search) (_ []translate.Resource, ok bool, _ error) {
	for _, demand := range s.selection.demands() {
		if _, err := c.names.operand(demand.Attribute); err != nil && demandsValue(demand) {
			return nil, true, nil // resources of this type have no such attribute
		}
		found, ok, err := c.find(r, demand, s)
		switch {
		case errors.Is(err, upstream.ErrRefused): // Access knows no such filter after all
		case err != nil:
			return nil, false, err
		case ok && len(found) > h.MaxScan:
			return nil, false, h.tooMany()
		case ok:
			return found, true, nil
		}
	}
	return nil, false, nil
}

// demandsValue reports whether only a resource with a value can satisfy c.
func demandsValue(c filter.Comparison) bool {
	return c.Operator != filter.NotEqual && (c.Value != nil || c.Operator == filter.Present)
}

func (h *Handler) tooMany() error {
	return badRequest(scimerrors.ScimTypeTooMany, "The bridge would have to look through more than "+strconv.Itoa(h.MaxScan)+
		" resources (scim.max_scan): add a condition that Workspace ONE Access can search for, such as userName eq or displayName eq.")
}

// queryRoot answers a query of all resources at once (RFC 7644 section 3.4.2.1):
// users, then groups. Attributes that a type does not have count there as
// without a value.
func (h *Handler) queryRoot(r *http.Request) (answer, error) {
	asked, err := readSearchRequest(r)
	if err != nil {
		return answer{}, err
	}
	collections := []collection{h.users(), h.groups()}
	in := everything{h.userNames, h.groupNames}
	s, err := asked.understand(in, h.userNames.coreURN, h.groupNames.coreURN)
	if err != nil {
		return answer{}, err
	}
	var all []translate.Resource
	for _, c := range collections {
		found, err := h.search(r, c, s)
		if err != nil {
			return answer{}, err
		}
		all = append(all, found...)
	}
	return s.page(all), nil
}

// everything is the attributes of several types of resources together.
type everything []nameTable

// operand finds an attribute of any type. One that is named with the URN of a
// type has values in resources of that type only.
func (e everything) operand(a filter.Attribute) (o operand, err error) {
	for _, t := range e {
		if o, err = t.operand(a); err != nil {
			continue
		}
		if strings.EqualFold(a.URN, t.coreURN) {
			values := o.values
			o.values = func(r map[string]any) []any {
				if !slices.Contains(asList(r["schemas"]), any(t.coreURN)) {
					return nil
				}
				return values(r)
			}
		}
		return o, nil
	}
	return o, err
}
