package upstream

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// This file is how the client stays right while Access lags: for some seconds
// after a write, its reads may show the state from before it. Access documents no
// delay, and promises none either.
//
// The client remembers what it wrote to each record lately. A reading is completed
// by that: what was written is as it was written, who was created is there, who was
// deleted is gone. And because such a reading can be older than the last write, a
// write is left out only where both the reading and the memory show its outcome.
// What can't be answered by that is trouble that passes (ErrLagging).

const (
	// lag is how long after a write a reading may be older than it.
	lag = 30 * time.Second
	// footprintsLast is how long a footprint is kept: until Okta came again after
	// the lag, to see whether Access keeps a name.
	footprintsLast = 10 * time.Minute
	// maxFootprints bounds the records whose writes are remembered.
	maxFootprints = 20_000
)

// footprint is what the client wrote to a record lately. It never changes.
type footprint struct {
	at      time.Time // of the last write
	created bool
	read    bool // it was read by its id since it was created
	listed  bool // a list showed it since then
	deleted bool
	// freshFrom is the lastModified from which on a reading is surely not older than the
	// last write; zero where no reading is sure.
	freshFrom time.Time
	// set are the attributes that were written, nil where they were cleared.
	set Attributes
	// named is since when the name in set is sent, zero where it was seen at Access.
	named time.Time
	// members are those that were added (true) or taken out (false).
	members map[string]bool
}

func (f *footprint) isFresh() bool { return f != nil && time.Since(f.at) < lag }

// isOver reports whether nothing asks for the footprint any more.
func (f *footprint) isOver() bool {
	return !f.isFresh() && (f.named.IsZero() || time.Since(f.at) >= footprintsLast)
}

// recentWrites are the footprints of the records of one kind. The zero value is
// ready for use.
type recentWrites struct {
	off bool // where reads never lag, as in a dry run

	mu    sync.Mutex // guards what follows
	byID  map[string]*footprint
	swept time.Time // when what is over was last forgotten
}

// of is the footprint of a record within the lag, nil where there is none.
func (w *recentWrites) of(id string) *footprint {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.byID[id]; f.isFresh() {
		return f
	}
	return nil
}

// isHidden reports whether a record was created within the lag, and was not read since.
func (w *recentWrites) isHidden(id string) bool {
	f := w.of(id)
	return f != nil && f.created && !f.read
}

// isDeleted reports whether a record was deleted within the lag.
func (w *recentWrites) isDeleted(id string) bool { f := w.of(id); return f != nil && f.deleted }

// beyond is the footprint that a reading may be older than, nil where there is none.
func (w *recentWrites) beyond(id string, read Meta) *footprint {
	f := w.of(id)
	if f != nil && !f.freshFrom.IsZero() && !read.LastModified.Before(f.freshFrom) {
		return nil
	}
	return f
}

// freshAfter is the freshFrom of a write that follows a reading. Only one that was sure
// itself makes what is younger sure.
func freshAfter(read Meta, sure bool) time.Time {
	if !sure || read.LastModified.IsZero() {
		return time.Time{}
	}
	return read.LastModified.Add(1)
}

