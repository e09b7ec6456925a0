package console

import (
	"fmt"
	"time"

	"ws1bridge/scim/journal"
)

// chart is a day of pushes as bars, an hour each.
type chart struct {
	Bars  []bar
	Most  int
	Label string // for who does not see it
}

// bar is an hour, in units of the picture, whose height is 100.
type bar struct {
	X, Height, Failed int
	Title             string
	Hour              string // below the bar, for some
}

const (
	barStep   = 20
	barHeight = 100
)

// newChart draws the last 24 hours.
func newChart(hours []journal.Hour, now time.Time) chart {
	byHour := map[time.Time]journal.Hour{}
	all, failed := 0, 0
	c := chart{Most: 1}
	for _, h := range hours {
		byHour[h.Begins.UTC()] = h
		all, failed, c.Most = all+h.Pushes, failed+h.Failed, max(c.Most, h.Pushes)
	}
	first := now.UTC().Truncate(time.Hour).Add(-23 * time.Hour)
	for i := range 24 {
		begins := first.Add(time.Duration(i) * time.Hour)
		h := byHour[begins]
		b := bar{X: i * barStep, Height: h.Pushes * barHeight / c.Most, Failed: h.Failed * barHeight / c.Most,
			Title: fmt.Sprintf("%s UTC: %d pushes, %d refused", begins.Format("15:04"), h.Pushes, h.Failed)}
		if i%6 == 2 {
			b.Hour = begins.Format("15:04")
		}
		if h.Failed > 0 {
			b.Failed = max(b.Failed, 2) // one is to be seen
		}
		c.Bars = append(c.Bars, b)
	}
	c.Label = fmt.Sprintf("Pushes of the last 24 hours: %d, of which %d were refused. At most %d in an hour.",
		all, failed, c.Most)
	return c
}
