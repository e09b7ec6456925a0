package journal

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/pressly/goose/v3"
	"github.com/prometheus/client_golang/prometheus"
)

// Config says where the journal is, and how much of it is kept.
type Config struct {
	// URL is sqlite:PATH or a postgres URL; "" keeps the last 1,000 pushes in memory.
	URL string
	// Keep is how long history is kept; 0 means 720 hours.
	Keep time.Duration
	// MaxRecords bounds how many pushes are kept; 0 means a million.
	MaxRecords int
	// Values says that values of attributes are kept: personal data.
	Values bool
	// OnTrouble is told when history can no longer be written, and with nil when it can be
	// again. It must not block. Optional.
	OnTrouble func(error)
	// Registerer takes the metrics; nil leaves them unregistered.
	Registerer prometheus.Registerer
}

const (
	// DefaultKeep is how long history is kept.
	DefaultKeep = 720 * time.Hour
	// DefaultMaxRecords is how many pushes are kept.
	DefaultMaxRecords = 1_000_000
	// maxWaiting bounds the records that wait to be written: some minutes of pushes.
	maxWaiting = 20_000
	// writeEvery is how long a record waits at most for others to be written with.
	writeEvery = 200 * time.Millisecond
	// batch is how many records are written in one transaction at most.
	batch = 500
	// writeTimeout bounds a transaction; one that takes longer is trouble.
	writeTimeout = 10 * time.Second
	pruneEvery   = 10 * time.Minute
)

// store keeps records.
type store interface {
	find(context.Context, Query) ([]Record, error)
	activity(ctx context.Context, since time.Time) ([]Hour, error)
	causes(ctx context.Context, since time.Time, most int) ([]Cause, error)
	prune(ctx context.Context, before time.Time, most int) error
	forget(ctx context.Context, name string) (int, error)
	close() error
}

// Journal is the memory of a bridge. It is safe for concurrent use.
type Journal struct {
	cfg       Config
	store     store     // memory or database
	memory    *memory   // nil where there is a database
	database  *database // nil where there is none
	creations *Creations
	order     *Order
	lost      prometheus.Counter

	mu      sync.Mutex // guards what follows
	waiting []Record
	trouble error
	wake    chan struct{} // has a value where something waits
}

// Open returns the journal that the configuration names. It does not connect to a
// database: one that is away costs history, until it is there. The error says what is
// wrong with the URL.
func Open(cfg Config) (*Journal, error) {
	if cfg.Keep <= 0 {
		cfg.Keep = DefaultKeep
	}
	if cfg.MaxRecords <= 0 {
		cfg.MaxRecords = DefaultMaxRecords
	}
	m := &memory{}
	j := &Journal{cfg: cfg, store: m, memory: m, creations: newCreations(), order: &Order{}, wake: make(chan struct{}, 1),
		lost: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "ws1bridge_journal_lost_total",
			Help: "Pushes that are missing in the journal, because it could not be written.",
		})}
	if cfg.URL != "" {
		db, err := openDatabase(cfg.URL, false)
		if err != nil {
			return nil, err
		}
		j.store, j.memory, j.database = db, nil, db
		j.creations.lasting, j.creations.rouse = db, j.rouse
		if db.dialect == goose.DialectPostgres {
			if j.order, err = newOrder(cfg.URL); err != nil {
				_ = db.close()
				return nil, err
			}
		}
	}
	if cfg.Registerer != nil {
		cfg.Registerer.MustRegister(j.lost)
	}
	return j, nil
}

// CheckURL is what is wrong with the URL of a journal, nil for nothing.
func CheckURL(raw string) error {
	if raw == "" {
		return nil
	}
	db, err := openDatabase(raw, false)
	if err == nil {
		err = db.close()
	}
	return err
}

// KeepsValues reports whether values of attributes are kept.
func (j *Journal) KeepsValues() bool { return j.cfg.Values }

// Creations are those under way.
func (j *Journal) Creations() *Creations { return j.creations }

// Order is that of writes to one record.
func (j *Journal) Order() *Order { return j.order }

