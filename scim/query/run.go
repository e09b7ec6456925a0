package query

import (
	"context"

	"golang.org/x/sync/semaphore"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/match"
	"ws1bridge/scim/problem"
	"ws1bridge/scim/schema"
)

// Collection is all resources of one type, as callers see them.
type Collection interface {
	// Operand finds an attribute of the resources. The error is a *problem.Error.
	match.Scope
	// List gives count resources from the 1-based start in Access's own order,
	// and how many there are. s says which attributes are needed.
	List(ctx context.Context, start, count int, s Search) (page []schema.Resource, total int, _ error)
	// Find asks Access for the resources that satisfy a comparison. It may give
	// more, and ok is false where Access can't answer.
	Find(ctx context.Context, c filter.Comparison, s Search) (found []schema.Resource, ok bool, _ error)
}

// Page is a part of what a query selects.
type Page struct {
	Resources  []schema.Resource
	Total      int // of all that is selected
	StartIndex int // 1-based
}

// maxScans is how many queries may look through all resources at once: each
// holds up to MaxScan of them.
const maxScans = 2

// Runner runs queries. It is safe for concurrent use.
type Runner struct {
	// maxScan bounds how many resources are looked through for a query that
	// Access can't answer.
	maxScan int
	scans   *semaphore.Weighted
}

// NewRunner returns a Runner that looks through maxScan resources at most for a
// query that Access can't answer.
func NewRunner(maxScan int) *Runner {
	return &Runner{maxScan: maxScan, scans: semaphore.NewWeighted(maxScans)}
}

// Run answers a query of one or several collections, in their order.
func (q *Runner) Run(ctx context.Context, s Search, collections ...Collection) (Page, error) {
	if s.Selection == nil && s.Order == nil && len(collections) == 1 {
		resources, total, err := collections[0].List(ctx, s.StartIndex, s.Count, s)
		if err != nil {
			return Page{}, err
		}
		return s.page(resources, total), nil
	}
	var all []schema.Resource
	for _, c := range collections {
		found, err := q.search(ctx, c, s)
		if err != nil {
			return Page{}, err
		}
		all = append(all, found...)
	}
	s.Order.sort(all)
	from := min(s.StartIndex-1, len(all))
	to := from + min(s.Count, len(all)-from)
	return s.page(all[from:to], len(all)), nil
}

// page leaves out of the resources what nobody wants.
func (s Search) page(resources []schema.Resource, total int) Page {
	page := Page{Resources: make([]schema.Resource, len(resources)), Total: total, StartIndex: s.StartIndex}
	for i, r := range resources {
		page.Resources[i] = s.Projection.Apply(r)
	}
	return page
}

// search finds all resources that the query selects. What Access can answer is
// asked of Access; whatever comes back is checked here, because a hit of
// Access's filter alone proves nothing.
func (q *Runner) search(ctx context.Context, c Collection, s Search) ([]schema.Resource, error) {
	candidates, ok, err := q.candidates(ctx, c, s)
	if err != nil {
		return nil, err
	}
	if !ok {
		if err := q.scans.Acquire(ctx, 1); err != nil {
			return nil, problem.TooManyScans()
		}
		defer q.scans.Release(1)
		if candidates, err = q.scan(ctx, c, s); err != nil {
			return nil, err
		}
	}
	var found []schema.Resource // a list of its own, so that what does not match can go
	for _, r := range candidates {
		if s.Selection == nil || s.Selection.matches(r) {
			found = append(found, r)
		}
	}
	return found, nil
}

// scan reads all resources of the type.
func (q *Runner) scan(ctx context.Context, c Collection, s Search) ([]schema.Resource, error) {
	all, total, err := c.List(ctx, 1, q.maxScan, s)
	if err == nil && total > q.maxScan {
		err = problem.TooManyToScan(q.maxScan)
	}
	return all, err
}

// candidates are resources among which all are that the query selects, as few as
// Access can narrow it down to. It is not ok where Access can't.
func (q *Runner) candidates(ctx context.Context, c Collection, s Search) (_ []schema.Resource, ok bool, _ error) {
	for _, demand := range s.Selection.demands() {
		if _, err := c.Operand(demand.Attribute); err != nil && demandsValue(demand) {
			return nil, true, nil // resources of this type have no such attribute
		}
		found, ok, err := c.Find(ctx, demand, s)
		switch {
		case err != nil:
			return nil, false, err
		case ok && len(found) > q.maxScan:
			return nil, false, problem.TooManyToScan(q.maxScan)
		case ok:
			return found, true, nil
		}
	}
	return nil, false, nil
}
