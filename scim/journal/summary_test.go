package journal_test

import (
	"slices"
	"testing"
	"time"

	"ws1bridge/scim/journal"
)

// TestSummaries counts pushes by the hour and refusals by their cause.
func TestSummaries(t *testing.T) {
	for name, newURL := range kinds {
		t.Run(name, func(t *testing.T) {
			j := run(t, journal.Config{URL: newURL(t)})
			hour := time.Now().UTC().Truncate(time.Hour)
			add := func(at time.Time, status int, cause string) {
				r := pushed("ada@acme.com", status)
				r.Time, r.Cause = at, cause
				j.Add(r)
			}
			add(hour.Add(-30*time.Hour), 409, "long ago")
			add(hour.Add(-2*time.Hour), 200, "")
			add(hour.Add(-2*time.Hour+time.Minute), 409, "taken")
			add(hour, 409, "taken")
			add(hour, 429, "later")
			j.await(t, journal.Query{}, 5)
			hours, err := j.Activity(t.Context(), hour.Add(-24*time.Hour))
			want := []journal.Hour{{Begins: hour.Add(-2 * time.Hour), Pushes: 2, Failed: 1},
				{Begins: hour, Pushes: 2, Failed: 2}}
			if err != nil || !slices.Equal(hours, want) {
				t.Errorf("got %v, %v, want %v", hours, err, want)
			}
			causes, err := j.Causes(t.Context(), hour.Add(-24*time.Hour), 5)
			if err != nil || len(causes) != 2 || causes[0].Text != "taken" || causes[0].Pushes != 2 ||
				!causes[0].Last.Equal(hour) || causes[1].Text != "later" {
				t.Errorf("got %v, %v", causes, err)
			}
			if causes, err := j.Causes(t.Context(), hour.Add(-24*time.Hour), 1); err != nil || len(causes) != 1 {
				t.Errorf("got %v, %v, want one", causes, err)
			}
		})
	}
}
