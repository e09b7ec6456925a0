// Package provision decides what a write means: whether a creation is about
// somebody who is there already, whether a failed one was applied all the same,
// and what a change comes to. It owns the interfaces of what it needs from
// Access.
//
// # What it guarantees
//
// A write that returns nil was confirmed by Access. A creation that failed and
// may have been applied is found by its repetition, which is then no duplicate.
// A change is applied to the resource as Access holds it, and Access is sent the
// difference alone.
//
// It does not know HTTP: resources come without links, and errors are a
// *problem.Error for what is refused here, or those of package upstream.
package provision

import (
	"errors"

	"ws1bridge/scim/filter"
	"ws1bridge/scim/schema"
	"ws1bridge/upstream"
)

// Record is a user or group as callers see it, without its links.
type Record struct {
	ID       string
	Resource schema.Resource
	// Domain is that of the directory, "" where that of a group is not known.
	Domain string
	// Meta is what Access keeps about it.
	Meta upstream.Meta
	// LeftOut are ids that should have become members and are those of no user of
	// the bridge.
	LeftOut []string
	// Overruled names attributes of a change that were not refused, because it shuts
	// a person out, and are not as they were asked for.
	Overruled []string
}

// Change is a write to a record that is there.
type Change struct {
	// Allow is asked about what Access holds right before the write; its error is
	// returned as it is. Writes to one record wait for one another, so within one
	// process nothing comes in between. nil allows every write, also one to what was
	// read a moment ago.
	Allow func(upstream.Meta) error
	// Apply makes of the resource that Access holds what it is to become. Its
	// error is returned as it is. It may change the resource that current gives, which
	// takes work where it is asked for.
	Apply func(current func() schema.Resource) (schema.Resource, error)
	// Members, if not nil, is all that happens to the members of a group. Nobody reads
	// then who is in it: Apply is given a group without members, and so is the caller.
	Members *MemberChange
}

// MemberChange is who is to be in a group, as values of members, and who is not, by id.
type MemberChange struct {
	Join  []any
	Leave []string
}

func (c Change) allow(m upstream.Meta) error {
	if c.Allow == nil {
		return nil
	}
	return c.Allow(m)
}

// Lookup is a comparison with a text that Access may be able to answer.
type Lookup struct {
	// Attribute is the path in the core schema, as the schema spells it.
	Attribute string
	Operator  filter.Operator
	Value     string
}

// isByID reports whether the lookup is for the record with an id.
func (l Lookup) isByID() bool { return l.Attribute == "id" && l.Operator == filter.Equal }

// keyIn finds what Access is to be asked by, in a table that has no values.
func (l Lookup) keyIn(keys map[Lookup]upstream.Key) (upstream.Key, bool) {
	l.Value = ""
	key, ok := keys[l]
	return key, ok
}

// Uses reports whether a query uses an attribute of the core schema, in lower
// case: to select by it, to sort by it or to return it.
type Uses func(attribute string) bool

func toRecords[T any](found []T, toRecord func(T) Record) []Record {
	out := make([]Record, len(found))
	for i, one := range found {
		out[i] = toRecord(one)
	}
	return out
}

// single is what a search by id finds: nothing where there is no such record.
func single(found Record, err error) (_ []Record, ok bool, _ error) {
	switch {
	case errors.Is(err, upstream.ErrNotFound):
		return nil, true, nil
	case err != nil:
		return unlessUnanswerable(err)
	}
	return []Record{found}, true, nil
}

// unlessUnanswerable is the failure of a search; it is not ok where the failure
// is that Access knows no such filter after all.
func unlessUnanswerable(err error) (_ []Record, ok bool, _ error) {
	if errors.Is(err, upstream.ErrRefused) {
		return nil, false, nil
	}
	return nil, true, err
}
