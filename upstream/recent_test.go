package upstream

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// What was written is remembered for the lag, a name that was not seen for longer, and
// nothing for ever.
func TestFootprintsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := recentWrites{lag: time.Minute}
		w.create("created", "", Meta{}, Attributes{userNamePath: "ada"})
		w.write("renamed", difference{set: Attributes{userNamePath: "ada"}})
		w.remove("deleted")
		if !w.isHidden("created") || !w.isDeleted("deleted") || w.namedLongAgo("renamed") || !w.unlisted() {
			t.Error("the writes are not known")
		}
		time.Sleep(w.lag)
		if w.isHidden("created") || w.isDeleted("deleted") || !w.namedLongAgo("renamed") || w.unlisted() {
			t.Error("the writes are known after the lag, or the name is not")
		}
		w.write("other", difference{})
		if len(w.byID) != 2 {
			t.Errorf("%d footprints are kept, want the name's and the new one", len(w.byID))
		}
		time.Sleep(footprintsLast)
		w.write("other", difference{})
		if len(w.byID) != 1 {
			t.Errorf("%d footprints are kept, want the new one", len(w.byID))
		}
		for i := range maxFootprints + 100 {
			w.write(fmt.Sprint(i), difference{})
		}
		if len(w.byID) > maxFootprints {
			t.Errorf("%d footprints are kept", len(w.byID))
		}
	})
}

// A reading that shows what was written proves nothing where that is as it was before.
func TestReadingsThatProveNothing(t *testing.T) {
	now := time.Now()
	ada := []Member{{ID: "ada"}}
	for name, tt := range map[string]struct {
		writes func(w *recentWrites)
		sure   bool
	}{
		"nothing more": {func(*recentWrites) {}, true},
		"a member":     {func(w *recentWrites) { w.move("g", ada, true) }, true},
		"a member who left again": {func(w *recentWrites) {
			w.move("g", ada, true)
			w.move("g", ada, false)
		}, false},
		"a name": {func(w *recentWrites) { w.write("g", rename("b")) }, true},
		"a name and back": {func(w *recentWrites) {
			w.write("g", rename("b"))
			w.write("g", rename("a"))
		}, false},
		"a name in doubt": {func(w *recentWrites) { w.doubt("g", rename("b")) }, false},
	} {
		w := recentWrites{lag: time.Minute}
		w.create("g", "", Meta{}, rename("a").set)
		tt.writes(&w)
		if got := w.caughtUp("g", w.of("g"), Meta{LastModified: now}); got != tt.sure {
			t.Errorf("after %s: a reading that agrees is sure: %t, want %t", name, got, tt.sure)
		}
		if isOlder := w.beyond("g", Meta{LastModified: now}, true) != nil; isOlder == tt.sure {
			t.Errorf("after %s: the next reading may be older: %t", name, isOlder)
		}
	}
}

func rename(to string) difference { return difference{set: Attributes{displayNamePath: to}} }
