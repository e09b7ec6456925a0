package upstream

import (
	"slices"

	"ws1bridge/upstream/names"
)

// shift is what was written lately of a member of a group.
type shift struct {
	group, name string
	isMember    bool
}

// shifts are the groups that a member was added to or taken out of, and those that were
// deleted.
func (w *recentWrites) shifts(member string) (found []shift) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, f := range w.byID {
		if isMember, moved := f.members[member]; w.isFresh(f) && (moved || f.deleted) {
			found = append(found, shift{id, f.set.text(displayNamePath), isMember && !f.deleted})
		}
	}
	return found
}

// missing are the ids of records that a list may lack: those of which is holds, and
// that found does not hold. With a name, only records of that name are looked at.
func (w *recentWrites) missing(name string, is func(*footprint) bool, found map[string]bool) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ids []string
	look := func(id string) {
		if f := w.byID[id]; w.isFresh(f) && !f.deleted && !found[id] && is(f) {
			ids = append(ids, id)
		}
	}
	if name != "" {
		for _, id := range w.byName[names.Fold(name)] {
			look(id)
		}
	} else {
		for id := range w.byID {
			look(id)
		}
	}
	slices.Sort(ids)
	return ids
}
