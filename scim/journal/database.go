package journal

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"ws1bridge/upstream/names"
)

//go:embed migrations/*.sql
var migrations embed.FS

// database keeps records in SQLite or PostgreSQL. Both have one schema.
type database struct {
	db      *sql.DB
	dialect goose.Dialect

	turn     chan struct{} // is held by whoever looks at migrated
	migrated bool
}

// openDatabase reads the URL of a database. It does not connect: a database may be away.
func openDatabase(raw string, readOnly bool) (*database, error) {
	if path, ok := strings.CutPrefix(raw, "sqlite:"); ok {
		return openSQLite(path, readOnly)
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql" || u.Host == "" {
		return nil, errors.New("must be sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE, or be left out")
	}
	cfg, err := postgres(raw)
	if err != nil {
		return nil, err
	}
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(8)
	return &database{db: db, dialect: goose.DialectPostgres, turn: make(chan struct{}, 1)}, nil
}

var errNotPostgres = errors.New("is no URL of a PostgreSQL database")

// postgres is the way to a database. One that does not answer is away soon.
func postgres(raw string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(raw)
	if err != nil {
		return nil, errNotPostgres // the error may quote a password
	}
	cfg.ConnectTimeout = beginTimeout
	return cfg, nil
}

func openSQLite(path string, readOnly bool) (*database, error) {
	if path == "" || path == ":memory:" || strings.ContainsAny(path, "?#") {
		return nil, errors.New("sqlite: needs the path of a file, such as sqlite:/var/lib/ws1bridge/journal.db")
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	options := url.Values{"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(5000)", "synchronous(NORMAL)", "journal_mode(WAL)"}}
	if readOnly {
		options = url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)"}}
		if _, err := os.Stat(absolute); err != nil {
			return nil, fmt.Errorf("there is no journal at %s: %w", path, fs.ErrNotExist)
		}
	}
	where := url.URL{Scheme: "file", Path: absolute, RawQuery: options.Encode()}
	db, err := sql.Open("sqlite", where.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(2) // a writer, and a reader beside it
	return &database{db: db, dialect: goose.DialectSQLite3, turn: make(chan struct{}, 1), migrated: readOnly}, nil
}

// ready brings the schema up to date, once. Several copies may do so at the same time.
func (d *database) ready(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-d.turn }()
	if d.migrated {
		return nil
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		if err = d.migrate(ctx, files); err == nil {
			d.migrated = true
			return nil
		}
		_, said := errors.AsType[*pgconn.PgError](err)
		if attempt == maxMigrations || ctx.Err() != nil || !said && d.dialect == goose.DialectPostgres {
			return fmt.Errorf("schema: %w", err)
		}
		pause(ctx, 50*time.Millisecond) // another copy is at it
	}
}

// maxMigrations is how often the schema is tried to be brought up to date.
const maxMigrations = 10

func (d *database) migrate(ctx context.Context, files fs.FS) error {
	provider, err := goose.NewProvider(d.dialect, d.db, files, goose.WithDisableGlobalRegistry(true))
	if err == nil {
		_, err = provider.Up(ctx)
	}
	return err
}

// placed is a statement with placeholders as the database has them.
func (d *database) placed(statement string) string {
	if d.dialect != goose.DialectPostgres {
		return statement
	}
	var out strings.Builder
	n := 0
	for _, part := range strings.SplitAfter(statement, "?") {
		rest, ok := strings.CutSuffix(part, "?")
		out.WriteString(rest)
		if ok {
			n++
			out.WriteString("$" + strconv.Itoa(n))
		}
	}
	return out.String()
}

const insertPush = `INSERT INTO pushes
	(seq, at, request, kind, resource, external_id, name, status, cause, record)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (seq) DO NOTHING`

// append writes records in one transaction. To write one twice does no harm.
func (d *database) append(ctx context.Context, records []Record) error {
	return d.within(ctx, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, d.placed(insertPush))
		if err != nil {
			return err
		}
		defer func() { _ = insert.Close() }()
		for _, r := range records {
			encoded, err := json.Marshal(r)
			if err != nil {
				return err
			}
			if _, err := insert.ExecContext(ctx, r.Seq, r.Time.UnixMilli(), stored(r.Request), r.Kind, stored(r.ID),
				stored(r.ExternalID), stored(names.Fold(r.Name)), r.Status, stored(r.Cause), string(encoded)); err != nil {
				return err
			}
		}
		return nil
	})
}

// stored is a text as PostgreSQL takes it: valid, and without the character U+0000.
func stored(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\x00", "\ufffd")
}

// within does work in a transaction, after the schema is there.
func (d *database) within(ctx context.Context, do func(*sql.Tx) error) error {
	if err := d.ready(ctx); err != nil {
		return err
	}
	tx, err := d.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // what went wrong before says more
		return err
	}
	return tx.Commit()
}

// prune deletes what is older than before, and the oldest of more than most.
func (d *database) prune(ctx context.Context, before time.Time, most int) error {
	return d.within(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, d.placed("DELETE FROM pushes WHERE at < ?"), before.UnixMilli()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, d.placed(`DELETE FROM pushes WHERE seq <=
			(SELECT seq FROM pushes ORDER BY seq DESC LIMIT 1 OFFSET ?)`), most)
		if err == nil {
			_, err = tx.ExecContext(ctx, d.placed("DELETE FROM creations WHERE at < ?"),
				time.Now().Add(-creationLasts).UnixMilli())
		}
		return err
	})
}

// forget deletes everything that mentions the name, and all pushes of whoever had it.
func (d *database) forget(ctx context.Context, name string) (n int, _ error) {
	folded := names.Fold(name)
	err := d.within(ctx, func(tx *sql.Tx) error {
		for _, deletion := range []struct {
			statement string
			args      []any
		}{
			{`DELETE FROM creations WHERE name LIKE ? ESCAPE '!' OR resource <> '' AND resource IN
				(SELECT resource FROM pushes WHERE name = ?)`, []any{"%" + escaped(creationOf("", folded)), folded}},
			{`DELETE FROM pushes WHERE name = ? OR resource <> '' AND resource IN
				(SELECT resource FROM pushes WHERE name = ?) OR LOWER(record) LIKE ? ESCAPE '!'`,
				[]any{folded, folded, "%" + escaped(inRecord(name)) + "%"}},
		} {
			done, err := tx.ExecContext(ctx, d.placed(deletion.statement), deletion.args...)
			if err != nil {
				return err
			}
			deleted, err := done.RowsAffected()
			if err != nil {
				return err
			}
			n += int(deleted)
		}
		return nil
	})
	return n, err
}

// escaped is a text in a pattern for LIKE whose escape character is !.
func escaped(s string) string { return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s) }

func (d *database) close() error { return d.db.Close() }
