package upstream

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"time"

	"ws1bridge/upstream/names"
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
	// maxFootprints bounds the records whose writes are remembered: 160 a second for the
	// whole lag, which takes some 8 MB.
	maxFootprints = 5000
)

// footprint is what the client wrote to a record lately. Its maps are nil while they are
// empty.
type footprint struct {
	at      time.Time // of the last write
	writes  int       // how many there were
	created bool
	domain  string // of what was created
	read    bool   // it was read by its id since it was created
	listed  bool   // a list showed it since then
	deleted bool
	// freshFrom is the lastModified of a reading that showed every write; later ones need
	// not be completed. Zero where there was none yet.
	freshFrom time.Time
	// set are the attributes that were written, nil where they were cleared.
	set Attributes
	// sent is what a user was created with, and userName its name, until somebody asks and
	// set holds them: most are never asked about.
	sent     packedBody
	userName string
	// named is since when the name in set is sent, zero where it was seen at Access.
	named time.Time
	// members are those that were added (true) or taken out (false), and moved says that
	// there are some, also in a copy without them.
	members map[string]bool
	moved   bool
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

	mu     sync.Mutex // guards what follows, and each footprint
	byID   map[string]*footprint
	byName map[string][]string // ids by the folded name that was written
	swept  time.Time           // when what is over was last forgotten
}

// isFresh reports whether a reading may be older than the write.
func (w *recentWrites) isFresh(f *footprint) bool { return f != nil && time.Since(f.at) < w.lag }

// isOver reports whether nothing asks for the footprint any more.
func (w *recentWrites) isOver(f *footprint) bool {
	return !w.isFresh(f) && (f.named.IsZero() || time.Since(f.at) >= footprintsLast)
}

// of is a copy of the footprint of a record within the lag, nil where there is none.
func (w *recentWrites) of(id string) *footprint {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.copied(id, true)
}

// copied is of, without the members where they do not matter. It needs mu.
func (w *recentWrites) copied(id string, withMembers bool) *footprint {
	f := w.byID[id]
	if !w.isFresh(f) {
		return nil
	}
	now := *f
	now.unpack()
	now.set, now.doubted, now.changed = maps.Clone(now.set), maps.Clone(f.doubted), nil
	if now.moved, now.members = len(f.members) > 0, nil; withMembers {
		now.members = maps.Clone(f.members)
	}
	return &now
}

// is reports whether something is so of the footprint of a record within the lag.
func (w *recentWrites) is(id string, so func(*footprint) bool) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.byID[id]
	return w.isFresh(f) && so(f)
}

// isWritten reports whether a record was written within the lag.
func (w *recentWrites) isWritten(id string) bool {
	return w.is(id, func(*footprint) bool { return true })
}

// isHidden reports whether a record was created within the lag, and was not read since.
func (w *recentWrites) isHidden(id string) bool {
	return w.is(id, func(f *footprint) bool { return f.created && !f.read })
}

// isDeleted reports whether a record was deleted within the lag.
func (w *recentWrites) isDeleted(id string) bool {
	return w.is(id, func(f *footprint) bool { return f.deleted })
}

// beyond is a copy of the footprint that a reading may be older than, nil where there is
// none.
func (w *recentWrites) beyond(id string, read Meta, withMembers bool) *footprint {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.byID[id]; f != nil && !f.freshFrom.IsZero() && !read.LastModified.Before(f.freshFrom) {
		return nil
	}
	return w.copied(id, withMembers)
}

// caughtUp notes a reading that shows all that is in the footprint, if that proves that
// it is not older. It reports whether it does.
func (w *recentWrites) caughtUp(id string, f *footprint, read Meta) bool {
	if f.isBack || len(f.doubted) > 0 {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := w.byID[id]; now != nil && now.writes == f.writes && !read.LastModified.IsZero() {
		now.freshFrom = read.LastModified
	}
	return true
}

// note adds a write to the footprint of a record, which is empty where what was there is
// older than the lag, apart from a name.
func (w *recentWrites) note(id string, change func(f *footprint)) {
	if w.lag == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.byID == nil {
		w.byID, w.byName = map[string]*footprint{}, map[string][]string{}
	}
	f := w.byID[id]
	if f == nil {
		f = &footprint{}
	}
	w.unname(id, f)
	switch f.unpack(); {
	case w.isFresh(f):
	case w.isOver(f):
		*f = footprint{writes: f.writes}
	default:
		*f = footprint{writes: f.writes, named: f.named, set: Attributes{userNamePath: f.set[userNamePath]}}
	}
	change(f)
	f.at = time.Now()
	f.writes++
	w.byID[id] = f
	w.name(id, f)
	w.makeRoom()
}

// name puts a footprint where it is found by its name. It needs mu.
func (w *recentWrites) name(id string, f *footprint) {
	if key := names.Fold(f.name()); key != "" {
		w.byName[key] = append(w.byName[key], id)
	}
}

// unname takes a footprint from there. It needs mu.
func (w *recentWrites) unname(id string, f *footprint) {
	key := names.Fold(f.name())
	rest := slices.DeleteFunc(w.byName[key], func(other string) bool { return other == id })
	if len(rest) > 0 {
		w.byName[key] = rest
	} else {
		delete(w.byName, key)
	}
}

// name is the name of a user or a group that was written.
func (f *footprint) name() string {
	return cmp.Or(f.userName, f.set.text(userNamePath), f.set.text(displayNamePath))
}

// searched are those of the attributes that a list is searched by.
func (f *footprint) searched() Attributes {
	if f.sent != nil {
		return Attributes{userNamePath: f.userName}
	}
	return f.set
}

// unpack makes set complete.
func (f *footprint) unpack() {
	if f.sent != nil {
		f.set, f.sent, f.userName = f.sent.attributes(), nil, ""
	}
}

// makeRoom forgets what is over, now and then, and more than that where there is too
// much. It needs mu.
func (w *recentWrites) makeRoom() {
	if now := time.Now(); now.Sub(w.swept) >= w.lag {
		w.swept = now
		for id, f := range w.byID {
			if w.isOver(f) {
				w.forget(id)
			}
		}
	}
	if len(w.byID) <= maxFootprints {
		return
	}
	for id := range w.byID {
		if w.forget(id); len(w.byID) <= maxFootprints*9/10 {
			return
		}
	}
}

// forget needs mu.
func (w *recentWrites) forget(id string) {
	w.unname(id, w.byID[id])
	delete(w.byID, id)
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
