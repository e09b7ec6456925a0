package scim

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func TestNamesAreToldOnce(t *testing.T) {
	var n namesOnce
	if !n.first("a") || n.first("a") || !n.first("b") {
		t.Error("a name is not told once")
	}
	var told sync.Map
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for i := range maxNames * 2 {
				if name := fmt.Sprint("name", i); n.first(name) {
					if _, twice := told.LoadOrStore(name, true); twice {
						t.Errorf("%s was told twice", name)
					}
				}
			}
		})
	}
	workers.Wait()
	if len(n.seen) != maxNames {
		t.Errorf("%d names are remembered, want %d", len(n.seen), maxNames)
	}
}

func TestDroppedNamesAreNoted(t *testing.T) {
	h := &Handler{lasting: &lasting{metrics: newMetrics(nil)}}
	noted := func(names ...string) []string {
		e := &entry{}
		h.noteDropped(e, names)
		return e.dropped
	}
	long := strings.Repeat("x", 500)
	if got := noted("shoeSize", long); len(got) != 2 || got[0] != "shoeSize" || len(got[1]) > 100 {
		t.Errorf("got %v, want the two names, the long one cut", got)
	}
	if got := noted("shoeSize", long); got != nil {
		t.Errorf("got %v, want nothing the second time", got)
	}
}
