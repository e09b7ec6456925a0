package upstream

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestReadings has stories of readings and writes of one record, each a moment after the
// other, and what a change is given in the end.
func TestReadings(t *testing.T) {
	type story struct {
		name string
		run  func(r *readings[string])
		want string // "" for nothing
	}
	put := func(r *readings[string], record string) {
		r.put("id", record, time.Now())
		time.Sleep(time.Millisecond)
	}
	for _, tt := range []story{
		{"nothing was read", func(*readings[string]) {}, ""},
		{"what was read is given", func(r *readings[string]) { put(r, "a") }, "a"},
		{"the last reading is given", func(r *readings[string]) { put(r, "a"); put(r, "b") }, "b"},
		{"of two readings the one that was asked for last is given", func(r *readings[string]) {
			early := time.Now()
			time.Sleep(time.Millisecond)
			put(r, "late")
			r.put("id", "early", early)
		}, "late"},
		{"what another record was read as is not given", func(r *readings[string]) { r.put("other", "a", time.Now()) }, ""},
		{"a reading is given once", func(r *readings[string]) { put(r, "a"); r.take("id") }, ""},
		{"the reading after one that was given is given", func(r *readings[string]) {
			put(r, "a")
			r.take("id")
			put(r, "b")
		}, "b"},
		{"a reading that is given says nothing of an older one", func(r *readings[string]) {
			early := time.Now()
			time.Sleep(time.Millisecond)
			put(r, "late")
			r.take("id")
			r.put("id", "early", early)
		}, ""},
		{"a look leaves the reading there", func(r *readings[string]) { put(r, "a"); r.peek("id") }, "a"},
		{"a write ends what was read before", func(r *readings[string]) { put(r, "a"); r.drop("id") }, ""},
		{"a write of another record does not", func(r *readings[string]) { put(r, "a"); r.drop("other") }, "a"},
		{"what was asked for before a write is not given, though it came after", func(r *readings[string]) {
			asked := time.Now()
			time.Sleep(time.Millisecond)
			r.drop("id")
			r.put("id", "a", asked)
		}, ""},
		{"nor what was asked for at its very moment", func(r *readings[string]) {
			r.drop("id")
			r.put("id", "a", time.Now())
		}, ""},
		{"what was asked for after a write is given", func(r *readings[string]) {
			r.drop("id")
			time.Sleep(time.Millisecond)
			put(r, "a")
		}, "a"},
		{"a reading serves for a while", func(r *readings[string]) {
			r.put("id", "a", time.Now())
			time.Sleep(r.keep - 1)
		}, "a"},
		{"and then no more", func(r *readings[string]) {
			r.put("id", "a", time.Now())
			time.Sleep(r.keep)
		}, ""},
		{"its time begins when it is asked for", func(r *readings[string]) {
			asked := time.Now()
			time.Sleep(r.keep)
			r.put("id", "a", asked)
		}, ""},
	} {
		for name, get := range map[string]func(*readings[string]) (string, bool){
			"taken":  func(r *readings[string]) (string, bool) { return r.take("id") },
			"peeked": func(r *readings[string]) (string, bool) { return r.peek("id") },
		} {
			t.Run(tt.name+", "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := readings[string]{keep: 5 * time.Second}
					tt.run(&r)
					if got, ok := get(&r); got != tt.want || ok != (tt.want != "") {
						t.Errorf("got %q, %t; want %q", got, ok, tt.want)
					}
				})
			})
		}
	}
}

// Without a time to keep them, nothing is kept.
func TestReadingsThatAreOff(t *testing.T) {
	for _, keep := range []time.Duration{0, -1} {
		r := readings[string]{keep: keep}
		r.put("id", "a", time.Now())
		r.drop("other")
		if got, ok := r.take("id"); ok || len(r.byID) > 0 {
			t.Errorf("kept for %v: got %q and %d are kept", keep, got, len(r.byID))
		}
	}
	for reuse, want := range map[time.Duration]time.Duration{time.Second: time.Second, -1: -1, 0: 0} {
		c := newClient(nil, nil, &guard{}, &memory{})
		c.ReuseReads(reuse)
		if c.userReadings.keep != want || c.groupReadings.keep != want || c.groupNames.keep > 0 != (reuse > 0) {
			t.Errorf("for %v users are kept for %v, groups %v, names %v",
				reuse, c.userReadings.keep, c.groupReadings.keep, c.groupNames.keep)
		}
	}
}

// However much is read, not more than so much is kept. What is large counts for more.
func TestReadingsAreBounded(t *testing.T) {
	c := newClient(nil, nil, &guard{}, &memory{})
	for name, tt := range map[string]struct{ members, kept int }{
		"groups without members":         {0, maxReadings},
		"groups of nine":                 {9, maxReadings / 10},
		"groups of a thousand":           {999, maxReadings / 1000},
		"groups of half of what fits":    {maxReadings/2 - 1, 2},
		"groups of more than half of it": {maxReadings / 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := readings[Group]{keep: time.Hour, size: c.groupReadings.size}
			most := 0
			for i := range maxReadings + 10 {
				id := fmt.Sprint(i % (maxReadings + 7))
				r.put(id, Group{ID: id, Members: make([]Member, tt.members)}, time.Now())
				total, kept := 0, 0
				for _, one := range r.byID {
					if total += one.size; !one.stale {
						kept++
					}
				}
				if most = max(most, kept); total != r.total || total > maxReadings {
					t.Fatalf("a total of %d is kept and counted as %d", total, r.total)
				}
				if i > 30 && tt.members > 100 {
					break
				}
			}
			if most != tt.kept {
				t.Errorf("%d are kept at most, want %d", most, tt.kept)
			}
		})
	}
	r := readings[Group]{keep: time.Hour, size: c.groupReadings.size}
	for i := range 3 * maxReadings {
		if r.drop(fmt.Sprint(i)); len(r.byID) > maxReadings {
			t.Fatal("writes alone take any room")
		}
	}
}

// A write is not forgotten where room is made: what was asked for before is no reading of
// the record as it is.
func TestWritesOutliveTheRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := readings[string]{keep: time.Hour}
		asked := time.Now()
		time.Sleep(time.Millisecond)
		r.drop("id")
		time.Sleep(time.Millisecond)
		for i := range maxReadings {
			r.put(fmt.Sprint(i), "other", time.Now())
		}
		r.put("id", "from before the write", asked)
		if got, ok := r.take("id"); ok {
			t.Errorf("got %q", got)
		}
		time.Sleep(time.Millisecond)
		r.put("id", "from after it", time.Now())
		if got, _ := r.take("id"); got != "from after it" {
			t.Errorf("got %q, want the reading from after the write", got)
		}
	})
}

// What is too large to be kept says that what is kept of the record is old.
func TestLargeReadingsEndSmallOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := readings[string]{keep: time.Hour, size: func(s string) int { return len(s) }}
		r.put("id", "small", time.Now())
		time.Sleep(time.Millisecond)
		r.put("id", strings.Repeat("x", maxReadings), time.Now())
		if got, ok := r.take("id"); ok {
			t.Errorf("got %q, which is not what was read last", got)
		}
	})
}
