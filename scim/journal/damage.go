package journal

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
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

// guardLock is the number of the advisory locks that have copies count one after the other.
const guardLock = 0x77733162 // ws1b

// guardedAtOnce is how many keys one statement counts: a change of a group may have thousands, and
// other changes wait for it.
const guardedAtOnce = 1000

// insert counts what is not counted yet, and says how many that is.
func (d *Damage) insert(ctx context.Context, tx *sql.Tx, kind string, keys []string) (fresh int, _ error) {
	now, args := time.Now().UnixMilli(), make([]any, 0, 3*len(keys))
	for _, key := range keys {
		args = append(args, kind, stored(key), now)
	}
	statement := "INSERT INTO guarded (kind, name, at) VALUES (?, ?, ?)" + strings.Repeat(", (?, ?, ?)", len(keys)-1) +
		" ON CONFLICT DO NOTHING"
	done, err := tx.ExecContext(ctx, d.database.placed(statement), args...)
	if err != nil {
		return 0, err
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// Note counts changes of a kind to what the keys name since a time, each key once, and returns
// how many there are. It is not ok, and counts none of them, where there would be more than most.
func (d *Damage) Note(
	ctx context.Context, kind string, keys []string, since time.Time, most int,
) (counted int, ok bool, _ error) {
	err := d.database.within(ctx, func(tx *sql.Tx) error {
		if d.database.dialect == goose.DialectPostgres { // SQLite has one writer at a time anyway
			if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1, hashtext($2))", guardLock, kind); err != nil {
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
		for some := range slices.Chunk(keys, guardedAtOnce) {
			fresh, err := d.insert(ctx, tx, kind, some)
			if err != nil {
				return err
			}
			if counted += fresh; counted > most && fresh > 0 {
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
