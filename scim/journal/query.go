package journal

import (
	"slices"
	"time"

	"ws1bridge/upstream/names"
)

// Query selects records. The zero value selects the newest.
type Query struct {
	// About is a name, an externalId, an id of Access, or that of a request; "" is any.
	// Names are compared without regard to case.
	About string
	// Seq selects one record.
	Seq string
	// Cause is why something was refused: Record.Cause.
	Cause string
	// Kind is user or group.
	Kind string
	// Failed selects what was refused alone.
	Failed bool
	// Since is the earliest time, the zero one for all.
	Since time.Time
	// After and Before bound Seq, both exclusive; "" is no bound.
	After, Before string
	// Limit is how many of the newest are returned at most; 0 means 100.
	Limit int
}

// maxLimit bounds how many records one query returns.
const maxLimit = 10_000

func (q Query) limit() int {
	if q.Limit <= 0 {
		return 100
	}
	return min(q.Limit, maxLimit)
}

// matches reports whether the query selects a record.
func (q Query) matches(r Record) bool {
	about := q.About == "" || names.Same(r.Name, q.About) ||
		slices.Contains([]string{r.ExternalID, r.ID, r.Request}, q.About)
	return about && (q.Seq == "" || r.Seq == q.Seq) && (q.Cause == "" || r.Cause == q.Cause) &&
		(q.Kind == "" || r.Kind == q.Kind) && (!q.Failed || r.Failed()) && !r.Time.Before(q.Since) &&
		r.Seq > q.After && (q.Before == "" || r.Seq < q.Before)
}