// Add remembers a push. It does not wait: the record is written by Run. Seq is chosen, and
// Time where there is none.
func (j *Journal) Add(r Record) {
	if r.Time.IsZero() {
		r.Time = time.Now()
	}
	r.Seq = newSeq()
	if j.memory != nil {
		j.memory.add(r)
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.waiting) >= maxWaiting {
		j.waiting = j.waiting[1:] // the newest say most of what is going on
		j.lost.Inc()
	}
	j.waiting = append(j.waiting, r)
	j.rouse()
}

func newSeq() string {
	id, err := uuid.NewV7()
	if err != nil { // there is no randomness: what is left is the time
		return time.Now().UTC().Format(time.RFC3339Nano)
	}
	return id.String()
}

// Run writes what is added until ctx ends, and then what still waits. It returns nil.
func (j *Journal) Run(ctx context.Context) error {
	defer func() { _ = j.Close() }()
	prune := time.NewTicker(pruneEvery)
	defer prune.Stop()
	j.prune(ctx)
	for {
		select {
		case <-ctx.Done():
			j.flush(context.WithoutCancel(ctx))
			return nil
		case <-prune.C:
			j.prune(ctx)
		case <-j.wake:
			pause(ctx, writeEvery)
			j.flush(ctx)
		}
	}
}

// pause waits, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// flush writes what waits. What cannot be written waits on, and is tried again.
func (j *Journal) flush(ctx context.Context) {
	for {
		records := j.take()
		notes := j.creations.take()
		if len(records) == 0 && len(notes) == 0 {
			return
		}
		err := j.write(ctx, records, notes)
		j.report(err)
		if err != nil {
			j.putBack(records)
			j.creations.putBack(notes)
			if ctx.Err() != nil {
				return
			}
			time.AfterFunc(time.Second, j.rouse)
			return
		}
	}
}

func (j *Journal) write(ctx context.Context, records []Record, notes []note) error {
	bounded, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	if err := j.database.tell(bounded, notes); err != nil {
		return err
	}
	if len(records) == 0 {
		return nil
	}
	return j.database.append(bounded, records)
}

// rouse has Run write what waits.
func (j *Journal) rouse() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// take takes the oldest of what waits.
func (j *Journal) take() []Record {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := min(len(j.waiting), batch)
	taken := j.waiting[:n:n]
	if j.waiting = j.waiting[n:]; len(j.waiting) == 0 {
		j.waiting = nil
	}
	return taken
}

func (j *Journal) putBack(records []Record) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.waiting = append(records, j.waiting...)
	if over := len(j.waiting) - maxWaiting; over > 0 {
		j.waiting = j.waiting[over:]
		j.lost.Add(float64(over))
	}
}

// prune deletes what is too old or too much.
func (j *Journal) prune(ctx context.Context) {
	bounded, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := j.store.prune(bounded, time.Now().Add(-j.cfg.Keep), j.cfg.MaxRecords); ctx.Err() == nil {
		j.report(err)
	}
}

// report remembers whether the journal can be written, and tells of a change.
func (j *Journal) report(err error) {
	j.mu.Lock()
	changed := (j.trouble == nil) != (err == nil)
	j.trouble = err
	j.mu.Unlock()
	if changed && j.cfg.OnTrouble != nil {
		j.cfg.OnTrouble(err)
	}
}

// Trouble is why the journal cannot be written, nil where it can.
func (j *Journal) Trouble() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.trouble
}

// Find returns the records that a query selects, the newest first.
func (j *Journal) Find(ctx context.Context, q Query) ([]Record, error) { return j.store.find(ctx, q) }

// Forget deletes everything that mentions a name, and the pushes of whoever had it.
func (j *Journal) Forget(ctx context.Context, name string) (n int, _ error) {
	if name == "" {
		return 0, errors.New("a name is needed")
	}
	return j.store.forget(ctx, name)
}

// Close lets go of a journal that nobody runs.
func (j *Journal) Close() error { return errors.Join(j.store.close(), j.order.close()) }

// OpenToRead opens a journal in a database to look at it, beside the bridge that writes it.
func OpenToRead(raw string) (*Journal, error) {
	db, err := openDatabase(raw, true)
	if err != nil {
		return nil, err
	}
	return &Journal{store: db, creations: newCreations(), order: &Order{}}, nil
}
