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
// deleted is gone. But because such a reading can be older than the last write, and the
// memory older than a write by somebody else, a change is made to both states: what it
// names is sent unless both show its outcome, and what it does not name is left alone.
// What can't be answered by that is trouble that passes (ErrLagging).

const (
	// footprintsLast is how long the footprint of a name is kept that was not seen: until
	// Okta came again after the lag, to see whether Access keeps the old one.
	footprintsLast = 10 * time.Minute
	// maxFootprints bounds the records whose writes are remembered.
	maxFootprints = 20_000
)

// footprint is what the client wrote to a record lately. It never changes.
type footprint struct {
	at      time.Time // of the last write
	created bool
	domain  string // of a user who was created
	read    bool   // it was read by its id since it was created
	listed  bool   // a list showed it since then
	deleted bool
	// freshFrom is the lastModified of a reading that showed every write; later ones need
	// not be completed. Zero where there was none yet.
	freshFrom time.Time
	// set are the attributes that were written, nil where they were cleared.
	set Attributes
	// named is since when the name in set is sent, zero where it was seen at Access.
	named time.Time
	// members are those that were added (true) or taken out (false).
	members map[string]bool
	// changed are attributes and members that are not as they were before the first write,
	// and isBack says that one of them may be so again: a reading that shows it may be
	// from before.
	changed map[any]bool
	isBack  bool
	// doubted are the values of attributes, and ids of members, in writes that may have
	// been applied though they failed.
	doubted map[any]any
}

// recentWrites are the footprints of the records of one kind. The zero value remembers
// nothing.
type recentWrites struct {
	lag time.Duration // how long after a write a reading may be older; 0 for never, as in a dry run

	mu    sync.Mutex // guards what follows
	byID  map[string]*footprint
	swept time.Time // when what is over was last forgotten
}

// isFresh reports whether a reading may be older than the write.
func (w *recentWrites) isFresh(f *footprint) bool { return f != nil && time.Since(f.at) < w.lag }

// isOver reports whether nothing asks for the footprint any more.
func (w *recentWrites) isOver(f *footprint) bool {
	return !w.isFresh(f) && (f.named.IsZero() || time.Since(f.at) >= footprintsLast)
}

// of is the footprint of a record within the lag, nil where there is none.
func (w *recentWrites) of(id string) *footprint {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.byID[id]; w.isFresh(f) {
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

// caughtUp notes a reading that shows all that is in the footprint, if that proves that
// it is not older. It reports whether it does.
func (w *recentWrites) caughtUp(id string, f *footprint, read Meta) bool {
	if f.isBack || len(f.doubted) > 0 {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byID[id] == f && !read.LastModified.IsZero() {
		now := *f
		now.freshFrom = read.LastModified
		w.byID[id] = &now
	}
	return true
}

// note adds a write to the footprint of a record. change gets a copy, which is
// empty where what was there is older than the lag, apart from a name.
func (w *recentWrites) note(id string, change func(f *footprint)) {
	if w.lag == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byID == nil {
		w.byID = map[string]*footprint{}
	}
	f := &footprint{set: Attributes{}, members: map[string]bool{},
		changed: map[any]bool{}, doubted: map[any]any{}}
	if before := w.byID[id]; w.isFresh(before) {
		*f = *before
		f.set, f.members = maps.Clone(f.set), maps.Clone(f.members)
		f.changed, f.doubted = maps.Clone(f.changed), maps.Clone(f.doubted)
	} else if before != nil && !w.isOver(before) {
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
	if now := time.Now(); now.Sub(w.swept) >= w.lag {
		w.swept = now
		maps.DeleteFunc(w.byID, func(_ string, f *footprint) bool { return w.isOver(f) })
	}
	for id := range w.byID {
		if len(w.byID) <= maxFootprints {
			return
		}
		delete(w.byID, id)
	}
}

// namedLongAgo reports whether the name of a user was first sent so long ago that no
// reading can be older.
func (w *recentWrites) namedLongAgo(id string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.byID[id]
	return f != nil && !w.isOver(f) && !f.named.IsZero() && time.Since(f.named) >= w.lag
}

// unlisted reports whether lists may lack a record, or show one that is gone.
func (w *recentWrites) unlisted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.byID {
		if w.isFresh(f) && (f.created && !f.listed || f.deleted) {
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
		if _, moved := f.members[member]; w.isFresh(f) && (moved || f.deleted) {
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
		if w.isFresh(f) && !f.deleted && !found[id] && is(f) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// complete is a reading of attributes with what was written since. agrees reports
// whether it shows all of that.
func (f *footprint) complete(read Attributes) (now Attributes, agrees bool) {
	now, agrees = maps.Clone(read), true
	for p, v := range f.set {
		agrees = agrees && sameOrEmpty(read[p], v)
		if isEmpty(v) {
			delete(now, p)
		} else {
			now[p] = v
		}
	}
	return now, agrees
}
