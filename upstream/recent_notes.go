package upstream

import (
	"bytes"
	"time"
)

// create notes a creation that Access confirmed in a domain, and its meta. It keeps the
// attributes.
func (w *recentWrites) create(id, domain string, m Meta, a Attributes) {
	w.note(id, func(f *footprint) {
		f.created, f.domain, f.set = true, domain, a
		f.freshFrom = m.LastModified
	})
}

// createUser is create for what was sent of a user.
func (w *recentWrites) createUser(id, domain string, m Meta, userName string, sent packedBody) {
	w.note(id, func(f *footprint) {
		f.created, f.domain, f.sent, f.userName = true, domain, bytes.Clone(sent), userName
		f.freshFrom = m.LastModified
	})
}

// remove notes a deletion that Access confirmed.
func (w *recentWrites) remove(id string) {
	w.note(id, func(f *footprint) { *f = footprint{deleted: true, writes: f.writes} })
}

// write notes a change of attributes that Access confirmed.
func (w *recentWrites) write(id string, d difference) {
	w.note(id, func(f *footprint) {
		f.freshFrom = time.Time{}
		if name, ok := d.set[userNamePath]; ok && (f.named.IsZero() || f.set[userNamePath] != name) {
			f.named = time.Now()
		}
		for _, p := range d.paths() {
			if before, again := f.set[p]; again && !sameOrEmpty(before, d.set[p]) {
				f.rewrite(p)
			}
			put(&f.set, p, d.set[p]) // nil where it is cleared
			delete(f.doubted, p)
		}
	})
}

// doubt notes a write of attributes that may have been applied though it failed.
func (w *recentWrites) doubt(id string, d difference) {
	w.note(id, func(f *footprint) {
		f.freshFrom = time.Time{}
		for _, p := range d.paths() {
			put(&f.doubted, any(p), any(d.set[p]))
		}
	})
}

// doubtMembers is doubt for members that were to be added or taken out.
func (w *recentWrites) doubtMembers(id string, members []Member) {
	w.note(id, func(f *footprint) {
		f.freshFrom = time.Time{}
		for _, m := range members {
			put(&f.doubted, any(m.ID), nil)
		}
	})
}

// move notes members that Access confirmed to have added, or taken out.
func (w *recentWrites) move(id string, members []Member, added bool) {
	if len(members) == 0 {
		return
	}
	w.note(id, func(f *footprint) {
		f.freshFrom = time.Time{}
		for _, m := range members {
			if before, again := f.members[m.ID]; again && before != added {
				f.rewrite(m.ID)
			}
			put(&f.changed, any(m.ID), true) // a group that was created had none
			put(&f.members, m.ID, added)
			delete(f.doubted, m.ID)
		}
	})
}

// keepName notes that Access did not take the new name of a user.
func (w *recentWrites) keepName(id, name string) {
	w.note(id, func(f *footprint) {
		put(&f.set, userNamePath, Value(name))
		f.named = time.Time{}
	})
}

// confirmName notes that Access showed the new name of a user.
func (w *recentWrites) confirmName(id string) {
	if w.is(id, func(f *footprint) bool { return !f.named.IsZero() }) {
		w.note(id, func(f *footprint) { f.named = time.Time{} })
	}
}

// mayBeGone notes that a deletion was sent: from now on a record that is not there
// is gone.
func (w *recentWrites) mayBeGone(id string) {
	if w.isWritten(id) {
		w.note(id, func(f *footprint) { f.created = false })
	}
}

// seen notes that a record that was created is shown, in a list or by its id.
func (w *recentWrites) seen(id string, inList bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.byID[id]; f != nil && f.created {
		f.read, f.listed = f.read || !inList, f.listed || inList
	}
}

// showed notes the meta that Access answered the last write with: a reading that is not
// older than that shows all writes.
func (w *recentWrites) showed(id string, m Meta) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f := w.byID[id]; f != nil && len(f.doubted) == 0 {
		f.freshFrom = m.LastModified
	}
}

// put sets a value in a map, which it makes first where there is none.
func put[M ~map[K]V, K comparable, V any](m *M, k K, v V) {
	if *m == nil {
		*m = M{}
	}
	(*m)[k] = v
}

// rewrite notes that something has another value than before.
func (f *footprint) rewrite(what any) {
	f.isBack = f.isBack || f.changed[what] || !f.created
	put(&f.changed, what, true)
}
