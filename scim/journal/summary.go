package journal

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Hour is how much was pushed within an hour.
type Hour struct {
	Begins         time.Time
	Pushes, Failed int
}

// Cause is why pushes were refused: Record.Cause.
type Cause struct {
	Text   string
	Pushes int
	Last   time.Time
}

// Activity counts the pushes since a time by the hour, the oldest first. Hours without any
// are left out.
func (j *Journal) Activity(ctx context.Context, since time.Time) ([]Hour, error) {
	return j.store.activity(ctx, since)
}

// Causes counts the refusals since a time by their cause, the most frequent first, most of
// them at most.
func (j *Journal) Causes(ctx context.Context, since time.Time, most int) ([]Cause, error) {
	return j.store.causes(ctx, since, most)
}

func (m *memory) activity(_ context.Context, since time.Time) ([]Hour, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	hours := map[time.Time]*Hour{}
	for _, r := range m.last() {
		if r.Time.Before(since) {
			continue
		}
		begins := r.Time.UTC().Truncate(time.Hour)
		if hours[begins] == nil {
			hours[begins] = &Hour{Begins: begins}
		}
		hours[begins].Pushes++
		if r.Failed() {
			hours[begins].Failed++
		}
	}
	var all []Hour
	for _, h := range hours {
		all = append(all, *h)
	}
	slices.SortFunc(all, func(a, b Hour) int { return a.Begins.Compare(b.Begins) })
	return all, nil
}

func (m *memory) causes(_ context.Context, since time.Time, most int) ([]Cause, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []Cause
	for _, r := range m.last() {
		if r.Time.Before(since) || !r.Failed() {
			continue
		}
		i := slices.IndexFunc(all, func(c Cause) bool { return c.Text == r.Cause })
		if i < 0 {
			all = append(all, Cause{Text: r.Cause})
			i = len(all) - 1
		}
		all[i].Pushes++
		all[i].Last = r.Time
	}
	slices.SortStableFunc(all, func(a, b Cause) int { return cmp.Compare(b.Pushes, a.Pushes) })
	return all[:min(len(all), most)], nil
}

const hourInMillis = 3_600_000

func (d *database) activity(ctx context.Context, since time.Time) (hours []Hour, _ error) {
	const statement = `SELECT at / 3600000, COUNT(*), SUM(CASE WHEN status >= 400 THEN 1 ELSE 0 END)
		FROM pushes WHERE at >= ? GROUP BY at / 3600000 ORDER BY 1`
	err := d.each(ctx, statement, []any{since.UnixMilli()}, func(scan func(...any) error) error {
		var h Hour
		var hour int64
		err := scan(&hour, &h.Pushes, &h.Failed)
		h.Begins = time.UnixMilli(hour * hourInMillis).UTC()
		hours = append(hours, h)
		return err
	})
	return hours, err
}

func (d *database) causes(ctx context.Context, since time.Time, most int) (causes []Cause, _ error) {
	const statement = `SELECT cause, COUNT(*), MAX(at) FROM pushes WHERE at >= ? AND status >= 400
		GROUP BY cause ORDER BY 2 DESC, 1 LIMIT ?`
	err := d.each(ctx, statement, []any{since.UnixMilli(), most}, func(scan func(...any) error) error {
		var c Cause
		var last int64
		err := scan(&c.Text, &c.Pushes, &last)
		c.Last = time.UnixMilli(last)
		causes = append(causes, c)
		return err
	})
	return causes, err
}
