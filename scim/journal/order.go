package journal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"ws1bridge/upstream/keyed"
)

const (
	// lockTimeout bounds how long a write waits for another one to the same record: a group
	// of thousands takes a while, and Okta repeats what is answered 429.
	lockTimeout = 20 * time.Second
	// maxLocks bounds the connections that hold locks: PostgreSQL has 100 by default, for
	// all copies together.
	maxLocks = 20
	// lockNotAvailable and deadlockDetected are what PostgreSQL says where a lock is held by
	// somebody else for too long (PostgreSQL, appendix A).
	lockNotAvailable = "55P03"
	deadlockDetected = "40P01"
)

// Order puts writes to one record in order, across all copies that share a database. Where
// none is shared, the client of Access does so for its process. It is safe for concurrent
// use.
type Order struct {
	db *sql.DB // whose connections hold the locks; nil where nothing is shared
	// turns are of those within this process, so that one of them waits at the database.
	turns keyed.Lock
}

// newOrder is the order of a PostgreSQL database, by its URL.
func newOrder(raw string) (*Order, error) {
	cfg, err := postgres(raw)
	if err != nil {
		return nil, err
	}
	cfg.RuntimeParams["lock_timeout"] = strconv.FormatInt(lockTimeout.Milliseconds(), 10)
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(maxLocks)
	db.SetMaxIdleConns(maxLocks / 2)
	db.SetConnMaxIdleTime(time.Minute)
	return &Order{db: db}, nil
}

// IsShared reports whether other copies keep to the order too.
func (o *Order) IsShared() bool { return o.db != nil }

// Lock waits until nobody else writes to what the keys name; release ends that. within is
// the context for what is done meanwhile: locks that are taken by it need no connection of
// their own. It is not ok where somebody does write for longer than a write may wait, or ctx
// has ended. Where the database cannot be asked, there is no order, and writes go on.
func (o *Order) Lock(ctx context.Context, keys ...string) (within context.Context, release func(), ok bool) {
	if o.db == nil {
		return ctx, func() {}, true
	}
	bounded, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	slices.Sort(keys) // whoever takes several takes them in one order
	l := &locks{order: o}
	l.outer, _ = ctx.Value(locksKey{}).(*locks)
	for _, key := range slices.Compact(keys) {
		unlock, err := o.turns.Lock(bounded, key)
		if err != nil {
			l.release(ctx)
			return nil, nil, false
		}
		l.turns = append(l.turns, unlock)
	}
	if err := l.take(bounded, keys); err != nil {
		code, isPostgres := errors.AsType[*pgconn.PgError](err)
		held := isPostgres && (code.Code == lockNotAvailable || code.Code == deadlockDetected)
		if held || bounded.Err() != nil {
			l.release(ctx)
			return nil, nil, false
		}
	}
	return context.WithValue(ctx, locksKey{}, l), func() { l.release(ctx) }, true
}

func (o *Order) close() error {
	if o.db == nil {
		return nil
	}
	return o.db.Close()
}

// locks are those of one write. They are taken and given back by one goroutine.
type locks struct {
	order *Order
	outer *locks // within which they are taken; nil for none
	turns []func()
	conn  *sql.Conn
	held  []int64
	err   error // of the connection
}

type locksKey struct{}

// take takes the locks in the database.
func (l *locks) take(ctx context.Context, keys []string) (err error) {
	if l.outer != nil && l.outer.conn != nil {
		l.conn = l.outer.conn
	} else if l.conn, err = l.order.db.Conn(ctx); err != nil {
		return err
	}
	for _, key := range slices.Compact(keys) {
		number := numberOf(key)
		if _, err = l.conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", number); err != nil {
			return err
		}
		l.held = append(l.held, number)
	}
	return nil
}

// numberOf is a key as a lock has it. Two keys with one number only wait for each other.
func numberOf(key string) int64 {
	sum := sha256.Sum256([]byte("ws1bridge " + key))
	return int64(binary.BigEndian.Uint64(sum[:])) //nolint:gosec // any number will do
}

// release gives everything back, whatever was taken.
func (l *locks) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), beginTimeout)
	defer cancel()
	for _, number := range l.held {
		if _, err := l.conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", number); err != nil {
			l.err = err
			break
		}
	}
	switch isOwn := l.outer == nil || l.outer.conn == nil; {
	case l.conn == nil:
	case !isOwn:
		l.outer.err = cmp.Or(l.outer.err, l.err)
	default:
		if l.err != nil { // a lock ends with its connection
			_ = l.conn.Raw(func(any) error { return driver.ErrBadConn })
		}
		_ = l.conn.Close()
	}
	for _, unlock := range slices.Backward(l.turns) {
		unlock()
	}
}