// note adds a write to the footprint of a record. change gets a copy, which is
// empty where what was there is older than the lag, apart from a name.
func (w *recentWrites) note(id string, change func(f *footprint)) {
	if w.off {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byID == nil {
		w.byID = map[string]*footprint{}
	}
	f := &footprint{set: Attributes{}, members: map[string]bool{}}
	if before := w.byID[id]; before.isFresh() {
		*f = *before
		f.set, f.members = maps.Clone(f.set), maps.Clone(f.members)
	} else if before != nil && !before.isOver() {
		f.named = before.named
		f.set[userNamePath] = before.set[userNamePath]
	}
	change(f)
	f.at = time.Now()
	w.byID[id] = f
	w.makeRoom()
}

// makeRoom forgets what is over, now and then, and more than that where there is too
// much. It needs mu.
func (w *recentWrites) makeRoom() {
	if now := time.Now(); now.Sub(w.swept) >= lag {
		w.swept = now
		maps.DeleteFunc(w.byID, func(_ string, f *footprint) bool { return f.isOver() })
	}
	for id := range w.byID {
		if len(w.byID) <= maxFootprints {
			return
		}
		delete(w.byID, id)
	}
}

// create notes a creation that Access confirmed, and its meta.
func (w *recentWrites) create(id string, m Meta, a Attributes) {
	w.note(id, func(f *footprint) { f.created, f.set, f.freshFrom = true, maps.Clone(a), m.LastModified })
}

// remove notes a deletion that Access confirmed.
func (w *recentWrites) remove(id string) {
	w.note(id, func(f *footprint) { *f = footprint{deleted: true} })
}

// write notes a change of attributes that Access confirmed.
func (w *recentWrites) write(id string, freshFrom time.Time, d difference) {
	w.note(id, func(f *footprint) {
		f.freshFrom = freshFrom
		if name, ok := d.set[userNamePath]; ok && (f.named.IsZero() || f.set[userNamePath] != name) {
			f.named = time.Now()
		}
		maps.Copy(f.set, d.set)
		for _, p := range d.clear {
			f.set[p] = nil
		}
	})
}

// move notes members that Access confirmed to have added, or taken out.
func (w *recentWrites) move(id string, freshFrom time.Time, members []Member, added bool) {
	w.note(id, func(f *footprint) {
		f.freshFrom = freshFrom
		for _, m := range members {
			f.members[m.ID] = added
		}
	})
}

// keepName notes that Access did not take the new name of a user.
func (w *recentWrites) keepName(id, name string) {
	w.note(id, func(f *footprint) {
		f.set[userNamePath] = name
		f.named = time.Time{}
	})
}

// confirmName notes that Access showed the new name of a user.
func (w *recentWrites) confirmName(id string) {
	if f := w.of(id); f != nil && !f.named.IsZero() {
		w.note(id, func(f *footprint) { f.named = time.Time{} })
	}
}

// mayBeGone notes that a deletion was sent: from now on a record that is not there
// is gone.
func (w *recentWrites) mayBeGone(id string) {
	if w.of(id) != nil {
		w.note(id, func(f *footprint) { f.created = false })
	}
}

// namedLongAgo reports whether the name of a user was first sent so long ago that no
// reading can be older.
func (w *recentWrites) namedLongAgo(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.byID[id]
	return f != nil && !f.isOver() && !f.named.IsZero() && time.Since(f.named) >= lag
}

// seen notes that a record that was created is shown, in a list or by its id.
func (w *recentWrites) seen(id string, inList bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.byID[id]; f != nil && f.created && !(f.read && f.listed) {
		seen := *f
		seen.read, seen.listed = seen.read || !inList, seen.listed || inList
		w.byID[id] = &seen
	}
}

// unlisted reports whether lists may lack a record, or show one that is gone.
func (w *recentWrites) unlisted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.byID {
		if f.isFresh() && (f.created && !f.listed || f.deleted) {
			return true
		}
	}
	return false
}

// with are the footprints of groups that a member was added to or taken out of, and of
// those that were deleted.
func (w *recentWrites) with(member string) map[string]*footprint {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := map[string]*footprint{}
	for id, f := range w.byID {
		if _, moved := f.members[member]; f.isFresh() && (moved || f.deleted) {
			found[id] = f
		}
	}
	return found
}

// missing are the ids of records that a list may lack: those of which is holds, and
// that found does not hold.
func (w *recentWrites) missing(is func(*footprint) bool, found map[string]bool) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ids []string
	for id, f := range w.byID {
		if f.isFresh() && !f.deleted && !found[id] && is(f) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// complete is a reading of attributes with what was written since.
func (f *footprint) complete(read Attributes) Attributes {
	now := maps.Clone(read)
	for p, v := range f.set {
		if isEmpty(v) {
			delete(now, p)
		} else {
			now[p] = v
		}
	}
	return now
}
