package upstream

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Intent is a write that a Rehearsal did not make. It holds ids and names of
// attributes, and no value of any: it is fit for a log.
type Intent struct {
	// Op is what would have been done, such as "update user".
	Op string
	// UserID or GroupID is what it would have been done to. A record that the
	// Rehearsal made up has an id that begins with "dry-run-".
	UserID, GroupID string
	// Domain is the domain of a creation.
	Domain string
	// Set and Cleared are the attributes that would have been written.
	Set, Cleared []string
	// Added and Removed are ids of members.
	Added, Removed []string
}

// inventedPrefix begins the ids of records that exist in the rehearsal alone.
const inventedPrefix = "dry-run-"

// defaultMaxPlans bounds what is remembered: about 30 MB at the worst.
const defaultMaxPlans = 200_000

// Rehearsal is a Client that writes nothing. It reads from Access, answers every
// write as if it had been made, and remembers it, so that later reads show it.
//
// What it remembers is bounded: the oldest intentions are forgotten first, and
// then Access shows through again. Access's own judgement on a write is not
// known: what it would refuse for reasons that it does not document, the
// rehearsal takes. It is safe for concurrent use; writes to one record keep
// their order.
type Rehearsal struct {
	access *Client
	// onWrite is told of each write that is not made.
	onWrite func(Intent)

	writes keyedLock
	plans  plans
}

// NewRehearsal returns a Rehearsal over a client. onWrite is told of each write
// that is not made, one at a time for each record; it must not block.
// maxPlans bounds how many intentions are remembered, members of groups
// included; 0 means 200,000.
func NewRehearsal(access *Client, onWrite func(Intent), maxPlans int) (*Rehearsal, error) {
	if access == nil || onWrite == nil {
		return nil, errors.New("upstream: a rehearsal needs a client and somebody to tell")
	}
	if maxPlans <= 0 {
		maxPlans = defaultMaxPlans
	}
	return &Rehearsal{access: access, onWrite: onWrite, plans: newPlans(maxPlans)}, nil
}

// lock gives one record, or one name that is to be taken, to one writer.
func (r *Rehearsal) lock(ctx context.Context, op, key string) (unlock func(), err error) {
	unlock, err = r.writes.lock(ctx, key)
	if err != nil {
		return nil, waitedTooLong(ctx, op)
	}
	return unlock, nil
}

func inventedID() string { return inventedPrefix + uuid.NewString() }

// rehearsalTime is now, as precisely as Access tells it.
func rehearsalTime() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// rehearsedMeta is what Access would keep about a record that was written at a
// time. created is what it says already.
func rehearsedMeta(m Meta, at time.Time) Meta {
	if m.Created.IsZero() {
		m.Created = at
	}
	m.LastModified = at
	m.Version = `W/"` + strconv.FormatInt(at.UnixMilli(), 10) + `"`
	return m
}

// apply returns the attributes with the difference made.
func (d difference) apply(a Attributes) Attributes {
	out := maps.Clone(a)
	if out == nil {
		out = Attributes{}
	}
	maps.Copy(out, d.set)
	for _, p := range d.clear {
		delete(out, p)
	}
	return out
}

// names are the attributes of the difference.
func (d difference) names() (set, cleared []string) {
	for _, p := range sortedPaths(d.set) {
		set = append(set, p.String())
	}
	for _, p := range d.clear {
		cleared = append(cleared, p.String())
	}
	return set, cleared
}

// overlay is a list of Access's with what is planned for it.
type overlay[T any] struct {
	// page reads a page of Access's list.
	page func(start, count int) (Page[T], error)
	// planned is a record as it would be; it is not ok where it would be gone.
	planned func(T) (_ T, ok bool)
	// anyGone says that a record of Access's may be gone.
	anyGone bool
	// created are the records that there would be beside, in a fixed order.
	created []T
}

// read cuts a page out of the list: Access's records first, then the others.
func (o overlay[T]) read(start, count int) (Page[T], error) {
	start, count = max(start, 1), max(count, 0)
	if o.anyGone {
		all, err := o.page(1, math.MaxInt)
		if err != nil {
			return Page[T]{}, err
		}
		return slicePage(append(o.apply(all.Resources), o.created...), start, count), nil
	}
	page, err := o.page(start, count)
	if err != nil {
		return Page[T]{}, err
	}
	own := slicePage(o.created, start-page.Total, count-len(page.Resources))
	return Page[T]{Total: page.Total + len(o.created), Resources: append(o.apply(page.Resources), own.Resources...)}, nil
}

func (o overlay[T]) apply(records []T) []T {
	out := make([]T, 0, len(records))
	for _, r := range records {
		if p, ok := o.planned(r); ok {
			out = append(out, p)
		}
	}
	return out
}

// sortedIDs are ids of members in a fixed order.
func sortedIDs(members []Member) []string {
	ids := make([]string, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	slices.Sort(ids)
	return ids
}
