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
		var w recentWrites
		w.create("created", "", Meta{}, Attributes{userNamePath: "ada"})
		w.write("renamed", Meta{}, difference{set: Attributes{userNamePath: "ada"}})
		w.remove("deleted")
		if !w.isHidden("created") || !w.isDeleted("deleted") || w.namedLongAgo("renamed") || !w.unlisted() {
			t.Error("the writes are not known")
		}
		time.Sleep(lag)
		if w.isHidden("created") || w.isDeleted("deleted") || !w.namedLongAgo("renamed") || w.unlisted() {
			t.Error("the writes are known after the lag, or the name is not")
		}
		w.write("other", Meta{}, difference{})
		if len(w.byID) != 2 {
			t.Errorf("%d footprints are kept, want the name's and the new one", len(w.byID))
		}
		time.Sleep(footprintsLast)
		w.write("other", Meta{}, difference{})
		if len(w.byID) != 1 {
			t.Errorf("%d footprints are kept, want the new one", len(w.byID))
		}
		for i := range maxFootprints + 100 {
			w.write(fmt.Sprint(i), Meta{}, difference{})
		}
		if len(w.byID) > maxFootprints {
			t.Errorf("%d footprints are kept", len(w.byID))
		}
	})
}
