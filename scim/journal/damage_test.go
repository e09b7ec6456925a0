package journal_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ws1bridge/scim/guard"
	"ws1bridge/scim/journal"
)

var _ guard.Store = (*journal.Damage)(nil)

// TestDamage counts for all who share a database, also after their end.
func TestDamage(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			j := run(t, journal.Config{URL: url})
			if url == "" {
				if j.Damage() != nil {
					t.Error("memory is shared")
				}
				return
			}
			hour := time.Now().Add(-time.Hour)
			note := func(d *journal.Damage, most int, keys ...string) (int, bool) {
				t.Helper()
				n, ok, err := d.Note(t.Context(), "deletions", keys, hour, most)
				if err != nil {
					t.Fatal(err)
				}
				return n, ok
			}
			if n, ok := note(j.Damage(), 3, "a", "b", "a"); n != 2 || !ok {
				t.Errorf("got %d, %v", n, ok)
			}
			if n, ok := note(j.Damage(), 3, "c", "d"); n != 2 || ok {
				t.Errorf("too many: got %d, %v", n, ok)
			}
			second := run(t, journal.Config{URL: url}).Damage()
			if n, ok := note(second, 3, "c"); n != 3 || !ok {
				t.Errorf("another copy: got %d, %v", n, ok)
			}
			if n, ok := note(second, 3, "a", "b", "c"); n != 3 || !ok {
				t.Errorf("what was counted: got %d, %v", n, ok)
			}
			if counted, err := second.Counted(t.Context(), hour); err != nil || counted["deletions"] != 3 {
				t.Errorf("counted are %v, %v", counted, err)
			}
			n, _, err := second.Note(t.Context(), "deletions", []string{"e"}, time.Now().Add(time.Second), 3)
			if err != nil || n != 1 {
				t.Errorf("in the next window: %d, %v", n, err)
			}
			until := time.Now().Add(time.Hour).Truncate(time.Millisecond)
			if err := second.Release(t.Context(), until); err != nil {
				t.Fatal(err)
			}
			if got, err := j.Damage().Released(t.Context()); err != nil || !got.Equal(until) {
				t.Errorf("released until %v, %v", got, err)
			}
			if counted, err := j.Damage().Counted(t.Context(), hour); err != nil || len(counted) != 0 {
				t.Errorf("after the release are counted %v, %v", counted, err)
			}
		})
	}
}

// TestDamageAtOnce counts exactly, however many count at the same moment.
func TestDamageAtOnce(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			if url == "" {
				t.Skip("nothing is shared")
			}
			var allowed atomic.Int64
			var work sync.WaitGroup
			for copy := range 3 {
				d := run(t, journal.Config{URL: url}).Damage()
				for i := range 60 {
					work.Go(func() {
						_, ok, err := d.Note(t.Context(), "deactivations", []string{fmt.Sprint(copy, " ", i)},
							time.Now().Add(-time.Hour), 50)
						if err != nil {
							t.Error(err)
						}
						if ok {
							allowed.Add(1)
						}
					})
				}
			}
			work.Wait()
			if n := allowed.Load(); n != 50 {
				t.Errorf("%d of 180 are allowed, want 50", n)
			}
		})
	}
}
