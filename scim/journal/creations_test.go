package journal_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"ws1bridge/scim/journal"
)

// TestCreations has one push come again until its id is used.
func TestCreations(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			c := run(t, journal.Config{URL: url}).Creations()
			begin := func(externalID, want, wantID string) {
				t.Helper()
				if counts, id := c.Begin(t.Context(), "group", "sales", externalID); counts != want || id != wantID {
					t.Errorf("%s counts as %s with the id %q, want %s and %q", externalID, counts, id, want, wantID)
				}
			}
			begin("x1", "x1", "")
			begin("x2", "x1", "")
			c.Adopt("group", "sales", "x0")
			c.Made(t.Context(), "group", "sales", "g1")
			time.Sleep(time.Second) // until it is written
			begin("x3", "x0", "g1")
			if counts, _ := c.Begin(t.Context(), "user", "sales", "u1"); counts != "u1" {
				t.Errorf("a user counts as the group %s", counts)
			}
			c.Used(t.Context(), "g2")
			begin("x4", "x0", "g1")
			c.Used(t.Context(), "g1")
			begin("x5", "x5", "")
		})
	}
}

// TestCreationsOutliveTheProcess finds by another bridge what one had begun.
func TestCreationsOutliveTheProcess(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			if url == "" {
				t.Skip("what is in memory ends with the process")
			}
			first := run(t, journal.Config{URL: url})
			first.Creations().Begin(t.Context(), "group", "sales", "x1")
			second := run(t, journal.Config{URL: url}) // while the first has not ended, as after kill -9
			if counts, _ := second.Creations().Begin(t.Context(), "group", "sales", "x2"); counts != "x1" {
				t.Errorf("the repetition counts as %s, want x1", counts)
			}
			second.Creations().Made(t.Context(), "group", "sales", "g1")
			second.stop()
			third := run(t, journal.Config{URL: url})
			if counts, id := third.Creations().Begin(t.Context(), "group", "sales", "x3"); counts != "x1" || id != "g1" {
				t.Errorf("the repetition counts as %s with the id %q, want x1 and g1", counts, id)
			}
		})
	}
}

// TestOneCreationOfMany gives side by side attempts one externalId.
func TestOneCreationOfMany(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			url := newURL(t)
			bridges := []running{run(t, journal.Config{URL: url})}
			if url != "" {
				bridges = append(bridges, run(t, journal.Config{URL: url}))
			}
			for round := range 20 {
				var all sync.Map
				var attempts sync.WaitGroup
				for i := range 8 {
					attempts.Go(func() {
						c := bridges[i%len(bridges)].Creations()
						counts, _ := c.Begin(t.Context(), "group", fmt.Sprint("g", round), fmt.Sprint("x", i))
						all.Store(counts, true)
					})
				}
				attempts.Wait()
				n := 0
				all.Range(func(any, any) bool { n++; return true })
				if n != 1 {
					t.Fatalf("round %d: %d externalIds count, want 1", round, n)
				}
			}
		})
	}
}
