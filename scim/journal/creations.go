package journal

import (
	"context"
	"database/sql"
	"maps"
	"sync"
	"time"
)

const (
	// creationLasts is longer than Okta goes on repeating a push: ten times, doubling from
	// a minute.
	creationLasts = 24 * time.Hour
	// maxCreations bounds how many are remembered in memory.
	maxCreations = 10_000
	// maxTold bounds how many ids are remembered to be used.
	maxTold = 50_000
	// beginTimeout bounds how long a push waits for the database: without it the push
	// goes on.
	beginTimeout = 2 * time.Second
)

// Creations remembers what is being created, from before the first request to Access until
// the caller uses its id: until then its repetition is the same push, whatever became of
// the answer. It is safe for concurrent use.
type Creations struct {
	lasting creationStore // nil keeps them in memory alone
	rouse   func()        // has Run write what waits

	mu     sync.Mutex // guards what follows
	byName map[string]made
	names  map[string]string // by id
	// told are ids that lasting was told to be used: most ids come again and again.
	told    map[string]bool
	waiting []note
}

// made is a creation.
type made struct {
	externalID, id string
	at             time.Time
}

// note is what lasting has yet to be told: that a creation has another externalId, or an
// id, or, without a name, that an id was used.
type note struct{ name, externalID, id string }

// creationStore keeps creations beyond the process.
type creationStore interface {
	// begin notes a creation, unless there is a recent one of that name, and returns the
	// externalId that counts and the id of that one.
	begin(ctx context.Context, name, externalID string) (counts, id string, _ error)
	// tell notes ids, and forgets creations whose id was used.
	tell(ctx context.Context, notes []note) error
}

func newCreations() *Creations {
	return &Creations{byName: map[string]made{}, names: map[string]string{}, told: map[string]bool{}}
}

// creationOf is the name of a creation.
func creationOf(kind, name string) string { return kind + "\x1f" + name }

// Begin notes the creation of a name before the first request for it, with the externalId
// that was made up for it. It returns the externalId of an earlier attempt whose id nobody
// has used since, and that id if it was answered, or this one. It waits for a database, but
// goes on without one.
func (c *Creations) Begin(ctx context.Context, kind, name, externalID string) (counts, id string) {
	name = creationOf(kind, name)
	counts, isKnown := externalID, false
	if c.lasting != nil {
		bounded, cancel := context.WithTimeout(ctx, beginTimeout)
		defer cancel()
		if earlier, itsID, err := c.lasting.begin(bounded, name, externalID); err == nil {
			counts, id, isKnown = earlier, itsID, true
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	was, ok := c.byName[name]
	if ok && time.Since(was.at) <= creationLasts && (!isKnown || was.externalID == counts) {
		return was.externalID, was.id
	}
	if len(c.byName) >= maxCreations {
		c.forgetOld()
	}
	if len(c.byName) < maxCreations {
		delete(c.names, was.id)
		c.byName[name] = made{externalID: counts, id: id, at: time.Now()}
		if id != "" {
			c.names[id] = name
		}
	}
	return counts, id
}

// forgetOld makes room. c.mu is held.
func (c *Creations) forgetOld() {
	maps.DeleteFunc(c.byName, func(_ string, was made) bool {
		old := time.Since(was.at) > creationLasts
		if old {
			delete(c.names, was.id)
		}
		return old
	})
}

// Adopt tells that a creation goes on with what has another externalId.
func (c *Creations) Adopt(kind, name, externalID string) {
	name = creationOf(kind, name)
	c.mu.Lock()
	defer c.mu.Unlock()
	if was, ok := c.byName[name]; ok {
		was.externalID = externalID
		c.byName[name] = was
	}
	c.wait(note{name: name, externalID: externalID})
}

// Made tells which id a creation is answered with. It waits for a database, so that other
// copies know before the answer, but goes on without one.
func (c *Creations) Made(ctx context.Context, kind, name, id string) {
	name = creationOf(kind, name)
	told := c.lasting == nil || c.tellNow(ctx, note{name: name, id: id})
	c.mu.Lock()
	defer c.mu.Unlock()
	if was, ok := c.byName[name]; ok {
		delete(c.names, was.id)
		was.id = id
		c.byName[name], c.names[id] = was, name
	}
	if !told {
		c.wait(note{name: name, id: id})
	}
}

// tellNow tells the database at once, and reports whether that was possible.
func (c *Creations) tellNow(ctx context.Context, n note) bool {
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), beginTimeout)
	defer cancel()
	return c.lasting.tell(bounded, []note{n}) == nil
}

// Used tells that the caller knows an id: its creation is over, and another one of that name
// is another push. The end of a creation of this process is told to a database at once, that
// of others a moment later.
func (c *Creations) Used(ctx context.Context, id string) {
	if c.end(id) && c.lasting != nil && c.tellNow(ctx, note{id: id}) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told[id] {
		return
	}
	if len(c.told) >= maxTold {
		clear(c.told)
	}
	c.told[id] = true
	c.wait(note{id: id})
}

// end forgets the creation that led to an id, and reports whether there was one.
func (c *Creations) end(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, isOpen := c.names[id]
	if isOpen {
		delete(c.names, id)
		delete(c.byName, name)
		delete(c.told, id)
	}
	return isOpen
}

// wait keeps a note for lasting. c.mu is held.
func (c *Creations) wait(n note) {
	if c.lasting == nil || len(c.waiting) >= maxWaiting {
		return
	}
	c.waiting = append(c.waiting, n)
	c.rouse()
}

// take takes the oldest notes.
func (c *Creations) take() []note {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := min(len(c.waiting), batch)
	taken := c.waiting[:n:n]
	c.waiting = c.waiting[n:]
	return taken
}

func (c *Creations) putBack(notes []note) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = append(notes, c.waiting...)
}

const beginCreation = `INSERT INTO creations (name, external_id, resource, at) VALUES (?, ?, '', ?)
	ON CONFLICT (name) DO UPDATE SET
		external_id = CASE WHEN creations.at < ? THEN excluded.external_id ELSE creations.external_id END,
		resource = CASE WHEN creations.at < ? THEN '' ELSE creations.resource END,
		at = CASE WHEN creations.at < ? THEN excluded.at ELSE creations.at END
	RETURNING external_id, resource`

func (d *database) begin(ctx context.Context, name, externalID string) (counts, id string, _ error) {
	err := d.within(ctx, func(tx *sql.Tx) error {
		now := time.Now()
		old := now.Add(-creationLasts).UnixMilli()
		row := tx.QueryRowContext(ctx, d.placed(beginCreation), stored(name), externalID, now.UnixMilli(), old, old, old)
		return row.Scan(&counts, &id)
	})
	return counts, id, err
}

func (d *database) tell(ctx context.Context, notes []note) error {
	if len(notes) == 0 {
		return nil
	}
	return d.within(ctx, func(tx *sql.Tx) error {
		for _, n := range notes {
			statement, args := "DELETE FROM creations WHERE resource = ?", []any{n.id}
			switch {
			case n.externalID != "":
				statement, args = "UPDATE creations SET external_id = ? WHERE name = ?", []any{n.externalID, stored(n.name)}
			case n.name != "":
				statement, args = "UPDATE creations SET resource = ? WHERE name = ?", []any{n.id, stored(n.name)}
			}
			if _, err := tx.ExecContext(ctx, d.placed(statement), args...); err != nil {
				return err
			}
		}
		return nil
	})
}
