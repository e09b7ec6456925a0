package journal

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/pressly/goose/v3"
)

// Damage counts changes that do damage in masses, together with the other copies that share a
// database. It is safe for concurrent use.
type Damage struct{ database *database }

// Damage is where changes are counted together; nil where there is no database.
func (j *Journal) Damage() *Damage {
	if j.database == nil {
		return nil
	}
	return &Damage{j.database}
}

// guardLock is the number of the advisory lock that has copies count one after the other.
const guardLock = 0x77733162 // ws1b

const insertGuarded = "INSERT INTO guarded (kind, name, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

// Note counts changes of a kind to what the keys name since a time, each key once, and returns
// how many there are. It is not ok, and counts none of them, where there would be more than most.
func (d *Damage) Note(
	ctx context.Context, kind string, keys []string, since time.Time, most int,
) (counted int, ok bool, _ error) {
	err := d.database.within(ctx, func(tx *sql.Tx) error {
		if d.database.dialect == goose.DialectPostgres { // SQLite has one writer at a time anyway
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", guardLock); err != nil {
				return err
			}
		}
		place := d.database.placed
		_, err := tx.ExecContext(ctx, place("DELETE FROM guarded WHERE kind = ? AND at < ?"), kind, since.UnixMilli())
		if err != nil {
			return err
		}
		row := tx.QueryRowContext(ctx, place("SELECT COUNT(*) FROM guarded WHERE kind = ?"), kind)
		if err := row.Scan(&counted); err != nil {
			return err
		}
		before := counted
		for _, key := range keys {
			done, err := tx.ExecContext(ctx, place(insertGuarded), kind, stored(key), time.Now().UnixMilli())
			if err != nil {
				return err
			}
			fresh, err := done.RowsAffected()
			if err != nil {
				return err
			}
			if counted += int(fresh); counted > most && fresh > 0 {
				counted = before
				return errTooMany
			}
		}
		ok = true
		return nil
	})
	if errors.Is(err, errTooMany) {
		return counted, false, nil
	}
	return counted, ok, err
}

// errTooMany takes back what was counted.
var errTooMany = errors.New("too many changes")

// Counted is how many changes there are of each kind since a time.
func (d *Damage) Counted(ctx context.Context, since time.Time) (map[string]int, error) {
	counts := map[string]int{}
	err := d.database.each(ctx, "SELECT kind, COUNT(*) FROM guarded WHERE at >= ? GROUP BY kind", []any{since.UnixMilli()},
		func(scan func(...any) error) error {
			var kind string
			var n int
			err := scan(&kind, &n)
			counts[kind] = n
			return err
		})
	return counts, err
}

// Release forgets everything that was counted, and notes until when nothing is.
func (d *Damage) Release(ctx context.Context, until time.Time) error {
	return d.database.within(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM guarded"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, d.database.placed(`INSERT INTO guard_release (id, until) VALUES (1, ?)
			ON CONFLICT (id) DO UPDATE SET until = excluded.until`), until.UnixMilli())
		return err
	})
}

// Released is until when nothing is counted.
func (d *Damage) Released(ctx context.Context) (until time.Time, _ error) {
	err := d.database.each(ctx, "SELECT until FROM guard_release", nil, func(scan func(...any) error) error {
		var ms int64
		err := scan(&ms)
		until = time.UnixMilli(ms)
		return err
	})
	return until, err
}
